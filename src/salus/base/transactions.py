"""The order of commits, on both databases."""

from __future__ import annotations

from django.db import connection


def current_txid() -> int:
    """Return the writing transaction's number on PostgreSQL, and 0 on SQLite (one writer at a time)."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        return int(cursor.fetchone()[0])


def settled_txid() -> int | None:
    """Return the number below which every transaction has ended, or None where all that is seen is settled."""
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        return int(cursor.fetchone()[0])
