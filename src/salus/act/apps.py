"""The act application."""

from django.apps import AppConfig


class ActConfig(AppConfig):
    """Tasks and their hand-overs."""

    name = "salus.act"
    label = "act"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Import what registers itself."""
        from salus.act import describers, jobs, receivers  # noqa: F401
