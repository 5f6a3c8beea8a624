"""The slow way: what of a slice is new, what is there already, and what has to be known a little later."""

from __future__ import annotations

import polars as pl
from django.utils.translation import gettext as _

from salus.gather.schemas import AppendResult
from salus.gather.store.columns import COLUMNS, KEY, StoreError
from salus.gather.store.reading import stored_between

_CELL = list(KEY[:4])
# A key with more different contents than this at one moment is a fault of the source.
_MOST_TIES = 1000


def merged(part: pl.DataFrame) -> tuple[AppendResult, pl.DataFrame]:
    """Return what an append of the slice does, and the rows to write, each under a free key."""
    taken = stored_between(part, slack=_MOST_TIES).select(COLUMNS)
    waiting = part.with_columns(pl.lit(value=False).alias("late"))
    accepted: list[pl.DataFrame] = []
    unchanged = 0
    for _round in range(_MOST_TIES):
        waiting, same = _without_known(waiting, taken)
        unchanged += same
        free, waiting = _first_under_free_key(waiting, taken)
        accepted.append(free)
        if not len(waiting):
            rows = pl.concat(accepted).sort(KEY)
            retimed = int(rows["late"].sum())
            return AppendResult(len(rows), unchanged, retimed), rows.select(COLUMNS)
        taken = pl.concat([taken, free.select(COLUMNS)])
        waiting, same = _without_known(waiting, taken)
        unchanged += same
        waiting = waiting.with_columns(pl.col("known_at") + 1, pl.lit(value=True).alias("late"))
    raise StoreError(
        _("The same observation has more than %(many)s different values at one moment.") % {"many": _MOST_TIES},
        remedy=_("Give each version the moment at which it was published."),
    )


def _without_known(waiting: pl.DataFrame, taken: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Drop the rows whose key is taken by the same content."""
    new = waiting.join(taken, on=list(COLUMNS), how="anti", nulls_equal=True, maintain_order="left")
    return new, len(waiting) - len(new)


def _first_under_free_key(waiting: pl.DataFrame, taken: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Split off the rows that can be written as they are: the first of each key that nobody holds."""
    numbered = waiting.with_row_index("row")
    free = numbered.join(taken, on=list(KEY), how="anti", maintain_order="left")
    first = free.unique(subset=list(KEY), keep="first", maintain_order=True)
    rest = numbered.join(first.select("row"), on="row", how="anti", maintain_order="left")
    return first.drop("row"), rest.drop("row")
