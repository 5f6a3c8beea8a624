"""The design system stands alone: it renders under its own small settings, with no database."""

import pytest
from django.test import RequestFactory
from django.utils import translation


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def rf():
    return RequestFactory()


@pytest.fixture(autouse=True)
def _plain_templates(settings):
    """The templates' own needs: the request, the language, a CSRF token; no user, no messages."""
    settings.TEMPLATES = [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.template.context_processors.i18n",
                ]
            },
        }
    ]
