"""The loop in a browser: a signal is judged, a decision made by two people, and the public told."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.ops.conftest import Demo
from tests.fixtures.browser import errors_of

Enter = Callable[..., Page]


def judge_a_signal(amira: Page, demo: Demo) -> None:
    """By keys alone: j goes to the first line, c confirms it."""
    amira.goto(f"{demo.url}/ops/signals/")
    first = amira.locator("[data-queue] > [data-item]").first
    title = first.locator(".title").inner_text()
    amira.keyboard.press("j")
    expect(first).to_be_focused()
    amira.keyboard.press("c")
    expect(amira.get_by_text("The signal is confirmed.")).to_be_visible()
    amira.goto(f"{demo.url}/ops/signals/?status=confirmed")
    expect(amira.locator("[data-queue]")).to_contain_text(title)


def write_a_decision(amira: Page, demo: Demo) -> str:
    """From an open proposal to a decision that waits for a second person."""
    amira.goto(f"{demo.url}/ops/plan/")
    amira.locator("[data-queue] .title a").first.click()
    amira.get_by_role("button", name="Begin a decision").click()
    amira.locator("input[name=option]").last.check()
    amira.get_by_label("Why this one?").fill("Cases rise in most districts.")
    for box in amira.locator("textarea[name^=why_]").all():
        box.fill("It would do too little.")
    amira.get_by_label("Who answers for it?").select_option(label="Marta Silva (head)")
    for language in ("en", "fr", "ar"):
        amira.locator(f"[name=title_{language}]").fill("Masks in all trams")
    amira.get_by_role("button", name="Keep the draft").click()
    expect(amira.get_by_text("The draft is kept.")).to_be_visible()
    amira.get_by_role("button", name="Hand it to a second person").click()
    expect(amira.get_by_role("main").get_by_text("It waits for a second person.")).to_be_visible()
    expect(amira.get_by_role("button", name="Approve")).to_have_count(0)
    return re.sub(r"\?.*", "", amira.url)


def tell_the_public(lea: Page, decision: str) -> None:
    """The alert and the decision itself."""
    lea.goto(decision)
    lea.get_by_role("button", name="Draft an alert").click()
    lea.get_by_role("button", name="Publish").click()
    expect(lea.get_by_text("The alert is out.")).to_be_visible()
    lea.goto(decision)
    lea.get_by_role("button", name="Tell the public").click()
    expect(lea.get_by_role("heading", name="Published")).to_be_visible()


def test_from_a_signal_to_the_public_page(demo: Demo, enter: Enter) -> None:
    amira, marta, lea = enter("amira"), enter("marta"), enter("lea")
    # Marta has Now open all the while: what waits for her comes by itself.
    marta.goto(f"{demo.url}/ops/")
    expect(marta.locator("[data-live-state]")).to_have_attribute("data-state", "live", timeout=30_000)
    waiting = marta.locator("#now-waiting")
    expect(waiting).not_to_contain_text("Masks in all trams")

    judge_a_signal(amira, demo)
    decision = write_a_decision(amira, demo)
    expect(waiting).to_contain_text("Masks in all trams", timeout=30_000)

    waiting.get_by_role("link", name="Masks in all trams").click()
    marta.get_by_role("button", name="Approve").click()
    expect(marta.get_by_text("The decision is approved")).to_be_visible()
    expect(marta.locator("#dec-tasks [data-item]").first).to_be_visible(timeout=60_000)

    tell_the_public(lea, decision)
    number = re.search(r"Decision (\d+)", lea.locator(".page-head").inner_text())
    assert number is not None
    lea.goto(f"{demo.url}/en/decisions/{number[1]}/")
    expect(lea.get_by_role("heading", level=1)).to_have_text("Masks in all trams")
    assert [error for page in (amira, marta, lea) for error in errors_of(page)] == []
