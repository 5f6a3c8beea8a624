"""The decide application."""

from django.apps import AppConfig


class DecideConfig(AppConfig):
    """Decisions, alerts and releases."""

    name = "salus.decide"
    label = "decide"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Import what registers itself."""
        from salus.decide import describers, jobs, receivers  # noqa: F401
