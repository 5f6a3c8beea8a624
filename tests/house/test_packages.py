"""Every package is built alike, and what one may not do to another is checked on the running models."""

from __future__ import annotations

import importlib
import inspect
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

from salus.base.versioned import Versioned

SOURCE = Path(__file__).parents[2] / "src" / "salus"
PACKAGES: list[str] = settings.PACKAGES
ROOMS = ("models", "services", "selectors", "schemas", "events", "receivers", "permissions")


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_has_every_room(package: str) -> None:
    folder = SOURCE / package
    missing = [room for room in ROOMS if not (folder / f"{room}.py").exists() and not (folder / room).is_dir()]
    missing += [name for name in ("README.md", "migrations", "apps.py") if not (folder / name).exists()]
    assert not missing, f"{package} lacks {missing}"


def public_functions(package: str, name: str) -> Iterator[tuple[str, object]]:
    """Return what a package offers under a room: its `__all__`, or all that is defined there."""
    module = importlib.import_module(f"salus.{package}.{name}")
    stated = getattr(module, "__all__", None)
    for label in stated or vars(module):
        function = getattr(module, label)
        own = stated is not None or getattr(function, "__module__", "") == module.__name__
        if inspect.isfunction(function) and own and not label.startswith("_"):
            yield f"{module.__name__}.{label}", function


@pytest.mark.parametrize("package", PACKAGES)
def test_every_service_is_keyword_only_ends_in_by_and_is_audited(package: str) -> None:
    bad = []
    for label, function in public_functions(package, "services"):
        parameters = list(inspect.signature(function).parameters.values())  # type: ignore[arg-type]
        if not parameters or parameters[-1].name != "by":
            continue
        if not hasattr(function, "audit_action"):
            bad.append(f"{label} writes without an audit row")
        if any(p.kind is not inspect.Parameter.KEYWORD_ONLY for p in parameters):
            bad.append(f"{label} takes positional arguments")
    assert not bad, bad


@pytest.mark.parametrize("package", [name for name in PACKAGES if name not in {"base", "trust"}])
def test_every_selector_takes_the_viewer(package: str) -> None:
    bad = []
    for label, function in public_functions(package, "selectors"):
        parameters = list(inspect.signature(function).parameters.values())  # type: ignore[arg-type]
        if not parameters or parameters[0].name != "viewer":
            bad.append(label)
    assert not bad, f"these read without asking who looks: {bad}"


def test_no_foreign_key_crosses_a_package() -> None:
    crossing = []
    for model in apps.get_models():
        if not model.__module__.startswith("salus."):
            continue
        for field in model._meta.get_fields():
            target = getattr(field, "related_model", None)
            ours = field.is_relation and isinstance(target, type) and target.__module__.startswith("salus.")
            if ours and target._meta.app_label != model._meta.app_label:
                crossing.append(f"{model.__name__}.{field.name} -> {target.__name__}")
    assert not crossing, crossing


def test_no_foreign_key_points_at_a_version() -> None:
    pointing = [
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey)
        and isinstance(field.related_model, type)
        and issubclass(field.related_model, Versioned)
    ]
    assert not pointing, pointing


def test_the_web_process_imports_no_numerics() -> None:
    code = (
        "import os, sys, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'salus.config.testing'\n"
        "import salus.config.wsgi\n"
        "from django.urls import get_resolver; get_resolver().url_patterns\n"
        "bad = [m for m in ('numba', 'scipy', 'lightgbm', 'ortools', 'salus.epi', 'salus.optimise') if m in sys.modules]\n"
        "print(','.join(bad))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "", f"the web process imports {done.stdout.strip()}"
