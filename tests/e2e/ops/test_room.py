"""The room in a browser: its clock, its palette, its sizes and colours, examined by axe."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.ops.conftest import Demo
from tests.fixtures.browser import axe, errors_of, screenshot

Enter = Callable[..., Page]
STARTS = (
    "/ops/", "/ops/gather/", "/ops/assess/", "/ops/plan/", "/ops/decide/", "/ops/act/", "/ops/learn/", "/ops/log/",
    "/ops/trust/", "/ops/imports/", "/ops/decisions/", "/ops/proposals/", "/ops/tasks/", "/ops/outcomes/",
    "/ops/releases/", "/ops/signals/", "/ops/rules/", "/ops/catalogue/", "/ops/zones/", "/ops/people/", "/ops/roles/",
    "/ops/audit/", "/ops/jobs/", "/ops/trust/me/", "/accounts/2fa/", "/accounts/password/change/",
    "/accounts/2fa/totp/activate/", "/ops/learn/training/",
)  # fmt: skip
ALL = 70


def shape(address: str) -> str:
    """What kind of page an address is of: one of each kind is looked at."""
    path = urlsplit(address).path
    path = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", re.sub(r"/chain/[a-z_]+/", "/chain/KIND/", path))
    return re.sub(r"/(series|sources)/[^/]+/", r"/\1/CODE/", re.sub(r"/releases/\d+/", "/releases/N/", path))


def faults(page: Page) -> list[str]:
    """What axe finds, and whether the page is wider than the screen."""
    extra = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*axe(page), *([f"{extra} px wider than the screen"] if extra > 0 else [])]


@pytest.mark.parametrize(
    ("username", "width", "scheme", "locale"), [("ines", 1440, "light", "en-GB"), ("marta", 390, "dark", "ar")]
)
def test_axe_finds_nothing_on_any_page(
    demo: Demo, enter: Enter, username: str, width: int, scheme: str, locale: str
) -> None:
    enter(username)  # signs in, in English, before the page in another language is asked for
    page = enter(username, width=width, color_scheme=scheme, locale=locale)
    todo, seen, found = list(STARTS), set(), {}
    while todo and len(seen) < ALL:
        path = todo.pop(0)
        if shape(path) in seen:
            continue
        seen.add(shape(path))
        answer = page.goto(demo.url + path)
        assert answer is not None
        assert answer.status == 200, path
        found[path] = faults(page)
        if found[path]:
            screenshot(page, f"ops/{shape(path).strip('/').replace('/', '-')}-{width}-{scheme}-{locale}")
        hrefs = page.eval_on_selector_all("main a[href]", "links => links.map(link => link.getAttribute('href'))")
        todo += [href for href in hrefs if href.startswith("/ops/") and not urlsplit(href).path.endswith(".csv")]
    assert {path: wrong for path, wrong in found.items() if wrong} == {}
    assert len(seen) > len(STARTS)
    assert errors_of(page) == []


def test_the_clock_is_drawn_back_and_forth(demo: Demo, enter: Enter) -> None:
    page = enter("amira")
    page.goto(f"{demo.url}/ops/signals/")
    slider = page.get_by_role("slider", name="Drag back to see what was known earlier")
    slider.focus()
    page.keyboard.press("Shift+ArrowLeft")
    page.wait_for_url(re.compile(r"[?&]at="))
    expect(page.locator("body")).to_have_attribute("data-when", "past")
    expect(page.locator("[data-live-word]")).to_have_text("Not live: showing the past")
    expect(page.get_by_role("main").get_by_role("button", name="Confirm")).to_have_count(0)
    # The moment goes along to the next page.
    page.get_by_role("navigation", name="Steps").get_by_role("link", name="Decide").click()
    expect(page).to_have_url(re.compile(r"/ops/decide/\?at="))
    page.get_by_role("link", name="Back to now").click()
    expect(page.locator("body")).to_have_attribute("data-when", "now")


def test_the_palette_finds_pages_and_zones(demo: Demo, enter: Enter) -> None:
    page = enter("amira")
    page.goto(f"{demo.url}/ops/")
    page.keyboard.press("Control+k")
    box = page.locator("dialog.palette input")
    expect(box).to_be_focused()
    box.fill("lighthouse")
    expect(page.locator("[role=option]").filter(has_text="Lighthouse Point")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Lighthouse Point")
    # The heading is there before the page's scripts are: a key pressed now would be heard by nobody.
    page.wait_for_load_state()
    page.keyboard.press("Control+k")
    page.locator("dialog.palette input").fill("learn")
    expect(page.locator("[role=option]").first).to_contain_text("Learn")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/ops/learn/"))


def test_the_chain_opens_where_the_record_is(demo: Demo, enter: Enter) -> None:
    page = enter("amira")
    page.goto(f"{demo.url}/ops/signals/")
    page.locator("[data-queue] .title a").first.click()
    page.wait_for_url(re.compile(r"/ops/signals/."))
    page.wait_for_load_state()
    page.locator("details.chain > summary").first.click()
    expect(page.locator(".chain-body li.here")).to_be_visible()
    page.locator(".chain-body a").last.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert errors_of(page) == []
