"""Scores of quantile forecasts as the hubs compute them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from salus.epi.arrays import FloatArray, require
from salus.epi.errors import ShapeMismatchError


def weighted_interval_score(quantiles: npt.ArrayLike, levels: npt.ArrayLike, observed: npt.ArrayLike) -> FloatArray:
    r"""Score quantile forecasts.

    Parameters
    ----------
    quantiles : array_like, shape (..., Q)
        Forecasts, on the scale of `observed`.
    levels : array_like, shape (Q,)
        In (0, 1).
    observed : array_like, shape (...)
        NaN gives NaN.

    Returns
    -------
    FloatArray, shape (...)

    Raises
    ------
    ShapeMismatchError, InvalidParameterError

    Notes
    -----
    :math:`\frac{2}{Q} \sum_q (\mathbb 1\{y < F_q\} - q)(F_q - y)`: twice the mean pinball
    loss, which equals the usual form by intervals when levels are symmetric.

    References
    ----------
    Bracher J et al. Evaluating epidemic forecasts in an interval format. PLoS Comput Biol
    2021;17:e1008618. https://doi.org/10.1371/journal.pcbi.1008618

    """
    values, at = np.asarray(quantiles, dtype=np.float64), np.asarray(levels, dtype=np.float64)
    truth = np.asarray(observed, dtype=np.float64)
    if values.shape != (*truth.shape, at.size):
        raise ShapeMismatchError("quantiles must be observed's shape with one more axis, of the levels.")
    require(bool(((at > 0) & (at < 1)).all()), "levels must lie strictly between 0 and 1.")
    gap = truth[..., None] - values
    out: FloatArray = 2.0 * np.maximum(at * gap, (at - 1.0) * gap).mean(axis=-1)
    return out


def score_quantiles(frame: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Score long quantile forecasts, one row per task.

    Parameters
    ----------
    frame : polars.DataFrame
        Columns `keys`, output_type_id (level), value and observed.
    keys : list of str
        What tells tasks apart, the model included.

    Returns
    -------
    polars.DataFrame
        `keys`, wis, and inside_50 and inside_95 (null where those levels are absent).

    """
    level, gap = pl.col("output_type_id"), pl.col("observed") - pl.col("value")

    def at(wanted: float) -> pl.Expr:
        return pl.col("value").filter((level - wanted).abs() < 1e-9).first()

    def inside(low: float) -> pl.Expr:
        return (pl.col("observed").first() >= at(low)) & (pl.col("observed").first() <= at(round(1 - low, 6)))

    return frame.group_by(keys, maintain_order=True).agg(
        (2.0 * pl.max_horizontal(level * gap, (level - 1.0) * gap).mean()).alias("wis"),
        inside(0.25).alias("inside_50"),
        inside(0.025).alias("inside_95"),
    )


def relative_wis(scores: pl.DataFrame, keys: list[str], baseline: str) -> pl.DataFrame:
    r"""Compare models on the tasks that each two have in common.

    Parameters
    ----------
    scores : polars.DataFrame
        Columns model, wis, inside_50, inside_95 and `keys`.
    keys : list of str
        What tells tasks apart, without the model.
    baseline : str
        Model that stands at 1.

    Returns
    -------
    polars.DataFrame
        model, tasks, wis, relative_wis, ratio_to_baseline, inside_50, inside_95, best first.

    Notes
    -----
    :math:`\theta_m = (\prod_{m'} \bar s_m / \bar s_{m'})^{1/M}` with means over the tasks that
    :math:`m` and :math:`m'` share, divided by the baseline's.

    References
    ----------
    Cramer EY et al. PNAS 2022;119:e2113561119. https://doi.org/10.1073/pnas.2113561119

    """
    models = sorted(scores["model"].unique().to_list())
    require(baseline in models, f"there is no forecast of the baseline '{baseline}': models are {', '.join(models)}.")
    wide = scores.pivot("model", index=keys, values="wis").select(models).to_numpy().astype(np.float64)
    ratio = _pairwise(wide)
    joint = np.exp(np.nanmean(np.log(ratio), axis=1))
    base = models.index(baseline)
    table = pl.DataFrame({"model": models, "relative_wis": joint / joint[base], "ratio_to_baseline": ratio[:, base]})
    means = scores.group_by("model").agg(
        pl.len().alias("tasks"), pl.col("wis").mean(), pl.col("inside_50").mean(), pl.col("inside_95").mean()
    )
    return (
        means.join(table, on="model")
        .sort("relative_wis")
        .select("model", "tasks", "wis", "relative_wis", "ratio_to_baseline", "inside_50", "inside_95")
    )


def _pairwise(wide: FloatArray) -> FloatArray:
    """Ratio of mean scores on common tasks for every two models; NaN where they share none."""
    known = ~np.isnan(wide)
    filled = np.where(known, wide, 0.0)
    # Entry (i, j): sum of i's scores over the tasks that j has too.
    total = filled.T @ known.astype(np.float64)
    return np.where(total > 0, total / np.where(total.T > 0, total.T, np.nan), np.nan)
