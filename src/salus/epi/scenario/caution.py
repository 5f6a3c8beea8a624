"""What people do of their own accord: they keep away from others while many fall severely ill."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from salus.epi.arrays import FloatArray
from salus.epi.scenario.block import Block

_PER = 100_000.0


@dataclass(frozen=True, slots=True, eq=False)
class Caution:
    r"""Voluntary caution: fewer contacts while many have died or fallen severely ill of late.

    Parameters
    ----------
    effects : mapping of str to float
        By setting (``"*"`` is every setting): by how much transmission falls there if all are
        cautious, 0 to 1. Each side of a contact carries the square root, as with measures.
    half : array_like, shape (A,) or float
        Deaths and admissions a day per 100,000 residents of the city, as people remember
        them, at which half of the willing of each stratum are cautious; above 0.
    deaths, admissions : float
        What a death and an admission count for in that sum; 0 or more, and not both 0.
    steepness : float
        Power of the response: larger means that caution sets in more abruptly; above 0.
    memory_days : float
        Days in which what was seen loses half its weight; above 0.
    willing : array_like, shape (A,) or float
        Share of each stratum that can be and ever would be cautious; 0 to 1.
    fatigue_days : array_like, shape (A,) or float
        Days in which full caution above the floor halves; infinite without fatigue. It comes
        back as quickly once caution is no longer called for.
    floor : float
        Share of caution that never tires; 0 to 1.

    Notes
    -----
    With deaths and admissions :math:`y_t` a day per 100,000, memory *P*, tiredness *F*,

    .. math:: P_{t+1} &= P_t + (1 - 2^{-1/m}) (y_t - P_t), \quad
              c_t = \frac{P_t^k}{P_t^k + h^k}, \\
              F_{t+1} &= F_t + (1 - 2^{-1/f}) (c_t - F_t),

    and the share :math:`w\, c_t\, [g + (1 - g)(1 - F_t)]` of a stratum is cautious on day *t*,
    with floor *g* and willing *w*. Today's contacts answer to what was seen until yesterday.
    Under steady full alarm caution tires as compliance with a measure does. Memory of 14 days
    stands here unless another is given; it is a round number.

    References
    ----------
    Weitz JS et al. Awareness-driven behavior changes can shift the shape of epidemics away
    from peaks and toward plateaus, shoulders, and oscillations. PNAS 2020;117:32764-71.
    https://doi.org/10.1073/pnas.2009911117
    Eksin C et al. Systematic biases in disease forecasting: the role of behavior change.
    Epidemics 2019;27:96-105. https://doi.org/10.1016/j.epidem.2019.02.004

    """

    effects: dict[str, float]
    half: FloatArray | float
    deaths: float = 1.0
    admissions: float = 0.0
    steepness: float = 1.0
    memory_days: float = 14.0
    willing: FloatArray | float = 1.0
    fatigue_days: FloatArray | float = float("inf")
    floor: float = 0.0

    def __post_init__(self) -> None:
        for name in ("half", "willing", "fatigue_days"):
            array = np.array(getattr(self, name), dtype=np.float64)
            array.flags.writeable = False
            object.__setattr__(self, name, array)


def alarm(caution: Caution, memory: FloatArray) -> FloatArray:
    """Share of the willing who would be cautious if nobody tired, (A, R), by what is remembered (R,)."""
    with np.errstate(divide="ignore", over="ignore"):
        ease = (np.reshape(caution.half, (-1, 1)) / memory) ** caution.steepness
    out: FloatArray = 1.0 / (1.0 + ease)
    return out


def cautious(caution: Caution, mood: FloatArray) -> FloatArray:
    """Share of each stratum that is cautious today, shape (A, R).

    Parameters
    ----------
    caution : Caution
        How people answer.
    mood : FloatArray, shape (1 + A, R)
        What is remembered, and how tired each stratum is, before the day.

    """
    rested = caution.floor + (1 - caution.floor) * (1 - mood[1:])
    out: FloatArray = np.reshape(caution.willing, (-1, 1)) * alarm(caution, mood[0]) * rested
    return out


def contact_left(caution: Caution, names: tuple[str, ...], mood: FloatArray) -> FloatArray:
    """Each side's factor on transmission today, by setting, stratum and run, (settings, A, R)."""
    share = cautious(caution, mood)
    out = np.ones((len(names), *share.shape))
    for index, name in enumerate(names):
        for effect in (caution.effects.get(name, 0.0), caution.effects.get("*", 0.0)):
            out[index] *= 1 - share * (1 - np.sqrt(1 - effect))
    return out


def remember(caution: Caution, block: Block, seen: FloatArray, people: float) -> None:
    """Let a day's admissions and deaths, (2, R), sink in."""
    mood = block.mood
    tired = 1 - np.exp2(-1 / np.reshape(caution.fatigue_days, (-1, 1)))
    mood[1:] += tired * (alarm(caution, mood[0]) - mood[1:])
    today = _PER / people * (caution.admissions * seen[0] + caution.deaths * seen[1])
    mood[0] += (1 - np.exp2(-1 / caution.memory_days)) * (today - mood[0])
