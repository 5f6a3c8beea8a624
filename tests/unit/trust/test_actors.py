"""The product's own machinery has fixed identities that can be read back."""

from __future__ import annotations

import pytest

from salus.base.ids import new_id
from salus.trust.actors import system_id, system_name, system_viewer


@pytest.mark.parametrize("name", ["assess", "a", "first_start", "gather.sources-2", "x" * 22])
def test_a_short_name_can_be_read_back_from_its_identity(name: str) -> None:
    made = system_id(name)
    assert system_name(made) == name
    assert (made.version, made.variant) == (8, "specified in RFC 4122")
    assert system_viewer(name).id == made


def test_other_names_still_have_a_fixed_identity() -> None:
    assert system_id("A name of another kind") == system_id("A name of another kind")
    assert system_name(system_id("A name of another kind")) == ""


def test_a_persons_identity_is_never_taken_for_machinery() -> None:
    assert all(system_name(new_id()) == "" for _ in range(200))
