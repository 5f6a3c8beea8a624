"""The schema of CAP 1.0, 1.1 and 1.2 as tables: order, number and values of every element."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

NAMESPACES = {
    "urn:oasis:names:tc:emergency:cap:1.2": "1.2",
    "urn:oasis:names:tc:emergency:cap:1.1": "1.1",
    "http://www.incident.com/cap/1.0": "1.0",
}
CAP12 = "urn:oasis:names:tc:emergency:cap:1.2"
SIGNATURES = "http://www.w3.org/2000/09/xmldsig#"

Kind = Literal["text", "moment", "choice", "language", "integer", "decimal", "uri", "named", "info", "resource", "area"]

STATUS = ("Actual", "Exercise", "System", "Test", "Draft")
MESSAGE_TYPE = ("Alert", "Update", "Cancel", "Ack", "Error")
SCOPE = ("Public", "Restricted", "Private")
CATEGORY = (
    "Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport", "Infra", "CBRNE", "Other",
)  # fmt: skip
RESPONSE_TYPE = ("Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear", "None")
URGENCY = ("Immediate", "Expected", "Future", "Past", "Unknown")
SEVERITY = ("Extreme", "Severe", "Moderate", "Minor", "Unknown")
CERTAINTY = ("Observed", "Likely", "Possible", "Unlikely", "Unknown")


@dataclass(frozen=True, slots=True)
class Field:
    """One element: its name, the attribute that keeps it, how often it stands, and what it holds."""

    element: str
    attribute: str
    least: int = 0
    many: bool = False
    kind: Kind = "text"
    values: tuple[str, ...] = ()


ALERT = (
    Field("identifier", "identifier", 1),
    Field("sender", "sender", 1),
    Field("sent", "sent", 1, kind="moment"),
    Field("status", "status", 1, kind="choice", values=STATUS),
    Field("msgType", "message_type", 1, kind="choice", values=MESSAGE_TYPE),
    Field("source", "source"),
    Field("scope", "scope", 1, kind="choice", values=SCOPE),
    Field("restriction", "restriction"),
    Field("addresses", "addresses"),
    Field("code", "codes", many=True),
    Field("note", "note"),
    Field("references", "references"),
    Field("incidents", "incidents"),
    Field("info", "infos", many=True, kind="info"),
)
INFO = (
    Field("language", "language", kind="language"),
    Field("category", "categories", 1, many=True, kind="choice", values=CATEGORY),
    Field("event", "event", 1),
    Field("responseType", "response_types", many=True, kind="choice", values=RESPONSE_TYPE),
    Field("urgency", "urgency", 1, kind="choice", values=URGENCY),
    Field("severity", "severity", 1, kind="choice", values=SEVERITY),
    Field("certainty", "certainty", 1, kind="choice", values=CERTAINTY),
    Field("audience", "audience"),
    Field("eventCode", "event_codes", many=True, kind="named"),
    Field("effective", "effective", kind="moment"),
    Field("onset", "onset", kind="moment"),
    Field("expires", "expires", kind="moment"),
    Field("senderName", "sender_name"),
    Field("headline", "headline"),
    Field("description", "description"),
    Field("instruction", "instruction"),
    Field("web", "web", kind="uri"),
    Field("contact", "contact"),
    Field("parameter", "parameters", many=True, kind="named"),
    Field("resource", "resources", many=True, kind="resource"),
    Field("area", "areas", many=True, kind="area"),
)
RESOURCE = (
    Field("resourceDesc", "description", 1),
    Field("mimeType", "mime_type", 1),
    Field("size", "size", kind="integer"),
    Field("uri", "uri", kind="uri"),
    Field("derefUri", "deref_uri"),
    Field("digest", "digest"),
)
AREA = (
    Field("areaDesc", "description", 1),
    Field("polygon", "polygons", many=True),
    Field("circle", "circles", many=True),
    Field("geocode", "geocodes", many=True, kind="named"),
    Field("altitude", "altitude", kind="decimal"),
    Field("ceiling", "ceiling", kind="decimal"),
)

# Where the older versions differ: what they required less, and the values that have since changed.
OPTIONAL_BEFORE = {"1.0": {"scope", "category", "mimeType"}, "1.1": {"mimeType"}, "1.2": set[str]()}
ONLY_IN_1_0 = {"password"}
OLD_VALUES = {("certainty", "Very Likely"): "Likely"}
DEFAULTS = {"scope": "Public", "category": "Other", "mimeType": "application/octet-stream"}


def fields_of(block: tuple[Field, ...], version: str) -> tuple[Field, ...]:
    """Return the fields of a block as a version of the protocol had them."""
    loose = OPTIONAL_BEFORE[version]
    return tuple(replace(field, least=0) if field.element in loose else field for field in block)
