"""Pairs of infector and infected, and what can be read off them."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from salus.epi.arrays import FloatArray, IntArray
from salus.epi.errors import EmptyInputError, InvalidParameterError, ShapeMismatchError


@dataclass(frozen=True, slots=True)
class TransmissionPairs:
    """Who infected whom, as positions in the list of cases.

    Attributes
    ----------
    infector, infected : IntArray, shape (P,)
        Positions of the cases of each pair.
    infectees : IntArray, shape (N,)
        Pairs in which each case is the infector, 0 included.
    ambiguous : IntArray
        Positions of cases with several possible infectors: each of these pairs counts.
    serial_interval : FloatArray, shape (P,)
        Days from onset to onset; NaN where an onset is unknown.
    generation : IntArray, shape (N,)
        Steps from a case that nobody on the list infected, which is 0; by the first pair of
        those that are ambiguous.

    """

    infector: IntArray
    infected: IntArray
    infectees: IntArray
    ambiguous: IntArray
    serial_interval: FloatArray
    generation: IntArray


def transmission_pairs(
    cases: Sequence[Hashable],
    infectors: Sequence[Hashable],
    infected: Sequence[Hashable],
    *,
    onsets: npt.ArrayLike | None = None,
) -> TransmissionPairs:
    """Match a list of pairs to a list of cases.

    Parameters
    ----------
    cases : sequence
        A label for each case, no label twice.
    infectors, infected : sequence
        Labels of each pair.
    onsets : array_like, shape (N,), optional
        Day of onset of each case, NaN where unknown.

    Returns
    -------
    TransmissionPairs

    Raises
    ------
    EmptyInputError, ShapeMismatchError
    InvalidParameterError
        If a label is unknown or repeated, or infections run in a circle.

    References
    ----------
    Wallinga J, Teunis P. Am J Epidemiol 2004;160:509-16. https://doi.org/10.1093/aje/kwh255

    """
    place = {label: position for position, label in enumerate(cases)}
    if not place:
        raise EmptyInputError("cases is empty: pass one label per case.")
    if len(place) != len(cases):
        raise InvalidParameterError("cases holds a label twice: give each case its own.")
    if len(infectors) != len(infected):
        raise ShapeMismatchError("infectors and infected must have one label per pair each.")
    unknown = [label for label in (*infectors, *infected) if label not in place]
    if unknown:
        raise InvalidParameterError(f"{unknown[0]!r} is in a pair but not among the cases: add the case or drop it.")
    source = np.array([place[label] for label in infectors], dtype=np.int64)
    target = np.array([place[label] for label in infected], dtype=np.int64)
    labels, times = np.unique(target, return_counts=True)
    days = np.full(len(place), np.nan) if onsets is None else np.asarray(onsets, dtype=np.float64)
    if days.shape != (len(place),):
        raise ShapeMismatchError("onsets must have one day per case.")
    infectees = np.bincount(source, minlength=len(place)).astype(np.int64)
    generation = _generations(source, target, len(place))
    return TransmissionPairs(source, target, infectees, labels[times > 1], days[target] - days[source], generation)


def _generations(source: IntArray, target: IntArray, cases: int) -> IntArray:
    above = np.full(cases, -1, dtype=np.int64)
    # In reverse, so that the first pair of a case is the one that stays.
    above[target[::-1]] = source[::-1]
    depth, here = np.zeros(cases, dtype=np.int64), above.copy()
    for _ in range(cases):
        climbing = here >= 0
        if not climbing.any():
            return depth
        depth[climbing] += 1
        here[climbing] = above[here[climbing]]
    raise InvalidParameterError("infections run in a circle: a case cannot be its own forebear.")
