"""Loads the roles and the policy packs that come with the product; what a city has edited is kept."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from salus.trust.selectors import system_viewer

USUAL = "respiratory"
_BY_KIND = {"infection": USUAL, "common_source": "water_main", "unknown": "unknown", "heat": "heat_wave"}


def packs_load(emergency: str = USUAL, also: Sequence[str] = (), rules: str = "") -> None:
    """Bring in the built-in roles, and the rules, measures and playbook of an emergency where they are not there yet.

    The first rule table and playbook that are brought in are those in force; what comes `also` adds its measures.
    """
    from salus.assess.services import pack_load as rules_load
    from salus.plan.services import pack_load as measures_load
    from salus.trust.services import roles_load

    by = system_viewer("packs")
    roles_load(by=by)
    rules_load(pack=rules or emergency, by=by)
    for pack in (emergency, *also):
        measures_load(pack=pack, by=by)


def pack_of(run: Path) -> tuple[str, tuple[str, ...], str]:
    """Return the packs for the emergency of a run: those of its name, or of its kind where it is one of our own.

    The third is the rule table, where that is another.
    """
    from salus.assess.investigations.document import names
    from salus.assess.services.rule_tables import exercise_pack
    from salus.world.emergency import Heat, read_emergency

    described = read_emergency(run / "emergency.yaml")
    found = described.slug if described.slug in names() else _BY_KIND[described.kind]
    also = tuple(
        row.slug for path in sorted((run / "also").glob("*.yaml")) if isinstance(row := read_emergency(path), Heat)
    )
    return found, tuple(slug if slug in names() else _BY_KIND["heat"] for slug in also), exercise_pack(found)
