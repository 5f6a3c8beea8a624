"""What the catalogue says of data that are late, incomplete or wrong, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy, ngettext_lazy

LATE, INCOMPLETE, WRONG = "late", "incomplete", "wrong"
# Of these the newest delivery tells the state; of all others the last deliveries are added up.
STATES = frozenset(
    {"not_reported", "silent_sensors", "silent_vehicles", "nothing_came", "late_by_days", "cells_missing", "parked"}
)

# Code: what kind of fault it is, and the words; those with `n` have a singular and a plural.
WORDS: dict[str, tuple[str, object]] = {
    "nothing_yet": (LATE, gettext_lazy("Nothing has come yet.")),
    "nothing_came": (
        LATE,
        ngettext_lazy(
            "Nothing has come for %(n)s day; it comes every %(hours)s hours.",
            "Nothing has come for %(n)s days; it comes every %(hours)s hours.",
            "n",
        ),
    ),
    "not_reported": (
        LATE,
        ngettext_lazy(
            "%(who)s has not reported for %(n)s day.",
            "%(who)s has not reported for %(n)s days.",
            "n",
        ),
    ),
    "came_late": (LATE, ngettext_lazy("%(n)s report came late.", "%(n)s reports came late.", "n")),
    "cells_missing": (
        INCOMPLETE,
        ngettext_lazy(
            "%(series)s: %(n)s of %(of)s values is missing.",
            "%(series)s: %(n)s of %(of)s values are missing.",
            "n",
        ),
    ),
    "not_sent": (INCOMPLETE, gettext_lazy("No file came for %(day)s.")),
    "parked": (
        WRONG,
        ngettext_lazy(
            "%(n)s row waits for a person: %(what)s.",
            "%(n)s rows wait for a person: %(what)s.",
            "n",
        ),
    ),
    "parked_more": (WRONG, gettext_lazy("%(file)s: %(n)s more rows were doubtful and were left out.")),
    "duplicates": (WRONG, ngettext_lazy("%(n)s duplicate left out.", "%(n)s duplicates left out.", "n")),
    "taken_back": (
        WRONG,
        ngettext_lazy("%(n)s report was taken back.", "%(n)s reports were taken back.", "n"),
    ),
    "corrections": (
        WRONG,
        ngettext_lazy("%(n)s posting corrects an earlier one.", "%(n)s postings correct earlier ones.", "n"),
    ),
    "differences": (
        WRONG,
        ngettext_lazy(
            "%(n)s count differed from the books; the count holds.",
            "%(n)s counts differed from the books; the counts hold.",
            "n",
        ),
    ),
    "unit_changed": (WRONG, gettext_lazy("%(who)s: unit changed to %(unit)s on %(on)s; converted.")),
    "outliers": (
        WRONG,
        ngettext_lazy("%(n)s value is far from its neighbours.", "%(n)s values are far from their neighbours.", "n"),
    ),
    "unreadable_line": (WRONG, gettext_lazy("%(file)s, line %(line)s: it could not be read and is left out.")),
    "unreadable_lines": (
        WRONG,
        gettext_lazy("%(file)s, lines %(first)s to %(last)s: they could not be read and are left out."),
    ),
    "unreadable_more": (WRONG, gettext_lazy("%(file)s: %(n)s more lines could not be read and are left out.")),
    "unreadable_file": (WRONG, gettext_lazy("The newest delivery could not be read: %(why)s")),
    "left_out": (WRONG, ngettext_lazy("%(n)s row could not be used and is left out.",
                                      "%(n)s rows could not be used and are left out.", "n")),
    "stale": (LATE, gettext_lazy("%(who)s stood still: what it said at %(at)s was older than it may be.")),
    "silent_sensors": (
        INCOMPLETE,
        ngettext_lazy(
            "%(n)s of %(of)s sensors is silent (%(names)s).", "%(n)s of %(of)s sensors are silent (%(names)s).", "n"
        ),
    ),
    "stuck": (WRONG, gettext_lazy("%(who)s says the same number all day and is left out.")),
    "out_of_range": (
        WRONG,
        gettext_lazy("%(who)s: %(share)s %% of the readings of %(on)s are outside 2 to 8 °C (up to %(top)s °C)."),
    ),
    "silent_vehicles": (
        INCOMPLETE,
        ngettext_lazy(
            "%(n)s of %(of)s vehicles sent no fresh position.", "%(n)s of %(of)s vehicles sent no fresh position.", "n"
        ),
    ),
    "defective_messages": (
        WRONG,
        ngettext_lazy(
            "%(n)s of %(of)s messages has defects, most often at %(where)s.",
            "%(n)s of %(of)s messages have defects, most often at %(where)s.",
            "n",
        ),
    ),
    "personal_data": (
        WRONG,
        ngettext_lazy(
            "%(n)s text named a person, a number or an address; it was taken out.",
            "%(n)s texts named a person, a number or an address; it was taken out.",
            "n",
        ),
    ),
}  # fmt: skip

# What rows wait for, by the code of their first defect; any other is told by its own words.
WAITING: dict[str, object] = {
    "unknown_zone": gettext_lazy("unknown zone"),
    "empty": gettext_lazy("something is empty"),
    "bad_date": gettext_lazy("no date"),
    "future_date": gettext_lazy("a date in the future"),
    "bad_number": gettext_lazy("no number"),
    "negative": gettext_lazy("a number below zero"),
    "unknown_place": gettext_lazy("unknown place"),
    "unknown_product": gettext_lazy("unknown product"),
    "unknown_unit": gettext_lazy("unknown unit"),
    "unknown_sensor": gettext_lazy("unknown sensor"),
    "unknown_event": gettext_lazy("unknown hazard"),
    "bad_message": gettext_lazy("a message with defects"),
    "bad_reference": gettext_lazy("a message whose parts do not fit together"),
    "unknown_code": gettext_lazy("unknown code"),
    "no_result": gettext_lazy("no result"),
    "other_unit": gettext_lazy("unknown unit"),
    "unknown_kind": gettext_lazy("unknown kind of posting"),
    "unlikely_price": gettext_lazy("a price that cannot be right"),
    "unlikely_amount": gettext_lazy("an amount that cannot be right"),
    "unknown_topic": gettext_lazy("unknown topic"),
    "no_moment": gettext_lazy("no moment"),
    "no_such_zone": gettext_lazy("unknown zone"),
    "no_such_word": gettext_lazy("neither case nor control"),
    "no_such_age": gettext_lazy("an age that cannot be right"),
    "too_late": gettext_lazy("a moment that cannot be right"),
    "bad_json": gettext_lazy("a message that is cut off or broken"),
    "unsure_topic": gettext_lazy("the topic is not clear"),
}


def message(code: str, params: Mapping[str, object]) -> str:
    """Return what the catalogue says."""
    if code not in WORDS:
        return code
    return str(WORDS[code][1] % dict(params))  # type: ignore[operator]


def waiting(code: str) -> str:
    """Return for what rows wait, in a word."""
    return str(WAITING.get(code, code.replace("_", " ")))


def kind_of(code: str) -> str:
    """Return whether a remark is of something late, incomplete or wrong."""
    return WORDS[code][0] if code in WORDS else WRONG
