"""Closing a line before it is written, and opening it for those who may."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.utils.crypto import salted_hmac

from salus.base import clock
from salus.gather.cases.schemas import CaseFacts, CaseLine, CasePerson
from salus.gather.models import Case, CaseKey
from salus.trust.vault import Seal, subject_seal_create, subject_seal_open

_MATCH, _CONTENT = "salus.gather.cases.match", "salus.gather.cases.content"
_AT_ONCE = 500


def match_of(line: CaseLine) -> str:
    """Return what is equal for two reports of one person, and tells nothing without the installation's secret."""
    who = f"{line.name.strip().casefold()}\n{''.join(c for c in line.telephone if c.isdigit())}"
    return salted_hmac(_MATCH, who, algorithm="sha256").hexdigest()


def content_of(line: CaseLine) -> str:
    """Return what is equal where a line says the same again."""
    parts = [line.name, line.telephone, line.street, line.zone, line.work_zone, str(line.onset_at), line.asked_as,
             line.asked_for, line.laboratory, json.dumps(dict(line.health), sort_keys=True)]  # fmt: skip
    return salted_hmac(_CONTENT, "\n".join(parts), algorithm="sha256").hexdigest()


def new_key(case: UUID) -> tuple[Seal, CaseKey]:
    """Return a case's own key, and its row."""
    seal, wrapped = subject_seal_create(case)
    return seal, CaseKey(case_id=case, wrapped=wrapped, created_wall=clock.wall_now())


def sealed(line: CaseLine, seal: Seal) -> dict[str, bytes]:
    """Return the personal fields of a line, sealed."""
    return {
        "name_sealed": seal.close("name", line.name),
        "telephone_sealed": seal.close("telephone", line.telephone),
        "street_sealed": seal.close("street", line.street),
        "health_sealed": seal.close("health", json.dumps(dict(line.health), ensure_ascii=False)),
    }


def seals_of(cases: Iterable[UUID]) -> dict[UUID, Seal]:
    """Return the keys of cases, leaving out those whose key was destroyed."""
    ids, found = list(dict.fromkeys(cases)), {}
    for first in range(0, len(ids), _AT_ONCE):
        rows = CaseKey.objects.filter(case_id__in=ids[first : first + _AT_ONCE])
        found.update({row.case_id: subject_seal_open(row.case_id, bytes(row.wrapped)) for row in rows})
    return found


def keys_destroy(ids: Sequence[UUID]) -> int:
    """Overwrite keys before they are deleted, so that the page keeps no copy of them; return how many there were."""
    count = 0
    for start in range(0, len(ids), _AT_ONCE):
        rows = CaseKey.objects.filter(case_id__in=list(ids)[start : start + _AT_ONCE])
        for row in rows:
            row.wrapped = secrets.token_bytes(len(bytes(row.wrapped)))
            row.save(update_fields=["wrapped"])
        count += rows.delete()[0]
    return count


def facts_of(row: Case, seal: Seal | None) -> CaseFacts:
    """Return a case for computation; what an erased one had is gone."""
    health: dict[str, Any] = json.loads(seal.open("health", bytes(row.health_sealed)) or "{}") if seal else {}
    return CaseFacts(
        id=row.id,
        reference=row.reference,
        asked_as=row.asked_as,
        asked_for=row.asked_for,
        zone=row.zone_number,
        work_zone=row.work_zone_number,
        onset_at=row.onset_at,
        reported_at=row.reported_at,
        laboratory=row.laboratory,
        duplicate=row.duplicate_of is not None,
        age=health.get("age"),
        sex=str(health.get("sex", "")),
        workplace=str(health.get("workplace", "")),
        symptoms=tuple(health.get("symptoms", ())),
        answers=dict(health.get("answers", {})),
    )


def person_of(row: Case, seal: Seal | None) -> CasePerson:
    """Return a case with who it is; empty where the person was erased."""
    facts = facts_of(row, seal)
    if seal is None:
        return CasePerson(facts, "", "", "")
    return CasePerson(
        facts,
        seal.open("name", bytes(row.name_sealed)),
        seal.open("telephone", bytes(row.telephone_sealed)),
        seal.open("street", bytes(row.street_sealed)),
    )
