"""Starts the processes of an installation and stops them together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

GRACE_SECONDS = 8


@dataclass(slots=True)
class Process:
    """One process and the command that starts it."""

    name: str
    command: list[str]
    running: subprocess.Popen[bytes] | None = None
    starts: list[float] = field(default_factory=list)


def processes(host: str, port: int, live_port: int) -> list[Process]:
    """Return the web, the live stream, the job worker and the heart; in an exercise, its world and its director's hand too."""
    python = [sys.executable, "-m"]
    # An exercise has a world, and a director whose hand steers it.
    beside = ("world", "direct") if os.environ.get("SALUS_WORLD") else ()
    granian = [*python, "granian", "--host", host, "--no-ws", "--log-level", "warning"]
    return [
        Process(
            "web",
            [*granian, "--interface", "wsgi", "--port", str(port), "--workers", "2", "--blocking-threads", "4",
             "--backpressure", "256", "salus.config.wsgi:application"],
        ),
        Process(
            "live",
            [*granian, "--interface", "asgi", "--port", str(live_port), "--workers", "1",
             "--workers-kill-timeout", "3", "salus.config.processes.live:application"],
        ),
        Process("jobs", [*python, "salus.config.manage", "db_worker", "--interval", "0.2", "--no-startup-delay"]),
        Process("heart", [*python, "salus.config.cli", "heart"]),
        *(Process(name, [*python, "salus.config.cli", name]) for name in beside),
    ]  # fmt: skip


class Supervisor:
    """Keeps processes alive until it is told to stop; gives up on one that dies at once again and again."""

    def __init__(self, todo: list[Process], *, environment: dict[str, str], log_dir: Path) -> None:
        self.todo = todo
        # Every process has a core of its own at best: threads of linear algebra beneath them only wait for each other.
        self.environment = {"OMP_NUM_THREADS": "1", **os.environ, **environment}
        self.log_dir = log_dir
        self.stopping = threading.Event()

    def _start(self, process: Process) -> None:
        self.log_dir.mkdir(parents=True, exist_ok=True)
        with (self.log_dir / f"{process.name}.log").open("ab") as log:
            process.running = subprocess.Popen(
                process.command, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        process.starts = [t for t in process.starts if time.monotonic() - t < 30] + [time.monotonic()]

    def _check(self, process: Process) -> None:
        if process.running is None or process.running.poll() is None:
            return
        if len(process.starts) >= 5:
            path = self.log_dir / f"{process.name}.log"
            raise RuntimeError(f"The {process.name} process does not stay up. Read {path} for the reason.")
        self._start(process)

    def run(self, on_ready: Callable[[], None] | None = None, ready: Callable[[], bool] | None = None) -> None:
        """Start everything, say when it is ready, and wait for the signal to stop."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stopping.set())
        for process in self.todo:
            self._start(process)
        told = on_ready is None
        try:
            while not self.stopping.wait(0.3):
                for process in self.todo:
                    self._check(process)
                if not told and (ready is None or ready()):
                    told = True
                    assert on_ready is not None
                    on_ready()
        finally:
            self.stop()

    def stop(self) -> None:
        """Ask all to stop, and end those that do not within the grace."""
        live = [p.running for p in self.todo if p.running is not None and p.running.poll() is None]
        for child in live:
            os.killpg(child.pid, signal.SIGTERM)
        end = time.monotonic() + GRACE_SECONDS
        for child in live:
            try:
                child.wait(max(end - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
