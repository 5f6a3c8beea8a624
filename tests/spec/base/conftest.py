"""Somebody to act in the tests of the base."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

import pytest

from salus.base.ids import new_id


@dataclass(frozen=True)
class Somebody:
    """An actor without rights: the base asks for none."""

    id: UUID = field(default_factory=new_id)
    kind: str = "person"


@pytest.fixture
def somebody() -> Somebody:
    return Somebody()
