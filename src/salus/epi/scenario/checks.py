"""What a model must be before it can run, and what to do where it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from salus.epi.arrays import FloatArray, require
from salus.epi.errors import (
    EmptyInputError,
    InvalidSerialIntervalError,
    MissingInputError,
    NegativeInputError,
    ShapeMismatchError,
)

if TYPE_CHECKING:
    from salus.epi.scenario.caution import Caution
    from salus.epi.scenario.model import InForce, Measure, Model

_SUM = 1e-6
_MOST_ZONES, _MOST_STRATA, _MOST_VARIANTS, _MOST_DAYS = 2**20, 2**12, 8, 2**20


def check_model(model: Model) -> None:
    """Raise a named error unless the model can run.

    Raises
    ------
    EmptyInputError, NegativeInputError, MissingInputError, ShapeMismatchError,
    InvalidSerialIntervalError, InvalidParameterError

    """
    _people(model.people)
    require(1 <= len(model.variants) <= _MOST_VARIANTS, f"Name one to {_MOST_VARIANTS} variants.")
    require(len(model.settings) > 0, "Name at least one setting in which people meet.")
    _generation(model)
    _settings(model)
    _immunity(model)
    _vaccine(model)
    _care(model)
    _rest(model)
    for measure in model.measures:
        _measure(measure, model)
    if model.caution is not None:
        _caution(model.caution, model)


def _people(people: FloatArray) -> None:
    if people.size == 0:
        raise EmptyInputError("people is empty: pass residents by zone and stratum.")
    if people.ndim != 2 or people.shape[0] > _MOST_ZONES or people.shape[1] > _MOST_STRATA:
        raise ShapeMismatchError("people must be (zones, strata), at most 2^20 by 2^12.")
    if not np.isfinite(people).all():
        raise MissingInputError("people holds NaN: fill in the residents, or 0 for an empty zone.")
    if (people < 0).any():
        raise NegativeInputError("people holds a negative number of residents.")
    require(bool((people == np.floor(people)).all()), "people must be whole numbers: round the residents.")
    if people.sum() == 0:
        raise EmptyInputError("Nobody lives in any zone: pass residents by zone and stratum.")


def check_delay(values: FloatArray, name: str) -> None:
    """Raise unless the values are probabilities by day that sum to 1."""
    if values.ndim != 1 or values.size == 0:
        raise ShapeMismatchError(f"{name} must be probabilities by day from day 0.")
    if not np.isfinite(values).all():
        raise MissingInputError(f"{name} holds NaN: every day needs its probability.")
    good = bool((values >= 0).all()) and abs(values.sum() - 1) < _SUM
    require(good, f"{name} must be 0 or more by day and sum to 1: divide it by its sum.")


def _generation(model: Model) -> None:
    for variant in model.variants:
        w = variant.generation
        good = w.ndim == 1 and w.size >= 2 and bool(np.isfinite(w).all()) and bool((w >= 0).all())
        if not good or w[0] != 0 or abs(w.sum() - 1) > _SUM:
            raise InvalidSerialIntervalError(
                f"The generation interval of {variant.name!r} must have 0 on day 0 and sum to 1 over the days after."
            )
        require(np.isfinite(variant.r0) and variant.r0 > 0, f"r0 of {variant.name!r} must be above 0.")
        require(bool(0 <= variant.severity < np.inf), f"severity of {variant.name!r} must be 0 or more.")
    names = [variant.name for variant in model.variants]
    require(len(set(names)) == len(names), "Every variant needs a name of its own.")


def share(values: FloatArray | float, name: str, shape: tuple[int, ...]) -> FloatArray:
    """Return the values spread to a shape, or raise unless they lie in 0 to 1."""
    array = np.asarray(values, dtype=np.float64)
    if array.ndim > 0 and array.shape != shape:
        raise ShapeMismatchError(f"{name} has shape {array.shape}: pass {shape} or one number.")
    require(bool(((array >= 0) & (array <= 1)).all()), f"{name} must lie between 0 and 1.")
    return np.broadcast_to(array, shape).astype(np.float64)


def _settings(model: Model) -> None:
    zones, strata = model.people.shape
    names = [setting.name for setting in model.settings]
    require(len(set(names)) == len(names) and "*" not in names, "Every setting needs a name of its own, not '*'.")
    for setting in model.settings:
        contacts = setting.contacts
        if contacts.shape != (strata, strata):
            raise ShapeMismatchError(f"contacts of {setting.name!r} must be ({strata}, {strata}), by stratum.")
        require(
            bool(np.isfinite(contacts).all() and (contacts >= 0).all()),
            f"contacts of {setting.name!r} must be 0 or more.",
        )
        if setting.presence is not None:
            _presence(setting.name, setting.presence, setting.weight, zones)
    require(any(setting.contacts.any() for setting in model.settings), "Nobody meets anybody: every contact is 0.")


def _presence(name: str, presence: FloatArray, weight: FloatArray | None, zones: int) -> None:
    if presence.ndim != 3 or presence.shape[1:] != (zones, zones):
        raise ShapeMismatchError(f"presence of {name!r} must be ({zones}, {zones}), or by block of hours.")
    share(presence, f"presence of {name!r}", presence.shape)
    require(bool((abs(presence.sum(axis=2) - 1) < _SUM).all()), f"Rows of presence of {name!r} must sum to 1.")
    blocks = presence.shape[0]
    if weight is not None:
        if weight.shape != (blocks,):
            raise ShapeMismatchError(f"weight of {name!r} must have one number per block of hours, {blocks}.")
        check_delay(weight, f"weight of {name!r}")


def _immunity(model: Model) -> None:
    strata, variants = model.people.shape[1], len(model.variants)
    immunity = model.immunity
    if immunity.cross is not None:
        share(immunity.cross, "cross immunity", (variants, variants))
    for name in ("waned_susceptibility", "waned_severity", "recovered_severity"):
        share(getattr(immunity, name), name, ())
    require(immunity.waning_days > 0, "waning_days must be above 0; infinite means never.")
    if model.immune is not None:
        start = share(model.immune, "immune", (3 + variants, strata))
        require(bool((abs(start.sum(axis=0) - 1) < _SUM).all()), "immune must sum to 1 in each stratum.")


def _vaccine(model: Model) -> None:
    vaccine = model.vaccine
    if vaccine is None:
        return
    strata = model.people.shape[1]
    share(vaccine.protection, "protection of the vaccine", (len(model.variants),))
    share(vaccine.uptake, "uptake of the vaccine", (strata,))
    share(vaccine.severity, "severity after the vaccine", ())
    require(vaccine.waning_days > 0, "waning_days of the vaccine must be above 0; infinite means never.")
    require(vaccine.per_day >= 0, "per_day of the vaccine must be 0 doses or more.")
    if vaccine.order is not None:
        if len(vaccine.order) != strata:
            raise ShapeMismatchError(f"order of the vaccine must name {strata} turns, one per stratum.")
        require(min(vaccine.order) >= 0, "order of the vaccine counts turns from 0.")


def _care(model: Model) -> None:
    strata = model.people.shape[1]
    for name in ("hospital", "icu", "death_ward", "death_icu", "death_home"):
        share(getattr(model.care, name), name, (strata,))
    for name in ("to_hospital", "ward_stay", "to_icu", "icu_stay", "recovery_stay", "to_death"):
        check_delay(getattr(model.care, name), name)
    require(model.care.beds >= 0 and model.care.icu_beds >= 0, "beds must be 0 or more.")
    share(model.care.excess_ward, "excess_ward", ())
    share(model.care.excess_icu, "excess_icu", ())
    share(model.reporting.ascertainment, "ascertainment", (strata,))
    check_delay(model.reporting.delay, "delay of reports")
    weekday = share(model.reporting.weekday, "weekday", (7,))
    require(bool(weekday.any()), "weekday must be above 0 on some day: else nothing is ever reported.")
    share(model.work.employed, "employed", (strata,))
    share(model.work.symptomatic, "symptomatic", (strata,))
    away = np.atleast_1d(model.work.away)
    share(away, "away", away.shape)
    shed = model.sewage.shedding
    require(shed.ndim == 1 and bool((shed >= 0).all()), "shedding must be 0 or more by day.")
    require(bool(0 <= model.sewage.noise < np.inf), "noise of sewage must be 0 or more.")


def _rest(model: Model) -> None:
    zones, strata, variants = *model.people.shape, len(model.variants)
    for seed in model.seeds:
        inside = 0 <= seed.zone < zones and 0 <= seed.stratum < strata and 0 <= seed.variant < variants
        require(inside and seed.day >= 0 and bool(0 <= seed.count < np.inf), f"{seed} names what the model lacks.")
    if model.importation is not None:
        if model.importation.shape != (variants,):
            raise ShapeMismatchError(f"importation needs {variants} numbers, one per variant.")
        require(bool((model.importation >= 0).all()), "importation must be 0 or more per day.")
    require(model.dispersion is None or model.dispersion > 0, "dispersion must be above 0, or None.")
    check_delay(model.isolation_delay, "isolation_delay")
    if model.passable is not None:
        if model.passable.shape != (zones, zones):
            raise ShapeMismatchError(f"passable must be ({zones}, {zones}), from zone to zone.")
        share(model.passable, "passable", (zones, zones))
    for name, count in (("zones", zones), ("strata", strata)):
        labels = getattr(model, name)
        if labels and (len(labels) != count or len(set(labels)) != count):
            raise ShapeMismatchError(f"{name} needs {count} different labels.")
    names = [measure.name for measure in model.measures]
    require(len(set(names)) == len(names), "Every measure needs a name of its own.")


def _measure(measure: Measure, model: Model) -> None:
    strata = model.people.shape[1]
    _aims(measure.effects, f"Measure {measure.name!r}", model)
    for value in (*measure.effects.values(), measure.travel, measure.isolation, measure.floor, measure.work_lost):
        share(value, f"effects of {measure.name!r}", ())
    share(measure.compliance, f"compliance with {measure.name!r}", (strata,))
    _above_zero(measure.fatigue_days, f"fatigue_days of {measure.name!r}", strata)


def _aims(effects: dict[str, float], what: str, model: Model) -> None:
    known = {setting.name for setting in model.settings} | {"*"}
    unknown = sorted(set(effects) - known)
    require(not unknown, f"{what} aims at {unknown}: the settings are {sorted(known)}.")


def _above_zero(values: FloatArray | float, name: str, strata: int) -> None:
    array = np.asarray(values)
    if array.ndim and array.shape != (strata,):
        raise ShapeMismatchError(f"{name} needs {strata} numbers, or one.")
    require(bool((array > 0).all()), f"{name} must be above 0; infinite means never.")


def _caution(caution: Caution, model: Model) -> None:
    strata = model.people.shape[1]
    _aims(caution.effects, "Caution", model)
    for value in (*caution.effects.values(), caution.floor):
        share(value, "effects and floor of caution", ())
    share(caution.willing, "willing", (strata,))
    _above_zero(caution.fatigue_days, "fatigue_days of caution", strata)
    for name in ("half", "steepness", "memory_days"):
        number = np.asarray(getattr(caution, name))
        _above_zero(number, f"{name} of caution", strata if name == "half" else 1)
        require(bool(np.isfinite(number).all()), f"{name} of caution must be a number: leave caution out for none.")
    weights = np.array([caution.deaths, caution.admissions])
    good = bool(((weights >= 0) & np.isfinite(weights)).all()) and bool(weights.any())
    require(good, "Caution must answer to deaths, to admissions, or to both: weights 0 or more, not both 0.")


def check_order(order: InForce, model: Model) -> None:
    """Raise unless a measure in force names a measure and zones of the model."""
    names = [measure.name for measure in model.measures]
    require(order.measure in names, f"Unknown measure {order.measure!r}: the model has {names}.")
    require(order.end is None or order.end >= order.start, f"{order.measure!r} would end before it starts.")
    zones, strata = model.people.shape
    if order.zones is not None:
        inside = all(0 <= zone < zones for zone in order.zones)
        require(inside, f"{order.measure!r} names zones that are not there: they are 0 to {zones - 1}.")
    if order.compliance is not None:
        if order.compliance.ndim != 2 or order.compliance.shape[1] != strata:
            raise ShapeMismatchError(f"compliance with {order.measure!r} must be ({strata},) or (days, {strata}).")
        share(order.compliance, f"compliance with {order.measure!r}", order.compliance.shape)


def check_days(days: int, start: int = 0) -> None:
    """Raise unless the days can be run."""
    require(days >= 1 and start + days <= _MOST_DAYS, "days must be 1 or more (and below 2^20).")
