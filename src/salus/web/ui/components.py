"""The parts that templates receive, as typed data. Each has a template tag of a like name."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import urlencode

from salus.web.ui.formats import Suppressed, is_missing

Tone = Literal["", "info", "good", "check", "act", "past"]
JobState = Literal["waiting", "running", "done", "failed"]


@dataclass(frozen=True, slots=True)
class Level:
    """A city's or zone's level: ``rank`` counts from 0 (calmest) up to ``of``. Red only if ``act_now``."""

    rank: int
    name: str
    of: int = 4
    act_now: bool = False
    advice: str = ""

    @property
    def shape(self) -> int:
        """Which of the five shapes, 1 to 5, stands for the level."""
        return level_shape(self.rank, self.of)

    @property
    def css(self) -> str:
        """The class that gives the level its colours."""
        return "level-act" if self.act_now else f"level-{self.shape}"


def level_shape(rank: int, of: int) -> int:
    """Spread any number of levels over five shapes, so that the first and last are always the same."""
    share = min(max(rank, 0), of) / of if of > 0 else 0.0
    return 1 + round(share * 4)


@dataclass(frozen=True, slots=True)
class Link:
    """A link inside a table cell or list."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. ``sort_href`` and ``order`` are filled by :func:`sort_table`."""

    key: str
    label: str
    numeric: bool = False
    sortable: bool = True
    decimals: int | None = None
    sort_href: str = ""
    order: Literal["", "ascending", "descending"] = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table: each row maps a column's key to a value (number, ``None``, Suppressed, moment, Link, Level, text)."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Mapping[str, Any]]
    tall: bool = False
    hide_caption: bool = False
    note: str = ""


def _sort_key(column: Column) -> Callable[[Mapping[str, Any]], tuple[int, Any]]:
    def key(row: Mapping[str, Any]) -> tuple[int, Any]:
        value = row.get(column.key)
        if isinstance(value, Link):
            value = value.text
        if isinstance(value, Level):
            value = value.rank
        if isinstance(value, Suppressed):
            return (1, 0)
        if is_missing(value):
            return (2, 0)
        return (0, value if isinstance(value, (int, float, datetime)) else str(value).casefold())

    return key


def sort_table(table: Table, query: Mapping[str, Any], *, path: str = "", param: str = "sort") -> Table:
    """Sort by ``?sort=key`` or ``?sort=-key`` and give every column its link; absent values stay last."""
    asked = str(query.get(param, ""))
    key, descending = asked.lstrip("-"), asked.startswith("-")
    column = next((c for c in table.columns if c.key == key and c.sortable), None)
    rows = list(table.rows)
    if column:
        of = _sort_key(column)
        present = [row for row in rows if of(row)[0] == 0]
        absent = sorted((row for row in rows if of(row)[0]), key=of)
        rows = sorted(present, key=of, reverse=descending) + absent
    columns = [_sort_link(c, key if column else "", descending, query, path, param) for c in table.columns]
    return replace(table, rows=rows, columns=columns)


def _sort_link(column: Column, key: str, descending: bool, query: Mapping[str, Any], path: str, param: str) -> Column:
    if not column.sortable:
        return column
    active = column.key == key
    down = not descending if active else column.numeric
    others = [(k, v) for k, v in query.items() if k not in (param, "page")]
    href = f"{path}?{urlencode([*others, (param, ('-' if down else '') + column.key)])}"
    order: Literal["", "ascending", "descending"] = ""
    if active:
        order = "descending" if descending else "ascending"
    return replace(column, sort_href=href, order=order)


@dataclass(frozen=True, slots=True)
class Task:
    """A line of a task list: what to do, where, and how far it is."""

    name: str
    href: str = ""
    status: str = ""
    tone: Tone = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """A question and its answer; ``change_href`` makes it a line of "check your answers"."""

    key: str
    value: Any
    change_href: str = ""


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab, which is a link."""

    label: str
    href: str
    current: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class LogEntry:
    """A line of a log: when it happened, when it was written down, by whom."""

    at: datetime
    text: str
    recorded_at: datetime | None = None
    who: str = ""
    kind: str = ""
    href: str = ""
    pinned: bool = False
    tone: Tone = ""

    @property
    def late(self) -> bool:
        """Whether it was written down more than a minute after it happened."""
        return self.recorded_at is not None and self.recorded_at - self.at > timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Chain:
    """The chain of one record: how many records came before and after, and how long the whole took."""

    href: str
    before: int = 0
    after: int = 0
    took: timedelta | None = None


@dataclass(frozen=True, slots=True)
class ChainStep:
    """One record in an opened chain; ``gap`` is the time since the record before it."""

    kind: str
    text: str
    at: datetime
    href: str = ""
    here: bool = False
    gap: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """Work that runs elsewhere. ``total`` of ``None`` means that its end is not known."""

    label: str
    state: JobState = "running"
    done: int = 0
    total: int | None = None
    poll_href: str = ""
    href: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class QueueItem:
    """A line to decide on by a single key; ``actions`` maps a key to a link or post."""

    id: str
    title: str
    href: str
    meta: Sequence[str] = ()
    tag: str = ""
    tone: Tone = ""
    at: datetime | None = None
    keys: Sequence["KeyAction"] = ()
    chain: Chain | None = None


@dataclass(frozen=True, slots=True)
class KeyAction:
    """A single-key action of a queue line: pressing ``key`` follows ``href`` or posts to it."""

    key: str
    label: str
    href: str
    post: bool = True
