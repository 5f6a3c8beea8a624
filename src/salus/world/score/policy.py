"""A reference policy: which measures a city takes at which reported figures, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from salus.world.errors import WorldError
from salus.world.truth.orders import Order

FOLDER = Path(__file__).parent / "policies"
Signal = Literal["cases_week", "cases_week_per_100k", "ward_taken", "icu_taken", "admissions_per_100k", "heat_warning"]


class BadPolicy(WorldError):
    """A policy cannot be used; the message says where and what to change."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Trigger(_Strict):
    """A figure that switches a step on, and a lower one that switches it off."""

    signal: Signal
    starts_at: float = Field(gt=0)
    ends_at: float = Field(ge=0)

    @model_validator(mode="after")
    def _ends_below_its_start(self) -> Trigger:
        if self.ends_at >= self.starts_at:
            raise ValueError(f"{self.signal}: 'ends_at' ({self.ends_at:g}) must lie below {self.starts_at:g}")
        return self


class Step(_Strict):
    """Measures, and when they hold: any trigger switches them on, all must fall below to switch them off."""

    name: str
    any_of: tuple[Trigger, ...] = Field(min_length=1)
    measures: tuple[str, ...] = Field(min_length=1)


class Policy(_Strict):
    """What a prepared city would do."""

    slug: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: dict[str, str]
    # Emergencies that it is meant for.
    emergencies: tuple[str, ...] = Field(min_length=1)
    # How often figures are looked at, and how many days pass until what was decided holds.
    every_days: int = Field(ge=1, le=28)
    delay_days: int = Field(ge=0, le=28)
    # Days for which a step's figures must stay low before it ends.
    calm_days: int = Field(ge=0, le=90)
    # From the gentlest to the strictest; a step that holds keeps those before it.
    steps: tuple[Step, ...] = Field(min_length=1)


@dataclass(slots=True)
class Player:
    """Plays a policy: asked every morning with what is known, it says what holds on the day."""

    policy: Policy
    start: date
    _on: dict[str, date] = field(default_factory=dict)
    _calm_since: dict[str, int] = field(default_factory=dict)
    _ending: dict[str, date] = field(default_factory=dict)

    def orders(self, day: int, signals: Mapping[str, float]) -> list[Order]:
        """Return the orders of a day; figures are looked at on the days of review only."""
        today = self.start + timedelta(days=day)
        for name in [name for name, end in self._ending.items() if end <= today]:
            del self._on[name], self._ending[name]
        if day % self.policy.every_days == 0:
            for place in reversed(range(len(self.policy.steps))):
                self._review(place, day, signals)
        return self._given()

    def _review(self, place: int, day: int, signals: Mapping[str, float]) -> None:
        step = self.policy.steps[place]
        holds_from = self.start + timedelta(days=day + self.policy.delay_days)
        above = {row.name for row in self.policy.steps[place + 1 :]}
        # A step that holds keeps the gentler ones below it.
        needed = any(name in self._on and name not in self._ending for name in above)
        if needed or any(signals[t.signal] >= t.starts_at for t in step.any_of):
            self._on.setdefault(step.name, holds_from)
            self._ending.pop(step.name, None)
        if needed or step.name not in self._on or any(signals[t.signal] > t.ends_at for t in step.any_of):
            self._calm_since.pop(step.name, None)
            return
        since = self._calm_since.setdefault(step.name, day)
        if day - since >= self.policy.calm_days:
            self._ending.setdefault(step.name, holds_from)

    def _given(self) -> list[Order]:
        """Return each measure once: from the first day on which any step asks for it."""
        begun: dict[str, date] = {}
        for step in self.policy.steps:
            if step.name in self._on:
                for code in step.measures:
                    begun[code] = min(begun.get(code, self._on[step.name]), self._on[step.name])
        return [Order(code, first) for code, first in sorted(begun.items())]


def policies() -> tuple[str, ...]:
    """Return the policies that come with the product."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


def policy_for(emergency: str) -> Policy:
    """Return the reference policy of an emergency."""
    for name in policies():
        policy = read_policy(name)
        if emergency in policy.emergencies:
            return policy
    return read_policy("any")


def read_policy(name_or_file: str | Path) -> Policy:
    """Return a policy by its name, or from a file of one's own."""
    given = Path(name_or_file)
    path = given if given.suffix in {".yaml", ".yml"} else FOLDER / f"{name_or_file}.yaml"
    if not path.is_file():
        raise BadPolicy(f"There is no policy '{name_or_file}'. Choose {', '.join(policies())}, or a YAML file.")
    try:
        raw: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
        return Policy.model_validate(raw)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadPolicy(f"{path.name} is not YAML in UTF-8: {error}. Correct that line.") from error
    except ValidationError as error:
        fault = error.errors()[0]
        where = ".".join(str(part + 1) if isinstance(part, int) else part for part in fault["loc"])
        raise BadPolicy(f"{path.name} cannot be used: {where}: {fault['msg']}.") from error
