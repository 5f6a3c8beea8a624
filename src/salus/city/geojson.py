"""Zones from a GeoJSON file: the file is taken apart with limits, the zones are checked by the import."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from salus.base.errors import Invalid
from salus.city.schemas import ZoneDraft

MOST_BYTES = 256 * 1024 * 1024
MOST_ZONES = 100_000
_WGS84 = ("CRS84", "EPSG::4326", "EPSG:4326", "CRS:84")
_LISTED = re.compile(r"[,;]")


@dataclass(frozen=True, slots=True)
class Columns:
    """Which property of a feature holds what; the level is one for the whole file or a property."""

    code: str
    name: str = ""
    level: str = ""
    parent: str = ""
    aliases: str = ""


def _refuse(message: str, remedy: str = "") -> Invalid:
    return Invalid(message, remedy=remedy or _("Check the file, or ask whoever made it."))


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _refuse(_("An object in the GeoJSON names one key twice."))
    return found


def _no_constant(text: str) -> float:
    raise _refuse(_("%(text)s is not a number in GeoJSON.") % {"text": text})


def _load(data: bytes) -> Mapping[str, Any]:
    if len(data) > MOST_BYTES:
        raise _refuse(
            _("The file has more than %(size)d MB.") % {"size": MOST_BYTES // 2**20},
            _("Simplify the outlines before importing them."),
        )
    try:
        found = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_unique, parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise _refuse(_("The file is not text in UTF-8.")) from None
    except json.JSONDecodeError as error:
        raise _refuse(
            _("The file is not whole GeoJSON: line %(line)d, column %(column)d.")
            % {"line": error.lineno, "column": error.colno}
        ) from None
    except RecursionError:
        raise _refuse(_("The GeoJSON is nested too deeply.")) from None
    if not isinstance(found, Mapping):
        raise _refuse(_("The file is JSON, but not GeoJSON."))
    return found


def _check_reference(found: Mapping[str, Any]) -> None:
    """Refuse coordinates that say that they are not longitude and latitude."""
    crs = found.get("crs")
    if not isinstance(crs, Mapping):
        return
    properties = crs.get("properties")
    name = str(properties.get("name", "")) if isinstance(properties, Mapping) else ""
    if name and not name.endswith(_WGS84):
        raise _refuse(
            _("The coordinates are in '%(name)s', not in longitude and latitude.") % {"name": name[:80]},
            _("Convert the file to WGS 84 (EPSG:4326) first."),
        )


def _features(found: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    features = found.get("features")
    if found.get("type") != "FeatureCollection" or not isinstance(features, list):
        raise _refuse(_("The file is not a GeoJSON FeatureCollection."))
    if not 0 < len(features) <= MOST_ZONES:
        raise _refuse(
            _("The file has %(count)d zones; 1 to %(most)d can be taken.")
            % {"count": len(features), "most": MOST_ZONES}
        )
    return features


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None or isinstance(value, bool | dict | list) else str(value).strip()


def _aliases(value: Any) -> list[str]:
    parts = value if isinstance(value, list) else _LISTED.split(_text(value))
    return [text for part in parts if (text := _text(part))]


def _draft(index: int, feature: Any, columns: Columns, level: str) -> ZoneDraft:
    properties = feature.get("properties") if isinstance(feature, Mapping) else None
    if not isinstance(properties, Mapping):
        raise _refuse(_("Feature %(index)d has no properties.") % {"index": index})
    code = _text(properties.get(columns.code))
    if not code:
        shown = ", ".join(sorted(str(key) for key in properties)[:12])
        raise _refuse(
            _("Feature %(index)d has no '%(column)s'.") % {"index": index, "column": columns.code},
            _("Its properties are: %(list)s. Choose the one that holds the code.") % {"list": shown},
        )
    name = properties.get(columns.name) if columns.name else None
    return ZoneDraft(
        code=code,
        name=dict(name) if isinstance(name, Mapping) else (_text(name) or code),
        level=_text(properties.get(columns.level)) or level if columns.level else level,
        parent_code=_text(properties.get(columns.parent)) or None if columns.parent else None,
        geometry=feature.get("geometry"),
        aliases=_aliases(properties.get(columns.aliases)) if columns.aliases else [],
    )


def zones_from_geojson(data: bytes, *, columns: Columns, level: str = "zone") -> list[ZoneDraft]:
    """Return the zones of a GeoJSON file, or refuse it in plain words."""
    found = _load(data)
    _check_reference(found)
    return [_draft(index, feature, columns, level) for index, feature in enumerate(_features(found), start=1)]
