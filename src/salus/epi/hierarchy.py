"""False discoveries over a tree: first which zones, then which ages in them, then which series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from salus.epi.arrays import BoolArray, FloatArray, IntArray, as_floats, require
from salus.epi.errors import EmptyInputError, InvalidParameterError, ShapeMismatchError


@dataclass(frozen=True, slots=True)
class LevelResult:
    """What holds at one level of the tree.

    Attributes
    ----------
    labels : tuple of str
        One per node.
    pvalue : FloatArray, shape (N,) or (T, N)
        Of the hypothesis that nothing below the node is out of line; NaN where all is missing.
    discovery : BoolArray, shape (N,) or (T, N)

    """

    labels: tuple[str, ...]
    pvalue: FloatArray
    discovery: BoolArray


@dataclass(frozen=True, slots=True)
class HierarchyResult:
    """Discoveries of the series, and of the nodes above them from the top down.

    Attributes
    ----------
    discovery : BoolArray, shape (S,) or (T, S)
    levels : tuple of LevelResult
        One per level that was given.
    level : float

    """

    discovery: BoolArray
    levels: tuple[LevelResult, ...]
    level: float


def control_hierarchically(
    pvalues: npt.ArrayLike, levels: Sequence[Sequence[object]], *, level: float = 0.05
) -> HierarchyResult:
    r"""Control false discoveries among zones, within found zones among ages, and so on down.

    Each node's p-value is Simes' of its children. A family of siblings is tested by Benjamini
    and Hochberg only if its parent was a discovery, at
    :math:`q \prod_a R_a / m_a` over the families :math:`a` above it, of which :math:`R_a` of
    :math:`m_a` were discoveries (TreeBH). The expected share of false discoveries, averaged
    over the families tested, then stays below `level` at every level of the tree.

    Parameters
    ----------
    pvalues : array_like, shape (S,) or (T, S)
        One per series, in [0, 1]; each time step is a tree of its own. NaN takes no part.
    levels : sequence of sequences, each of length S
        Labels of the series from the coarsest grouping to the finest, for example
        ``(zone, age)``. A label need only be unique within its parent.
    level : float
        *q*, in (0, 1).

    Returns
    -------
    HierarchyResult

    Raises
    ------
    EmptyInputError, ShapeMismatchError, InvalidParameterError

    References
    ----------
    Bogomolov M, Peterson CB, Benjamini Y, Sabatti C. Hypotheses on a tree: new error rates
    and testing strategies. Biometrika 2021;108:575-90. https://doi.org/10.1093/biomet/asaa086
    Simes RJ. An improved Bonferroni procedure for multiple tests of significance. Biometrika
    1986;73:751-4. https://doi.org/10.1093/biomet/73.3.751

    """
    values = as_floats(pvalues, "pvalues")
    if values.size == 0:
        raise EmptyInputError("there are no p-values: pass at least one.")
    require(0 < level < 1, "level must lie strictly between 0 and 1.")
    require(len(levels) > 0, "levels must name at least one grouping of the series.")
    if bool(((values < 0) | (values > 1)).any()):
        raise InvalidParameterError("a p-value lies outside 0 to 1.")
    rows = np.atleast_2d(values)
    parents, names = _tree(levels, rows.shape[1])
    found = [_descend(row, parents, level) for row in rows]
    single = values.ndim == 1
    parts = []
    for depth, labels in enumerate(names):
        pvalue = np.array([row[0][depth] for row in found])
        mark = np.array([row[1][depth] for row in found])
        parts.append(LevelResult(labels, pvalue[0] if single else pvalue, mark[0] if single else mark))
    discovery = np.array([row[1][-1] for row in found])
    return HierarchyResult(discovery[0] if single else discovery, tuple(parts), level)


def _tree(levels: Sequence[Sequence[object]], width: int) -> tuple[list[IntArray], list[tuple[str, ...]]]:
    """Parent of every node of each level, then of the series, and the labels of the nodes."""
    parents: list[IntArray] = []
    names: list[tuple[str, ...]] = []
    above = np.zeros(width, dtype=np.int64)
    for labels in levels:
        if len(labels) != width:
            raise ShapeMismatchError("each level needs one label per series.")
        keys = [f"{parent}\0{label}" for parent, label in zip(above, labels, strict=True)]
        _, first, own = np.unique(np.array(keys), return_index=True, return_inverse=True)
        parents.append(above[first])
        names.append(tuple(str(labels[int(place)]) for place in first))
        above = own.ravel().astype(np.int64)
    return [*parents, above], names


def _descend(row: FloatArray, parents: list[IntArray], level: float) -> tuple[list[FloatArray], list[BoolArray]]:
    """P-values from the leaves up, then discoveries from the root down."""
    pvalues = [row]
    for depth in range(len(parents) - 1, 0, -1):
        pvalues.insert(0, _simes(pvalues[0], parents[depth], parents[depth - 1].size))
    share = np.array([level])
    marks = []
    for values, parent in zip(pvalues, parents, strict=True):
        mark, share = _test(values, parent, share)
        marks.append(mark)
    return pvalues, marks


def _ranked(values: FloatArray, parent: IntArray, nodes: int) -> tuple[IntArray, IntArray, IntArray]:
    """Order by parent and value, rank among siblings, and number of siblings with a value."""
    order = np.lexsort((values, parent))
    sizes = np.bincount(parent, minlength=nodes)
    begin = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    rank = np.arange(1, values.size + 1) - begin[parent[order]]
    known = np.bincount(parent, weights=~np.isnan(values), minlength=nodes).astype(np.int64)
    return order, rank, known


def _simes(values: FloatArray, parent: IntArray, nodes: int) -> FloatArray:
    order, rank, known = _ranked(values, parent, nodes)
    scaled = values[order] * known[parent[order]] / rank
    out = np.full(nodes, np.inf)
    np.fmin.at(out, parent[order], scaled)
    return np.where(known > 0, np.minimum(out, 1.0), np.nan)


def _test(values: FloatArray, parent: IntArray, share: FloatArray) -> tuple[BoolArray, FloatArray]:
    """Discoveries in every family at its parent's share, and the share of each node's children."""
    order, rank, known = _ranked(values, parent, share.size)
    family = parent[order]
    holds = values[order] * known[family] <= rank * share[family]
    most = np.zeros(share.size, dtype=np.int64)
    np.maximum.at(most, family, np.where(holds, rank, 0))
    mark = np.zeros(values.size, dtype=bool)
    mark[order] = rank <= most[family]
    # A family whose parent was no discovery has a share of zero and is not tested.
    passed = share[parent] * most[parent] / np.maximum(known[parent], 1)
    mark &= share[parent] > 0
    return mark, np.where(mark, passed, 0.0)
