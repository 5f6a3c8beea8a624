"""The pack of roles is whole."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from salus.base.errors import Invalid
from salus.trust import permissions, roles
from salus.trust.schemas import Tier

SOURCE = Path(__file__).parents[3] / "src" / "salus"
PACK = {draft.code: draft for draft in roles.read_pack()}


def declared() -> set[str]:
    """Return every right that some package declares."""
    found: set[str] = set()
    for path in sorted(SOURCE.glob("*/permissions.py")):
        module = importlib.import_module(f"salus.{path.parent.name}.permissions")
        found |= {value for name, value in vars(module).items() if name.isupper() and isinstance(value, str)}
    return found - {permissions.EVERYTHING}


def test_every_role_of_the_design_is_there() -> None:
    assert set(PACK) == {
        "administrator",
        "duty_officer",
        "epidemiologist",
        "head",
        "logistics_lead",
        "communications_lead",
        "case_investigator",
        "director",
        "partner",
        "viewer",
        "auditor",
    }


def test_every_role_is_named_and_explained_in_three_languages() -> None:
    for draft in PACK.values():
        assert set(draft.name) == set(draft.description) == {"en", "fr", "ar"}
        assert all(draft.name.values())
        assert all(draft.description.values())


def test_every_declared_right_is_granted_by_some_role() -> None:
    held = [frozenset(draft.permissions) for draft in PACK.values()]
    missing = [right for right in sorted(declared()) if not any(permissions.covers(set_, right) for set_ in held)]
    assert not missing


def test_every_right_in_the_pack_exists() -> None:
    rights = declared()
    unknown = [
        right
        for draft in PACK.values()
        for right in draft.permissions
        if right not in rights and not any(permissions.covers(frozenset({right}), known) for known in rights)
    ]
    assert not unknown


def test_a_viewer_changes_nothing_and_takes_nothing_out() -> None:
    for right in PACK["viewer"].permissions:
        assert right.endswith(".view"), right


def test_nobody_drafts_and_approves_but_the_head() -> None:
    approvers = {code for code, d in PACK.items() if permissions.covers(frozenset(d.permissions), "decision.approve")}
    assert approvers == {"head"}


def test_only_administrators_and_those_who_investigate_cases_reach_personal_data() -> None:
    reach = {code: draft for code, draft in PACK.items() if draft.max_tier == Tier.PERSONAL}
    assert set(reach) == {"administrator", "case_investigator"}
    assert reach["case_investigator"].purposes == ("investigation",)


@pytest.mark.parametrize("value", ["secret", 9, ""])
def test_a_tier_that_does_not_exist_is_refused(value: str | int) -> None:
    with pytest.raises(Invalid):
        roles.parse_tier(value)
