"""Making the next thing ready while the present one is being used."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def one_ahead(items: Iterable[T], make: Callable[[T], R]) -> Iterator[tuple[T, R]]:
    """Yield each item with what is made of it, the next one being made in a thread meanwhile."""
    left = iter(items)

    def step() -> tuple[T, R] | None:
        item = next(left, None)
        return None if item is None else (item, make(item))

    with ThreadPoolExecutor(max_workers=1) as thread:
        coming = thread.submit(step)
        while (ready := coming.result()) is not None:
            coming = thread.submit(step)
            yield ready
