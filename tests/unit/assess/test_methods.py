"""Every method folder is whole, and its own test passes on its own fixture."""

import importlib
import inspect
from collections.abc import Callable

import pytest

from salus.assess.methods import registry
from salus.assess.services.rule_tables import PACKS, checked, pack_text
from salus.base.errors import Invalid, NotFound


def folder_tests() -> list[tuple[str, Callable[[], None]]]:
    found = []
    for name in registry.names():
        module = importlib.import_module(f"salus.assess.methods.{name}.test_method")
        tests = [(label, item) for label, item in inspect.getmembers(module, inspect.isfunction)]
        found += [(f"{name}.{label}", item) for label, item in tests if label.startswith("test_")]
    return found


@pytest.mark.parametrize(("name", "test"), folder_tests(), ids=lambda part: part if isinstance(part, str) else "")
def test_a_method_keeps_its_word(name: str, test: Callable[[], None]) -> None:
    test()


@pytest.mark.parametrize("name", registry.names())
def test_a_method_folder_is_whole(name: str) -> None:
    method = registry.get(name)
    assert {"en", "fr", "ar"} <= set(method.manifest.purpose)
    assert all(doi.startswith("https://doi.org/10.") for doi in method.manifest.doi)
    assert method.fixture
    assert callable(method.module.run)
    tests = [label for label, _ in folder_tests() if label.startswith(f"{name}.")]
    assert tests, f"{name} has no test of its own"


def test_the_packs_name_methods_that_there_are() -> None:
    for path in PACKS.glob("*.yaml"):
        plan = checked(pack_text(path.stem), name=path.name).plan
        for kind in ("detector", "nowcast", "rt", "forecast"):
            registry.get(getattr(plan, kind).method, kind)


def test_a_method_is_not_used_for_another_kind_of_work() -> None:
    with pytest.raises(Invalid, match="ears_c2"):
        registry.get("cori", "detector")
    with pytest.raises(NotFound, match="damped_ensemble"):
        registry.get("crystal_ball")


def test_the_kept_digest_changes_with_the_code() -> None:
    codes = {registry.get(name).as_dict("any")["code"] for name in registry.names()}
    assert len(codes) == len(registry.names())
    assert all(len(code) == 16 for code in codes)
