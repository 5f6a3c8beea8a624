"""Keep the linear algebra of small matrices, and trees of small tables, in one thread, where threads would only wait for each other."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def in_one_thread(call: Callable[P, R]) -> Callable[P, R]:
    """Run a function without the threads of the linear algebra and the trees beneath it; sums are then the same on every machine."""

    @wraps(call)
    def alone(*given: P.args, **named: P.kwargs) -> R:
        from threadpoolctl import threadpool_limits

        with threadpool_limits(1):
            return call(*given, **named)

    return alone
