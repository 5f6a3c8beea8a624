"""How Salus writes numbers: one function per rule of the interface, in the active language.

Zero, missing and suppressed are three different things and have three different words.
``None`` and NaN are missing; :class:`Suppressed` hides a small number; ``0`` is a measured zero.
"""

import math
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from babel.numbers import format_decimal, format_percent
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from salus.web.ui.locales import active_locale, local_digits


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A number hidden for privacy. ``below`` is the threshold; ``None`` when the cell is a complement."""

    below: int | None = 5


Number = int | float | Decimal
Amount = Number | Suppressed | None

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def is_missing(value: object) -> bool:
    """Whether there is no number at all: nothing, not-a-number or infinite."""
    return value is None or value == "" or (isinstance(value, float) and not math.isfinite(value))


def absent_words(value: object) -> str | None:
    """The words for a missing or suppressed value; ``None`` when there is a number to show."""
    if is_missing(value):
        return _("not known")
    if isinstance(value, Suppressed):
        if value.below is None:
            return _("hidden for privacy")
        return _("fewer than %(n)s") % {"n": plain(value.below)}
    return None


def plain(value: Number, decimals: int | None = None) -> str:
    """A number with grouping, ``1,234``; at most ``decimals`` places (two when not given)."""
    places = 2 if decimals is None else decimals
    fraction = ("#" if decimals is None else "0") * places
    pattern = "#,##0." + fraction if fraction else "#,##0"
    exact = Decimal(str(value))
    return local_digits(format_decimal(exact, pattern, locale=active_locale(), numbering_system="default"))


def number(value: Amount, decimals: int | None = None) -> str:
    """A counted number, or the words for why there is none."""
    words = absent_words(value)
    return words if words is not None else plain(value, decimals)  # type: ignore[arg-type]


def two_figures(value: Number) -> Decimal:
    """Round to two significant figures, as estimates deserve."""
    exact = Decimal(str(value))
    if exact == 0:
        return Decimal(0)
    return round(exact, 1 - exact.adjusted())


def estimate(value: Amount) -> str:
    """An estimate: two significant figures, so that it does not look like a count."""
    words = absent_words(value)
    if words is not None:
        return words
    rounded = two_figures(value)  # type: ignore[arg-type]
    places = max(0, 1 - rounded.adjusted()) if rounded else 0
    return plain(rounded, places if rounded.adjusted() < 1 and rounded % 1 else 0)


def percent(value: Amount, decimals: int = 0) -> str:
    """A share between 0 and 1 as a percentage."""
    words = absent_words(value)
    if words is not None:
        return words
    pattern = "#,##0." + "0" * decimals + "%" if decimals else "#,##0%"
    exact = Decimal(str(value))
    return local_digits(format_percent(exact, pattern, locale=active_locale(), numbering_system="default"))


def out_of(share: Amount, base: int | None = None) -> str:
    """A share as natural frequency: ``6 in 1,000``. The base grows until the count is at least one."""
    words = absent_words(share)
    if words is not None:
        return words
    value = float(share)  # type: ignore[arg-type]
    if base is None:
        bases = (100, 1_000, 10_000, 100_000, 1_000_000)
        base = next((b for b in bases if value * b >= 1), 1_000) if value else 1_000
    count = value * base
    shown = plain(round(count)) if count >= 10 else plain(two_figures(count), None)
    return _("%(count)s in %(base)s") % {"count": shown, "base": plain(base)}


def likely(low: Amount, high: Amount) -> str:
    """A range with its probability in words: ``likely between 120 and 180``."""
    if absent_words(low) is not None or absent_words(high) is not None:
        return _("not known")
    return _("likely between %(low)s and %(high)s") % {"low": estimate(low), "high": estimate(high)}


def span(low: Amount, high: Amount) -> str:
    """A plain range: ``15 to 20``; one number when both ends are equal."""
    if low == high:
        return number(low)
    return _("%(low)s to %(high)s") % {"low": number(low), "high": number(high)}


def change(now: Amount, before: Amount) -> str:
    """A change in words, which a screen reader can speak: ``an increase of 12 (8%)``."""
    if absent_words(now) is not None or absent_words(before) is not None:
        return _("change not known")
    difference = Decimal(str(now)) - Decimal(str(before))
    if difference == 0:
        return _("no change")
    share = f" ({percent(abs(difference) / abs(Decimal(str(before))))})" if before else ""
    amount = plain(abs(difference)) + share
    if difference > 0:
        return _("an increase of %(amount)s") % {"amount": amount}
    return _("a decrease of %(amount)s") % {"amount": amount}


def _days(n: int) -> str:
    return ngettext("%(n)s day", "%(n)s days", n) % {"n": plain(n)}


def _hours(n: int) -> str:
    return ngettext("%(n)s hour", "%(n)s hours", n) % {"n": plain(n)}


def _minutes(n: int) -> str:
    return ngettext("%(n)s minute", "%(n)s minutes", n) % {"n": plain(n)}


def duration(value: timedelta | None) -> str:
    """How long something took, in at most two units: ``3 days 4 hours``."""
    if value is None:
        return _("not known")
    seconds = int(abs(value.total_seconds()))
    days, rest = divmod(seconds, _DAY)
    hours, minutes = rest // _HOUR, rest % _HOUR // _MINUTE
    if days:
        return " ".join(part for part in (_days(days), _hours(hours) if hours and days < 7 else "") if part)
    if hours:
        return " ".join(part for part in (_hours(hours), _minutes(minutes) if minutes else "") if part)
    return _minutes(minutes) if minutes else _("less than a minute")
