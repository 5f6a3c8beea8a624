"""The plan application."""

from django.apps import AppConfig


class PlanConfig(AppConfig):
    """Measures, playbooks and the proposals that rising levels raise."""

    name = "salus.plan"
    label = "plan"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Import what registers itself."""
        from salus.plan import describers, jobs, receivers  # noqa: F401
        from salus.plan.exercises import describers as exercise_describers  # noqa: F401
