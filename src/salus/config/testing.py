"""Settings for the tests: the product's own, with fast hashing and tasks that run at once."""

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("SALUS_DATA_DIR", tempfile.mkdtemp(prefix="salus-test-"))

from salus.config.settings import *  # noqa: F403

TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend", "QUEUES": ["default", "alerts"]}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
AXES_ENABLED = False
ALLOWED_HOSTS = ["*"]
