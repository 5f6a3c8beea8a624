"""The assess application."""

from django.apps import AppConfig


class AssessConfig(AppConfig):
    """Signals, nowcasts, forecasts and risk levels."""

    name = "salus.assess"
    label = "assess"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Import what registers itself."""
        from salus.assess import chain, jobs, receivers  # noqa: F401
        from salus.assess.investigations import chain as investigations_chain  # noqa: F401
        from salus.assess.investigations import receivers as investigations_receivers  # noqa: F401
