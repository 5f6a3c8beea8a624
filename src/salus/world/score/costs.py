"""What a day costs: illness, care and measures, by a model of costs that is data."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from salus.world.city.people import AGE_BANDS, SEGMENTS
from salus.world.errors import WorldError
from salus.world.truth.orders import Order
from salus.world.truth.place import FloatArray, Place

FILE = Path(__file__).with_name("costs.yaml")
_PUPILS = next(place for place, (low, _high) in enumerate(AGE_BANDS) if low == 5)


class BadCosts(WorldError):
    """A model of costs cannot be used; the message says where."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Price(_Strict):
    """One price, and what it rests on."""

    euros: float = Field(ge=0)
    basis: Literal["source", "assumed"]
    why: str


class MeasurePrice(_Strict):
    """What a day of a measure costs."""

    person: float = Field(default=0.0, ge=0)
    pupil: float = Field(default=0.0, ge=0, le=1)
    basis: Literal["source", "assumed"]
    why: str

    @model_validator(mode="after")
    def _one_of_them(self) -> MeasurePrice:
        if not (self.person or self.pupil):
            raise ValueError("give 'person' or 'pupil': what a day of it costs")
        return self


class Costs(_Strict):
    """A model of costs."""

    currency: str
    work_day: Price
    ward_day: Price
    icu_day: Price
    dose: Price
    school_day: Price
    measures: dict[str, MeasurePrice]
    other_measure: MeasurePrice

    def of_measure(self, code: str) -> MeasurePrice:
        """Return the price of a measure; one that is not named has the price of any other."""
        return self.measures.get(code, self.other_measure)


@lru_cache(maxsize=8)
def read_costs(path: Path = FILE) -> Costs:
    """Read a model of costs."""
    try:
        raw: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
        return Costs.model_validate(raw)
    except OSError as error:
        raise BadCosts(f"The costs {path.name} cannot be read: {error.strerror}.") from error
    except yaml.YAMLError as error:
        raise BadCosts(f"{path.name} is not YAML: {error}. Correct that line.") from error
    except ValidationError as error:
        fault = error.errors()[0]
        where = ".".join(str(part) for part in fault["loc"])
        raise BadCosts(f"{path.name} cannot be used: {where}: {fault['msg']}.") from error


def loss_of_illness(costs: Costs, totals: dict[str, float]) -> float:
    """Return what a day of illness and care costs, from what happened in the whole city."""
    return (
        costs.work_day.euros * totals["work_days_lost"]
        + costs.ward_day.euros * totals["beds"]
        + costs.icu_day.euros * totals["icu"]
        + costs.dose.euros * totals["doses"]
    )


def loss_of_measures(costs: Costs, place: Place, orders: tuple[Order, ...], on: date) -> float:
    """Return what the measures of a day cost; a measure that binds a person twice is paid once."""
    bound: dict[str, set[str] | None] = {}
    for order in orders:
        if order.holds_on(on):
            before = bound.get(order.measure, set())
            bound[order.measure] = None if not order.zones or before is None else before | set(order.zones)
    return sum(_day_of(costs, place, code, zones, on) for code, zones in sorted(bound.items()))


def _day_of(costs: Costs, place: Place, code: str, zones: set[str] | None, on: date) -> float:
    people = place.people if zones is None else place.people[_numbers(place, zones)]
    price = costs.of_measure(code)
    pupils = float(_band(people, _PUPILS).sum()) if price.pupil and on.weekday() < 5 else 0.0
    return price.person * float(people.sum()) + price.pupil * costs.school_day.euros * pupils


def _numbers(place: Place, zones: set[str]) -> list[int]:
    return [number for number, zone in enumerate(place.zones) if zone in zones]


def _band(people: FloatArray, band: int) -> FloatArray:
    first = band * len(SEGMENTS)
    return np.asarray(people[:, first : first + len(SEGMENTS)])
