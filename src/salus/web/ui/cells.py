"""How any value becomes the contents of a table cell or an answer."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from salus.web.ui import formats, moments
from salus.web.ui.components import Level, Link
from salus.web.ui.shapes import shape


def amount_html(value: Any, text: str) -> SafeString:
    """A number as ``<span class="num">``, or its absence in words that look like an absence."""
    if formats.is_missing(value):
        return format_html('<span class="absent">{}</span>', text)
    if isinstance(value, formats.Suppressed):
        why = _("Hidden so that no person can be recognised")
        return format_html('<span class="absent" title="{}">{}</span>', why, text)
    return format_html('<span class="num">{}</span>', text)


def level_html(level: Level) -> SafeString:
    """A level as shape, word and colour."""
    return format_html('<span class="tag {}">{}{}</span>', level.css, shape(f"level-{level.shape}"), level.name)


def tag_html(text: str, tone: str = "") -> SafeString:
    """A tag of a tone: ``info``, ``good``, ``check``, ``act``, ``past`` or none."""
    return format_html('<span class="tag {}">{}{}</span>', tone, shape(tone), text)


def cell_html(value: Any, decimals: int | None = None) -> SafeString | str:
    """The contents of a cell for whatever a row holds."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if value is None or isinstance(value, (int, float, Decimal, formats.Suppressed)):
        return amount_html(value, formats.number(value, decimals))
    if isinstance(value, date):
        return moments.time_tag(value)
    if isinstance(value, Link):
        return format_html('<a href="{}">{}</a>', value.href, value.text)
    if isinstance(value, Level):
        return level_html(value)
    return value if isinstance(value, SafeString) else str(value)
