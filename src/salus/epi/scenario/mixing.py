"""Who meets whom: effective populations, next generation, and the final size."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from salus.epi.arrays import FloatArray, IntArray
from salus.epi.errors import NotConvergedError
from salus.epi.scenario.model import NAIVE, RECOVERED, VACCINATED, WANED, Model, Setting

_ROUNDS = 20_000
_CLOSE = 1e-13


class Mixing(NamedTuple):
    """Rows of the settings' zone-by-zone matrices, one after the other, without their zeros."""

    first: IntArray  # (settings, Z + 1): where each row begins
    column: IntArray
    value: npt.NDArray[np.floating[Any]]


def zone_mixing(setting: Setting, residents: FloatArray, remain: FloatArray) -> FloatArray:
    r"""Contacts between residents of two zones, per person, shape (Z, Z).

    Parameters
    ----------
    setting : Setting
        Where and when people meet.
    residents : FloatArray, shape (Z,)
        People who live there.
    remain : FloatArray, shape (Z,) or (Z, Z)
        Share of the residents' presence in other zones that remains, in all alike or in each
        (column); 0 to 1.

    Notes
    -----
    With presence :math:`f^h` in block *h* of weight :math:`g_h` and the effective population
    :math:`N^h_k = \sum_i f^h_{ik} N_i`,

    .. math:: M_{ij} = \sum_h g_h \sum_k f^h_{ik} f^h_{jk} / N^h_k.

    References
    ----------
    Keeling MJ, Rohani P. Modeling infectious diseases in humans and animals, chapter 7.
    Princeton 2008. https://doi.org/10.1515/9781400841035

    """
    if setting.presence is None:
        return np.diag(_inverse(residents))
    blocks = setting.presence.shape[0]
    weight = setting.weight if setting.weight is not None else np.full(blocks, 1.0 / blocks)
    out = np.zeros((residents.size, residents.size))
    for share, presence in zip(weight, setting.presence, strict=True):
        there = presence * (remain[:, None] if remain.ndim == 1 else remain)
        np.fill_diagonal(there, 0.0)
        np.fill_diagonal(there, 1.0 - there.sum(axis=1))
        out += share * (there * _inverse(residents @ there)) @ there.T
    return out


def _inverse(values: FloatArray) -> FloatArray:
    return np.divide(1.0, values, out=np.zeros_like(values), where=values > 0)


def connectivity(model: Model) -> FloatArray:
    """Contacts beside those of proportionate mixing in the city, shape (settings, A, A).

    References
    ----------
    Arregui S et al. Projecting social contact matrices to different demographic structures.
    PLoS Comput Biol 2018;14:e1006638. https://doi.org/10.1371/journal.pcbi.1006638

    """
    return _links(model.settings, model.people)


def _links(settings: tuple[Setting, ...], people: FloatArray) -> FloatArray:
    total = people.sum(axis=0)
    contacts = np.stack([setting.contacts for setting in settings])
    out: FloatArray = contacts * (total.sum() * _inverse(total))
    return out


def build_mixing(model: Model, remain: FloatArray) -> Mixing:
    """Lay the settings' mixing matrices out in rows.

    Parameters
    ----------
    model : Model
        The epidemic and the city.
    remain : FloatArray, shape (Z,)
        As in `zone_mixing`; ways that are closed in the model lessen it further.

    Returns
    -------
    Mixing

    """
    zones = model.people.shape[0]
    residents = model.people.sum(axis=1)
    if model.passable is not None:
        remain = remain[:, None] * model.passable
    first = np.zeros((len(model.settings), zones + 1), dtype=np.int64)
    columns, values, offset = [], [], 0
    for index, setting in enumerate(model.settings):
        matrix = zone_mixing(setting, residents, remain)
        # An empty zone meets nobody and needs no row.
        matrix = np.where((residents[:, None] > 0) & (residents > 0), matrix, 0.0)
        row, column = np.nonzero(matrix)
        first[index] = offset + np.searchsorted(row, np.arange(zones + 1))
        columns.append(column)
        values.append(matrix[row, column])
        offset += column.size
    return Mixing(first, np.concatenate(columns).astype(np.int64), np.concatenate(values))


def next_generation(model: Model) -> FloatArray:
    """Infections in a naive city by one case per unit of transmissibility, shape (Z A, Z A).

    Row and column order is zone by zone, stratum by stratum. Scaled by
    `transmissibility` it is the next-generation matrix of a variant.
    """
    residents = model.people.sum(axis=1)
    remain = np.ones(residents.size)
    size = model.people.size
    out = np.zeros((size, size))
    for setting, each in zip(model.settings, connectivity(model), strict=True):
        out += np.kron(zone_mixing(setting, residents, remain), each)
    return model.people.ravel()[:, None] * out


def _dominant(model: Model) -> float:
    """Largest eigenvalue of the next generation, without ever forming the matrix."""
    return _largest(model.settings, model.people.tobytes(), model.people.shape)


@lru_cache(maxsize=8)
def _largest(settings: tuple[Setting, ...], residents_by_stratum: bytes, shape: tuple[int, ...]) -> float:
    """Find it once: a model that runs day by day asks every day, and neither settings nor people ever change."""
    people = np.frombuffer(residents_by_stratum).reshape(shape)
    residents = people.sum(axis=1)
    remain = np.ones(residents.size)
    mixing = [zone_mixing(setting, residents, remain) for setting in settings]
    each = _links(settings, people)
    vector = people / people.sum()
    value = 0.0
    for _ in range(_ROUNDS):
        push = sum(part @ vector @ link.T for part, link in zip(mixing, each, strict=True))
        # Half of the old vector keeps strata that infect only each other from swinging.
        fresh = 0.5 * (people * push / max(value, 1e-300) if value else people * push) + 0.5 * vector
        growth = float((people * push).sum())
        settled = abs(growth - value) <= _CLOSE * growth and np.abs(fresh / fresh.sum() - vector).max() < _CLOSE
        vector, value = fresh / fresh.sum(), growth
        if settled or growth == 0:
            return value
    raise NotConvergedError("The next generation has no clear largest eigenvalue: check contacts and presence.")


def transmissibility(model: Model) -> FloatArray:
    """Infections per contact over a whole infection, by variant, so that each has its r0."""
    largest = _dominant(model)
    from salus.epi.arrays import require

    require(largest > 0, "No infected person meets anybody who lives here: check contacts and presence.")
    return np.array([variant.r0 / largest for variant in model.variants])


def susceptibility(model: Model) -> FloatArray:
    """Risk of infection by immunity class and variant beside a naive person, shape (3 + V, V)."""
    variants = len(model.variants)
    out = np.ones((RECOVERED + variants, variants))
    out[WANED] = model.immunity.waned_susceptibility
    if model.vaccine is not None:
        out[VACCINATED] = 1 - model.vaccine.protection
    cross = model.immunity.cross
    out[RECOVERED:] = 0.0 if cross is None else 1 - cross
    return out


def final_size(model: Model, *, variant: int = 0) -> FloatArray:
    r"""Share of each zone and stratum ever infected when one variant runs its course.

    Solves :math:`z_g = 1 - \exp(-\sum_h K_{gh} N_h z_h / N_g)` for a naive population
    without measures, waning or vaccination, in the limit of few first infections.

    Parameters
    ----------
    model : Model
        The epidemic and the city.
    variant : int
        Index.

    Returns
    -------
    FloatArray, shape (Z, A)
        NaN where nobody lives.

    Raises
    ------
    NotConvergedError
        If the iteration does not settle, as close to r0 of 1.

    References
    ----------
    Andreasen V. The final size of an epidemic and its relation to the basic reproduction
    number. Bull Math Biol 2011;73:2305-21. https://doi.org/10.1007/s11538-010-9623-3

    """
    residents = model.people.sum(axis=1)
    remain = np.ones(residents.size)
    mixing = [zone_mixing(setting, residents, remain) for setting in model.settings]
    each = connectivity(model) * transmissibility(model)[variant]
    share = np.ones_like(model.people)
    for _ in range(_ROUNDS):
        ever = share * model.people
        fresh = -np.expm1(-sum(part @ ever @ link.T for part, link in zip(mixing, each, strict=True)))
        if np.abs(fresh - share).max() < _CLOSE:
            return np.where(model.people > 0, fresh, np.nan)
        share = fresh
    raise NotConvergedError("The final size did not settle: r0 is too close to 1 for the iteration.")


__all__ = ["NAIVE", "Mixing", "build_mixing", "final_size", "next_generation", "susceptibility", "transmissibility"]
