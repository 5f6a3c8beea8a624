"""The shape of a rule table, checked before it can be saved."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Annotated, Any, Literal, Self

import yaml
from django.utils.translation import gettext as _
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from salus.base.errors import Invalid

MethodKind = Literal["detector", "nowcast", "rt", "forecast"]
Measure = Literal["rate_per_100k", "growth", "latest", "ratio", "rt"]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


def _has_english(text: dict[str, str]) -> dict[str, str]:
    if not text.get("en", "").strip():
        raise ValueError("needs a text under 'en'")
    return text


Text = Annotated[dict[str, str], AfterValidator(_has_english)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LevelText(_Strict):
    """What people read of one level."""

    level: int = Field(ge=0, le=9)
    name: Text
    text: Text


class IndicatorRule(_Strict):
    """One number, where it is judged, and from where on it means which level."""

    key: Key
    name: Text
    role: str
    # For a `ratio`, and for any number that nobody reports: one role's counts per hundred of another's.
    ratio_of: str = ""
    per_role: str = ""
    measure: Measure
    days: int = Field(default=7, ge=1, le=56)
    # Zone levels at which the number counts.
    areas: list[str] = Field(min_length=1)
    # Without it a zone has no level.
    required: bool = False
    max_age_days: int = Field(default=10, ge=1, le=120)
    # Where a nowcast exists, take its median for the days that are not complete.
    nowcast: bool = False
    # The least count of the window before that makes a growth worth a word.
    least_before: float = Field(default=10, ge=0)
    # With fewer counted than this the number gives level 1 at the most.
    least_count: float = Field(default=0, ge=0)
    quantile: float = Field(default=0.5, gt=0, lt=1)
    thresholds: dict[int, float]
    # Another indicator must be at least this, or the number is not counted.
    only_if: dict[str, float] = {}
    decimals: int = Field(default=0, ge=0, le=3)
    unit: Text
    above: Text
    below: Text

    @model_validator(mode="after")
    def _thresholds_rise(self) -> Self:
        if not self.thresholds:
            raise ValueError("needs at least one threshold")
        ordered = sorted(self.thresholds.items())
        values = [value for _, value in ordered]
        if values != sorted(set(values)):
            raise ValueError("thresholds must rise with the level")
        if ordered[0][0] < 1:
            raise ValueError("the lowest level with a threshold is 1: level 0 is what is left")
        if self.measure == "ratio" and not self.per_role:
            raise ValueError("a ratio needs 'per_role'")
        return self


class Hysteresis(_Strict):
    """Raise at once, lower only after so many days below."""

    lower_after_days: int = Field(ge=0, le=60)


class MethodChoice(_Strict):
    """A method from the registry with its parameters."""

    method: Key
    parameters: dict[str, Any] = {}


class DetectorPlan(MethodChoice):
    """Which series are watched, and what is too little to be called a signal."""

    roles: list[str]
    # Days whose counts are taken together, by zone level; a day series in small zones needs weeks.
    span_days: dict[str, int] = {}
    minimum_count: float = Field(default=5, ge=0)
    minimum_excess: float = Field(default=5, ge=0)
    minimum_ratio: float = Field(default=1.0, ge=1)
    # Newest days that are looked at: late reports can complete an alarm some days back.
    look_back_days: int = Field(default=7, ge=1, le=28)
    # The excess is over after so many days without an alarm and under the first bound ...
    end_after_days: int = Field(default=7, ge=1, le=56)
    # ... or after so many days without an alarm at all.
    forget_after_days: int = Field(default=28, ge=1, le=180)

    def span(self, level: str, period_days: int) -> int:
        """Return how many days are taken together at a zone level."""
        return max(self.span_days.get(level, period_days), period_days)


class EstimatePlan(MethodChoice):
    """A method that estimates, and the roles that it is used on."""

    roles: list[str]
    horizon_days: int = Field(default=28, ge=1, le=90)


class IntervalRule(_Strict):
    """What is held of the time from one case's onset to that of those it infects, in days.

    The ranges hold the truth with 95 %; a new disease has wide ones, and known pairs narrow them.
    """

    mean: float = Field(gt=1, le=60)
    mean_range: tuple[float, float]
    sd: float = Field(gt=0, le=40)
    sd_range: tuple[float, float]
    source: Text

    @model_validator(mode="after")
    def _ranges_hold_the_middle(self) -> Self:
        for name, middle, (low, high), least in (
            ("mean", self.mean, self.mean_range, 1.0),
            ("sd", self.sd, self.sd_range, 0.0),
        ):
            if not least < low <= middle <= high:
                raise ValueError(f"the range of the {name} must hold it and lie above {least:g} days")
        return self

    @property
    def parameters(self) -> dict[str, float]:
        """Return it as the parameters of a method that estimates R."""
        return {
            "serial_interval_mean": self.mean,
            "serial_interval_mean_low": self.mean_range[0],
            "serial_interval_mean_high": self.mean_range[1],
            "serial_interval_sd": self.sd,
            "serial_interval_sd_low": self.sd_range[0],
            "serial_interval_sd_high": self.sd_range[1],
        }


class Plan(_Strict):
    """Which method does what."""

    # Series that are taken first where several have the same role and zone level.
    prefer: list[str] = []
    detector: DetectorPlan
    nowcast: EstimatePlan
    rt: EstimatePlan
    forecast: EstimatePlan
    # Without it R is worked out with the interval that stands among its method's parameters, as if that were certain.
    serial_interval: IntervalRule | None = None

    @property
    def rt_parameters(self) -> dict[str, Any]:
        """Return the parameters of R's method with the serial interval that is held."""
        return {**self.rt.parameters, **(self.serial_interval.parameters if self.serial_interval else {})}

    @property
    def choices(self) -> tuple[tuple[MethodKind, MethodChoice], ...]:
        """Return the chosen method of each kind."""
        return (
            ("detector", self.detector),
            ("nowcast", self.nowcast),
            ("rt", self.rt),
            ("forecast", self.forecast),
        )

    @property
    def roles(self) -> tuple[str, ...]:
        """Return every role that a method is used on, in order."""
        parts = (self.detector, self.nowcast, self.rt, self.forecast)
        return tuple(dict.fromkeys(role for part in parts for role in part.roles))


class LevelExample(_Strict):
    """Indicators of an imagined zone, and the level that they must give."""

    name: str
    area: str
    values: dict[str, float | None]
    level: int | None


class HistoryExample(_Strict):
    """The rules' levels day by day, and what must be in force after the rule against flapping."""

    name: str
    raw: list[int | None]
    level: list[int | None]

    @model_validator(mode="after")
    def _equally_long(self) -> Self:
        if len(self.raw) != len(self.level):
            raise ValueError("'raw' and 'level' must be equally long")
        return self


class Examples(_Strict):
    """Tests that travel with the policy."""

    levels: list[LevelExample] = Field(min_length=1)
    histories: list[HistoryExample] = []


class RuleDocument(_Strict):
    """A whole rule table."""

    slug: Key
    number: int = Field(ge=1)
    dated: date
    title: Text
    basis: Text
    references: list[str] = []
    levels: list[LevelText] = Field(min_length=2)
    indicators: list[IndicatorRule] = Field(min_length=1)
    hysteresis: Hysteresis
    plan: Plan
    phrases: dict[str, Text]
    examples: Examples

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        numbers = [row.level for row in self.levels]
        if numbers != list(range(len(numbers))):
            raise ValueError("levels must be 0, 1, 2 and so on, in order")
        keys = [row.key for row in self.indicators]
        if len(set(keys)) != len(keys):
            raise ValueError("an indicator's key is used twice")
        for row in self.indicators:
            unknown = set(row.only_if) - set(keys)
            if unknown:
                raise ValueError(f"{row.key}: 'only_if' names {', '.join(sorted(unknown))}")
            if max(row.thresholds) >= len(numbers):
                raise ValueError(f"{row.key}: there is no level {max(row.thresholds)}")
        missing = PHRASES - set(self.phrases)
        if missing:
            raise ValueError(f"phrases: {', '.join(sorted(missing))} missing")
        return self

    def indicator(self, key: str) -> IndicatorRule | None:
        """Return the rule of an indicator."""
        return next((row for row in self.indicators if row.key == key), None)

    @property
    def roles(self) -> tuple[str, ...]:
        """Return every role that the rules or a method read, in order."""
        wanted = [*self.plan.roles]
        for row in self.indicators:
            wanted += [role for role in (row.role, row.ratio_of, row.per_role) if role]
        return tuple(dict.fromkeys(wanted))


# What can be said of a level beside its indicators' own sentences.
PHRASES = frozenset(
    {"no_population", "no_series", "no_data", "stale", "too_few", "no_estimate", "not_counted"}
    | {"held", "no_rule", "not_computed"}
)


def read_document(raw: Any, *, name: str) -> RuleDocument:
    """Return the rule table in a mapping, or say in plain words what is wrong with it."""
    try:
        return RuleDocument.model_validate(raw)
    except ValidationError as error:
        lines = "; ".join(
            f"{' > '.join(str(step) for step in item['loc']) or 'the table'}: "
            f"{item['msg'].removeprefix('Value error, ')}"
            for item in error.errors()[:8]
        )
        raise Invalid(
            _("The rule table %(name)s cannot be used: %(lines)s.") % {"name": name, "lines": lines},
            remedy=_("Correct these fields and save again."),
        ) from error


def parse_document(text: str, *, name: str) -> RuleDocument:
    """Return the rule table in a YAML text, or say in plain words what is wrong with it."""
    try:
        raw = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise Invalid(
            _("The rule table %(name)s is not valid YAML: line %(line)d cannot be read.")
            % {"name": name, "line": mark.line + 1 if mark else 1},
            remedy=_("Correct that line."),
        ) from error
    if not isinstance(raw, dict):
        raise Invalid(_("The rule table %(name)s holds no fields.") % {"name": name}, remedy=_("Start from the pack."))
    return read_document(raw, name=name)


@lru_cache(maxsize=32)
def document_of_json(text: str) -> RuleDocument:
    """Return a stored rule table; kept, because pages ask for the same one again and again."""
    return RuleDocument.model_validate_json(text)
