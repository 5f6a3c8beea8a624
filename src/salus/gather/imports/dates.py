"""Dates in files: read in a stated order, or in the one that the file itself proves; never guessed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from salus.gather.imports.faults import NeedsAnswer
from salus.gather.imports.readers.pieces import LINE

# Two numbers and a year: which is the day cannot be told from one date alone.
_MIXED = r"^(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4}|\d{2})(?:[ T].*)?$"
_YEAR_FIRST = r"^(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})(?:[ T].*)?$"
_COMPACT = r"^(\d{4})(\d{2})(\d{2})(?:[ T].*)?$"
_NAMED = ["%d %b %Y", "%d %B %Y", "%b %d %Y", "%B %d %Y", "%b %d, %Y", "%B %d, %Y", "%d-%b-%Y", "%d-%b-%y"]
_TIME = r"^(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?(?: ?(Z|[+-]\d{2}:?\d{2}))?$"


@dataclass(slots=True)
class DateEvidence:
    """What the file has shown so far about the order of its dates."""

    day_first: tuple[int, str] | None = None
    month_first: tuple[int, str] | None = None
    unclear: tuple[int, str] | None = None

    def look(self, texts: pl.Series, lines: pl.Series) -> None:
        """Take in a column of dates."""
        frame = pl.DataFrame({"text": texts, LINE: lines}).filter(pl.col("text").str.contains(_MIXED))
        if not len(frame):
            return
        parts = frame.with_columns(
            pl.col("text").str.extract(_MIXED, 1).cast(pl.Int32).alias("first"),
            pl.col("text").str.extract(_MIXED, 2).cast(pl.Int32).alias("second"),
        )
        first, second = pl.col("first"), pl.col("second")
        self.day_first = self.day_first or _earliest(parts.filter((first > 12) & (second <= 12)))
        self.month_first = self.month_first or _earliest(parts.filter((second > 12) & (first <= 12)))
        self.unclear = self.unclear or _earliest(parts.filter((first <= 12) & (second <= 12)))

    def settled(self) -> str | None:
        """Return the order that is proved, None while it is not, or ask where the file contradicts itself."""
        if self.day_first and self.month_first:
            raise self._contradiction()
        if self.day_first:
            return "dmy"
        if self.month_first:
            return "mdy"
        return None if self.unclear else "ymd"

    def ask(self) -> NeedsAnswer:
        """Return the question that a person has to answer."""
        line, text = self.unclear or (0, "")
        return NeedsAnswer(
            _(
                "The dates can be read in two ways: line %(line)s says %(text)s, and no line proves which part is the day."
            )
            % {"line": line, "text": text},
            remedy=_("Say whether the day or the month comes first."),
            question={"field": "date_order", "choices": ["dmy", "mdy"], "line": line, "text": text},
        )

    def _contradiction(self) -> NeedsAnswer:
        (day_line, day_text), (month_line, month_text) = self.day_first or (0, ""), self.month_first or (0, "")
        return NeedsAnswer(
            _(
                "The dates contradict each other: line %(day_line)s (%(day_text)s) has the day first, "
                "line %(month_line)s (%(month_text)s) has the month first."
            )
            % {"day_line": day_line, "day_text": day_text, "month_line": month_line, "month_text": month_text},
            remedy=_("Correct the file, or say which order holds: rows in the other one are then put aside."),
            question={
                "field": "date_order",
                "choices": ["dmy", "mdy"],
                "line": month_line,
                "text": f"{day_text} / {month_text}",
            },
        )

    def as_json(self) -> dict[str, Any]:
        """Return the evidence as a checkpoint keeps it."""
        return {"day_first": self.day_first, "month_first": self.month_first, "unclear": self.unclear}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> DateEvidence:
        """Return evidence that a checkpoint kept."""
        return cls(**{name: tuple(value) if value else None for name, value in kept.items()})


def _earliest(frame: pl.DataFrame) -> tuple[int, str] | None:
    if not len(frame):
        return None
    row = frame.row(0, named=True)
    return int(row[LINE]), str(row["text"])


def settle(pieces: Iterable[tuple[pl.Series, pl.Series]]) -> str:
    """Return the order that a file's dates prove, reading only as far as needed."""
    evidence = DateEvidence()
    for texts, lines in pieces:
        evidence.look(texts, lines)
        if evidence.settled() not in {None, "ymd"}:
            break
        if evidence.unclear is None and len(texts):
            # Dates that cannot be misread so far: any that could are watched for while importing.
            return "ymd"
    order = evidence.settled()
    if order is None:
        raise evidence.ask()
    return order


def dates(texts: pl.Series, order: str) -> pl.DataFrame:
    """Return `day` and `second` (of that day, 0 where no time is stated) of each text; null where it is no date."""
    text = pl.col("text")
    ways = [_parts(text, _YEAR_FIRST, 1, 2, 3), _parts(text, _COMPACT, 1, 2, 3), *_named(text)]
    if order != "ymd":
        day, month = (1, 2) if order == "dmy" else (2, 1)
        ways.append(_parts(text, _MIXED, 3, month, day))
    clock = text.str.extract(r"[ T](\d{1,2}:.*)$", 1).fill_null("0:00")
    second = (
        clock.str.extract(_TIME, 1).cast(pl.Int32, strict=False) * 3600
        + clock.str.extract(_TIME, 2).cast(pl.Int32, strict=False) * 60
        + clock.str.extract(_TIME, 3).cast(pl.Int32, strict=False).fill_null(0)
    )
    frame = pl.DataFrame({"text": texts.str.strip_chars()})
    found = frame.select(pl.coalesce(ways).alias("day"), second.alias("second"))
    return found.with_columns(pl.when(pl.col("second") < 86_400).then("day").alias("day"))


def moments(texts: pl.Series, order: str, time_zone: str) -> pl.Series:
    """Return the moments that texts state, in microseconds; a day alone means its end, city time."""
    found = dates(texts, order).with_columns(texts.str.strip_chars().alias("text"))
    text = pl.col("text")
    timed = text.str.contains(r"[ T]\d{1,2}:")
    stated = pl.col("day").cast(pl.Datetime("us")) + pl.duration(seconds=pl.col("second"))
    fraction = text.str.extract(r":\d{2}\.(\d{1,6})", 1).str.pad_end(6, "0").cast(pl.Int64, strict=False).fill_null(0)
    local = (
        pl.when(timed)
        .then(stated + pl.duration(microseconds=fraction))
        .otherwise(stated + pl.duration(days=1) - pl.duration(microseconds=1))
    )
    sign = pl.when(text.str.contains(r"-\d{2}:?\d{2}$")).then(-1).otherwise(1)
    minutes = sign * (
        text.str.extract(r"[+-](\d{2}):?\d{2}$", 1).cast(pl.Int64, strict=False) * 60
        + text.str.extract(r"[+-]\d{2}:?(\d{2})$", 1).cast(pl.Int64, strict=False)
    )
    has_offset = timed & text.str.contains(r"(?:Z|[+-]\d{2}:?\d{2})$")
    as_utc = local - pl.duration(minutes=minutes.fill_null(0))
    in_city = local.dt.replace_time_zone(time_zone, ambiguous="earliest", non_existent="null")
    return found.select(
        pl.when(has_offset)
        .then(as_utc.dt.replace_time_zone("UTC"))
        .otherwise(in_city.dt.convert_time_zone("UTC"))
        .dt.epoch("us")
        .alias("known_at")
    ).to_series()


def _parts(text: pl.Expr, pattern: str, year: int, month: int, day: int) -> pl.Expr:
    """Return the date whose parts a pattern finds, null where there is no such day."""
    stated = text.str.extract(pattern, year)
    full = pl.when(stated.str.len_chars() == 2).then(pl.lit("20") + stated).otherwise(stated)
    month_text, day_text = text.str.extract(pattern, month), text.str.extract(pattern, day)
    written = pl.concat_str(full, pl.lit("-"), month_text.str.zfill(2), pl.lit("-"), day_text.str.zfill(2))
    return written.str.to_date("%Y-%m-%d", strict=False)


def _named(text: pl.Expr) -> list[pl.Expr]:
    # A year of two digits is not one of the first century.
    full = pl.when(text.str.contains(r"\d{4}")).then(text)
    return [(full if "%Y" in form else text).str.to_date(form, strict=False) for form in _NAMED]
