"""Five fixed bins for every map, their edges chosen by magnitude: round numbers a person can say."""

import itertools
import math
from collections.abc import Callable, Sequence

Edges = tuple[float, float, float, float]
_SMALLEST = 1e-200  # below it, sums of edges would lose their order
_FALLBACK: Edges = (1, 2, 5, 10)


def _candidates(high: float) -> list[Edges]:
    power = 10.0 ** math.floor(math.log10(high))
    found: list[Edges] = []
    for scale in (power / 100, power / 10, power, power * 10):
        found += [(scale * f, scale * 2 * f, scale * 3 * f, scale * 4 * f) for f in (0.5, 1, 2, 2.5, 5)]
        found += [
            (scale, scale * 2, scale * 5, scale * 10),
            (scale * 2, scale * 5, scale * 10, scale * 20),
            (scale * 5, scale * 10, scale * 20, scale * 50),
            (scale, scale * 3, scale * 10, scale * 30),
        ]
    return found


def _spread(edges: Edges, values: Sequence[float]) -> float:
    """How evenly the values fall into the bins: their entropy."""
    counts = [0] * 5
    for value in values:
        counts[bin_of(value, edges) - 1] += 1
    shares = [c / len(values) for c in counts if c]
    return -sum(s * math.log(s) for s in shares)


def magnitude_bins(values: Sequence[float | None]) -> Edges:
    """Four round edges between five bins, such that the zones spread best over them."""
    known = [float(v) for v in values if v is not None and math.isfinite(v)]
    high = max(known, default=0.0)
    if high < _SMALLEST:
        return _FALLBACK
    fitting = [e for e in _candidates(high) if e[2] < high] or _candidates(high)
    best = max(fitting, key=lambda e: (round(_spread(e, known), 6), -e[3]))
    return (_clean(best[0]), _clean(best[1]), _clean(best[2]), _clean(best[3]))


def _clean(value: float) -> float:
    return float(f"{value:.6g}")


def bin_of(value: float, edges: Sequence[float]) -> int:
    """Which bin, 1 to 5, a value falls into; an edge belongs to the bin above it."""
    return 1 + sum(1 for edge in edges if value >= edge)


def bin_labels(
    edges: Sequence[float],
    number: Callable[[float], str],
    under: str = "under {}",
    over: str = "{} and over",
    between: str = "{} to {}",
) -> list[str]:
    """The five labels of the legend, in numbers. ``number`` writes one edge."""
    shown = [number(e) for e in edges]
    middle = [between.format(a, b) for a, b in itertools.pairwise(shown)]
    return [under.format(shown[0]), *middle, over.format(shown[-1])]
