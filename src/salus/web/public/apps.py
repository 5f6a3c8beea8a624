"""The public pages as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class PublicConfig(AppConfig):
    """Pages for everybody."""

    name = "salus.web.public"
    label = "public"
