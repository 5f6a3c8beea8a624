"""The director at a real browser: designing without scripts, a desk that refreshes itself, and axe on every page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.fixtures.browser import PageFactory, axe, screenshot
from tests.web.exercises.desk import Desk, made, played, scored, speak

PAGES = (
    "/ops/exercises/",
    "/ops/exercises/{exercise}/",
    "/ops/exercises/{exercise}/edit/",
    "/ops/exercises/runs/{run}/",
    "/ops/exercises/{run}/score/",
    "/ops/learn/training/",
    "/ops/learn/training/new/",
)


@pytest.fixture
def desk(transactional_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A desk whose run is played and scored."""
    monkeypatch.setattr(settings, "SALUS_DATA_DIR", tmp_path)
    cache.clear()
    found = made()
    played(found)
    scored(found)
    yield found
    cache.clear()


def entered(desk: Desk, server: LiveServer, page_factory: PageFactory, **options: Any) -> Page:
    page = page_factory(**options)
    cookie = desk.client("dora").cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": server.url}])
    return page


def test_the_directors_pages_in_a_browser(desk: Desk, live_server: LiveServer, page_factory: PageFactory) -> None:
    ids = {"exercise": desk.exercise, "run": desk.run}
    for width, scheme, locale in ((1440, "light", "en-GB"), (390, "dark", "ar")):
        page = entered(desk, live_server, page_factory, width=width, height=900, color_scheme=scheme, locale=locale)
        found = {}
        for path in PAGES:
            page.goto(live_server.url + path.format(**ids))
            wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
            found[path] = [*axe(page), *([f"{wide} px too wide"] if wide > 0 else [])]
        assert {path: faults for path, faults in found.items() if faults} == {}
    page = entered(desk, live_server, page_factory, width=1440, height=900)
    page.goto(f"{live_server.url}/ops/exercises/runs/{desk.run}/")
    expect(page.get_by_text("Day 9")).to_be_visible()
    speak(desk, day=10)
    expect(page.get_by_text("Day 10")).to_be_visible()
    screenshot(page, "exercises/desk")


def test_a_design_is_written_without_scripts(desk: Desk, live_server: LiveServer, page_factory: PageFactory) -> None:
    page = entered(desk, live_server, page_factory, java_script_enabled=False)
    page.goto(f"{live_server.url}/ops/exercises/new/")
    page.get_by_role("button", name="Add an inject").click()
    inject = page.get_by_role("group", name="Inject 1")
    inject.get_by_label("Title").fill("A rumour at school")
    inject.get_by_label("What people say or ask").fill("Nobody can call.")
    page.get_by_role("button", name="Keep the design").last.click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    page.get_by_label("Title (English)").fill("By hand")
    page.get_by_role("button", name="Take out person 2").click()
    page.get_by_role("button", name="Keep the design").last.click()
    expect(page.get_by_role("heading", name="By hand")).to_be_visible()
    expect(page.get_by_text("A rumour at school")).to_be_visible()
