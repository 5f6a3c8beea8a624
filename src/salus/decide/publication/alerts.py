"""An alert as a release: its words for pages, and the message itself for machines."""

from __future__ import annotations

from datetime import datetime

from salus.decide.alerting import texts_of
from salus.decide.models import Alert
from salus.decide.publication.common import Scene, moment
from salus.decide.publication.sealing import Draft, File
from salus.decide.schemas import AlertRow

CAP = "application/cap+xml; charset=utf-8"


def alert(row: AlertRow, decision_number: int, known_at: datetime) -> Draft:
    """Return an alert as a release, ready to be sealed."""
    scene = Scene(known_at)
    spoken = texts_of(row.xml)
    body = {
        **scene.start("alert"),
        "languages": list(row.languages),
        "identifier": row.identifier,
        "message_type": row.message_type,
        "cap_status": row.cap_status,
        "sent_at": moment(row.sent_at),
        "effective_at": moment(row.effective_at),
        "expires_at": moment(row.expires_at),
        "severity": row.severity,
        "urgency": row.urgency,
        "certainty": row.certainty,
        "references": _references(row),
        "decision": decision_number,
        "zones": scene.named(row.zone_ids),
        "infos": [
            {
                "language": language,
                "event": info.event,
                "headline": info.headline or "",
                "description": info.description or "",
                "instruction": info.instruction or "",
            }
            for language, info in spoken.items()
        ],
    }
    return Draft("alert", row.identifier, row.headline, body, (File("cap.xml", CAP, row.xml),), known_at)


def _references(row: AlertRow) -> list[str]:
    found, other = [], row.refers_to
    while other is not None:
        earlier = Alert.objects.known().filter(id=other).first()
        if earlier is None:
            break
        found.append(earlier.identifier)
        other = earlier.refers_to
    return found
