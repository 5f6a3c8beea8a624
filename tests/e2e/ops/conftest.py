"""A demo of its own, with its web, live, worker and heart processes, and signed-in browsers in it."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.fixtures.browser import PageFactory

# A day on which the wave of the replayed city rises: the first assessment raises signals, levels and proposals.
FROM = "2026-07-04"
PATIENCE = 180
OURS = re.compile("^(SALUS_|DJANGO_SETTINGS_MODULE)")


@dataclass(frozen=True)
class Demo:
    """Where a demo is served, and the password of its people."""

    url: str
    password: str


def _free_port() -> int:
    """Return a port that is free together with the one after it."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port


def _started(running: subprocess.Popen[bytes], told: Path) -> str:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        text = told.read_text(encoding="utf-8")
        if "Ctrl-C stops it" in text:
            return text
        if running.poll() is not None:
            break
        time.sleep(0.3)
    pytest.fail(f"The demo did not start:\n{told.read_text(encoding='utf-8')[-2000:]}")


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo without its crew, whose clock hardly moves."""
    folder, port = tmp_path_factory.mktemp("demo"), _free_port()
    told = folder / "told.txt"
    command = [sys.executable, "-m", "salus.config.cli", "demo", "--no-crew", "--data", str(folder / "data")]
    command += ["--city", "builtin", "--port", str(port), "--from-date", FROM, "--speed", "1d/3600s"]
    env = {name: value for name, value in os.environ.items() if not OURS.match(name)}
    with told.open("wb") as log:
        running = subprocess.Popen(command, env=env, stdout=log, stderr=subprocess.STDOUT)
    try:
        text = _started(running, told)
        found = re.search(r"password for each: (\S+)\)", re.sub(r"\s+", " ", text))
        assert found, text
        yield Demo(f"http://localhost:{port}", found[1])
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(timeout=30)


@pytest.fixture(scope="session")
def _cookies() -> dict[str, Any]:
    """The sessions of people who have signed in already."""
    return {}


@pytest.fixture
def enter(demo: Demo, page_factory: PageFactory, _cookies: dict[str, Any]) -> Callable[..., Page]:
    """Open a browser in which a person of the demo has signed in."""

    def make(username: str, **options: Any) -> Page:
        page = page_factory(storage_state=_cookies.get(username), **{"width": 1440, "height": 900, **options})
        page.set_default_timeout(30_000)
        if username not in _cookies:
            page.goto(f"{demo.url}/accounts/login/")
            page.get_by_label("Username").fill(username)
            page.get_by_label("Password").fill(demo.password)
            page.get_by_label("Password").press("Enter")
            page.wait_for_url(f"{demo.url}/ops/")
            _cookies[username] = page.context.storage_state()
        return page

    return make
