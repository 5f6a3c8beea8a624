"""The words of which descriptions of emergencies are made: numbers with their bounds, and who is meant."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from salus.world.errors import WorldError

AGES, SEGMENTS = 7, 3
LANGUAGES = ("en", "fr", "ar")

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
Amount = Annotated[float, Field(ge=0)]
ByAge = Annotated[tuple[Amount, ...], Field(min_length=AGES, max_length=AGES)]
SharesByAge = Annotated[tuple[Share, ...], Field(min_length=AGES, max_length=AGES)]
BySegment = Annotated[tuple[Amount, ...], Field(min_length=SEGMENTS, max_length=SEGMENTS)]
SharesBySegment = Annotated[tuple[Share, ...], Field(min_length=SEGMENTS, max_length=SEGMENTS)]
MeanAndSpread = tuple[Positive, Positive]
Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$")]
Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


def _said_in_every_language(words: dict[str, str]) -> dict[str, str]:
    if missing := [name for name in LANGUAGES if not words.get(name, "").strip()]:
        raise ValueError(f"the words in '{missing[0]}' are missing")
    return words


Words = Annotated[dict[str, str], AfterValidator(_said_in_every_language)]


class BadEmergency(WorldError):
    """An emergency's description cannot be used; the message says where and what to change."""


class Strict(BaseModel):
    """A description in which a word that means nothing is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def once_each(what: str, codes: list[str]) -> None:
    """Refuse a code that is described twice."""
    if twice := {code for code in codes if codes.count(code) > 1}:
        raise ValueError(f"the {what} '{min(twice)}' is described twice")
