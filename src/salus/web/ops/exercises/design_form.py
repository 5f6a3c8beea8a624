"""The page that designs an exercise, as one form of many rows: from a design, and back to one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, cast

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from salus.base.texts import LocalText, pick
from salus.plan.exercises.schemas import Defect, ExerciseDraft, ExerciseRow, InjectDraft, MemberDraft, TeamDraft, When
from salus.web.ops.exercises import rows
from salus.web.ops.exercises.fields import Choices, InjectForm, MainForm, ObjectiveForm, PersonForm
from salus.web.ui.formfields import form_errors

OBJECTIVES, PEOPLE, INJECTS = "objectives", "people_rows", "injects"
FRESH: dict[str, dict[str, str]] = {
    OBJECTIVES: {"text": "", "was": ""},
    PEOPLE: {"team": "", "role": "", "username": "", "name": ""},
    INJECTS: {"kind": "rumour", "when": "day", "day": "1", "size": "0.5"},
}


@dataclass(frozen=True)
class Lists:
    """What can be chosen on the page."""

    emergencies: Choices
    roles: Choices


@dataclass
class DesignForm:
    """The whole form; `previous` is the design that is being revised."""

    main: MainForm
    objectives: list[forms.Form]
    people: list[forms.Form]
    injects: list[forms.Form]
    previous: ExerciseRow | None = None
    # Faults that no single field has.
    general: list[str] = field(default_factory=list)
    # Where a member of a team was written.
    places: dict[tuple[int, int], int] = field(default_factory=dict)

    @property
    def everything(self) -> list[forms.Form]:
        """Return every form in the order of the page."""
        return [self.main, *self.objectives, *self.people, *self.injects]

    @property
    def errors(self) -> list[dict[str, str]]:
        """Return every fault, each with a link to its place."""
        found = [{"text": text, "href": ""} for text in self.general]
        return found + [error for form in self.everything for error in form_errors(form)]

    @property
    def team_names(self) -> list[str]:
        """Return the teams named so far."""
        names = [str(form["team"].value() or "").strip() for form in self.people]
        return list(dict.fromkeys(name for name in names if name))

    @property
    def inject_keys(self) -> list[str]:
        """Return the short names of the injects."""
        return [key for form in self.injects if (key := str(form["key"].value() or ""))]

    def is_valid(self) -> bool:
        """Judge every row."""
        judged = [form.is_valid() for form in self.everything]
        return all(judged)

    def tell(self, defects: Iterable[Defect]) -> None:
        """Put each fault of the design where it was written."""
        for defect in defects:
            words = f"{defect.message} {defect.remedy}".strip()
            form, name = self._place(defect.field.split("."))
            if form is None:
                self.general.append(words)
            else:
                form.add_error(name if name in form.fields else None, words)

    def _place(self, parts: list[str]) -> tuple[forms.Form | None, str]:
        numbers = [int(part) for part in parts if part.isdigit()]
        match parts[0]:
            case "objectives" if numbers and numbers[0] < len(self.objectives):
                return self.objectives[numbers[0]], "text"
            case "injects" if numbers and numbers[0] < len(self.injects):
                return self.injects[numbers[0]], parts[-1]
            case "teams" if numbers:
                place = self.places.get((numbers[0], numbers[1] if len(numbers) > 1 else 0))
                return (None, "") if place is None else (self.people[place], "role" if len(numbers) > 1 else "team")
            case "title":
                return self.main, f"title_{_language()}"
            case name if name in self.main.fields:
                return self.main, name
        return None, ""

    def with_text(self, text: str) -> DesignForm:
        """Return the form with the text of an emergency in its box, also where it came as a file."""
        data = cast("QueryDict", self.main.data).copy()
        data["emergency_text"] = text
        self.main.data = data
        return self

    def draft(self) -> ExerciseDraft:
        """Return what was written as a design; call only where it is valid."""
        given = self.main.cleaned_data
        teams = self._teams()
        return ExerciseDraft(
            title=self.main.title,
            objectives=tuple(self._objective(form.cleaned_data) for form in self.objectives),
            emergency=given["emergency"],
            emergency_text=given["emergency_file"] or given["emergency_text"],
            teams=teams,
            injects=tuple(self._inject(n, form.cleaned_data, teams) for n, form in enumerate(self.injects)),
            **{
                name: given[name]
                for name in ("people", "city_seed", "seed", "start_on", "lead_in_days", "days", "speed", "crew")
            },
        )

    def _objective(self, given: Mapping[str, Any]) -> LocalText:
        kept = self.previous.objectives if self.previous else ()
        was = given["was"]
        return merged(kept[was] if was is not None and 0 <= was < len(kept) else {}, given["text"])

    def _teams(self) -> tuple[TeamDraft, ...]:
        named: dict[str, list[int]] = {}
        for place, form in enumerate(self.people):
            named.setdefault(form.cleaned_data["team"].strip(), []).append(place)
        kept = {pick(team.name, _language()): team for team in (self.previous.teams if self.previous else ())}
        found: list[TeamDraft] = []
        for number, (name, places) in enumerate(named.items()):
            before = kept.get(name)
            members = tuple(_member(self.people[place].cleaned_data) for place in places)
            self.places |= {(number, at): place for at, place in enumerate(places)}
            key = before.key if before else slugify(name)[:40] or f"team-{number + 1}"
            found.append(TeamDraft(key, before.name if before else {_language(): name} if name else {}, members))
        return tuple(found)

    def _inject(self, number: int, given: Mapping[str, Any], teams: Sequence[TeamDraft]) -> InjectDraft:
        key = given["key"].strip() or f"{given['kind'].replace('_', '-')}-{number + 1}"
        before = self.previous.inject(key) if self.previous else None
        return inject_of(given, key, before, teams)


def inject_of(
    given: Mapping[str, Any], key: str, before: InjectDraft | None, teams: Sequence[TeamDraft]
) -> InjectDraft:
    """Return an inject as it was written on a form."""
    called = {pick(team.name, _language()): team.key for team in teams}
    timed = given["when"] == "day"
    return InjectDraft(
        key=key,
        title=merged(before.title if before else {}, given["title"]),
        kind=given["kind"],
        when=When(day=given["day"])
        if timed
        else When(trigger=given["when"], value=given["value"].strip(), delay_days=given["delay"] or 0),
        days=given["days"],
        zones=tuple(code for part in given["zones"].split(",") if (code := part.strip())),
        facility=given["facility"].strip(),
        supplier=given["supplier"].strip(),
        feed=given["feed"].strip(),
        size=0.5 if given["size"] is None else given["size"],
        words=merged(before.words if before else {}, given["words"]),
        to_team=called.get(given["to_team"].strip(), given["to_team"].strip()),
    )


def _language() -> str:
    language = (get_language() or "en").split("-", maxsplit=1)[0]
    return language if language in dict(settings.LANGUAGES) else "en"


def merged(kept: LocalText, text: str) -> dict[str, str]:
    """Return a text with what was written in the page's language; the others stay unless it changed."""
    told = text.strip()
    if told == pick(kept, _language()):
        return dict(kept)
    return {_language(): told} if told else {}


def _member(given: Mapping[str, Any]) -> MemberDraft:
    return MemberDraft(role=given["role"], username=given["username"].strip().lower(), name=given["name"].strip())


def sent(data: QueryDict, files: MultiValueDict[str, Any], lists: Lists, previous: ExerciseRow | None) -> DesignForm:
    """Return the form as it was sent; a row that is added or taken out is not judged yet."""
    button = rows.asked(data)
    if button and button[0] in FRESH:
        data = rows.changed(data, *button, FRESH[button[0]])
    judged = button is None
    if judged:
        data = rows.without_blank(data, OBJECTIVES, ["text"])
        data = rows.without_blank(data, PEOPLE, ["team", "role", "username", "name"])
    main = (
        MainForm(data, files, emergencies=lists.emergencies)
        if judged
        else MainForm(initial=data.dict(), emergencies=lists.emergencies)
    )
    return DesignForm(
        main,
        rows.bound(ObjectiveForm, OBJECTIVES, data, judged=judged),
        rows.bound(PersonForm, PEOPLE, data, judged=judged, roles=lists.roles),
        rows.bound(InjectForm, INJECTS, data, judged=judged),
        previous,
    )


def blank(lists: Lists, today: date) -> DesignForm:
    """Return a form with what most exercises begin from."""
    plain = ExerciseDraft(title={}, start_on=today + timedelta(days=1))
    people = [
        {"team": _("Operations room"), "role": role} for role in ("duty_officer", "head") if role in dict(lists.roles)
    ]
    return DesignForm(
        MainForm(initial=_main(plain), emergencies=lists.emergencies),
        rows.fresh(ObjectiveForm, OBJECTIVES, [{}]),
        rows.fresh(PersonForm, PEOPLE, people, roles=lists.roles),
        [],
    )


def filled(row: ExerciseRow, lists: Lists) -> DesignForm:
    """Return the form of a design that is to be revised."""
    language = _language()
    people = [
        {"team": pick(team.name, language), "role": one.role, "username": one.username, "name": one.name}
        for team in row.teams
        for one in team.members
    ]
    goals = [{"text": pick(text, language), "was": place} for place, text in enumerate(row.objectives)]
    names = {team.key: pick(team.name, language) for team in row.teams}
    return DesignForm(
        MainForm(initial=_main(row), emergencies=lists.emergencies),
        rows.fresh(ObjectiveForm, OBJECTIVES, goals),
        rows.fresh(PersonForm, PEOPLE, people, roles=lists.roles),
        rows.fresh(InjectForm, INJECTS, [_written(inject, names) for inject in row.injects]),
        row,
    )


def _main(row: ExerciseDraft) -> dict[str, Any]:
    names = ("emergency", "emergency_text", "people", "city_seed", "seed", "lead_in_days", "days", "speed", "crew")
    titles = {f"title_{code}": row.title.get(code, "") for code, _name in settings.LANGUAGES}
    return {**{name: getattr(row, name) for name in names}, **titles, "start_on": row.start_on.isoformat()}


def _written(row: InjectDraft, teams: Mapping[str, str]) -> dict[str, Any]:
    language = _language()
    plain = {name: getattr(row, name) for name in ("key", "kind", "days", "size", "facility", "supplier", "feed")}
    return {
        **plain,
        "title": pick(row.title, language),
        "when": row.when.trigger or "day",
        "day": row.when.day,
        "value": row.when.value,
        "delay": row.when.delay_days or None,
        "zones": ", ".join(row.zones),
        "to_team": teams.get(row.to_team, row.to_team),
        "words": pick(row.words, language),
    }
