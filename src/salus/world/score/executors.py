"""Where many replays are played: in this process, a pool of processes, or Dask workers, by one setting."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context

from salus.world.errors import WorldError

SETTING = "SALUS_EXECUTOR"
KINDS = "'here', 'processes', 'processes:4', 'dask', 'dask:4' or 'dask://scheduler:8786'"


class BadExecutor(WorldError):
    """The setting names no place where work can be done, or nobody answers there."""


def setting() -> str:
    """Return where work is to be done, as the installation says it."""
    return os.environ.get(SETTING, "") or "processes"


@contextmanager
def executor_from(named: str | None = None) -> Iterator[Executor | None]:
    """Open the executor that a setting names and close it at the end; none means in this process."""
    kind, _, rest = (named or setting()).strip().partition(":")
    if kind == "here" and not rest:
        yield None
    elif kind == "processes":
        # Not forked: the process that asks may have threads, and Django's connections.
        with ProcessPoolExecutor(_count(rest), mp_context=get_context("spawn")) as pool:
            yield pool
    elif kind == "dask":
        with _dask(rest) as pool:
            yield pool
    else:
        raise BadExecutor(f"{SETTING} is '{named or setting()}', which names no executor. Write {KINDS}.")


def _count(text: str) -> int:
    if not text:
        return os.cpu_count() or 1
    if not text.isdigit() or not 0 < int(text) <= 4096:
        raise BadExecutor(f"'{text}' is no number of workers. Write {KINDS}.")
    return int(text)


@contextmanager
def _dask(rest: str) -> Iterator[Executor]:
    try:
        from distributed import Client, LocalCluster
    except ImportError as error:
        raise BadExecutor("Dask is not installed here. Install dask and distributed, or use 'processes'.") from error
    if rest.startswith("//"):
        try:
            client = Client(f"tcp:{rest}", timeout=15)
        except (OSError, ValueError) as error:
            raise BadExecutor(f"No Dask scheduler answers at {rest[2:]}: {error}. Start it, or use 'dask'.") from error
        with client:
            yield client.get_executor(retries=2)
        return
    options = {"threads_per_worker": 1, "dashboard_address": None, "host": "127.0.0.1"}
    with LocalCluster(n_workers=_count(rest), **options) as cluster, Client(cluster) as client:
        yield client.get_executor(retries=2)
