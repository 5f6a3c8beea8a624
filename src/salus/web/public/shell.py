"""The frame of a public page: city, help, language, navigation, the one banner."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from salus.base import clock
from salus.base.texts import pick
from salus.web.public.languages import codes, own_name
from salus.web.public.scene import GRAVE, Page, Scene
from salus.web.public.situation import Situation
from salus.web.ui.shell import Banner, Language, NavItem, PublicShell


def shell_of(scene: Scene, page: Page) -> PublicShell:
    """Return the frame."""
    situation = page.situation or scene.situation
    return PublicShell(
        city=_city(situation),
        language=scene.language,
        nav=_nav(scene, page.section),
        languages=_languages(scene),
        level=page.level,
        help_phone=str(situation.city.get("help_phone") or "") if situation else "",
        help_href=scene.url("what_to_do") + "#help",
        banner=_banner(scene, page),
        clock_mode="exercise" if _is_exercise(scene, situation) else "live",
        footer=_footer(scene),
        home_href=scene.url("home"),
    )


def _is_exercise(scene: Scene, situation: Situation | None) -> bool:
    """Tell whether the page is of an exercise: by what was published, and before that by the clock."""
    if situation is not None:
        return situation.release.exercise
    return scene.head.exercise if scene.head is not None else clock.reading().mode != "wall"


def _city(situation: Situation | None) -> str:
    return situation.say(situation.city["name"]) if situation else "Salus"


def _nav(scene: Scene, section: str) -> list[NavItem]:
    links = [
        ("home", _("Home")),
        ("areas", _("Your area")),
        ("what_to_do", _("What to do")),
        ("where_to_go", _("Where you can go")),
        ("decisions", _("Decisions and reasons")),
        ("data", _("Data")),
    ]
    return [NavItem(key, label, scene.url(key), key == section) for key, label in links]


def _footer(scene: Scene) -> list[NavItem]:
    return [
        NavItem("map", _("Map"), scene.url("map")),
        NavItem("alerts", _("Alerts as a feed (Atom)"), f"{reverse('public:alerts')}?language={scene.language}"),
        NavItem("accessibility", _("Accessibility"), scene.url("accessibility")),
    ]


def _languages(scene: Scene) -> list[Language]:
    """The same page in every language."""
    match = scene.request.resolver_match
    query = scene.request.GET.urlencode()
    found = []
    for code in codes():
        kept = match is not None and match.url_name not in (None, "missing")
        name = f"public:{match.url_name}" if match and kept else "public:home"
        kwargs = {**match.kwargs, "language": code} if match and kept else {"language": code}
        href = reverse(name, kwargs=kwargs) + (f"?{query}" if query and kept else "")
        found.append(Language(code, own_name(code), href, code == scene.language))
    return found


def _banner(scene: Scene, page: Page) -> Banner | None:
    """The gravest live alert; a page about the past carries none."""
    if page.situation is not None or not scene.alerts:
        return None
    alert = scene.alerts[0]
    return Banner(
        title=pick(alert.title, scene.language),
        text="",
        href=scene.url("release", alert.number),
        link_text=_("What to do"),
        act_now=alert.body.get("severity") in GRAVE,
    )
