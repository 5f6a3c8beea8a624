"""How a desk keeps its stages: it starts them, tells them what is wanted, and writes what became of them."""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import UUID

from salus.base.selectors import job_get
from salus.config.processes.stage import locking
from salus.config.processes.stage.environment import environment_of
from salus.config.processes.stage.jobs import CANCELLED
from salus.plan.exercises.schemas import RunRow
from salus.plan.exercises.selectors import run_list
from salus.plan.exercises.services import run_state_record
from salus.plan.exercises.stages import Stage, stage_at
from salus.plan.exercises.writing import instruct_row
from salus.trust.actors import system_viewer

log = logging.getLogger(__name__)
MOST_STARTS, WITHIN_SECONDS = 4, 120.0
# A stage needs a while until it stands; meanwhile it is not started again.
PORTS_TRIED = 20


@dataclass(slots=True)
class _Started:
    child: subprocess.Popen[bytes] | None = None
    at: list[float] = field(default_factory=list)


class Keeper:
    """Keeps the stages of one desk."""

    def __init__(self) -> None:
        self._started: dict[UUID, _Started] = {}
        self._by = system_viewer("exercises")

    def __call__(self) -> None:
        """Do once what is to be done for every run that has a stage."""
        for row in run_list(viewer=self._by):
            if row.state in {"running", "paused"} or (row.state == "ended" and row.review):
                self._keep(row, stage_at(row.folder))
            elif row.state == "preparing" and row.job_id is not None:
                self._look_after(row, row.job_id)

    def _keep(self, row: RunRow, stage: Stage) -> None:
        instruct_row(row.id, stage)
        if not row.here:
            self._stand(row, stage)
        status = stage.said()
        if status is not None and status.state == "ended" and row.state in {"running", "paused"}:
            run_state_record(run=row.id, state="ended", by=self._by)

    def _look_after(self, row: RunRow, job: UUID) -> None:
        """Write that a stage will not be made, where the work on it ended before it could say so."""
        ended = job_get(job=job)
        if ended.status in {"failed", "cancelled"}:
            words = CANCELLED if ended.status == "cancelled" else ended.error.strip().splitlines()[-1:]
            run_state_record(run=row.id, state="failed", problem="".join(words), by=self._by)

    def _stand(self, row: RunRow, stage: Stage) -> None:
        """Start the stage where it does not stand; give up on one that dies again and again."""
        known = self._started.setdefault(row.id, _Started())
        if known.child is not None and known.child.poll() is None:
            return
        if locking.holder(stage.lock) is not None:
            return
        known.at = [moment for moment in known.at if time.monotonic() - moment < WITHIN_SECONDS]
        if len(known.at) >= MOST_STARTS:
            run_state_record(run=row.id, state="failed", problem=_last_words(stage), by=self._by)
            return
        port = _free_port(row.port)
        if port != row.port:
            run_state_record(run=row.id, state=row.state, port=port, by=self._by)
        known.child = start(stage, port)
        known.at.append(time.monotonic())

    def close(self) -> None:
        """Stop the stages with their desk; they go on when it does."""
        for row in run_list(viewer=self._by):
            pid = None if row.here else locking.holder(stage_at(row.folder).lock)
            if pid:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGTERM)


def start(stage: Stage, port: int, *, pages: bool = True) -> subprocess.Popen[bytes]:
    """Start a stage's own processes."""
    logs = stage.data / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    host = os.environ.get("SALUS_HOST", "127.0.0.1")
    command = [sys.executable, "-m", "salus.config.cli", "stage", str(stage.data), "--port", str(port), "--host", host]
    command += [] if pages else ["--no-web"]
    with (logs / "stage.log").open("ab") as out:
        return subprocess.Popen(command, env=environment_of(stage), stdout=out, stderr=out, start_new_session=True)


def _last_words(stage: Stage) -> str:
    path = stage.data / "logs" / "stage.log"
    lines = path.read_text(encoding="utf-8", errors="replace").strip().splitlines() if path.exists() else []
    return " ".join(lines[-3:]) or "The stage does not stay up."


def _free_port(wanted: int) -> int:
    """Return the wanted port, or the next block of ports whose first two are free."""
    host = os.environ.get("SALUS_HOST", "127.0.0.1")
    for place in range(PORTS_TRIED):
        port = wanted + 10 * place
        if all(_is_free(host, port + step) for step in (0, 1)):
            return port
    return wanted


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
