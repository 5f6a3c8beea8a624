"""The gather application."""

from django.apps import AppConfig


class GatherConfig(AppConfig):
    """Sources, series, the observation store, imports and the catalogue."""

    name = "salus.gather"
    label = "gather"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Import what registers itself."""
        from salus.gather import chain, jobs, receivers  # noqa: F401
        from salus.gather.cases import privacy  # noqa: F401
        from salus.gather.store import guard  # noqa: F401
