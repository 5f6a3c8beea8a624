"""The base application."""

from django.apps import AppConfig


class BaseConfig(AppConfig):
    """Clock, ids, chain, outbox, jobs and audit."""

    name = "salus.base"
    label = "base"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Import what registers itself."""
        from salus.base import checks, jobs  # noqa: F401
