"""The living style guide: every component with invented figures, in the shell it belongs to.

``/ops/styleguide/`` shows the operations room; ``?face=public`` the public site; ``?mode=exercise``,
``replay`` or ``demo`` the bands; ``?at=`` any moment shows the frame of the past.
"""

from datetime import timedelta
from typing import Any, cast, get_args

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from salus.web.ui import samples, samples_city, samples_more
from salus.web.ui.components import (
    Chain,
    ChainStep,
    Job,
    KeyAction,
    LogEntry,
    Pair,
    QueueItem,
    Tab,
    Task,
    sort_table,
)
from salus.web.ui.formats import Suppressed
from salus.web.ui.shell import Banner, ClockMode, Language, NavItem, OpsShell, PublicShell, Role, rail

_LANGUAGES = (("en", "English"), ("fr", "Français"), ("ar", "العربية"))


class SampleForm(forms.Form):
    """One field of every kind."""

    place = forms.CharField(label=_("Where do you live?"), help_text=_("A postcode or the name of a street"))
    people = forms.IntegerField(label=_("How many people live with you?"), required=False)
    when = forms.DateField(label=_("When did you first feel ill?"), widget=forms.DateInput(attrs={"type": "date"}))
    way = forms.ChoiceField(
        label=_("How may we answer?"),
        widget=forms.RadioSelect,
        choices=[("phone", _("By phone")), ("text", _("By text message")), ("letter", _("By letter"))],
    )
    note = forms.CharField(label=_("Anything else?"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    agree = forms.BooleanField(label=_("I have read how my answers are used"))


def ops_shell(request: HttpRequest) -> OpsShell:
    """A shell of the operations room with invented contents."""
    mode = request.GET.get("mode", "live")
    past = "at" in request.GET
    return OpsShell(
        city="Northbridge",
        incident=_("Respiratory illness 2031"),
        level=samples_city.LEVELS[3],
        now=samples.NOW,
        known_at=samples.NOW - timedelta(days=12, hours=5) if past else samples.NOW,
        min_at=samples.NOW - timedelta(days=60),
        max_at=samples.NOW,
        nav=rail("assess", counts={"gather": 2, "assess": 4, "decide": 1, "act": 23}, act=["decide"]),
        clock_mode=cast(ClockMode, mode) if mode in get_args(ClockMode) else "live",
        speed_label=_("60 times as fast") if mode in ("exercise", "replay") else "",
        person="Noor Haddad",
        roles=[Role("epi", _("Epidemiologist"), True), Role("duty", _("Duty officer"))],
    )


def public_shell(request: HttpRequest) -> PublicShell:
    """A shell of the public site with invented contents."""
    active = get_language() or "en"
    labels = [
        _("Home"),
        _("Your area"),
        _("What you must do"),
        _("Get help"),
        _("Travel"),
        _("Data"),
        _("Have your say"),
    ]
    return PublicShell(
        city="Northbridge",
        language=active,
        level=None,
        published_at=samples.NOW,
        next_update=samples.NOW + timedelta(hours=19),
        nav=[NavItem(str(i), label, "#", i == 0) for i, label in enumerate(labels)],
        languages=[Language(code, name, f"?face=public&language={code}", code == active) for code, name in _LANGUAGES],
        help_phone="0800 116 117",
        help_note=_("free, day and night"),
        banner=Banner(_("Water in Harbour:"), _("boil it before you drink it."), "#", _("What to do")),
        footer=[
            NavItem("a", _("Accessibility"), "#"),
            NavItem("e", _("Easy read"), "#"),
            NavItem("d", _("Decisions and reasons"), "#"),
        ],
    )


def _queue() -> list[QueueItem]:
    keys = (
        KeyAction("c", _("Confirm"), "#"),
        KeyAction("d", _("Dismiss"), "#"),
        KeyAction("a", _("Assign"), "#", post=False),
    )
    chain, now, hour = Chain("#", 2, 0, timedelta(hours=5)), samples.NOW, timedelta(hours=1)
    visits, wastewater = _("Emergency visits in Harbour are twice the usual"), _("Virus in wastewater rises")
    seen, phone = [_("Farrington"), _("31 seen, 14 expected")], [_("Reported by phone")]
    return [
        QueueItem("1", visits, "#", seen, _("Unusual"), "check", now - hour, keys, chain),
        QueueItem("2", wastewater, "#", [_("Plant East")], _("Confirmed"), "info", now - 5 * hour, keys, chain),
        QueueItem("3", _("Two schools report many absences"), "#", phone, _("New"), "", now - 9 * hour, keys),
    ]


def _log() -> list[LogEntry]:
    now, minute = samples.NOW, timedelta(minutes=1)
    return [
        LogEntry(now - 4 * minute, _("Test centre at Pier 4 opened"), None, "Ana Ruiz", _("Act"), "#", tone="good"),
        LogEntry(
            now - 51 * minute,
            _("Hospital St Anne asks for six nurses until Friday"),
            now - 9 * minute,
            "Jan de Vries",
            _("Need"),
            "#",
            True,
            "check",
        ),
        LogEntry(
            now - 130 * minute,
            _("Decided: two test centres, reviewed on Thursday"),
            None,
            "M. Okafor",
            _("Decide"),
            "#",
            tone="info",
        ),
    ]


def _chain_steps() -> list[ChainStep]:
    now, hour = samples.NOW, timedelta(hours=1)
    return [
        ChainStep(_("Observation"), _("Wastewater, Harbour"), now - 60 * hour, "#"),
        ChainStep(_("Signal"), _("Fourfold rise"), now - 59 * hour, "#", gap=hour),
        ChainStep(_("Decision"), _("Open two test centres"), now - 12 * hour, "#", True, 47 * hour),
    ]


def _tasks() -> list[Task]:
    return [
        Task(_("Who you are"), "#", _("Done")),
        Task(_("What you need"), "#", _("In progress"), "info"),
        Task(_("Send"), "", _("Cannot start yet")),
    ]


def _jobs() -> list[Job]:
    return [
        Job(_("Import of line list"), "running", 6400, 9120),
        Job(_("Scenario with 1,000 runs"), "done"),
        Job(_("Nowcast"), "failed", error=_("the feed stopped at 12:00")),
    ]


def _answers() -> list[Pair]:
    return [
        Pair(_("Where you live"), "N4 2RE", "#"),
        Pair(_("People in your home"), 4, "#"),
        Pair(_("First ill on"), samples.TODAY, "#"),
    ]


def _parts(request: HttpRequest) -> dict[str, Any]:
    names = [_("Signals"), _("Estimates"), _("Forecast"), _("Risk")]
    return {
        "levels": samples_city.LEVELS,
        "table": sort_table(samples.sample_table(), request.GET),
        "form": SampleForm({"people": "many", "way": "phone"}) if "errors" in request.GET else SampleForm(),
        "tasks": _tasks(),
        "answers": _answers(),
        "tabs": [Tab(name, "#", i == 0, 4 if i == 0 else None) for i, name in enumerate(names)],
        "log": _log(),
        "queue": _queue(),
        "chain_steps": _chain_steps(),
        "chain": Chain("#", 3, 2, timedelta(days=2, hours=3)),
        "jobs": _jobs(),
        "page": Paginator(range(240), 20).page(4),
    }


def _numbers() -> list[tuple[str, Any]]:
    return [
        (_("Counted"), 1234567),
        (_("Zero"), 0),
        (_("Missing"), None),
        (_("Suppressed"), Suppressed(5)),
        (_("Complement"), Suppressed(None)),
    ]


def _charts() -> list[Any]:
    return [
        samples.curve_figure(),
        samples.fan_figure(),
        samples.bars_figure(),
        samples.chain_figure(),
        samples.gantt_figure(),
        samples_more.crowding_figure(),
        *samples_more.maturity_figures(),
        samples_more.tree_figure(),
    ]


def styleguide(request: HttpRequest) -> HttpResponse:
    """Render the style guide of one face."""
    if request.GET.get("face") == "public":
        context = {
            "shell": public_shell(request),
            "level": samples_city.LEVELS[3],
            "figure": samples.curve_figure(),
            **_parts(request),
        }
        return render(request, "ui/styleguide_public.html", context)
    context = {
        "shell": ops_shell(request),
        "charts": _charts(),
        "maps": [samples_city.map_figure(), samples_city.level_figure(), samples_more.flow_figure()],
        "numbers": _numbers(),
        "fresh": samples.FRESH,
        "stale": samples.STALE,
        "days": [samples.wave(i) for i in range(60)],
        "gaps": [3, 4, None, 6, 9, None, 12, 11],
        "none": [None, None],
        **_parts(request),
    }
    return render(request, "ui/styleguide.html", context)
