"""Guards that a connection needs: without this setting SQLite's REPLACE deletes behind the triggers' back."""

from __future__ import annotations

from typing import Any

from django.db.backends.signals import connection_created
from django.dispatch import receiver


@receiver(connection_created, dispatch_uid="salus.gather.store.guard")
def fire_triggers_on_replace(connection: Any, **_: Any) -> None:
    """Make `INSERT OR REPLACE` run the trigger that refuses deletion."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA recursive_triggers = ON")
