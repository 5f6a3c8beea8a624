"""Measures against an outbreak, as plain data: tests, isolation, tracing, quarantine, closures, vaccination."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from salus.epi.agents.disease import NEVER, ByLayer
from salus.epi.arrays import FloatArray, require

ALL = 10**6
_ISOLATED, _QUARANTINED = ByLayer(0.3, 0.1, 0.1, 0.1), ByLayer(0.6, 0.2, 0.2, 0.2)
_LONGEST_DELAY = 60


@dataclass(frozen=True, slots=True)
class DiagnosticTesting:
    """A testing programme; where programmes overlap, the later one in the list holds.

    Attributes
    ----------
    symptomatic : float
        Probability a day that a person with symptoms is tested, until diagnosed.
    routine : float
        Probability a day that a person without symptoms is tested.
    quarantined : float
        Probability of a test on the day after quarantine begins, without symptoms.
    other_illness : float
        Share of people with like symptoms of another cause on any day; they are tested too.
    sensitivity, specificity : float
        Of the test, in infectious and in all other people.
    delay : int
        Days from test to result, 0 to 60.
    start, end : int
        First day, and the day after the last.

    """

    symptomatic: float = 0.0
    routine: float = 0.0
    quarantined: float = 0.0
    other_illness: float = 0.0
    sensitivity: float = 1.0
    specificity: float = 1.0
    delay: int = 0
    start: int = 0
    end: int = ALL


@dataclass(frozen=True, slots=True)
class Tracing:
    """Finding the contacts of people with a positive result; the later one in the list holds.

    Attributes
    ----------
    probability : ByLayer
        That a contact is found, by kind of contact.
    delay : tuple of int
        Days from result to quarantine, for household, school, work, community; 0 to 60.
    capacity : float
        Cases whose contacts can be traced in a day.
    start, end : int
        First day, and the day after the last.

    """

    probability: ByLayer
    delay: tuple[int, int, int, int] = (0, 0, 0, 0)
    capacity: float = float("inf")
    start: int = 0
    end: int = ALL


@dataclass(frozen=True, slots=True)
class Isolation:
    """What people do after a positive result.

    Attributes
    ----------
    factor : ByLayer
        What is left of their infectiousness.
    compliance : float
        Share of people who isolate.
    unconfirmed_days : int
        Days for people who turn out not to be infected; the infected isolate until recovery.

    """

    factor: ByLayer = _ISOLATED
    compliance: float = 1.0
    unconfirmed_days: int = 10


@dataclass(frozen=True, slots=True)
class Quarantine:
    """What traced contacts do.

    Attributes
    ----------
    factor : ByLayer
        What is left of their infectiousness, and of their exposure.
    days : int
        From the positive result of the case, 1 to 365.
    compliance : float
        Share of people who stay in quarantine.

    """

    factor: ByLayer = _QUARANTINED
    days: int = 14
    compliance: float = 1.0


@dataclass(frozen=True, slots=True)
class ContactChange:
    """A closure or restriction; on a day with several for a layer, the later one holds.

    Attributes
    ----------
    layer : str
        ``"household"``, ``"school"``, ``"work"`` or ``"community"``.
    contacts : float
        Share of contacts that still take place, 0 to 1; the same contacts every day.
    transmission : float
        Factor of transmission in the rest, for example by masks; 0 or more.
    start, end : int
        First day, and the day after the last.

    """

    layer: str
    contacts: float = 1.0
    transmission: float = 1.0
    start: int = 0
    end: int = ALL


@dataclass(frozen=True, slots=True)
class Vaccination:
    """A programme of vaccination; a person is vaccinated at most once.

    Attributes
    ----------
    doses_per_day : float
        People vaccinated a day, above 0.
    ages : tuple of float
        From the first up to below the second, in years.
    uptake : float
        Share of those ages who accept.
    infection, symptoms, severe : float
        Efficacy against infection, against symptoms given infection, against severity given
        symptoms; 0 to 1.
    onset : int
        Days until it protects.
    half_life : float
        Days in which protection halves; infinity does not wane.
    oldest_first : bool
        Otherwise in random order.
    start : int
        First day.

    """

    doses_per_day: float
    ages: tuple[float, float] = (0.0, 150.0)
    uptake: float = 1.0
    infection: float = 0.6
    symptoms: float = 0.3
    severe: float = 0.8
    onset: int = 14
    half_life: float = float("inf")
    oldest_first: bool = False
    start: int = 0


@dataclass(frozen=True, slots=True)
class Measures:
    """All measures of a scenario. Without testing nobody isolates or is traced.

    Attributes
    ----------
    testing : tuple of DiagnosticTesting
    tracing : tuple of Tracing
    isolation : Isolation
    quarantine : Quarantine
    contacts : tuple of ContactChange
    vaccination : tuple of Vaccination

    """

    testing: tuple[DiagnosticTesting, ...] = ()
    tracing: tuple[Tracing, ...] = ()
    isolation: Isolation = Isolation()
    quarantine: Quarantine = Quarantine()
    contacts: tuple[ContactChange, ...] = ()
    vaccination: tuple[Vaccination, ...] = ()


class Schedule(NamedTuple):
    """What the compiled engine reads of the measures; columns of `daily` are named below."""

    daily: FloatArray
    settings: FloatArray
    vaccines: FloatArray


LAYERS = ByLayer._fields
D_ILL, D_OTHERS, D_QUARANTINED, D_SENSITIVITY, D_FALSE, D_DELAY = range(6)
D_FOUND, D_WAIT, D_CAPACITY, D_OPEN, D_FACTOR = 6, 10, 14, 15, 19
S_ISOLATES, S_UNCONFIRMED, S_STAYS, S_DAYS, S_ISOLATED, S_QUARANTINED, S_WEIGHT = 0, 1, 2, 3, 4, 8, 12
V_INFECTION, V_ONSET, V_WANING = 0, 3, 4


def schedule(measures: Measures, weight: ByLayer, days: int) -> Schedule:
    """Lay the measures out by day.

    Transmission is kept relative to its greatest factor on any day, so that a day's contacts
    are always a thinning of the same dangerous ones.

    Raises
    ------
    InvalidParameterError
        If a number lies outside its range.

    """
    daily = np.zeros((days, 23))
    for test in measures.testing:
        _check_testing(test)
        others = test.routine * (1 - test.other_illness) + test.symptomatic * test.other_illness
        row = (test.symptomatic, others, test.quarantined, test.sensitivity, 1 - test.specificity, test.delay)
        daily[test.start : test.end, :D_FOUND] = row
    for trace in measures.tracing:
        _check_tracing(trace)
        daily[trace.start : trace.end, D_FOUND:D_OPEN] = (
            *trace.probability,
            *trace.delay,
            min(trace.capacity, 2.0**62),
        )
    daily[:, D_OPEN:] = 1.0
    for change in measures.contacts:
        _check_change(change)
        layer = LAYERS.index(change.layer)
        daily[change.start : change.end, D_OPEN + layer] = change.contacts
        daily[change.start : change.end, D_FACTOR + layer] = change.transmission
    top = np.maximum(1.0, daily[:, D_FACTOR:].max(axis=0))
    daily[:, D_FACTOR:] /= top
    return Schedule(daily, _settings(measures, np.array(weight) * top), _vaccines(measures))


def _settings(measures: Measures, weight: FloatArray) -> FloatArray:
    isolation, quarantine = measures.isolation, measures.quarantine
    leave = np.array([isolation.factor, quarantine.factor], dtype=np.float64)
    _check_leave(leave, measures)
    scalars = (isolation.compliance, isolation.unconfirmed_days, quarantine.compliance, quarantine.days)
    return np.array([*scalars, *leave.ravel(), *weight], dtype=np.float64)


def longest_delay() -> int:
    """Days after the last that the engine's calendars must hold."""
    return _LONGEST_DELAY + 1


def _vaccines(measures: Measures) -> FloatArray:
    table = np.zeros((max(1, len(measures.vaccination)), 5))
    for row, dose in enumerate(measures.vaccination):
        _check_vaccination(dose)
        waning = 0.0 if np.isinf(dose.half_life) else float(np.log(2) / dose.half_life)
        table[row] = (dose.infection, dose.symptoms, dose.severe, dose.onset, waning)
    return table


def _share(*values: float) -> bool:
    return all(0 <= value <= 1 for value in values)


def _check_days(start: int, end: int, name: str) -> None:
    require(0 <= start <= end, f"{name}: start must be day 0 or later, and end not before it.")


def _check_testing(test: DiagnosticTesting) -> None:
    _check_days(test.start, test.end, "testing")
    shares = (test.symptomatic, test.routine, test.quarantined, test.other_illness)
    require(_share(*shares, test.sensitivity, test.specificity), "testing: probabilities must lie in 0 to 1.")
    require(0 <= test.delay <= _LONGEST_DELAY, f"testing: delay must be 0 to {_LONGEST_DELAY} days.")


def _check_tracing(trace: Tracing) -> None:
    _check_days(trace.start, trace.end, "tracing")
    require(_share(*trace.probability), "tracing: probabilities must lie in 0 to 1.")
    require(all(0 <= d <= _LONGEST_DELAY for d in trace.delay), f"tracing: delays must be 0 to {_LONGEST_DELAY} days.")
    require(trace.capacity >= 0, "tracing: capacity must be 0 cases a day or more.")


def _check_change(change: ContactChange) -> None:
    _check_days(change.start, change.end, "contacts")
    require(change.layer in LAYERS, f"contacts: layer must be one of {', '.join(LAYERS)}.")
    require(_share(change.contacts), "contacts: the open share must lie in 0 to 1.")
    require(0 <= change.transmission < float("inf"), "contacts: transmission must be 0 or more.")


def _check_leave(leave: FloatArray, measures: Measures) -> None:
    require(_share(*leave.ravel()), "factors of isolation and quarantine must lie in 0 to 1.")
    shares = (measures.isolation.compliance, measures.quarantine.compliance)
    require(_share(*shares), "compliance must lie in 0 to 1.")
    require(0 <= measures.isolation.unconfirmed_days <= 365, "unconfirmed_days must be 0 to 365.")
    require(1 <= measures.quarantine.days <= 365, "quarantine must last 1 to 365 days.")


def _check_vaccination(dose: Vaccination) -> None:
    require(dose.doses_per_day > 0, "vaccination: doses_per_day must be above 0.")
    require(_share(dose.uptake, dose.infection, dose.symptoms, dose.severe), "vaccination: shares must lie in 0 to 1.")
    require(
        0 <= dose.start < NEVER and 0 <= dose.onset <= 365, "vaccination: start on day 0 or later, onset 0 to 365 days."
    )
    require(dose.half_life > 0, "vaccination: half_life must be above 0 days.")
