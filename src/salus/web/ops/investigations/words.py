"""What an investigation's findings mean, in sentences."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from salus.base.texts import pick
from salus.web.ops.investigations.figures import Content, city_time
from salus.web.ui.formats import number
from salus.web.ui.moments import moment

Word = tuple[str, str]


def status_word(status: str) -> Word:
    """Return the state of an investigation."""
    return {"open": (_("Open"), "check"), "closed": (_("Closed"), "past")}.get(status, (status, ""))


def hypothesis_word(state: str) -> Word:
    """Return what became of a hypothesis."""
    words = {"open": (_("Open"), ""), "supported": (_("Supported"), "good"), "rejected": (_("Rejected"), "past")}
    return words.get(state, (state, ""))


def brief(content: Content) -> list[str]:
    """Return what the findings point to, in a few sentences, none of them surer than the numbers."""
    found = [*_place(content), *_vehicle(content), *_time(content), *_space(content)]
    return found or [_("Nothing stands out yet. More answers are needed.")]


def _place(content: Content) -> list[str]:
    """Name the workplace where most of the ill work, or else the water that more of them drink than others."""
    told: list[str] = []
    areas, works = content["areas"], content["workplaces"]
    at_work = works and (works[0]["odds"][1] or 0.0) > 1 and 2 * (works[0]["ill_had"] or 0) >= _total(content)
    if not at_work and areas and areas[0]["ratio"] and areas[0]["low"] > 1:
        values = {"code": areas[0]["code"], "low": number(areas[0]["low"], 1)}
        told.append(
            _(
                "People who get their water from %(code)s are ill far more often than the rest of the city: at least %(low)s times the odds."
            )
            % values
        )
    if works and (works[0]["odds"][1] or 0.0) > 1:
        values = {"code": works[0]["code"], "n": number(works[0]["ill_had"])}
        told.append(_("%(n)s of the ill work at workplace %(code)s, far more than of those who are well.") % values)
    return told


def _total(content: Content) -> int:
    """Return how many are ill, of whom it is told."""
    return sum(number or 0 for number in content["counts"].values())


def _vehicle(content: Content) -> list[str]:
    guilty = [row for row in content["exposures"] if (row["odds"][1] or 0.0) > 1 and (row["explained"] or 0.0) >= 0.5]
    if not guilty:
        return []
    row: dict[str, Any] = guilty[0]
    name = pick(row["text"], get_language() or "en") if row["text"] else row["code"]
    values = {"name": name, "percent": number(100 * row["explained"], 0)}
    return [_("“%(name)s” explains most: %(percent)s %% of the ill said yes.") % values]


def _time(content: Content) -> list[str]:
    window = content["window"]
    if not window:
        return []
    begin, end = (city_time(window["likeliest"][place]) for place in (0, 1))
    values = {"begin": moment(begin, "medium"), "end": moment(end, "medium")}
    if (window["single"] or 0.0) > 0.5:
        return [_("They were most likely exposed at one moment, about %(begin)s.") % values]
    return [_("They were most likely exposed from about %(begin)s to %(end)s.") % values]


def _space(content: Content) -> list[str]:
    cluster = content["cluster"]
    if not cluster or (cluster["p"] or 1.0) > 0.05:
        return []
    values = {"n": cluster["observed"], "expected": number(cluster["expected"], 1), "zones": len(cluster["zones"])}
    words = ngettext(
        "The cases crowd in space and time: %(n)s in %(zones)s zone where %(expected)s would be chance.",
        "The cases crowd in space and time: %(n)s in %(zones)s zones where %(expected)s would be chance.",
        len(cluster["zones"]),
    )
    return [words % values]
