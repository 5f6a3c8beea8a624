"""The public site in a real browser: without scripts, with a keyboard, and examined by axe."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.fixtures.browser import PageFactory, axe, errors_of, screenshot

PAGES = {
    "home": "",
    "areas": "area/",
    "search": "area/?q=nowhere",
    "area": "area/10001/",
    "area-unknown": "area/10004/",
    "city": "area/NB/",
    "map": "map/",
    "map-rates": "map/?show=case_rate_7d",
    "what-to-do": "what-to-do/",
    "where-to-go": "where-to-go/",
    "decisions": "decisions/",
    "decision": "decisions/3/",
    "data": "data/",
    "old-release": "releases/1/",
    "alert": "releases/3/",
    "data-set": "releases/4/",
    "accessibility": "accessibility/",
    "missing": "nowhere/",
}
SIZES = {390: 844, 1440: 900}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", SIZES)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_axe_finds_nothing(site: str, page_factory: PageFactory, language: str, width: int, scheme: str) -> None:
    page = page_factory(width=width, height=SIZES[width], color_scheme=scheme, locale=language)
    found: dict[str, list[str]] = {}
    for name, path in PAGES.items():
        page.goto(f"{site}/{language}/{path}")
        found[name] = [*axe(page), *wider(page)]
        if name != "missing":
            # The browser itself reports the 404 of the missing page.
            found[name] += [error for error in errors_of(page) if "404" not in error]
        screenshot(page, f"public/{name}-{language}-{width}-{scheme}")
    assert {name: faults for name, faults in found.items() if faults} == {}


def wider(page: Page) -> list[str]:
    """A page never needs scrolling to the side; a wide table scrolls in its own frame."""
    extra = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"{extra} px wider than the screen"] if extra > 0 else []


def test_everything_works_without_scripts(site: str, page_factory: PageFactory) -> None:
    page = page_factory(width=390, height=844, java_script_enabled=False, locale="fr-FR")
    page.goto(f"{site}/")
    expect(page).to_have_url(f"{site}/fr/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Risque à Northbridge : Haut")
    page.get_by_label("Code postal ou nom du lieu").fill("le port")
    page.get_by_role("button", name="Voir mon secteur").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Le Port")
    expect(page.get_by_role("heading", name="Masques en magasin")).to_be_visible()
    page.get_by_role("link", name=re.compile("^Pourquoi ?")).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ouest : masques en magasin")
    page.get_by_role("link", name="العربيّة").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("الغرب: الكمامة في المتاجر")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")


def test_no_cookie_is_ever_set(site: str, page_factory: PageFactory) -> None:
    page = page_factory()
    for path in ("", "area/?q=harbour", "map/", "data/"):
        page.goto(f"{site}/en/{path}")
    assert page.context.cookies() == []


def test_the_first_tab_skips_to_the_content(site: str, page: Page) -> None:
    page.goto(f"{site}/en/what-to-do/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to main content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_a_search_needs_the_keyboard_alone(site: str, page: Page) -> None:
    page.goto(f"{site}/en/")
    page.get_by_label("Postcode or name of the place").focus()
    page.keyboard.type("4050")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Harbour")


def test_text_four_times_as_large_still_fits(site: str, page_factory: PageFactory) -> None:
    page = page_factory(width=320, height=640)
    for path in ("", "area/10001/", "decisions/3/", "data/"):
        page.goto(f"{site}/en/{path}")
        assert wider(page) == [], path


def test_paper_carries_the_release_and_leaves_out_the_navigation(site: str, page: Page) -> None:
    page.emulate_media(media="print")
    page.goto(f"{site}/en/area/10001/")
    expect(page.locator(".print-foot")).to_contain_text("Release 5")
    expect(page.locator(".print-foot")).to_contain_text("/en/area/10001/")
    expect(page.get_by_role("navigation", name="Main")).to_be_hidden()
    screenshot(page, "public/area-print")


def test_help_is_in_the_same_place_everywhere(site: str, page: Page) -> None:
    places = set()
    for path in PAGES.values():
        page.goto(f"{site}/en/{path}")
        box = page.get_by_role("link", name="Help: 0800 116 117").bounding_box()
        assert box is not None
        places.add((round(box["x"]), round(box["y"])))
    assert len(places) == 1
