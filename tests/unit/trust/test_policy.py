"""The one policy: role × zone × purpose × tier."""

from __future__ import annotations

from uuid import UUID

import pytest

from salus.base.errors import Refused
from salus.trust import policy
from salus.trust.actors import ANONYMOUS, system_viewer
from salus.trust.permissions import covers, is_export
from salus.trust.schemas import Grant, Tier, Viewer

CITY, NORTH, SOUTH, LEAF = (UUID(int=n) for n in range(1, 5))


def viewer(*grants: Grant, **fields: object) -> Viewer:
    return Viewer(id=UUID(int=99), kind="person", name="Ada", grants=grants, **fields)  # type: ignore[arg-type]


def grant(*permissions: str, **fields: object) -> Grant:
    return Grant(role="r", permissions=frozenset(permissions), **fields)  # type: ignore[arg-type]


def test_nobody_may_do_anything() -> None:
    assert not policy.may(ANONYMOUS, "signal.view", tier=Tier.PUBLIC)
    assert policy.visible_zones(ANONYMOUS, "signal.view") == frozenset()


def test_the_products_own_machinery_may_do_everything() -> None:
    assert policy.may(system_viewer("assess"), "person.contact", tier=Tier.PERSONAL)
    assert policy.visible_zones(system_viewer("assess"), "export") is None


def test_a_person_cannot_carry_everything_even_if_a_role_says_so() -> None:
    assert not policy.may(viewer(grant("*")), "signal.view")


def test_a_right_in_a_zone_holds_inside_it_and_nowhere_else() -> None:
    who = viewer(grant("signal.view", zones=frozenset({NORTH})))
    assert policy.may(who, "signal.view", zone=(NORTH, CITY))
    assert policy.may(who, "signal.view", zone=(LEAF, NORTH, CITY))
    assert not policy.may(who, "signal.view", zone=(SOUTH, CITY))
    assert not policy.may(who, "signal.view", zone=(CITY,))
    assert not policy.may(who, "signal.view")
    assert policy.may_somewhere(who, "signal.view")
    assert policy.visible_zones(who, "signal.view") == {NORTH}


def test_a_grant_reaches_up_to_its_tier() -> None:
    who = viewer(grant("series.view", max_tier=Tier.PARTNER))
    assert policy.may(who, "series.view", tier=Tier.PARTNER)
    assert not policy.may(who, "series.view", tier=Tier.OPERATIONAL)
    assert not policy.may(who, "series.view")


def test_a_grant_for_a_purpose_does_not_serve_another() -> None:
    who = viewer(grant("audit.view", purposes=frozenset({"audit"})))
    assert not policy.may(who, "audit.view")
    assert policy.may(who, "audit.view", purpose="audit")
    assert policy.may(viewer(*who.grants, purpose="audit"), "audit.view")


def test_a_pattern_covers_a_thing_and_never_an_export() -> None:
    held = frozenset({"observation.*"})
    assert covers(held, "observation.correct")
    assert not covers(held, "observation.export")
    assert not covers(held, "observations.view")
    assert covers(held | {"observation.export"}, "observation.export")
    assert is_export("export")
    assert not covers(frozenset({"export.*"}), "export")


def test_a_refusal_says_what_to_do_and_not_what_exists() -> None:
    with pytest.raises(Refused) as refused:
        policy.require(viewer(), "signal.triage", zone=(NORTH,))
    assert "signal.triage" in refused.value.message
    assert str(NORTH) not in str(refused.value)
    assert refused.value.remedy


def test_viewers_who_may_see_the_same_share_a_key() -> None:
    one = viewer(grant("a.view"), grant("b.view", zones=frozenset({NORTH, SOUTH})))
    other = Viewer(id=UUID(int=5), kind="person", name="Bo", grants=tuple(reversed(one.grants)))
    assert policy.scope_key(one) == policy.scope_key(other)


@pytest.mark.parametrize(
    "changed",
    [
        grant("b.view", zones=frozenset({NORTH})),
        grant("b.view", "c.view", zones=frozenset({NORTH, SOUTH})),
        grant("b.view", zones=frozenset({NORTH, SOUTH}), max_tier=Tier.SENSITIVE),
        grant("b.view", zones=frozenset({NORTH, SOUTH}), purposes=frozenset({"audit"})),
    ],
)
def test_viewers_who_may_see_something_else_do_not(changed: Grant) -> None:
    base = grant("b.view", zones=frozenset({NORTH, SOUTH}))
    assert policy.scope_key(viewer(base)) != policy.scope_key(viewer(changed))
    assert policy.scope_key(viewer(base)) != policy.scope_key(viewer(base, purpose="audit"))


def test_a_viewer_can_be_a_key_of_a_cache() -> None:
    assert len({viewer(grant("a.view")), viewer(grant("a.view"))}) == 1
