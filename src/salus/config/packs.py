"""Loads the roles and the policy packs that come with the product; what a city has edited is kept."""

from __future__ import annotations

from salus.trust.selectors import system_viewer


def packs_load() -> None:
    """Bring in the built-in roles, rule tables, measures and playbooks where they are not there yet."""
    from salus.assess.services import pack_load as rules_load
    from salus.plan.services import pack_load as measures_load
    from salus.trust.services import roles_load

    by = system_viewer("packs")
    roles_load(by=by)
    rules_load(by=by)
    measures_load(by=by)
