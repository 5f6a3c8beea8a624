"""The audit: every write leaves exactly one row, sealed into a hash chain."""

from salus.base.audit.writing import audited, note, record

__all__ = ["audited", "note", "record"]
