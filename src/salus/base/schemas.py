"""What crosses the edge of the base."""

from salus.base.audit.verifying import AuditVerdict
from salus.base.chain import Described, Link, Ref
from salus.base.clock import ClockReading
from salus.base.outbox import Happened

__all__ = ["AuditVerdict", "ClockReading", "Described", "Happened", "Link", "Ref"]
