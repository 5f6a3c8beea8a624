"""An epidemic in a city: the engine's model from a place and an emergency."""

from __future__ import annotations

import numpy as np

from salus.epi.generation import discretised_serial_interval
from salus.epi.scenario import (
    Care,
    Immunity,
    Measure,
    Model,
    Reporting,
    Seed,
    Setting,
    Vaccine,
    Variant,
    Work,
    discretised_delay,
)
from salus.world.city.hours import BLOCKS
from salus.world.city.people import AGE_BANDS, SEGMENTS
from salus.world.emergency import Infection
from salus.world.emergency import Measure as Described
from salus.world.truth.place import BANDS, STRATA, FloatArray, Place

_SCHOOL_BANDS = (0, 1)
STRATUM_NAMES = tuple(
    f"{low}-{high}:{segment}" if high is not None else f"{low}+:{segment}"
    for low, high in AGE_BANDS
    for segment in SEGMENTS
)


def by_age(values: tuple[float, ...]) -> FloatArray:
    """Return one value for each stratum from one for each age band."""
    return np.repeat(np.asarray(values, dtype=np.float64), len(SEGMENTS))


def by_segment(values: tuple[float, ...]) -> FloatArray:
    """Return one value for each stratum from one for each segment."""
    return np.tile(np.asarray(values, dtype=np.float64), BANDS)


def assemble(place: Place, emergency: Infection) -> Model:
    """Return the model of an emergency in a place."""
    return Model(
        people=place.people,
        variants=tuple(
            Variant(v.name, v.r0, _generation(v.generation_mean, v.generation_sd), v.severity)
            for v in emergency.variants
        ),
        settings=_settings(place, emergency),
        immunity=Immunity(
            cross=np.array(emergency.immunity.cross),
            waning_days=emergency.immunity.waning_days,
            waned_susceptibility=emergency.immunity.waned_susceptibility,
            waned_severity=emergency.immunity.waned_severity,
            recovered_severity=emergency.immunity.recovered_severity,
        ),
        vaccine=_vaccine(place, emergency),
        care=_care(place, emergency),
        reporting=Reporting(
            by_segment(emergency.reporting.ascertainment_by_segment),
            discretised_delay(*emergency.reporting.delay_days),
            np.array(emergency.reporting.weekday),
        ),
        work=Work(by_age(emergency.work.employed_by_age), by_age(emergency.work.symptomatic_by_age)),
        measures=tuple(_measure(row) for row in emergency.measures),
        seeds=_seeds(place, emergency),
        importation=np.array(emergency.visitors_infected_per_day),
        immune=_beforehand(emergency),
        dispersion=emergency.dispersion,
        zones=place.zones,
        strata=STRATUM_NAMES,
    )


def _beforehand(emergency: Infection) -> FloatArray | None:
    """Return the share of each stratum that starts naive, waned, vaccinated, and recovered from the first variant."""
    given = emergency.beforehand
    if given is None:
        return None
    recovered = by_age(given.recovered_by_age)
    vaccinated = by_age(given.vaccinated_by_age) * by_segment(given.vaccinated_by_segment)
    vaccinated = np.minimum(vaccinated, 1.0 - recovered)
    rest = np.zeros((len(emergency.variants) - 1, STRATA))
    return np.vstack([1.0 - vaccinated - recovered, np.zeros(STRATA), vaccinated, recovered, rest])


def _generation(mean: float, sd: float) -> FloatArray:
    weights = discretised_serial_interval(mean, sd)
    weights = np.where(np.arange(weights.size) == 0, 0.0, weights)
    reach = int(np.searchsorted(np.cumsum(weights) / weights.sum(), 0.999)) + 1
    kept = weights[: reach + 1]
    return np.asarray(kept / kept.sum())


def _settings(place: Place, emergency: Infection) -> tuple[Setting, ...]:
    contacts, total = emergency.contacts, place.people.sum(axis=0)
    pupils = np.isin(np.arange(STRATA) // len(SEGMENTS), _SCHOOL_BANDS)
    workers = by_age(emergency.work.employed_by_age)
    return (
        Setting("home", place.at_home),
        Setting("school", _school(pupils, total, contacts.school)),
        Setting("work", contacts.work * np.outer(workers, _mix(workers * total)), place.travel),
        Setting("community", np.outer(by_age(contacts.community_by_age),
                                      _mix(by_age(contacts.community_by_age) * total)),
                place.presence, np.array([block.meetings for block in BLOCKS])),
    )  # fmt: skip


def _mix(weights: FloatArray) -> FloatArray:
    """Return the shares in which people are met who are met in proportion to what they give."""
    return np.asarray(weights / max(weights.sum(), 1e-12))


def _school(pupils: np.ndarray, total: FloatArray, meetings: float) -> FloatArray:
    """Pupils meet pupils of their own age band, of whatever segment."""
    band = np.arange(STRATA) // len(SEGMENTS)
    table = np.zeros((STRATA, STRATA))
    for number in _SCHOOL_BANDS:
        inside = (band == number) & pupils
        # The youngest are only partly in care outside their home.
        table[np.ix_(inside, inside)] = meetings * (0.4 if number == 0 else 1.0) * _mix(total[inside])[None, :]
    return table


def _vaccine(place: Place, emergency: Infection) -> Vaccine | None:
    given = emergency.vaccine
    if given is None:
        return None
    uptake = np.minimum(by_age(given.uptake_by_age) * by_segment(given.uptake_by_segment), 0.98)
    order = tuple(int(BANDS - 1 - band) for band in np.arange(STRATA) // len(SEGMENTS))
    return Vaccine(
        protection=np.array(given.protection),
        uptake=uptake,
        severity=given.severity,
        waning_days=given.waning_days,
        order=order if given.oldest_first else None,
        per_day=given.doses_a_day_per_1000 * place.people.sum() / 1000,
    )


def _care(place: Place, emergency: Infection) -> Care:
    given = emergency.care
    risk = by_segment(given.risk_by_segment)
    return Care(
        hospital=np.minimum(by_age(given.hospital_by_age) * risk, 1.0),
        icu=by_age(given.icu_by_age),
        death_ward=by_age(given.death_ward_by_age),
        death_icu=by_age(given.death_icu_by_age),
        death_home=np.minimum(by_age(given.death_home_by_age) * risk, 1.0),
        to_hospital=discretised_delay(*given.to_hospital_days),
        ward_stay=discretised_delay(*given.ward_days),
        icu_stay=discretised_delay(*given.icu_days),
        # Most beds are taken by people who are ill of something else.
        beds=0.3 * place.beds,
        icu_beds=0.5 * place.icu_beds,
        excess_ward=given.excess_ward,
        excess_icu=given.excess_icu,
    )


def _measure(row: Described) -> Measure:
    return Measure(
        name=row.code,
        effects=dict(row.effects),
        travel=row.travel,
        isolation=row.isolation,
        compliance=by_segment(row.compliance),
        fatigue_days=row.fatigue_days,
        floor=row.floor,
        work_lost=row.work_lost,
    )


def _seeds(place: Place, emergency: Infection) -> tuple[Seed, ...]:
    adult = 3 * len(SEGMENTS) + 1
    found = []
    for number, variant in enumerate(emergency.variants):
        living = place.people.sum(axis=1)
        fits = {"port": place.coastal, "centre": place.central, "anywhere": living > 0}[variant.at]
        zone = int(np.where(fits & (living > 0), living, -1).argmax())
        found.append(Seed(variant.arrives_on_day, variant.seeds, zone, adult, number))
    return tuple(found)
