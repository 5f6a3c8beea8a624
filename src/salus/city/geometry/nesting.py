"""How zones nest: one root, known parents, no cycles, no code twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.utils.translation import gettext as _

from salus.city.schemas import CITY_LEVEL, Defect, ZoneDraft


def _duplicates(drafts: Sequence[ZoneDraft]) -> list[Defect]:
    counts = Counter(draft.code for draft in drafts)
    return [
        Defect(code, "duplicated code", _("the code stands %(count)d times") % {"count": count})
        for code, count in counts.items()
        if count > 1
    ]


def _bad_words(drafts: Sequence[ZoneDraft]) -> list[Defect]:
    found = []
    for index, draft in enumerate(drafts, start=1):
        if not draft.code.strip() or len(draft.code) > 64:
            found.append(Defect(draft.code[:64] or f"#{index}", "bad code", _("a code has 1 to 64 characters")))
        if not draft.level.strip() or len(draft.level) > 32:
            found.append(Defect(draft.code, "bad level", _("a level has 1 to 32 characters")))
        if not draft.name:
            found.append(Defect(draft.code, "no name", _("a zone needs a name")))
    return found


def _unknown_parents(drafts: Sequence[ZoneDraft]) -> list[Defect]:
    codes = {draft.code for draft in drafts}
    return [
        Defect(
            draft.code,
            "unknown parent",
            _("its parent %(parent)s is not among the zones") % {"parent": draft.parent_code},
        )
        for draft in drafts
        if draft.parent_code is not None and draft.parent_code not in codes
    ]


def _cycles(drafts: Sequence[ZoneDraft]) -> list[Defect]:
    parents = {draft.code: draft.parent_code for draft in drafts}
    found: list[Defect] = []
    told: set[str] = set()
    for code in parents:
        walked: list[str] = []
        above: str | None = code
        while above is not None and above in parents and above not in walked:
            walked.append(above)
            above = parents[above]
        if above is not None and above in walked:
            ring = walked[walked.index(above) :]
            if not told.intersection(ring):
                told.update(ring)
                way = " → ".join([*ring, above])
                found.append(Defect(above, "cycle", _("it lies inside itself: %(way)s") % {"way": way}))
    return found


def _same_levels(drafts: Sequence[ZoneDraft]) -> list[Defect]:
    levels = {draft.code: draft.level for draft in drafts}
    return [
        Defect(draft.code, "same level", _("it has the level of its parent %(parent)s") % {"parent": draft.parent_code})
        for draft in drafts
        if draft.parent_code is not None and levels.get(draft.parent_code) == draft.level
    ]


def _roots(drafts: Sequence[ZoneDraft]) -> list[Defect]:
    roots = [draft for draft in drafts if draft.parent_code is None]
    cities = [draft for draft in drafts if draft.level == CITY_LEVEL]
    found = [
        Defect(draft.code, "no parent", _("only the zone of level 'city' has no parent"))
        for draft in roots
        if draft.level != CITY_LEVEL
    ]
    if len(cities) != 1:
        codes = ", ".join(draft.code for draft in cities) or _("none")
        found.append(
            Defect("", "one root", _("exactly one zone has the level 'city'; found: %(codes)s") % {"codes": codes})
        )
    found += [
        Defect(draft.code, "root with a parent", _("the zone of level 'city' has no parent"))
        for draft in cities
        if draft.parent_code is not None
    ]
    return found


def nesting_defects(drafts: Sequence[ZoneDraft]) -> list[Defect]:
    """Return everything that is wrong with codes, levels and parents."""
    found = _bad_words(drafts) + _duplicates(drafts) + _unknown_parents(drafts) + _cycles(drafts)
    found += _same_levels(drafts)
    return found + _roots(drafts)


def children_of(drafts: Sequence[ZoneDraft]) -> dict[str, list[ZoneDraft]]:
    """Return the zones directly inside each zone."""
    found: dict[str, list[ZoneDraft]] = {}
    for draft in drafts:
        if draft.parent_code is not None:
            found.setdefault(draft.parent_code, []).append(draft)
    return found


def from_the_bottom(drafts: Sequence[ZoneDraft]) -> list[ZoneDraft]:
    """Return the zones so that each comes after all that lie inside it."""
    children, by_code = children_of(drafts), {draft.code: draft for draft in drafts}
    ordered: list[ZoneDraft] = []
    stack = [(draft.code, False) for draft in drafts if draft.parent_code is None]
    while stack:
        code, seen = stack.pop()
        if seen:
            ordered.append(by_code[code])
            continue
        stack.append((code, True))
        stack.extend((child.code, False) for child in children.get(code, ()))
    return ordered
