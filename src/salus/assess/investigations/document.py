"""What an emergency's pack says of its investigation, checked before it is used."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from django.utils.translation import gettext as _
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from salus.base.errors import Invalid, NotFound

PACKS = Path(__file__).parent / "packs"
LANGUAGES = ("en", "fr", "ar")
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$")]


def _complete(text: dict[str, str]) -> dict[str, str]:
    if missing := [name for name in LANGUAGES if not text.get(name, "").strip()]:
        raise ValueError(f"the words in '{missing[0]}' are missing")
    return text


Text = Annotated[dict[str, str], AfterValidator(_complete)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Definition(_Strict):
    """Who counts as a case.

    Suspected: so many of these symptoms, with an onset in the time. Probable: besides, a link: an answer, or a home or
    work in these zones. Confirmed: besides the symptoms, a positive test.
    """

    symptoms: tuple[Key, ...] = ()
    at_least: int = Field(default=1, ge=0)
    # ISO moments; an open end leaves it open.
    since: str = ""
    until: str = ""
    zones: tuple[int, ...] = ()
    link_answers: tuple[Key, ...] = ()
    link_zones: tuple[int, ...] = ()
    link_workplaces: tuple[str, ...] = ()
    laboratory: bool = True

    @model_validator(mode="after")
    def _can_be_met(self) -> Definition:
        if self.at_least > len(self.symptoms):
            raise ValueError(f"asks for {self.at_least} symptoms but names {len(self.symptoms)}")
        if self.since and self.until and self.until <= self.since:
            raise ValueError("ends before it begins")
        return self


class Incubation(_Strict):
    """Hours from exposure to the first complaint."""

    mean_hours: float = Field(gt=0)
    sd_hours: float = Field(gt=0)


class ClassText(_Strict):
    """What each degree of certainty asks for, in words."""

    suspected: Text
    probable: Text
    confirmed: Text


class FieldText(_Strict):
    """A field of the line list, and what is written in it."""

    code: Key
    title: Text
    personal: bool = False


class Step(_Strict):
    """One step of a checklist, and whose it is."""

    text: Text
    role: Key


class Checklist(_Strict):
    """A procedure."""

    key: Key
    title: Text
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]


class DetectorChoice(_Strict):
    """A detector that fits the emergency, and its numbers."""

    method: Key
    role: Key
    parameters: dict[str, Any] = {}


class InvestigationPack(_Strict):
    """Everything that an emergency's investigation needs."""

    slug: Key
    title: Text
    agent: Text
    # Only where people infect each other may a reproduction number be spoken of, and elsewhere than here.
    person_to_person: bool
    step: Literal["hour", "day"]
    incubation: Incubation
    # How long before the first signal a case may have fallen ill.
    days_before: int = Field(ge=1, le=60)
    definition: Definition
    classes: ClassText
    symptoms: dict[Key, Text]
    questions: dict[Key, Text] = {}
    fields: Annotated[tuple[FieldText, ...], Field(min_length=1)]
    detectors: Annotated[tuple[DetectorChoice, ...], Field(min_length=1)]
    measures: Annotated[tuple[Key, ...], Field(min_length=1)]
    checklists: Annotated[tuple[Checklist, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _holds_together(self) -> InvestigationPack:
        if lost := set(self.definition.symptoms) - set(self.symptoms):
            raise ValueError(f"the case definition names the symptom '{min(lost)}', which is not described")
        if lost := set(self.definition.link_answers) - set(self.questions):
            raise ValueError(f"the case definition names the question '{min(lost)}', which is not described")
        return self


def names() -> tuple[str, ...]:
    """Return the emergencies for which there is a pack."""
    return tuple(sorted(path.stem for path in PACKS.glob("*.yaml")))


@lru_cache(maxsize=16)
def pack_named(name: str) -> InvestigationPack:
    """Return the pack of an emergency."""
    if name not in names():
        raise NotFound(
            _("There is no pack '%(name)s' for an investigation.") % {"name": name},
            remedy=_("Choose one of %(names)s.") % {"names": ", ".join(names())},
        )
    return parse_pack((PACKS / f"{name}.yaml").read_text(encoding="utf-8"), name=f"{name}.yaml")


def parse_pack(text: str, *, name: str) -> InvestigationPack:
    """Return the pack in a YAML text, or say in plain words what is wrong with it and where."""
    try:
        raw = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise Invalid(
            _("The pack %(name)s is not valid YAML: line %(line)d cannot be read.")
            % {"name": name, "line": mark.line + 1 if mark else 1},
            remedy=_("Correct that line."),
        ) from error
    try:
        return InvestigationPack.model_validate(raw)
    except ValidationError as error:
        raise Invalid(
            _("The pack %(name)s cannot be used: %(lines)s.") % {"name": name, "lines": _lines(error)},
            remedy=_("Correct these fields."),
        ) from error


def definition_of(raw: Any) -> Definition:
    """Return a case definition, or say in plain words what is wrong with it."""
    try:
        return Definition.model_validate(raw)
    except ValidationError as error:
        raise Invalid(
            _("The case definition cannot be used: %(lines)s.") % {"lines": _lines(error)},
            remedy=_("Correct these fields and save again."),
        ) from error


def _lines(error: ValidationError) -> str:
    return "; ".join(
        f"{' > '.join(str(step) for step in item['loc']) or 'the whole'}: {item['msg'].removeprefix('Value error, ')}"
        for item in error.errors()[:8]
    )
