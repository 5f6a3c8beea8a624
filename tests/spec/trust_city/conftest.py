"""People, places and a moment for the tests of trust and city."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from salus.base import clock
from salus.city.schemas import ZoneDraft
from salus.trust.schemas import Viewer
from salus.trust.selectors import system_viewer, viewer_for
from salus.trust.services import person_create, role_assign, roles_load

SYSTEM = system_viewer("tests")
START = datetime(2021, 11, 15, 9, tzinfo=UTC)
Box = tuple[float, float, float, float]


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> None:
    settings.SALUS_DATA_DIR = tmp_path


@pytest.fixture
def at() -> Iterator[Callable[[datetime], None]]:
    """Move the held clock."""
    with clock.fixed_at(START):

        def move(moment: datetime) -> None:
            clock._fixed.set(moment)

        yield move


@pytest.fixture
def somebody(db: None) -> Callable[..., Viewer]:
    """Make a person with a role and return them as a viewer."""
    roles_load(by=SYSTEM)

    def make(username: str = "amira", role: str | None = "duty_officer", **where: Any) -> Viewer:
        made = person_create(username=username, name=f"{username.title()} Haddad", by=SYSTEM)
        if role:
            role_assign(person=made.id, role=role, by=SYSTEM, **where)
        return viewer_for(person=made.id)

    return make


def box(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    """Return a rectangle as GeoJSON."""
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def small_city() -> list[ZoneDraft]:
    """Return four zones in two districts around (0, 0), and the city."""
    return [
        ZoneDraft("city", {"en": "Testville", "fr": "Villetest"}, "city"),
        ZoneDraft("W", {"en": "West", "fr": "Ouest"}, "district", "city"),
        ZoneDraft("E", {"en": "East", "fr": "Est"}, "district", "city"),
        ZoneDraft("W1", {"en": "Old Harbour", "fr": "Vieux-Port"}, "zone", "W", box(0, 0, 1, 1), ["1001", "10 02"]),
        ZoneDraft("W2", {"en": "Île Saint-Étienne"}, "zone", "W", box(0, 1, 1, 2), ["2001"]),
        ZoneDraft("E1", {"en": "Garden City", "ar": "مدينة الحدائق"}, "zone", "E", box(1, 0, 2, 1)),
        ZoneDraft("E2", {"en": "Étoile"}, "zone", "E", box(1, 1, 2, 2)),
    ]


def ids_of(viewer: Viewer) -> dict[str, UUID]:
    """Return the ids of the zones by their code."""
    from salus.city import selectors

    return {row.code: row.id for row in selectors.zone_list(viewer=viewer)}
