"""Runs an installer and shows how far it is. Standard library only."""

import os
import re
import subprocess
import sys
import time
from collections import deque
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOG = ROOT / "build" / "install.log"
# pip says "Collecting django==5.2" and "Requirement already satisfied: django==5.2".
STEP = re.compile(r"^(?:Collecting|Requirement already satisfied:) ([\w.-]+)")
NOTE = re.compile(r"^ *(Installing|Resolved|Prepared|Downloading|Downloaded|Installed|Checked)\b")
EVERY_SECONDS = 5.0


class InstallError(Exception):
    """Something that a person has to read about."""


def say(text: str) -> None:
    """Tell the person at the keyboard what happens."""
    print(f"salus: {text}", file=sys.stderr, flush=True)


def installing(command: list[str], what: str, total: int) -> None:
    """Run an installer; on failure raise with the end of what it said."""
    say(f"installing {what} ({total} package{'s' if total != 1 else ''})")
    LOG.parent.mkdir(exist_ok=True)
    last: deque[str] = deque(maxlen=15)
    meter = Meter(total)
    with LOG.open("a") as log:
        process = start(command)
        assert process.stdout is not None
        for line in process.stdout:
            log.write(line)
            last.append(line.rstrip())
            meter.read(line)
    meter.close()
    if process.wait():
        raise InstallError(f"could not install {what}:\n" + "\n".join(last) + f"\n(all of it: {LOG})")


def start(command: list[str]) -> "subprocess.Popen[str]":
    """Start an installer whose settings from outside cannot send it elsewhere."""
    environment = {**os.environ, "PIP_USER": "0", "PIP_NO_INPUT": "1", "NO_COLOR": "1"}
    environment.update(PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_PROGRESS_BAR="off")
    for name in ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "VIRTUAL_ENV"):
        environment.pop(name, None)
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )


class Meter:
    """Counts packages: on one line of a terminal, else a line every few seconds."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.seen: set[str] = set()
        self.live = sys.stderr.isatty()
        self.next_at = time.monotonic() + EVERY_SECONDS

    def read(self, line: str) -> None:
        """Take one line of the installer's output."""
        if step := STEP.match(line):
            self.seen.add(step[1])
            self.show(f"{len(self.seen)} of {self.total}: {step[1]}")
        elif NOTE.match(line):
            self.show(line.strip()[:60])

    def show(self, text: str) -> None:
        """Show where the installer is, if it is time."""
        if self.live:
            print(f"\r\033[Ksalus:   {text}", end="", file=sys.stderr, flush=True)
        elif time.monotonic() >= self.next_at:
            self.next_at = time.monotonic() + EVERY_SECONDS
            say(f"  {text}")

    def close(self) -> None:
        """Leave the terminal's line clean."""
        if self.live:
            print("\r\033[K", end="", file=sys.stderr, flush=True)
