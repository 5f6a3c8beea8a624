"""Column mappings: which column means what, remembered for files with the same header."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from salus.base.actors import Actor
from salus.base.errors import Invalid
from salus.base.versioned import record_create, record_revise
from salus.gather.models import ColumnMapping
from salus.gather.schemas import MappingSpec

_WORDS = {
    "valid_column": ("date", "day", "valid_on", "date_of_interest", "week", "week_ending", "datum", "jour", "period"),
    "zone_column": ("zone", "zip", "zcta", "modzcta", "area", "district", "borough", "code", "postcode", "quartier"),
    "series_column": ("series", "indicator", "metric", "measure"),
    "value_column": ("value", "count", "cases", "number", "rate", "n", "anzahl", "nombre", "valeur"),
    "stratum_column": ("stratum", "age", "age_group", "sex", "group"),
    "known_column": ("known_at", "as_of", "published", "published_on", "reported_at", "vintage"),
}


def signature(headers: Sequence[str]) -> str:
    """Return a short name of a header: its names in their order, without regard to case."""
    return hashlib.sha256("\x1f".join(name.strip().lower() for name in headers).encode()).hexdigest()


def saved(*, source: str, headers: Sequence[str]) -> MappingSpec | None:
    """Return the mapping saved for a source's files with this header."""
    row = ColumnMapping.objects.known().filter(source=source, header_signature=signature(headers)).first()
    return MappingSpec.from_json(row.mapping) if row else None


def remember(*, source: str, headers: Sequence[str], mapping: MappingSpec, by: Actor) -> ColumnMapping:
    """Write a mapping for files with this header, inside a service that audits it."""
    fields: dict[str, Any] = {"headers": list(headers), "mapping": mapping.as_json()}
    named = signature(headers)
    row: ColumnMapping | None = ColumnMapping.objects.known().filter(source=source, header_signature=named).first()
    if row is None:
        return record_create(ColumnMapping, by=by, source=source, header_signature=named, **fields)
    return row if row.mapping == fields["mapping"] else record_revise(row, by=by, **fields)


def content_digest(original_sha256: str, mapping: MappingSpec) -> str:
    """Return the name of a content read in one way: the same is never taken in twice."""
    kept = json.dumps(mapping.as_json(), sort_keys=True)
    return hashlib.sha256(f"{original_sha256}\n{kept}".encode()).hexdigest()


def check(mapping: MappingSpec, headers: Sequence[str]) -> None:
    """Refuse a mapping that does not fit the header or leaves something open."""
    absent = [name for name in mapping.columns if name not in headers]
    if absent:
        raise Invalid(
            _("The file has no column %(names)s.") % {"names": ", ".join(f"'{name}'" for name in absent)},
            remedy=_("It has: %(names)s. Correct the mapping.") % {"names": ", ".join(headers)},
        )
    if not mapping.valid_column:
        raise _open(_("which column holds the date"))
    if not (mapping.zone_column or mapping.zone_fixed):
        raise _open(_("which column holds the zone"))
    if not mapping.values and not mapping.value_column:
        raise _open(_("which column holds the value"))
    if not mapping.values and not (mapping.series_column or mapping.series_fixed):
        raise _open(_("which series the values belong to"))
    if mapping.date_order not in {"auto", "ymd", "dmy", "mdy"} or mapping.decimal not in {"auto", ".", ","}:
        raise _open(_("how dates and numbers are written"))
    if mapping.valid_is not in {"start", "end"}:
        raise _open(_("whether the date is the first or the last day of its period"))


def _open(what: str) -> Invalid:
    return Invalid(_("The mapping does not say %(what)s.") % {"what": what}, remedy=_("Complete the mapping."))


def suggest(headers: Sequence[str], series: Mapping[str, Any]) -> dict[str, Any]:
    """Return a first guess for a person to confirm: by the names of the columns and the codes of the series."""
    taken: set[str] = set()
    guess: dict[str, Any] = {}
    for field, words in _WORDS.items():
        found = _find(headers, words, taken)
        if found:
            guess[field] = found
            taken.add(found)
    tails = {code.rsplit(".", 1)[-1]: code for code in series}
    wide = {name: tails[_plain(name)] for name in headers if _plain(name) in tails}
    if len(wide) > 1 or (wide and "series_column" not in guess and len(series) > 1):
        guess["values"] = wide
        guess.pop("value_column", None)
    elif "series_column" not in guess and len(series) == 1:
        guess["series_fixed"] = next(iter(series))
    return guess


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.strip().lower()).strip("_")


def _find(headers: Sequence[str], words: Sequence[str], taken: set[str]) -> str:
    plain = {name: _plain(name) for name in headers if name not in taken}
    for word in words:
        for name, simple in plain.items():
            if simple == word:
                return name
    for word in words:
        for name, simple in plain.items():
            if len(word) > 2 and word in simple.split("_"):
                return name
    return ""
