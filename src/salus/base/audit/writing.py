"""Writing the audit row in the transaction of the write."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from django.db import transaction

from salus.base import clock
from salus.base.actors import Actor
from salus.base.models import AuditEntry
from salus.base.transactions import current_txid

P = ParamSpec("P")
R = TypeVar("R")

_notes: ContextVar[dict[str, Any] | None] = ContextVar("salus_audit_notes", default=None)


def note(**details: Any) -> None:
    """Add details to the audit row of the service that is running; never personal data."""
    notes = _notes.get()
    if notes is not None:
        notes.update(details)


def record(
    *,
    action: str,
    by: Actor,
    record_kind: str = "",
    record_id: UUID | None = None,
    purpose: str = "",
    detail: dict[str, Any] | None = None,
) -> AuditEntry:
    """Write one audit row."""
    return AuditEntry.objects.create(
        txid=current_txid(),
        wall_at=clock.wall_now(),
        recorded_at=clock.now(),
        by_id=by.id,
        by_kind=by.kind,
        action=action,
        record_kind=record_kind,
        record_id=record_id,
        purpose=purpose,
        detail=detail or {},
    )


def _target(result: object) -> tuple[str, UUID | None]:
    if isinstance(result, UUID):
        return "", result
    found = getattr(result, "id", None)
    kind = getattr(getattr(result, "_meta", None), "label_lower", "") or type(result).__name__.lower()
    return (kind, found) if isinstance(found, UUID) else ("", None)


def audited(action: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function a service: one transaction, one audit row, a keyword-only `by` at its end."""

    def wrap(function: Callable[P, R]) -> Callable[P, R]:
        parameters = list(inspect.signature(function).parameters.values())
        if not parameters or parameters[-1].name != "by":
            raise TypeError(f"{function.__qualname__} must end in 'by'.")
        if any(p.kind is not inspect.Parameter.KEYWORD_ONLY for p in parameters):
            raise TypeError(f"{function.__qualname__} must be keyword-only.")

        @functools.wraps(function)
        def service(*args: P.args, **kwargs: P.kwargs) -> R:
            details: dict[str, Any] = {}
            token = _notes.set(details)
            try:
                with transaction.atomic():
                    result = function(*args, **kwargs)
                    kind, target = _target(result)
                    by: Any = kwargs["by"]
                    record(action=action, by=by, record_kind=kind, record_id=target, detail=details)
                    return result
            finally:
                _notes.reset(token)

        service.audit_action = action  # type: ignore[attr-defined]
        return service

    return wrap
