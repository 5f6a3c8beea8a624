"""The tables of the base: nothing here knows what the records are about."""

from salus.base.models.audit import AuditCheckpoint, AuditEntry, AuditSeal
from salus.base.models.chain import ChainLink
from salus.base.models.clock import ClockState
from salus.base.models.jobs import Job
from salus.base.models.outbox import Event, FailedDelivery, Subscription

__all__ = [
    "AuditCheckpoint",
    "AuditEntry",
    "AuditSeal",
    "ChainLink",
    "ClockState",
    "Event",
    "FailedDelivery",
    "Job",
    "Subscription",
]
