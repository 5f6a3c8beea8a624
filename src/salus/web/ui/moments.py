"""How Salus writes moments and periods: always a ``<time>`` element, in the active language and zone."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from babel.dates import format_date, format_skeleton, format_time
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from salus.web.ui.formats import duration
from salus.web.ui.locales import active_locale, local_digits

Moment = date | datetime
_SKELETONS = {"short": "MMMd", "weekday": "EMMMd", "month": "yMMM"}


@dataclass(frozen=True, slots=True)
class Fresh:
    """How fresh a figure is: the period it is about, when it was updated, when it will be next."""

    updated_at: datetime | None
    period_start: date | None = None
    period_end: date | None = None
    next_at: Moment | None = None
    stale: bool = False
    source: str = ""


def _local(value: Moment) -> Moment:
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


def day(value: Moment, style: str = "long") -> str:
    """A date as words: ``3 March 2020``; ``short`` gives ``3 Mar``, ``weekday`` ``Tue 3 Mar``."""
    local = _local(value)
    if style in _SKELETONS:
        return local_digits(format_skeleton(_SKELETONS[style], local, locale=active_locale()))
    return local_digits(format_date(local, format=style, locale=active_locale()))


def clock_time(value: datetime) -> str:
    """The time of day: ``14:05``, always in 24 hours."""
    local = _local(value)
    return local_digits(format_time(local, "HH:mm", locale=active_locale()))  # type: ignore[arg-type]


def moment(value: Moment, style: str = "long") -> str:
    """A date with its time of day when it has one."""
    if not isinstance(value, datetime):
        return day(value, style)
    return _("%(date)s, %(time)s") % {"date": day(value, style), "time": clock_time(value)}


def time_tag(value: Moment | None, style: str = "long") -> SafeString:
    """The ``<time>`` element of a moment; words when it is not known."""
    if value is None:
        return format_html('<span class="absent">{}</span>', _("not known"))
    local = _local(value)
    text = clock_time(value) if style == "time" and isinstance(value, datetime) else moment(value, style)
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), text)


def period_tag(start: Moment, end: Moment) -> SafeString:
    """A period, both ends as ``<time>``: ``1 March 2020 to 7 March 2020``."""
    if start == end:
        return time_tag(start)
    return format_html(_("{} to {}"), time_tag(start), time_tag(end))


def ago(value: datetime, now: datetime) -> str:
    """How long before ``now``, or how long until: ``12 minutes ago``, ``in 3 hours``."""
    gap = now - value
    if abs(gap) < timedelta(minutes=1):
        return _("just now")
    if gap > timedelta(0):
        return _("%(duration)s ago") % {"duration": duration(gap)}
    return _("in %(duration)s") % {"duration": duration(gap)}


def ago_tag(value: datetime | None, now: datetime) -> SafeString:
    """A relative time that keeps the exact moment in ``datetime`` and ``title``."""
    if value is None:
        return time_tag(None)
    local = _local(value)
    return format_html('<time datetime="{}" title="{}">{}</time>', local.isoformat(), moment(value), ago(value, now))
