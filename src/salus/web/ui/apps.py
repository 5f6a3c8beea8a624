"""The Django application of the design system."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UiConfig(AppConfig):
    """Registers the templates, static files and the ``ui`` tag library."""

    name = "salus.web.ui"
    label = "ui"
    verbose_name = _("Design system")
