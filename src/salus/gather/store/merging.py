"""Where a key is taken: what of a slice is new, and what has to be known a little later."""

from __future__ import annotations

import polars as pl
from django.utils.translation import gettext as _

from salus.gather.store.columns import COLUMNS, KEY, StoreError
from salus.gather.store.reading import stored_between

# A key with more different contents than this at one moment is a fault of the source.
_MOST_TIES = 1000


def fresh_and_retimed(part: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows of a slice whose key is free, and those that say something else under a key that is not."""
    taken = _stored(part)
    fresh, waiting = _first_under_free_key(_without_known(part, taken), taken)
    return fresh, _later(waiting, pl.concat([taken, fresh]))


def retimed(part: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of a slice that say something else than what is stored under their key, each a little later."""
    return _later(part, _stored(part))


def _stored(part: pl.DataFrame) -> pl.DataFrame:
    return stored_between(part, slack=_MOST_TIES).select(COLUMNS)


def _later(waiting: pl.DataFrame, taken: pl.DataFrame) -> pl.DataFrame:
    """Move rows on by a microsecond until each says what is stored there, or has a key of its own."""
    accepted = [waiting.head(0)]
    for _round in range(_MOST_TIES):
        waiting = _without_known(waiting, taken)
        if not len(waiting):
            return pl.concat(accepted).sort(KEY)
        free, waiting = _first_under_free_key(waiting.with_columns(pl.col("known_at") + 1), taken)
        # A moved row may meet its own content: then there is nothing to write.
        accepted.append(free)
        taken = pl.concat([taken, free])
    raise StoreError(
        _("The same observation has more than %(many)s different values at one moment.") % {"many": _MOST_TIES},
        remedy=_("Give each version the moment at which it was published."),
    )


def _without_known(waiting: pl.DataFrame, taken: pl.DataFrame) -> pl.DataFrame:
    """Drop the rows whose key is taken by the same content."""
    return waiting.join(taken, on=list(COLUMNS), how="anti", nulls_equal=True, maintain_order="left")


def _first_under_free_key(waiting: pl.DataFrame, taken: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Split off the rows that can be written as they are: the first of each key that nobody holds."""
    numbered = waiting.with_row_index("row")
    free = numbered.join(taken, on=list(KEY), how="anti", maintain_order="left")
    first = free.unique(subset=list(KEY), keep="first", maintain_order=True)
    rest = numbered.join(first.select("row"), on="row", how="anti", maintain_order="left")
    return first.drop("row"), rest.drop("row")
