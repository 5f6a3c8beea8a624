"""The named people of the demo; they exist in the demo's own folder and nowhere else."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from uuid import UUID

from salus.trust.schemas import Viewer
from salus.trust.selectors import person_list, viewer_for
from salus.trust.services import organisation_create, person_create, role_assign


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A person of the demo and what they do."""

    username: str
    name: str
    role: str
    does: str
    # Further roles beside the first.
    more: tuple[str, ...] = ()


PEOPLE = (
    DemoPerson("amira", "Amira Haddad", "duty_officer", "watches signals and drafts decisions"),
    DemoPerson("jonas", "Jonas Weber", "epidemiologist", "judges signals and investigates", ("case_investigator",)),
    DemoPerson("marta", "Marta Silva", "head", "approves decisions"),
    DemoPerson("kofi", "Kofi Mensah", "logistics_lead", "carries tasks out"),
    DemoPerson("lea", "Léa Moreau", "communications_lead", "tells the public"),
    DemoPerson("noor", "Noor Rahman", "director", "designs exercises and steers them"),
    DemoPerson("ines", "Inês Duarte", "administrator", "gives roles and reads the audit"),
)


def people_make(*, by: Viewer) -> str:
    """Make the demo's people with one new password for all, and return it."""
    password = "-".join(secrets.choice(_WORDS) for _ in range(4))
    centre = organisation_create(name={"en": "Emergency centre (demo)"}, kind="management", by=by)
    for person in PEOPLE:
        made = person_create(
            username=person.username,
            name=person.name,
            organisation_id=centre.id,
            password=password,
            demo=True,
            by=by,
        )
        for role in (person.role, *person.more):
            role_assign(person=made.id, role=role, by=by)
    return password


def demo_viewers(*, by: Viewer) -> dict[str, Viewer]:
    """Return the demo's people by their role, with exactly the rights that they have."""
    roles = {person.username: person.role for person in PEOPLE}
    rows = [row for row in person_list(viewer=by) if row.username in roles]
    return {roles[row.username]: viewer_for(person=row.id) for row in rows}


def owner_of(role: str, *, by: Viewer) -> UUID:
    """Return who holds a role in the demo."""
    return demo_viewers(by=by)[role].id


_WORDS = (
    "amber anchor apple arrow autumn basin beacon birch bridge candle canyon cedar chalk clover cobalt copper coral "
    "cotton crane delta ember falcon fern fjord garnet ginger harbor hazel heron indigo island ivory jasmine juniper "
    "lantern laurel lemon lichen linen maple marble meadow mint moss myrtle olive onyx opal orchid osprey otter pearl "
    "pebble pepper pine plum quartz raven reed river robin rowan saffron sage sandal sierra silver slate sorrel "
    "spruce summit swift tango thistle topaz tulip umber valley velvet violet walnut willow winter zephyr"
).split()
