"""Concentrations freed of dilution: by flow, by faecal markers, per person."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from salus.epi.arrays import FloatArray, as_series, require
from salus.epi.errors import MissingInputError, NegativeInputError, ShapeMismatchError

_HUBER = 1.345
_CAUTION = 5.0
_ROUNDS = 20


@dataclass(frozen=True, slots=True)
class NormalisedLoad:
    """Loads on a common footing.

    Attributes
    ----------
    load : FloatArray, shape (T,) or (T, S)
        Copies a day with flow, a day and person with population too, copies per volume at
        the usual marker concentration without flow. NaN without a sample.
    limit : FloatArray, shape (T,) or (T, S)
        Limit of detection in the same unit, NaN without one.
    factor : FloatArray, shape (T,) or (T, S)
        What the concentration was multiplied with.
    marker_weight : FloatArray, shape () or (S,)
        Share of the marker's swings that was taken out, from 0 to 1; 0 without a marker.
    method : str

    """

    load: FloatArray
    limit: FloatArray
    factor: FloatArray
    marker_weight: FloatArray
    method: str


def normalise_wastewater(
    concentration: npt.ArrayLike,
    *,
    flow: npt.ArrayLike | None = None,
    marker: npt.ArrayLike | None = None,
    population: npt.ArrayLike | None = None,
    limit: npt.ArrayLike | None = None,
    marker_weight: float | None = None,
) -> NormalisedLoad:
    r"""Turn concentrations into loads by flow, faecal marker and population.

    .. math:: \ell_t = c_t \, \frac{F_t}{P} \left(\frac{\tilde m}{m_t F_t}\right)^{\beta}

    with :math:`\tilde m` the median of the marker's own load :math:`m_t F_t` (without flow
    :math:`F_t = 1`). A marker is itself a noisy measurement: dividing by it in full adds
    its noise. The exponent :math:`\beta` is the robust slope of changes in the pathogen on
    changes in the marker from one sample to the next, held between 0 and 1 and drawn to 0
    when there are few samples.

    Parameters
    ----------
    concentration : array_like, shape (T,) or (T, S)
        Copies per volume, NaN without a sample.
    flow : array_like, same shape or (T,), optional
        Volume per day in the same volume unit.
    marker : array_like, same shape or (T,), optional
        Concentration of pepper mild mottle virus, crAssphage or another faecal marker.
    population : array_like, shape () or (S,), optional
        People in the catchment.
    limit : array_like, shape () or (T,) or (T, S), optional
        Limit of detection of the concentration.
    marker_weight : float, optional
        Exponent to use instead of the learnt one: 1 divides by the marker in full.

    Returns
    -------
    NormalisedLoad

    Raises
    ------
    EmptyInputError, ShapeMismatchError, NegativeInputError, MissingInputError, InvalidParameterError

    References
    ----------
    Champredon D, Papst I, Yusuf W. ern: an R package to estimate the effective reproduction
    number using clinical and wastewater surveillance data. PLoS One 2024;19:e0305550.
    https://doi.org/10.1371/journal.pone.0305550 (loads in place of concentrations)
    Huber PJ. Robust estimation of a location parameter. Ann Math Stat 1964;35:73-101.
    https://doi.org/10.1214/aoms/1177703732

    """
    table, single = as_series(concentration, "concentration")
    require(marker_weight is None or 0 <= marker_weight <= 1, "marker_weight must lie between 0 and 1.")
    factor = _positive(flow, table, "flow")
    strength = np.zeros(table.shape[1])
    if marker is not None:
        carried = np.log(_positive(marker, table, "marker") * factor)
        strength = _weights(np.log(np.where(table > 0, table, np.nan) * factor), carried, marker_weight)
        usual = np.nanmedian(carried, axis=0)
        factor = factor * np.exp(strength * (usual - carried))
    if population is not None:
        people = np.asarray(population, dtype=np.float64)
        require(bool(np.isfinite(people).all() and (people > 0).all()), "population must be above 0.")
        if people.ndim > 1 or people.size not in (1, table.shape[1]):
            raise ShapeMismatchError("population must be one number, or one per site.")
        factor = factor / people
    least = np.full(table.shape, np.nan) if limit is None else _positive(limit, table, "limit")
    parts = [part[:, 0] if single else part for part in (table * factor, least * factor, factor)]
    name = " and ".join(
        word for word, used in (("flow", flow), ("marker", marker), ("population", population)) if used is not None
    )
    return NormalisedLoad(parts[0], parts[1], parts[2], strength[0] if single else strength, name or "none")


def _positive(values: npt.ArrayLike | None, table: FloatArray, name: str) -> FloatArray:
    """Values broadcast to the table, above 0 where not missing; 1 where none are given."""
    if values is None:
        return np.ones(table.shape)
    given = np.asarray(values, dtype=np.float64)
    given = given[:, None] if given.ndim == 1 else given
    if given.ndim > 2 or (given.ndim == 2 and given.shape not in (table.shape, (table.shape[0], 1))):
        raise ShapeMismatchError(f"{name} must be one per day, or one per day and site.")
    if np.isinf(given).any() or np.isnan(given).all():
        raise MissingInputError(f"{name} holds no usable value, or an infinite one: correct it or leave it out.")
    if bool((given <= 0).any()):
        raise NegativeInputError(f"{name} holds a value that is not above 0: set it NaN.")
    out: FloatArray = np.broadcast_to(given, table.shape).copy()
    return out


def _weights(pathogen: FloatArray, marker: FloatArray, given: float | None) -> FloatArray:
    """Exponent of the marker by site, shape (S,)."""
    sites = pathogen.shape[1]
    if given is not None:
        return np.full(sites, float(given))
    out = np.zeros(sites)
    for site in range(sites):
        both = ~np.isnan(pathogen[:, site]) & ~np.isnan(marker[:, site])
        out[site] = _slope(np.diff(marker[both, site]), np.diff(pathogen[both, site]))
    return out


def _slope(change: FloatArray, response: FloatArray) -> float:
    """Huber's slope through the origin, drawn to 0 by few samples and held in [0, 1]."""
    if change.size < 3 or not change.any():
        return 0.0
    weight = np.ones(change.size)
    slope = 0.0
    for _ in range(_ROUNDS):
        slope = float((weight * change) @ response / ((weight * change) @ change))
        rest = response - slope * change
        scale = float(np.median(np.abs(rest))) / 0.6745
        if scale <= 0:
            break
        weight = np.minimum(1.0, _HUBER * scale / np.maximum(np.abs(rest), 1e-12))
    return float(np.clip(slope * change.size / (change.size + _CAUTION), 0.0, 1.0))
