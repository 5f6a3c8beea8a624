"""Take the pictures of the guide: a default demo plays for some minutes, and is looked at where something happens.

    python -m tests.e2e.pictures

The pictures go to docs/guide/img. Nobody acts but the demo's own crew, so they show what any newcomer sees.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.e2e.ops.conftest import OURS, _free_port
from tests.fixtures import chromium

IMAGES = chromium.ROOT / "docs" / "guide" / "img"
LINES = {
    "signals": "[data-queue] .title a",
    "decisions": "main tbody tr:has-text('Approved') a",
    "outcomes": "main tbody tr:not(:has-text('Cannot be told')) a",
}
PATIENCE = 900.0
BEAT = 3.0
# By then, some weeks later, what was decided shows in the curve.
LATER = 120.0


def begin(folder: Path, port: int) -> subprocess.Popen[bytes]:
    """Start the demo as a newcomer would, in a folder of its own."""
    command = [sys.executable, "-m", "salus.config.cli", "demo", "--data", str(folder / "data"), "--port", str(port)]
    clean = {name: value for name, value in os.environ.items() if not OURS.match(name)}
    return subprocess.Popen(command, env=clean, stdout=(folder / "told.txt").open("wb"), stderr=subprocess.STDOUT)


def password(folder: Path) -> str:
    """Wait until the demo is served; return the password of its people."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        text = (folder / "told.txt").read_text(encoding="utf-8")
        if "Ctrl-C stops it" in text and (found := re.search(r"password for each: (\S+)\)", re.sub(r"\s+", " ", text))):
            return found[1]
        time.sleep(1)
    raise TimeoutError("The demo did not start.")


def enter(page: Page, url: str, secret: str) -> None:
    """Sign in as the head of the centre."""
    page.goto(f"{url}/accounts/login/")
    page.get_by_label("Username").fill("marta")
    page.get_by_label("Password").fill(secret)
    page.get_by_label("Password").press("Enter")
    page.wait_for_url(f"{url}/ops/")


def follow(page: Page, url: str, kind: str) -> None:
    """Wait until a list has a line, then open the record behind its first."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        page.goto(f"{url}/ops/{kind}/")
        lines = page.locator(LINES[kind])
        if lines.count():
            page.goto(url + str(lines.first.get_attribute("href")))
            return
        time.sleep(BEAT)
    raise TimeoutError(f"There are no {kind} after {PATIENCE:.0f} s.")


def keep(page: Page, name: str) -> None:
    """Keep what the window shows."""
    page.wait_for_load_state("networkidle", timeout=5_000) if "/ops/" not in page.url else page.wait_for_timeout(700)
    page.screenshot(path=IMAGES / f"{name}.png")
    print(f"{name}.png", flush=True)


def tour(page: Page, url: str) -> None:
    """From the first signal to what came of a decision."""
    follow(page, url, "signals")
    page.goto(f"{url}/ops/")
    keep(page, "first-signal")
    follow(page, url, "decisions")
    keep(page, "decision")
    page.goto(f"{url}/en/")
    keep(page, "public")
    follow(page, url, "outcomes")
    keep(page, "outcome")
    page.wait_for_timeout(LATER * 1000)
    page.goto(f"{url}/ops/")
    keep(page, "now")
    page.get_by_role("heading", name=re.compile("^Cases")).scroll_into_view_if_needed()
    page.mouse.wheel(0, 500)
    keep(page, "curve")


def main() -> None:
    """Play, look, and stop."""
    port = _free_port()
    url = f"http://localhost:{port}"
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        running = begin(Path(place), port)
        try:
            secret = password(Path(place))
            program = chromium.find()
            browser = playwright.chromium.launch(
                executable_path=str(program.path), args=list(chromium.FLAGS), env={**os.environ, **program.environment}
            )
            page = browser.new_page(viewport={"width": 1440, "height": 900}, reduced_motion="reduce", locale="en-GB")
            enter(page, url, secret)
            tour(page, url)
            browser.close()
        finally:
            running.send_signal(signal.SIGTERM)
            running.wait(timeout=60)


if __name__ == "__main__":
    main()
