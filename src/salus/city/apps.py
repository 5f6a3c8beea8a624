"""The city application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CityConfig(AppConfig):
    """Zones, populations, facilities and territories."""

    name = "salus.city"
    label = "city"
    verbose_name = _("City")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Import what registers itself."""
        from salus.city import jobs, receivers  # noqa: F401
