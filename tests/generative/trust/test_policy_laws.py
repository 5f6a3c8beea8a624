"""Laws of the policy: grants only add, zones contain, tiers are ordered."""

from __future__ import annotations

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from salus.trust import policy
from salus.trust.schemas import Grant, Tier, Viewer

PERMISSIONS = ["signal.view", "signal.triage", "export", "signal.export", "person.view"]
PURPOSES = ["response", "audit", "research"]
# A tree of zones, each with those around it: 1 holds 2 and 3, 2 holds 4 and 5, 4 holds 6.
PARENT = {1: None, 2: 1, 3: 1, 4: 2, 5: 2, 6: 4}


def path(zone: int) -> tuple[UUID, ...]:
    steps, above = [], zone
    while above is not None:
        steps.append(UUID(int=above))
        above = PARENT[above]  # type: ignore[assignment]
    return tuple(steps)


names = st.sampled_from([*PERMISSIONS, "signal.*", "person.*", "export.*"])
grants = st.builds(
    Grant,
    role=st.sampled_from(["a", "b"]),
    permissions=st.frozensets(names, max_size=4),
    zones=st.none() | st.frozensets(st.sampled_from([UUID(int=n) for n in PARENT]), max_size=3),
    max_tier=st.sampled_from(list(Tier)),
    purposes=st.none() | st.frozensets(st.sampled_from(PURPOSES), max_size=2),
)
questions = st.fixed_dictionaries(
    {
        "permission": st.sampled_from(PERMISSIONS),
        "zone": st.none() | st.sampled_from(sorted(PARENT)),
        "tier": st.sampled_from(list(Tier)),
        "purpose": st.sampled_from(PURPOSES),
    }
)


def viewer(held: list[Grant]) -> Viewer:
    return Viewer(id=UUID(int=7), kind="person", name="", grants=tuple(held))


def may(held: list[Grant], question: dict[str, object]) -> bool:
    zone = question["zone"]
    return policy.may(
        viewer(held),
        str(question["permission"]),
        zone=None if zone is None else path(zone),  # type: ignore[arg-type]
        tier=question["tier"],  # type: ignore[arg-type]
        purpose=question["purpose"],  # type: ignore[arg-type]
    )


@given(st.lists(grants, max_size=5), questions, st.data())
def test_removing_a_grant_never_allows_more(
    held: list[Grant], question: dict[str, object], data: st.DataObject
) -> None:
    kept = [grant for grant in held if data.draw(st.booleans())]
    assert may(held, question) or not may(kept, question)


@given(st.lists(grants, max_size=5), questions, st.data())
def test_removing_a_permission_from_a_grant_never_allows_more(
    held: list[Grant], question: dict[str, object], data: st.DataObject
) -> None:
    fewer = [
        Grant(
            g.role,
            frozenset(p for p in sorted(g.permissions) if data.draw(st.booleans())),
            g.zones,
            g.max_tier,
            g.purposes,
        )
        for g in held
    ]
    assert may(held, question) or not may(fewer, question)


@given(st.lists(grants, max_size=5), questions)
def test_what_holds_in_a_zone_holds_in_everything_inside_it(held: list[Grant], question: dict[str, object]) -> None:
    for zone in PARENT:
        if may(held, {**question, "zone": zone}):
            inside = [other for other in PARENT if UUID(int=zone) in path(other)]
            assert all(may(held, {**question, "zone": other}) for other in inside)


@given(st.lists(grants, max_size=5), questions)
def test_what_holds_in_the_whole_city_holds_in_every_zone(held: list[Grant], question: dict[str, object]) -> None:
    if may(held, {**question, "zone": None}):
        assert all(may(held, {**question, "zone": zone}) for zone in PARENT)


@given(st.lists(grants, max_size=5), questions)
def test_who_may_see_a_tier_may_see_those_below_it(held: list[Grant], question: dict[str, object]) -> None:
    for tier in Tier:
        if may(held, {**question, "tier": tier}):
            assert all(may(held, {**question, "tier": lower}) for lower in Tier if lower <= tier)


@given(st.lists(grants, max_size=5), questions)
def test_visible_zones_are_exactly_where_the_policy_says_yes(held: list[Grant], question: dict[str, object]) -> None:
    tier, purpose = question["tier"], question["purpose"]
    who, right = viewer(held), str(question["permission"])
    zones = policy.visible_zones(who, right, tier=tier, purpose=purpose)  # type: ignore[arg-type]
    for zone in PARENT:
        assert policy.within(path(zone), zones) == may(held, {**question, "zone": zone})
    assert policy.may_somewhere(who, right, tier=tier, purpose=purpose) == (  # type: ignore[arg-type]
        zones is None or bool(zones) or any(g.zones == frozenset() for g in policy._grants(who, right, tier, purpose))  # type: ignore[arg-type]
    )


@given(st.lists(grants, max_size=4), st.lists(grants, max_size=4), questions)
def test_equal_scope_keys_mean_equal_answers(one: list[Grant], other: list[Grant], question: dict[str, object]) -> None:
    if policy.scope_key(viewer(one)) == policy.scope_key(viewer(other)):
        assert may(one, question) == may(other, question)


@given(st.lists(grants, max_size=4), questions)
def test_the_order_of_grants_does_not_matter(held: list[Grant], question: dict[str, object]) -> None:
    assert may(held, question) == may(held[::-1], question)
    assert policy.scope_key(viewer(held)) == policy.scope_key(viewer(held[::-1]))


@given(st.lists(grants, max_size=5), questions)
def test_no_pattern_ever_gives_an_export(held: list[Grant], question: dict[str, object]) -> None:
    if may(held, {**question, "permission": "signal.export"}):
        assert any("signal.export" in grant.permissions for grant in held)
