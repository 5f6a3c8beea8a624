"""A person makes their sign-in safer in a real browser: codes from an app, recovery codes, a passkey."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.ops.conftest import Demo
from tests.fixtures.browser import PageFactory, axe, errors_of

pytestmark = pytest.mark.slow


def code_of(secret: str, at: float) -> str:
    """The code of RFC 6238 that an app shows at a moment."""
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", int(at) // 30), hashlib.sha1).digest()
    place = digest[-1] & 15
    number = struct.unpack(">I", digest[place : place + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


def sign_in(page: Page, demo: Demo, username: str) -> None:
    page.goto(f"{demo.url}/accounts/login/")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(demo.password)
    page.get_by_label("Password").press("Enter")


def confirm(page: Page, demo: Demo) -> None:
    """Say the password again where the page asks for it."""
    if "reauthenticate" in page.url:
        assert axe(page) == []
        expect(page.get_by_text("ask your administrator")).to_be_visible()
        page.locator("input[name=password]").fill(demo.password)
        page.get_by_role("button", name="Confirm").click()


def activate(page: Page, demo: Demo) -> list[str]:
    """Take an app's codes into use; return the recovery codes."""
    page.goto(f"{demo.url}/accounts/2fa/totp/activate/")
    confirm(page, demo)
    assert axe(page) == []
    secret = page.locator("input[disabled], input[readonly]").first.input_value()
    page.locator("input[name=code]").fill("000000")
    page.get_by_role("button", name="Activate").click()
    expect(page.get_by_text("Incorrect code")).to_be_visible()
    page.locator("input[name=code]").fill(code_of(secret, time.time()))
    page.get_by_role("button", name="Activate").click()
    page.wait_for_url("**/recovery-codes/**")
    assert axe(page) == []
    return page.locator("textarea").input_value().split()


def answer(page: Page, demo: Demo, code: str) -> None:
    """Sign in with the password, then a code."""
    sign_in(page, demo, "kofi")
    page.wait_for_url("**/2fa/authenticate/**")
    page.goto(f"{demo.url}/ops/")
    assert "/accounts/" in page.url, "a password alone must not be enough"
    page.locator("input[name=code]").fill(code)
    page.get_by_role("button", name="Sign In").first.click()


def test_codes_from_an_app_guard_the_sign_in_and_each_recovery_code_replaces_them_once(
    demo: Demo, page_factory: PageFactory
) -> None:
    page = page_factory()
    sign_in(page, demo, "kofi")
    page.wait_for_url(f"{demo.url}/ops/")
    spare = activate(page, demo)
    assert len(spare) == 10

    first, second = page_factory(), page_factory()
    answer(first, demo, spare[0])
    first.wait_for_url(f"{demo.url}/ops/")
    answer(second, demo, spare[0])
    expect(second.get_by_text("Incorrect code")).to_be_visible()

    page.goto(f"{demo.url}/accounts/2fa/totp/deactivate/")
    confirm(page, demo)
    page.get_by_role("button", name="Deactivate").click()
    page.wait_for_url(f"{demo.url}/accounts/2fa/")
    last = page_factory()
    sign_in(last, demo, "kofi")
    last.wait_for_url(f"{demo.url}/ops/")


def a_key(page: Page) -> Callable[[], int]:
    """Put a key that knows its owner into the browser; what is returned counts the credentials on it."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    key = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]
    return lambda: len(devtools.send("WebAuthn.getCredentials", {"authenticatorId": key})["credentials"])


def test_a_passkey_signs_in_without_a_password(demo: Demo, page_factory: PageFactory) -> None:
    page = page_factory()
    held = a_key(page)
    sign_in(page, demo, "lea")
    page.wait_for_url(f"{demo.url}/ops/")
    page.goto(f"{demo.url}/accounts/2fa/webauthn/add/")
    confirm(page, demo)
    page.locator("input[name=name]").fill("My laptop")
    page.get_by_label(re.compile("passwordless", re.IGNORECASE)).check()
    page.get_by_role("button", name="Add").click()
    # The key answers before the page is sent: going on too soon would cut the sending short.
    page.wait_for_url(lambda url: "/add/" not in url)
    assert held() == 1

    page.context.clear_cookies()
    page.goto(f"{demo.url}/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{demo.url}/ops/")
    assert errors_of(page) == []

    page.goto(f"{demo.url}/accounts/2fa/webauthn/")
    confirm(page, demo)
    expect(page.get_by_text("My laptop")).to_be_visible()
    page.get_by_role("link", name=re.compile("Remove|Delete")).click()
    page.wait_for_url(re.compile("remove|delete|reauthenticate"))
    confirm(page, demo)
    page.get_by_role("button", name=re.compile("Remove|Delete")).click()
    expect(page.get_by_text("My laptop")).to_have_count(0)
