"""A whole set of boundaries, checked: every zone with its shape, or every defect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from salus.base.errors import Invalid
from salus.city.geometry import covering, reading
from salus.city.geometry.nesting import children_of, from_the_bottom, nesting_defects
from salus.city.geometry.reading import Shape
from salus.city.schemas import Defect, Point, Repair, ZoneDraft

_SHOWN = 5


class BoundariesRefused(Invalid):
    """Boundaries that cannot be taken as they are; nothing was written."""

    def __init__(self, defects: Sequence[Defect]) -> None:
        self.defects = tuple(defects)
        shown = "; ".join(_told(defect) for defect in self.defects[:_SHOWN])
        more = len(self.defects) - _SHOWN
        rest = _(" and %(count)d more") % {"count": more} if more > 0 else ""
        super().__init__(
            ngettext(
                "The boundaries have %(count)d defect: %(list)s%(rest)s.",
                "The boundaries have %(count)d defects: %(list)s%(rest)s.",
                len(self.defects),
            )
            % {"count": len(self.defects), "list": shown, "rest": rest},
            remedy=_("Correct the file, or import again with repair, which mends outlines and says so."),
        )


def _told(defect: Defect) -> str:
    where = f" ({defect.where[0]:.5f}, {defect.where[1]:.5f})" if defect.where else ""
    head = _("zone %(code)s: ") % {"code": defect.code} if defect.code else ""
    return f"{head}{defect.kind}: {defect.what}{where}"


@dataclass(slots=True)
class Boundaries:
    """The shapes by code, which of them were made from those inside, and what was mended."""

    shapes: dict[str, Shape] = field(default_factory=dict)
    dissolved: set[str] = field(default_factory=set)
    repairs: list[Repair] = field(default_factory=list)
    defects: list[Defect] = field(default_factory=list)


def _read_all(drafts: Sequence[ZoneDraft], centre: Point | None, repair: bool) -> Boundaries:
    found = Boundaries()
    parents = {draft.parent_code for draft in drafts}
    for draft in drafts:
        shape, repairs, defect = reading.read(draft, centre=centre, repair=repair)
        found.repairs += repairs
        if defect is not None:
            found.defects.append(defect)
        elif shape is not None:
            found.shapes[draft.code] = shape
        elif draft.code not in parents:
            found.defects.append(Defect(draft.code, "no geometry", _("it has no outline and no zones inside it")))
    return found


def _check_siblings(found: Boundaries, drafts: Sequence[ZoneDraft], repair: bool) -> None:
    """Check each level for overlaps: zones of one level lie side by side."""
    given = sorted((draft for draft in drafts if draft.code in found.shapes), key=lambda draft: draft.level)
    for _level, group in groupby(given, key=lambda draft: draft.level):
        codes = [draft.code for draft in group]
        shapes = [found.shapes[code] for code in codes]
        if not repair:
            found.defects += covering.overlap_defects(codes, shapes)
            continue
        mended, repairs, rest = covering.mended_overlaps(codes, shapes)
        found.shapes.update(zip(codes, mended, strict=True))
        found.repairs += repairs
        found.defects += rest


def _dissolve(found: Boundaries, drafts: Sequence[ZoneDraft]) -> None:
    """Give zones without an outline the union of those inside, and check that the others hold theirs."""
    children = children_of(drafts)
    for draft in from_the_bottom(drafts):
        inside = children.get(draft.code, [])
        if draft.code not in found.shapes:
            found.shapes[draft.code] = covering.union([found.shapes[child.code] for child in inside])
            found.dissolved.add(draft.code)
            continue
        for child in inside:
            defect = covering.inside_defect(child.code, draft.code, found.shapes[child.code], found.shapes[draft.code])
            if defect is not None:
                found.defects.append(defect)


def check(drafts: Sequence[ZoneDraft], *, centre: Point | None, repair: bool) -> Boundaries:
    """Return the checked boundaries, or refuse them with every defect that was found."""
    nesting = nesting_defects(drafts)
    found = _read_all(drafts, centre, repair)
    defects = nesting + found.defects
    if defects:
        raise BoundariesRefused(defects)
    _check_siblings(found, drafts, repair)
    if found.defects:
        raise BoundariesRefused(found.defects)
    _dissolve(found, drafts)
    if found.defects:
        raise BoundariesRefused(found.defects)
    return found
