"""``{% load ui %}``: numbers, moments and components for every template of Salus."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.template.context import Context
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from salus.base import clock
from salus.web.ui import cells, formats, moments, shapes
from salus.web.ui.charts.spark import sparkline as draw_sparkline
from salus.web.ui.components import Chain, ChainStep, Job, Level, LogEntry, Pair, QueueItem, Tab, Table, Task
from salus.web.ui.figures import Figure, MapFigure
from salus.web.ui.formats import Amount
from salus.web.ui.formfields import choices_of, field_kind, form_errors

register = template.Library()


# ---- numbers ---------------------------------------------------------------------------------


@register.filter
def num(value: Amount, decimals: int | None = None) -> SafeString:
    """``{{ cases|num }}``: 1,234; or why there is no number."""
    return cells.amount_html(value, formats.number(value, decimals))


@register.filter
def est(value: Amount) -> SafeString:
    """``{{ forecast|est }}``: two significant figures."""
    return cells.amount_html(value, formats.estimate(value))


@register.filter
def pct(value: Amount, decimals: int = 0) -> SafeString:
    """``{{ share|pct }}``: a share of 0 to 1 as a percentage."""
    return cells.amount_html(value, formats.percent(value, decimals))


@register.filter
def out_of(value: Amount, base: int | None = None) -> SafeString:
    """``{{ share|out_of:1000 }}``: 6 in 1,000."""
    return cells.amount_html(value, formats.out_of(value, base))


@register.filter
def dur(value: timedelta | None) -> str:
    """``{{ took|dur }}``: 3 days 4 hours."""
    return formats.duration(value)


@register.filter
def cell(value: Any) -> SafeString | str:
    """``{{ anything|cell }}``: a number, moment, level, link or text as a table shows it."""
    return cells.cell_html(value)


@register.simple_tag
def likely(low: Amount, high: Amount) -> str:
    """``{% likely 118 183 %}``: likely between 120 and 180."""
    return formats.likely(low, high)


@register.simple_tag
def span(low: Amount, high: Amount) -> str:
    """``{% span 15 20 %}``: 15 to 20."""
    return formats.span(low, high)


@register.simple_tag
def change(now: Amount, before: Amount) -> str:
    """``{% change 120 100 %}``: an increase of 20 (20%)."""
    return formats.change(now, before)


# ---- moments ---------------------------------------------------------------------------------


@register.simple_tag
def when(value: moments.Moment | None, style: str = "long") -> SafeString:
    """``{% when at "short" %}``: styles long, medium, short, weekday, month, time."""
    return moments.time_tag(value, style)


@register.filter
def on_day(value: moments.Moment, style: str = "weekday") -> str:
    """``{{ at|on_day:"short" }}``: the day of a moment, as text."""
    return moments.day(value, style)


@register.simple_tag
def period(start: moments.Moment, end: moments.Moment) -> SafeString:
    """``{% period start end %}``: both ends as ``<time>``."""
    return moments.period_tag(start, end)


@register.simple_tag(takes_context=True)
def ago(context: Context, value: datetime | None, now: datetime | None = None) -> SafeString:
    """``{% ago at %}``: relative to the clock of the shell, else to the wall clock."""
    shell = context.get("shell")
    return moments.ago_tag(value, now or getattr(shell, "known_at", None) or clock.now())


@register.inclusion_tag("ui/parts/fresh.html")
def freshness(fresh: moments.Fresh) -> dict[str, Any]:
    """``{% freshness fresh %}``: period, updated, next update; stale is labelled."""
    return {"fresh": fresh}


# ---- tags, cards, notes ----------------------------------------------------------------------


@register.simple_tag
def level(value: Level | None) -> SafeString:
    """``{% level city_level %}``: shape, word, colour."""
    return cells.level_html(value) if value else mark_safe("")


@register.inclusion_tag("ui/parts/level_panel.html")
def level_panel(value: Level, label: str, text: str = "") -> dict[str, Any]:
    """``{% level_panel level "Level now" "What it asks" %}``: the largest thing on a public page."""
    return {"level": value, "label": label, "text": text or value.advice, "shape": shapes.shape(f"level-{value.shape}")}


@register.simple_tag
def tag(text: str, tone: str = "") -> SafeString:
    """``{% tag "Overdue" "check" %}``."""
    return cells.tag_html(text, tone)


@register.simple_tag
def shape(name: str) -> SafeString:
    """``{% shape "level-3" %}``: the drawn shape alone."""
    return shapes.shape(name)


def _heading(title: str, rank: int) -> SafeString:
    return format_html("<h{0}>{1}</h{0}>", rank, title) if title else mark_safe("")


@register.simple_block_tag
def card(content: str, title: str = "", meta: Any = "", tone: str = "", rank: int = 2, id: str = "") -> SafeString:
    """``{% card title="Signals" meta=… tone="act" %}…{% endcard %}``: a section under a rule."""
    head = (
        format_html('<header>{}<span class="muted">{}</span></header>', _heading(title, rank), meta)
        if title or meta
        else ""
    )
    name = format_html(' id="{}"', id) if id else ""
    return format_html('<section class="card {}"{}>{}{}</section>', tone, name, head, content)


@register.simple_block_tag
def notice(content: str, title: str = "", tone: str = "") -> SafeString:
    """``{% notice title="…" tone="check" %}…{% endnotice %}``."""
    head = format_html("<strong>{}</strong> ", title) if title else ""
    return format_html('<div class="notice {}">{}{}</div>', tone, head, content)


@register.simple_block_tag
def fold(content: str, summary: str, open: bool = False) -> SafeString:
    """``{% fold "Where this comes from" %}…{% endfold %}``: a ``<details>``."""
    return format_html(
        "<details{}><summary>{}</summary>{}</details>", mark_safe(" open") if open else "", summary, content
    )


@register.inclusion_tag("ui/parts/stat.html")
def stat(label: str, value: Any, note: Any = "", href: str = "") -> dict[str, Any]:
    """``{% stat "In hospital" beds note=… href=… %}``: one large number with its words."""
    return {"label": label, "value": value, "note": note, "href": href}


@register.inclusion_tag("ui/parts/empty.html")
def empty_state(title: str, text: str = "", href: str = "", action: str = "") -> dict[str, Any]:
    """``{% empty_state "No open signals" "…" href action %}``."""
    return {"title": title, "text": text, "href": href, "action": action}


# ---- lists and tables ------------------------------------------------------------------------


@register.inclusion_tag("ui/parts/table.html")
def data_table(table: Table) -> dict[str, Any]:
    """``{% data_table table %}``: sortable by links, any value in any cell."""
    rows = [
        [(column, cells.cell_html(row.get(column.key), column.decimals)) for column in table.columns]
        for row in table.rows
    ]
    return {"table": table, "rows": rows}


@register.inclusion_tag("ui/parts/task_list.html")
def task_list(tasks: Sequence[Task]) -> dict[str, Any]:
    """``{% task_list tasks %}``."""
    return {"tasks": tasks}


@register.inclusion_tag("ui/parts/pairs.html")
def pairs(rows: Sequence[Pair]) -> dict[str, Any]:
    """``{% pairs rows %}``: a definition list; with ``change_href`` it is "check your answers"."""
    return {"rows": rows}


@register.inclusion_tag("ui/parts/pagination.html", takes_context=True)
def pagination(context: Context, page: Page) -> dict[str, Any]:
    """``{% pagination page %}`` for a Django ``Page``; keeps the rest of the address."""
    request = context.get("request")
    query = request.GET.copy() if request else None
    links = []
    for number in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1):
        if query is not None and isinstance(number, int):
            query["page"] = str(number)
        href = f"?{query.urlencode()}" if query is not None else f"?page={number}"
        links.append({"number": number, "href": href if isinstance(number, int) else ""})
    return {"page": page, "links": links}


@register.inclusion_tag("ui/parts/tabs.html")
def tabs(items: Sequence[Tab], label: str) -> dict[str, Any]:
    """``{% tabs items "Views of this zone" %}``: links, the current one marked."""
    return {"items": items, "label": label}


@register.inclusion_tag("ui/parts/timeline.html")
def timeline(entries: Sequence[LogEntry]) -> dict[str, Any]:
    """``{% timeline entries %}``: a log with both of its times."""
    return {"entries": entries}


@register.inclusion_tag("ui/parts/queue.html", takes_context=True)
def queue(context: Context, items: Sequence[QueueItem], label: str) -> dict[str, Any]:
    """``{% queue items "Signals to triage" %}``: j and k move, single keys act."""
    return {"items": items, "label": label, "csrf_token": context.get("csrf_token", ""), "shell": context.get("shell")}


# ---- chain and jobs --------------------------------------------------------------------------


@register.inclusion_tag("ui/parts/chain.html")
def chain(value: Chain) -> dict[str, Any]:
    """``{% chain record_chain %}``: the small control that every record carries."""
    return {"chain": value, "mark": shapes.chain_mark()}


@register.inclusion_tag("ui/parts/chain_steps.html")
def chain_steps(steps: Sequence[ChainStep], href: str = "") -> dict[str, Any]:
    """``{% chain_steps steps href %}``: the opened chain (what the control fetches)."""
    return {"steps": steps, "href": href}


@register.inclusion_tag("ui/parts/job.html")
def job(value: Job) -> dict[str, Any]:
    """``{% job job %}``: progress that asks for itself again every two seconds while it runs."""
    return {"job": value}


# ---- forms -----------------------------------------------------------------------------------


@register.inclusion_tag("ui/parts/error_summary.html")
def error_summary(form: BaseForm) -> dict[str, Any]:
    """``{% error_summary form %}``: what went wrong, each line a link to its field."""
    return {"errors": form_errors(form)}


@register.inclusion_tag("ui/parts/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """``{% field form.name %}``: label, hint, message and widget of one field."""
    return {"field": bound, "kind": field_kind(bound), "choices": choices_of(bound)}


@register.inclusion_tag("ui/parts/form_fields.html")
def form_fields(form: BaseForm) -> dict[str, Any]:
    """``{% form_fields form %}``: the error summary and every field."""
    return {"form": form}


# ---- pictures --------------------------------------------------------------------------------


@register.inclusion_tag("ui/parts/chart_figure.html")
def chart_figure(figure: Figure) -> dict[str, Any]:
    """``{% chart_figure figure %}``: sentence, chart, table, caveat, download."""
    return {"figure": figure, "heading": _heading(figure.title, figure.rank)}


@register.inclusion_tag("ui/parts/map_figure.html")
def map_figure(figure: MapFigure) -> dict[str, Any]:
    """``{% map_figure figure %}``: sentence, key, map, table; include ``salus/map.js`` in ``scripts``."""
    heading = _heading(figure.title, figure.rank)
    return {"figure": figure, "heading": heading, "frames_id": f"{figure.id}-frames"}


@register.simple_tag
def sparkline(values: Sequence[float | None], title: str) -> SafeString:
    """``{% sparkline values "Cases a day, rising for two weeks" %}``."""
    return mark_safe(draw_sparkline(values, title=title))


# ---- shell -----------------------------------------------------------------------------------


@register.inclusion_tag("ui/parts/print_foot.html", takes_context=True)
def print_foot(context: Context) -> dict[str, Any]:
    """The address and the moment, seen on paper only."""
    request = context.get("request")
    return {"address": request.build_absolute_uri() if request else "", "printed_at": clock.wall_now()}


@register.simple_tag(takes_context=True)
def without(context: Context, name: str) -> str:
    """``{% without "at" %}``: the query of this page without one parameter, with its question mark."""
    request = context.get("request")
    if request is None:
        return ""
    query = request.GET.copy()
    query.pop(name, None)
    return f"?{query.urlencode()}" if query else "?"


@register.simple_tag(takes_context=True)
def query_inputs(context: Context, name: str) -> SafeString:
    """``{% query_inputs "at" %}``: hidden inputs that keep the rest of the query of a GET form."""
    request = context.get("request")
    kept = [(k, v) for k, values in request.GET.lists() if k != name for v in values] if request else []
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', kept)


@register.simple_tag(takes_context=True)
def keep_at(context: Context, href: str) -> str:
    """``{% keep_at item.href %}``: the same link, carrying the moment shown (``?at=``) along."""
    request = context.get("request")
    at = request.GET.get("at", "") if request else ""
    return f"{href}{'&' if '?' in href else '?'}{urlencode({'at': at})}" if at else href


@register.filter
def as_date(value: datetime) -> date:
    """``{{ at|as_date }}``: the local calendar day of a moment."""
    return (timezone.localtime(value) if timezone.is_aware(value) else value).date()


@register.simple_tag
def time_zone_name() -> str:
    """The time zone that moments are shown in."""
    return timezone.get_current_timezone_name() if settings.USE_TZ else ""


@register.simple_tag
def local_input(value: datetime) -> str:
    """A moment as the value of ``<input type="datetime-local">``."""
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return local.strftime("%Y-%m-%dT%H:%M")
