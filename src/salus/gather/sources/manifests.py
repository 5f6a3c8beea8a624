"""What a source says of itself before any of its data are read."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal

import yaml
from django.utils.translation import gettext as _
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from salus.base.errors import Invalid

Kind = Literal["count", "rate", "cumulative", "share"]
Period = Literal["hour", "day", "week", "month"]
TierName = Literal["public", "partner", "operational", "sensitive", "personal"]
TIERS: dict[str, int] = {"public": 0, "partner": 1, "operational": 2, "sensitive": 3, "personal": 4}

# What a city's catalogue must cover at the least; a source says to which it adds.
COVERAGE = ("surveillance", "demographics", "vulnerable_groups", "geospatial", "health_care", "transport_logistics")
Coverage = Literal[
    "surveillance", "demographics", "vulnerable_groups", "geospatial", "health_care", "transport_logistics"
]


def _has_english(text: dict[str, str]) -> dict[str, str]:
    if not text.get("en", "").strip():
        raise ValueError("needs a text under 'en'")
    return text


Text = Annotated[dict[str, str], AfterValidator(_has_english)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SeriesManifest(_Strict):
    """One series of a source."""

    code: str = Field(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")
    name: Text
    description: Text
    unit: str
    kind: Kind
    period: Period = "day"
    role: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    zone_level: str
    tier: TierName = "operational"
    delay_days: int = Field(ge=0)
    # True where the source kept no versions and `known_at` is the end of the period plus a stated delay.
    reconstructed_known_at: bool = False
    # True where there is a fact only when something happened: no fact is no gap.
    sparse: bool = False


class LeftOut(_Strict):
    """A file of the source that is not read, and why."""

    file: str
    why: str


class Manifest(_Strict):
    """A source: what it brings, whose it is and what may be done with it."""

    slug: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: Text
    description: Text
    owner: str = ""
    reuse_policy: str = ""
    tier: TierName | None = None
    licence_note: str
    cadence_hours: int = Field(gt=0)
    priority: int = Field(ge=1, le=5)
    time_zone: str
    # The day from which the zones, people and places of this source count as known: as its facts carry
    # their own versions, any day since then can be shown as it was known.
    known_from: date | None = None
    # The day on which a demonstration of this source's city begins.
    demo_from: date | None = None
    coverage: list[Coverage] = []
    files: dict[str, str] = {}
    left_out: list[LeftOut] = []
    choices: list[str] = []
    series: list[SeriesManifest]

    @model_validator(mode="after")
    def _codes_are_unique(self) -> Manifest:
        codes = [row.code for row in self.series]
        twice = sorted({code for code in codes if codes.count(code) > 1})
        if twice:
            raise ValueError(f"the series {', '.join(twice)} is named twice")
        return self

    def missing_for_going_live(self) -> list[str]:
        """Return what must be stated before the source may go live."""
        wanted = {"owner": self.owner, "reuse_policy": self.reuse_policy, "tier": self.tier}
        return [name for name, value in wanted.items() if not value]


def parse_manifest(text: str, *, name: str) -> Manifest:
    """Return the manifest in a YAML text, or say in plain words what is wrong with it."""
    try:
        raw: Any = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise Invalid(
            _("%(name)s is not valid YAML: %(where)s") % {"name": name, "where": _where(error)},
            remedy=_("Correct that line."),
        ) from error
    if not isinstance(raw, dict):
        raise Invalid(
            _("%(name)s holds no fields.") % {"name": name},
            remedy=_("Write one field a line, such as 'slug: my_source'."),
        )
    try:
        return Manifest.model_validate(raw)
    except ValidationError as error:
        lines = "; ".join(_plain(raw, item["loc"], item["msg"]) for item in error.errors())
        raise Invalid(
            _("%(name)s cannot be used: %(faults)s.") % {"name": name, "faults": lines},
            remedy=_("Correct the manifest."),
        ) from error


def _where(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or "it cannot be read"
    return f"line {mark.line + 1}: {problem}." if mark else f"{problem}."


def _plain(raw: dict[str, Any], location: tuple[int | str, ...], message: str) -> str:
    parts: list[str] = []
    for step in location:
        if isinstance(step, int):
            parts.append(f"entry {step + 1}")
        else:
            parts.append(f"'{step}'")
    words = {
        "Field required": "is missing",
        "Extra inputs are not permitted": "is not a field of a manifest",
    }.get(message, re.sub(r"^(Input|Value error,) ?", "", message))
    return " ".join(["field", *parts, words]) if parts else words
