"""From longitude and latitude to whole-number places on a map: Mercator, snapped to a grid.

Snapping moves the shared border of two zones to the same places in both, so no gaps open between them.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LonLat = tuple[float, float] | Sequence[float]
Ring = Sequence[LonLat]
Cell = tuple[int, int]


def mercator(lon: float, lat: float) -> tuple[float, float]:
    """Web Mercator in degrees; latitude is cut where the projection ends."""
    bounded = min(max(lat, -85.0), 85.0)
    return lon, math.degrees(math.log(math.tan(math.pi / 4 + math.radians(bounded) / 2)))


@dataclass(frozen=True, slots=True)
class Fit:
    """Scales projected places into a frame of ``width``; ``height`` follows from the land."""

    west: float
    north: float
    scale: float
    width: int
    height: int
    pad: int

    def place(self, lon: float, lat: float) -> tuple[float, float]:
        """The place of a point on the map."""
        x, y = mercator(lon, lat)
        return (x - self.west) * self.scale + self.pad, (self.north - y) * self.scale + self.pad


def fit(rings: Iterable[Ring], width: int, pad: int = 8, tallest: float = 1.25) -> Fit:
    """Find the frame of some rings; never taller than ``tallest`` times its width."""
    points = [mercator(float(p[0]), float(p[1])) for ring in rings for p in ring]
    if not points:
        return Fit(0, 0, 1, width, width // 2, pad)
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    inner = width - 2 * pad
    across, down = max(east - west, 1e-9), max(north - south, 1e-9)
    scale = min(inner / across, inner * tallest / down)
    return Fit(west - (inner / scale - across) / 2, north, scale, width, math.ceil(down * scale) + 2 * pad, pad)


def snap(ring: Ring, to: Fit, grid: float) -> list[Cell]:
    """A ring as grid cells, without repeats and without cells on a straight line between neighbours."""
    cells: list[Cell] = []
    for point in ring:
        x, y = to.place(float(point[0]), float(point[1]))
        cell = (round(x / grid), round(y / grid))
        if not cells or cells[-1] != cell:
            cells.append(cell)
    if len(cells) > 1 and cells[0] == cells[-1]:
        cells.pop()
    return _straighten(cells)


def _straighten(cells: list[Cell]) -> list[Cell]:
    kept: list[Cell] = []
    total = len(cells)
    for i, (x, y) in enumerate(cells):
        ax, ay = cells[i - 1]
        bx, by = cells[(i + 1) % total]
        if (x - ax) * (by - y) != (y - ay) * (bx - x):
            kept.append((x, y))
    return kept


def doubled_area(cells: Sequence[Cell]) -> int:
    """Twice the area of a ring, by the shoelace rule, always positive."""
    pairs = zip(cells, [*cells[1:], *cells[:1]], strict=True)
    return abs(sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairs))


def path_data(rings: Sequence[Sequence[Cell]], grid: float) -> str:
    """Short path data with relative moves."""
    parts = []
    for cells in rings:
        x, y = cells[0]
        parts.append(f"M{_short(x * grid)} {_short(y * grid)}l")
        moves = []
        for cx, cy in cells[1:]:
            moves.append(f"{_short((cx - x) * grid)} {_short((cy - y) * grid)}")
            x, y = cx, cy
        parts.append(" ".join(moves).replace(" -", "-") + "z")
    return "".join(parts)


def _short(value: float) -> str:
    return f"{round(value, 1):g}"


def centroid(cells: Sequence[Cell], grid: float) -> tuple[float, float]:
    """The centre of gravity of a ring; the mean of its corners when it has no area."""
    signed, sx, sy = 0.0, 0.0, 0.0
    for (ax, ay), (bx, by) in zip(cells, [*cells[1:], *cells[:1]], strict=True):
        cross = ax * by - bx * ay
        signed, sx, sy = signed + cross, sx + (ax + bx) * cross, sy + (ay + by) * cross
    if abs(signed) < 1e-9:
        return sum(c[0] for c in cells) / len(cells) * grid, sum(c[1] for c in cells) / len(cells) * grid
    return sx / (3 * signed) * grid, sy / (3 * signed) * grid
