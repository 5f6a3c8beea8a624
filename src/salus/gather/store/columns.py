"""The columns of the store and what an append may bring."""

from __future__ import annotations

import numpy as np
import polars as pl
from django.utils.translation import gettext as _

from salus.base.errors import Invalid

# In the order of the key, then the content.
SCHEMA: dict[str, pl.DataType] = {
    "series": pl.Int32(),
    "valid_at": pl.Int64(),
    "zone": pl.Int32(),
    "stratum": pl.Int32(),
    "known_at": pl.Int64(),
    "value": pl.Float64(),
    "status": pl.Int8(),
}
COLUMNS = tuple(SCHEMA)
KEY = COLUMNS[:5]
OBSERVED, MISSING, SUPPRESSED, WITHDRAWN = 0, 1, 2, 3


class StoreError(Invalid):
    """Facts that the store cannot take."""


def checked(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with the store's columns and types, or say what is wrong with it."""
    absent = [name for name in COLUMNS if name not in frame.columns]
    if absent:
        raise StoreError(
            _("The facts lack the columns %(names)s.") % {"names": ", ".join(absent)},
            remedy=_("Give all of %(names)s.") % {"names": ", ".join(COLUMNS)},
        )
    try:
        facts = frame.select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())
    except pl.exceptions.PolarsError as error:
        raise StoreError(
            _("The facts have values of the wrong type: %(error)s") % {"error": str(error).split("\n")[0]},
            remedy=_("Give whole numbers, and decimals for `value`."),
        ) from error
    holes = [name for name in COLUMNS if name != "value" and facts[name].null_count()]
    if holes:
        raise StoreError(
            _("The columns %(names)s have empty cells.") % {"names": ", ".join(holes)},
            remedy=_("Only `value` may be empty."),
        )
    _check_content(facts)
    return facts


def _check_content(facts: pl.DataFrame) -> None:
    status = facts["status"].to_numpy()
    if len(status) and (status.min() < OBSERVED or status.max() > WITHDRAWN):
        raise StoreError(_("The facts have a status outside 0 to 3."), remedy=_("See the statuses in the glossary."))
    # A hole in `value` shows as NaN here, so one pass answers both questions.
    finite = np.isfinite(facts["value"].to_numpy())
    if not np.array_equal(finite, status == OBSERVED):
        raise StoreError(
            _("An observed fact needs a finite value, and any other fact has none."),
            remedy=_("Say missing, suppressed or withdrawn where there is no value."),
        )
