"""Requests a second of `Now` at 50 signed-in clients, beside trivial pages of the same server.

Uses wrk where it is installed (its own work is small beside the server's); otherwise a client in Python,
which makes the pages look more alike than they are: the result names the client. Clients take gzip, as browsers do.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CLIENTS = 50
PAGES = {
    "now": "/ops/",
    "trivial, signed in": "/ops/search?q=",
    "trivial, open to all": "/healthz",
}
LUA = """
local cookies = {%s}
local n = 0
function request()
  n = n %% #cookies + 1
  return wrk.format("GET", nil, {["Cookie"] = cookies[n], ["Accept-Encoding"] = "gzip"})
end
"""


def prepare(folder: Path) -> None:
    """Make the demo city in a folder of its own."""
    command = [sys.executable, "-m", "salus.config.cli", "demo", "--no-serve", "--data", str(folder)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    # The clock runs, as it does in a city: what is kept must be made anew as time passes.
    command = [sys.executable, "-m", "salus.config.cli", "replay", "--speed", "60x", "--data", str(folder)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment(folder))


def sign_in(folder: Path) -> list[str]:
    """Return the cookies of 50 sessions of the demo's people."""
    code = (
        "import django; django.setup()\n"
        "from django.conf import settings\n"
        "from django.contrib.auth import get_user_model, SESSION_KEY, BACKEND_SESSION_KEY, HASH_SESSION_KEY\n"
        "from django.contrib.sessions.backends.cached_db import SessionStore\n"
        "people = list(get_user_model().objects.filter(is_active=True, is_demo=True))\n"
        f"for n in range({CLIENTS}):\n"
        "    person = people[n % len(people)]; s = SessionStore()\n"
        "    s[SESSION_KEY] = str(person.pk); s[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]\n"
        "    s[HASH_SESSION_KEY] = person.get_session_auth_hash(); s.create(); print(s.session_key)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(folder), capture_output=True, text=True, check=True
    )
    # A browser that has seen one page has both cookies.
    return [f"sessionid={key}; csrftoken={key}" for key in done.stdout.split()]


def environment(folder: Path) -> dict[str, str]:
    """Return the settings of the measured installation."""
    return {
        **os.environ,
        "SALUS_DATA_DIR": str(folder),
        "SALUS_DEMO": "1",
        "DJANGO_SETTINGS_MODULE": "salus.config.settings",
    }


@contextmanager
def server(folder: Path, port: int) -> Iterator[str]:
    """Run the web process as `./salus up` does."""
    from salus.config.processes.supervisor import processes

    command = next(p.command for p in processes("127.0.0.1", port, port + 1) if p.name == "web")
    with (folder / "web.log").open("wb") as log:
        running = subprocess.Popen(command, env=environment(folder), stdout=log, stderr=log)
    root = f"http://127.0.0.1:{port}"
    try:
        for _ in range(400):
            try:
                urllib.request.urlopen(f"{root}/healthz", timeout=1)
                break
            except OSError:
                time.sleep(0.2)
        # The first worker answers while the second still starts.
        time.sleep(8)
        yield root
    finally:
        running.terminate()
        try:
            running.wait(15)
        except subprocess.TimeoutExpired:
            running.kill()


def rate_by_wrk(url: str, cookies: list[str], seconds: int) -> float:
    """Return requests a second, measured by wrk."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(LUA % ", ".join(json.dumps(cookie) for cookie in cookies))
        script.flush()
        command = ["wrk", "-t1", f"-c{CLIENTS}", f"-d{seconds}s", "-s", script.name, url]
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in text:
        raise SystemExit(f"{url} did not answer 200:\n{text}")
    found = re.search(r"Requests/sec:\s+([\d.]+)", text)
    assert found is not None
    return float(found.group(1))


async def _client(url: str, cookie: str, until: float) -> int:
    host, port, path = re.match(r"http://([^:]+):(\d+)(.*)", url).groups()  # type: ignore[union-attr]
    reader, writer = await asyncio.open_connection(host, int(port))
    request = (
        f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nCookie: {cookie}\r\nAccept-Encoding: gzip\r\n\r\n".encode()
    )
    count = 0
    while time.monotonic() < until:
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = re.search(r"content-length: (\d+)", head)
        await reader.readexactly(int(length.group(1)) if length else 0)
        count += head.startswith("http/1.1 200")
    writer.close()
    return count


async def _all_clients(url: str, cookies: list[str], seconds: int) -> int:
    until = time.monotonic() + seconds
    return sum(await asyncio.gather(*(_client(url, cookie, until) for cookie in cookies)))


def rate_by_python(url: str, cookies: list[str], seconds: int) -> float:
    """Return requests a second, measured by our own client."""
    return asyncio.run(_all_clients(url, cookies, seconds)) / seconds


@contextmanager
def told(log: Path) -> Iterator[None]:
    """Show what the server said where a measurement fails."""
    try:
        yield
    except BaseException:
        print(log.read_text(errors="replace")[-3000:])
        raise


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Follow nothing: a redirect would mean that a client is not signed in."""


def check(root: str, cookies: list[str]) -> int:
    """Make sure that every client sees the real page, and return its size."""
    opener, size = urllib.request.build_opener(_NoRedirect), 0
    for cookie in cookies:
        for name, path in PAGES.items():
            answer = opener.open(urllib.request.Request(root + path, headers={"Cookie": cookie}), timeout=30)
            body = answer.read()
            if answer.status != 200 or (name == "now" and b"now-map" not in body):
                raise SystemExit(f"{path} is not shown to a client ({answer.status}).")
            size = max(size, len(body))
    return size


def measure(root: str, cookies: list[str], *, seconds: int, rounds: int) -> dict[str, float]:
    """Return the best rate of each page over rounds in which the pages take turns."""
    rate = rate_by_wrk if shutil.which("wrk") else rate_by_python
    best = dict.fromkeys(PAGES, 0.0)
    for _ in range(rounds):
        for name, path in PAGES.items():
            best[name] = max(best[name], rate(root + path, cookies, seconds))
    return best


def main() -> None:
    """Measure and keep the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=6)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--port", type=int, default=8790)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="salus-bench-") as folder:
        data = Path(folder) / "demo"
        prepare(data)
        cookies = sign_in(data)
        with server(data, options.port) as root, told(data / "web.log"):
            size = check(root, cookies)
            measure(root, cookies, seconds=2, rounds=1)
            best = measure(root, cookies, seconds=options.seconds, rounds=options.rounds)
    result = {
        "what": "Now at 50 clients",
        "client": "wrk" if shutil.which("wrk") else "python",
        "page_kb": round(size / 1024, 1),
        "requests_per_second": {name: round(value, 1) for name, value in best.items()},
        "ratio_to_trivial_signed_in": round(best["now"] / best["trivial, signed in"], 3),
        "ratio_to_trivial_open": round(best["now"] / best["trivial, open to all"], 3),
        "goal": 0.6,
    }
    print(json.dumps(result, indent=2))
    target = Path(__file__).parents[1] / "results" / "web-now.json"
    target.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
