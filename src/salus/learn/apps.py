"""The learn application."""

from django.apps import AppConfig


class LearnConfig(AppConfig):
    """Outcomes of decisions, and indicators of the whole chain."""

    name = "salus.learn"
    label = "learn"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Import what registers itself."""
        from salus.learn import describers, jobs, receivers  # noqa: F401
        from salus.learn.scores import jobs as scoring  # noqa: F401
