"""Who is looking: a person's rights, kept by person and version so that a request asks once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from salus.base import clock
from salus.base.errors import NotFound
from salus.trust import vault
from salus.trust.models import Assignment, Person, Role
from salus.trust.schemas import Grant, Tier, Viewer

_KEPT = 1024
_lock = threading.Lock()
# Kept in this process only: a shared cache would hold names in plain text.
_viewers: OrderedDict[tuple[UUID, UUID], tuple[Viewer, datetime | None]] = OrderedDict()


def people_exist() -> bool:
    """Return whether anybody has an account; without one the first start makes an administrator."""
    return Person.objects.exists()


def viewer_for(*, person: UUID | Person, purpose: str = "response") -> Viewer:
    """Return a person as a viewer with the rights that they hold now."""
    row = person if isinstance(person, Person) else Person.objects.filter(id=person).first()
    if row is None:
        raise NotFound(_("There is no such person."))
    key = (row.id, row.access_stamp)
    with _lock:
        kept = _viewers.get(key)
    if kept is None or (kept[1] is not None and kept[1] <= clock.now()):
        kept = _build(row)
        with _lock:
            _viewers[key] = kept
            while len(_viewers) > _KEPT:
                _viewers.popitem(last=False)
    viewer = kept[0]
    return viewer if purpose == viewer.purpose else replace(viewer, purpose=purpose)


def _build(person: Person) -> tuple[Viewer, datetime | None]:
    moment = clock.now()
    held = Assignment.objects.known().filter(person_id=person.id, status="active")
    active = [row for row in held if row.until is None or row.until > moment] if person.is_active else []
    roles = {row.code: row for row in Role.objects.known().filter(code__in={row.role for row in active})}
    viewer = Viewer(
        id=person.id,
        kind="person",
        name=_name(person),
        organisation_id=person.organisation_id,
        grants=_grants(active, roles),
    )
    ends = [row.until for row in active if row.until is not None]
    return viewer, min(ends, default=None)


def _name(person: Person) -> str:
    seal = vault.seals_of([person.id]).get(person.id)
    return (seal.open("name", bytes(person.name_sealed)) if seal else "") or person.username


def _grants(active: Iterable[Assignment], roles: dict[str, Role]) -> tuple[Grant, ...]:
    """Return one grant for each role, its zones together."""
    zones: dict[str, set[UUID] | None] = {}
    for row in active:
        if row.role not in roles:
            continue
        if row.zone_id is None:
            zones[row.role] = None
        elif zones.setdefault(row.role, set()) is not None:
            zones[row.role].add(row.zone_id)  # type: ignore[union-attr]
    return tuple(
        Grant(
            role=code,
            permissions=frozenset(roles[code].permissions),
            zones=None if found is None else frozenset(found),
            max_tier=Tier(roles[code].max_tier),
            purposes=_purposes(roles[code]),
        )
        for code, found in sorted(zones.items())
    )


def _purposes(role: Role) -> frozenset[str] | None:
    found: list[str] | None = role.purposes
    return None if found is None else frozenset(found)
