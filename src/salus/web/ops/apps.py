"""The operations room."""

from django.apps import AppConfig


class OpsConfig(AppConfig):
    """Pages for the emergency centre and its partners."""

    name = "salus.web.ops"
    label = "ops"
