"""Turn a model into the arrays that the compiled core reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from salus.epi.arrays import FloatArray, IntArray, require
from salus.epi.scenario.block import Ground
from salus.epi.scenario.care_kernel import FATES, OUTPUTS, Chain
from salus.epi.scenario.checks import share
from salus.epi.scenario.mixing import connectivity, susceptibility, transmissibility
from salus.epi.scenario.model import RECOVERED, VACCINATED, WANED, Model
from salus.epi.scenario.spread_kernel import Spread


class Compiled(NamedTuple):
    """A model as arrays; plain enough to send to another process."""

    spread: Spread
    chain: Chain
    ground: Ground
    places: tuple[str, ...]
    groups: tuple[str, ...]
    outputs: tuple[str, ...]


def output_names(model: Model) -> tuple[str, ...]:
    """Names of all outputs: infections also by variant."""
    return OUTPUTS + tuple(f"infections:{variant.name}" for variant in model.variants)


def compile_model(model: Model, by: Sequence[str], keep: Sequence[str] | None, *, chance: bool) -> Compiled:
    """Lay a model out as arrays.

    Parameters
    ----------
    model : Model
        The epidemic and the city.
    by : sequence of str
        What outputs are told apart by: any of "zone" and "stratum"; none is the city.
    keep : sequence of str, optional
        Which outputs are kept; all by default.
    chance : bool
        Whether runs are stochastic.

    Returns
    -------
    Compiled

    """
    names = output_names(model)
    kept = tuple(dict.fromkeys(keep)) if keep is not None else names
    unknown = sorted(set(kept) - set(names))
    require(not unknown and len(kept) > 0, f"Unknown outputs {unknown}: choose from {list(names)}.")
    by = (by,) if isinstance(by, str) else by
    strange = sorted(set(by) - {"zone", "stratum"})
    require(not strange, f"Outputs cannot be told apart by {strange}: choose from 'zone' and 'stratum'.")
    zones, strata = model.people.shape
    place = np.arange(zones) if "zone" in by else np.zeros(zones, dtype=np.int64)
    group = np.arange(strata) if "stratum" in by else np.zeros(strata, dtype=np.int64)
    groups = strata if "stratum" in by else 1
    slot = np.array([kept.index(name) if name in kept else -1 for name in names], dtype=np.int64)
    return Compiled(
        _spread(model, chance=chance),
        _chain(model, group, groups),
        Ground(place, place[:, None] * groups + group, slot),
        model.zones if "zone" in by else ("city",),
        model.strata if "stratum" in by else ("all",),
        kept,
    )


def _spread(model: Model, *, chance: bool) -> Spread:
    _zones, strata, variants, classes = model.shape
    length = max(variant.generation.size for variant in model.variants) - 1
    weight = np.zeros((variants, length))
    for v, variant in enumerate(model.variants):
        weight[v, : variant.generation.size - 1] = variant.generation[1:]
    isolated = np.cumsum(model.isolation_delay)
    by_day = isolated[np.minimum(np.arange(1, length + 1), isolated.size - 1)]
    leaving = np.zeros(classes)
    leaving[RECOVERED:] = 1 / model.immunity.waning_days
    vaccine = model.vaccine
    if vaccine is not None:
        leaving[VACCINATED] = 1 / vaccine.waning_days
    imported = np.zeros(variants) if model.importation is None else model.importation / model.people.sum()
    turns = vaccine.order if vaccine is not None and vaccine.order is not None else (0,) * strata
    return Spread(
        weight,
        weight * by_day,
        connectivity(model),
        transmissibility(model),
        susceptibility(model),
        leaving,
        np.array(model.people),
        np.array(imported),
        np.zeros(strata) if vaccine is None else share(vaccine.uptake, "uptake", (strata,)),
        np.array(turns, dtype=np.int64),
        np.inf if vaccine is None else float(vaccine.per_day),
        0.0 if model.dispersion is None else float(model.dispersion),
        chance,
    )


def _fate(model: Model) -> FloatArray:
    """Probability of each severe course, (A, J, V, FATES)."""
    _zones, strata, _variants, classes = model.shape
    care = model.care
    h, c, dw, di, dh = (
        share(getattr(care, name), name, (strata,))
        for name in ("hospital", "icu", "death_ward", "death_icu", "death_home")
    )
    course = np.stack([h * (1 - c) * (1 - dw), h * (1 - c) * dw, h * c * (1 - di), h * c * di, dh], axis=-1)
    by_class = np.ones(classes)
    by_class[WANED] = model.immunity.waned_severity
    by_class[VACCINATED] = 1.0 if model.vaccine is None else model.vaccine.severity
    by_class[RECOVERED:] = model.immunity.recovered_severity
    by_variant = np.array([variant.severity for variant in model.variants])
    out: FloatArray = course[:, None, None, :] * (by_class[:, None] * by_variant)[None, :, :, None]
    total = out.sum(axis=-1, keepdims=True)
    require(bool((total <= 1 + 1e-9).all()), "Severe courses come to more than all infections: lower severity.")
    return out


def _chain(model: Model, group: IntArray, groups: int) -> Chain:
    care, strata, work = model.care, model.people.shape[1], model.work
    table, hazard, length = _delays(model)
    ill = share(work.symptomatic, "symptomatic", (strata,)) * share(work.employed, "employed", (strata,))
    seen = share(model.reporting.ascertainment, "ascertainment", (strata,))
    weekday = share(model.reporting.weekday, "weekday", (7,))
    beds = np.array([care.beds, care.icu_beds], dtype=np.float64)
    excess = np.array([care.excess_ward, care.excess_icu], dtype=np.float64)
    away, shedding = np.atleast_1d(np.array(work.away)), np.array(model.sewage.shedding)
    return Chain(
        _fate(model), seen, weekday, table, hazard, length, ill, away, shedding, float(model.sewage.noise), beds, excess,
        group, groups,
    )  # fmt: skip


def _delays(model: Model) -> tuple[FloatArray, FloatArray, IntArray]:
    """Delays as probabilities and as hazards by day, one row each, and their lengths."""
    care = model.care
    delays = (
        model.reporting.delay, care.to_hospital, care.ward_stay, care.to_icu, care.icu_stay, care.recovery_stay,
        care.to_death,
    )  # fmt: skip
    length = np.array([delay.size for delay in delays], dtype=np.int64)
    table = np.zeros((len(delays), int(length.max())))
    for row, delay in zip(table, delays, strict=True):
        row[: delay.size] = delay
    left = table[:, ::-1].cumsum(axis=1)[:, ::-1]
    ratio = np.divide(table, left, out=np.zeros_like(table), where=left > 0)
    with np.errstate(divide="ignore"):
        hazard = -np.log1p(-np.minimum(ratio, 1.0))
    return table, np.minimum(hazard, 1e3), length


def queue_days(chain: Chain) -> int:
    """Days that a queue must look ahead."""
    return int(max(chain.length.max(), chain.away.size, chain.shedding.size)) + 1


__all__ = ["FATES", "Compiled", "compile_model", "output_names", "queue_days"]
