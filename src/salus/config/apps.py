"""The assembly: the only package that sees everything."""

from django.apps import AppConfig


class SalusConfig(AppConfig):
    """Commands and checks over the whole product."""

    name = "salus.config"
    label = "salus_config"

    def ready(self) -> None:
        """Register the jobs that stand above every package."""
        from salus.config.processes.stage import jobs  # noqa: F401
