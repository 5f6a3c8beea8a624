"""What injects must keep to: by themselves, against the city, and against one another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import combinations

from django.utils.translation import gettext as _

from salus.plan.exercises.schemas import KINDS, TRIGGERS, Defect, ExerciseDraft, InjectDraft, Targets
from salus.plan.exercises.timing import circles, days_known

# Spoken to people, so they need words.
SPOKEN = frozenset({"rumour", "press_calls"})
# What can befall the same target several times at once without contradicting itself.
MANIFOLD = SPOKEN | {"false_alarm"}
# What a feed cannot do while it is silent.
_OF_FEEDS = frozenset({"feed_silent", "feed_rubbish"})
LEVELS = ("1", "2", "3")
MOST = 200
LONGEST_DAYS = 730


def inject_defects(
    draft: ExerciseDraft, targets: Targets | None = None, measures: frozenset[str] | None = None
) -> Iterator[Defect]:
    """Yield every fault of the injects of a design."""
    if len(draft.injects) > MOST:
        words = _("%(count)d injects are too many.") % {"count": len(draft.injects)}
        yield Defect("injects", words, _("Keep to %(most)d.") % {"most": MOST})
    for key, count in Counter(row.key for row in draft.injects).items():
        if count > 1 or not key:
            words = _("Two injects have the key '%(key)s', or none.") % {"key": key}
            yield Defect("injects", words, _("Give each inject its own key."))
    days = days_known(draft.injects)
    for number, row in enumerate(draft.injects):
        field = f"injects.{number}"
        yield from inject_alone(field, row, draft, targets)
        yield from _when(field, row, draft, days, measures)
    yield from _rounds(draft)
    yield from _overlaps(draft, days)


def inject_alone(field: str, row: InjectDraft, draft: ExerciseDraft, targets: Targets | None) -> Iterator[Defect]:
    """Yield what is wrong with an inject by itself, whenever it is fired."""
    name = _name(row)
    if row.kind not in KINDS:
        words = _("'%(kind)s' is nothing that can befall a city.") % {"kind": row.kind}
        yield Defect(f"{field}.kind", words, _("Choose one of %(names)s.") % {"names": ", ".join(KINDS)})
        return
    for need in KINDS[row.kind]:
        if not getattr(row, need):
            words = _("'%(name)s' does not say which %(need)s.") % {"name": name, "need": _needs(need)}
            yield Defect(f"{field}.{need}", words, _("Choose it from the list."))
    top = float("inf") if row.kind == "false_alarm" else 1.0
    if not 0 < row.size <= top:
        words = _("'%(name)s' has the size %(size)s.") % {"name": name, "size": f"{row.size:g}"}
        yield Defect(f"{field}.size", words, _("Choose more than 0 and at most %(top)s.") % {"top": f"{top:g}"})
    if row.days is not None and not 1 <= row.days <= LONGEST_DAYS:
        words = _("'%(name)s' cannot last %(days)d days.") % {"name": name, "days": row.days}
        yield Defect(f"{field}.days", words, _("Choose one day or more, or leave it open."))
    if row.kind in SPOKEN and not any(str(text).strip() for text in row.words.values()):
        words = _("'%(name)s' does not say what people say or ask.") % {"name": name}
        yield Defect(f"{field}.words", words, _("Write the words in at least one language."))
    if row.to_team and row.to_team not in {team.key for team in draft.teams}:
        words = _("There is no team '%(team)s'.") % {"team": row.to_team}
        yield Defect(f"{field}.to_team", words, _("Choose one of the teams, or leave it open."))
    yield from _unknown(field, row, targets)


def _unknown(field: str, row: InjectDraft, targets: Targets | None) -> Iterator[Defect]:
    """Yield the codes that the city does not have."""
    if targets is None:
        return
    asked: dict[str, tuple[tuple[str, ...], Mapping[str, str]]] = {
        "zones": (row.zones, targets.zones),
        "facility": ((row.facility,) if row.facility else (), targets.facilities),
        "supplier": ((row.supplier,) if row.supplier else (), targets.suppliers),
        "feed": ((row.feed,) if row.feed else (), targets.feeds),
    }
    for name, (codes, known) in asked.items():
        for code in codes:
            if known and code not in known:
                told = {"name": _name(row), "code": code, "need": _needs(name)}
                words = _("'%(name)s' names '%(code)s', which is no %(need)s of this city.") % told
                yield Defect(f"{field}.{name}", words, _("Choose it from the list."))


def _when(
    field: str, row: InjectDraft, draft: ExerciseDraft, days: Mapping[str, int], measures: frozenset[str] | None
) -> Iterator[Defect]:
    name, when = _name(row), row.when
    if (when.day is None) == (not when.trigger):
        words = _("'%(name)s' needs a day or a trigger, and not both.") % {"name": name}
        yield Defect(f"{field}.when", words, _("Choose one of the two."))
        return
    if when.trigger and when.trigger not in TRIGGERS:
        words = _("'%(trigger)s' triggers nothing.") % {"trigger": when.trigger}
        yield Defect(f"{field}.when", words, _("Choose one of %(names)s.") % {"names": ", ".join(TRIGGERS)})
        return
    if not 0 <= when.delay_days <= draft.days:
        words = _("'%(name)s' cannot wait %(days)d days.") % {"name": name, "days": when.delay_days}
        yield Defect(f"{field}.when", words, _("Choose a delay within the exercise."))
    day = days.get(row.key)
    if day is not None and not 1 <= day <= draft.days:
        told = {"name": name, "day": day, "days": draft.days}
        words = _("'%(name)s' falls on day %(day)d, but the exercise has the days 1 to %(days)d.") % told
        yield Defect(f"{field}.when", words, _("Choose an earlier day, or a longer exercise."))
    yield from _value(field, row, draft, days, measures)


def _value(
    field: str, row: InjectDraft, draft: ExerciseDraft, days: Mapping[str, int], measures: frozenset[str] | None
) -> Iterator[Defect]:
    """Yield what is wrong with what a trigger waits for."""
    name, when = _name(row), row.when
    if when.trigger == "level" and when.value not in LEVELS:
        words = _("'%(name)s' waits for the level '%(value)s'.") % {"name": name, "value": when.value}
        yield Defect(f"{field}.when", words, _("Choose level 1, 2 or 3."))
    if when.trigger == "measure" and (not when.value or (measures is not None and when.value not in measures)):
        words = _("'%(name)s' waits for the measure '%(value)s', which there is not.")
        yield Defect(f"{field}.when", words % {"name": name, "value": when.value}, _("Choose one of the measures."))
    if when.trigger in {"after", "before"} and draft.inject(when.value) is None:
        words = _("'%(name)s' waits for the inject '%(value)s', which there is not.")
        yield Defect(f"{field}.when", words % {"name": name, "value": when.value}, _("Choose another inject."))
    elif when.trigger == "before" and row.key not in days:
        words = _("'%(name)s' comes before an inject whose day nobody can tell.") % {"name": name}
        yield Defect(f"{field}.when", words, _("Choose one that has a day."))
    elif when.trigger == "before" and when.delay_days < 1:
        words = _("'%(name)s' does not say how many days before.") % {"name": name}
        yield Defect(f"{field}.when", words, _("Choose one day or more."))


def _rounds(draft: ExerciseDraft) -> Iterator[Defect]:
    titles = {row.key: _name(row) for row in draft.injects}
    for round_ in circles(draft.injects):
        words = _("These injects wait for each other, so that none would ever be fired: %(names)s.")
        names = ", ".join(titles[key] for key in round_)
        yield Defect("injects", words % {"names": names}, _("Give one of them a day."))


def _overlaps(draft: ExerciseDraft, days: Mapping[str, int]) -> Iterator[Defect]:
    timed = [row for row in draft.injects if row.key in days and row.kind in KINDS and row.kind not in MANIFOLD]
    for first, second in combinations(timed, 2):
        if not meets(first, days[first.key], second, days[second.key]):
            continue
        told = {"first": _name(first), "second": _name(second), "day": max(days[first.key], days[second.key])}
        words = _("'%(first)s' and '%(second)s' befall the same at the same time, from day %(day)d.") % told
        yield Defect("injects", words, _("Let one end before the other begins, or choose another target."))


def meets(first: InjectDraft, first_day: int, second: InjectDraft, second_day: int) -> bool:
    """Return whether two injects contradict each other: the same thing befalls the same target twice at once."""
    if first.kind != second.kind and not {first.kind, second.kind} <= _OF_FEEDS:
        return False
    ends = [
        float("inf") if row.days is None else day + row.days for row, day in ((first, first_day), (second, second_day))
    ]
    if second_day >= ends[0] or first_day >= ends[1]:
        return False
    return _same_target(first, second)


def _same_target(first: InjectDraft, second: InjectDraft) -> bool:
    if first.kind in MANIFOLD:
        return False
    for name in ("facility", "supplier", "feed"):
        ours, theirs = getattr(first, name), getattr(second, name)
        # Without a name the whole city is meant.
        if ours and theirs and ours != theirs:
            return False
    return not first.zones or not second.zones or bool(set(first.zones) & set(second.zones))


def _name(row: InjectDraft) -> str:
    return row.title.get("en") or next((text for text in row.title.values() if text), "") or row.key


def _needs(name: str) -> str:
    return {
        "zones": _("zone"),
        "facility": _("facility"),
        "supplier": _("supplier"),
        "feed": _("feed"),
    }[name]
