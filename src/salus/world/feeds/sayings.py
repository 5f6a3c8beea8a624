"""What callers say: sayings by topic and language with their slots filled, misspelt, and at times with a name in them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

FOLDER = Path(__file__).parent / "calling"
SPOKEN = ("en", "fr", "ar")
TOPICS = ("symptoms", "shortage", "prices", "rumour", "crowding", "measures", "water", "heat", "other")
# Every so many sayings one is kept out of the labelled calls from which the product learns.
KEPT_OUT = 4
_ARABIC_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
_ALIKE = (("أ", "ا"), ("إ", "ا"), ("ة", "ه"), ("ى", "ي"), ("é", "e"), ("è", "e"), ("à", "a"), ("ç", "c"), ("ê", "e"))
_LEAST_TO_SLIP = 4


@dataclass(frozen=True, slots=True)
class Said:
    """One call's words, and what in them says who is calling."""

    text: str
    personal: tuple[str, ...]


@lru_cache(maxsize=1)
def slots() -> dict[str, Any]:
    """Return what may stand in the slots, the rates and the shares."""
    found: dict[str, Any] = yaml.safe_load((FOLDER / "slots.yaml").read_text(encoding="utf-8"))
    return found


@lru_cache(maxsize=4)
def sayings(language: str) -> dict[str, list[str]]:
    """Return the sayings of a language by topic."""
    found: dict[str, list[str]] = yaml.safe_load((FOLDER / f"sayings.{language}.yaml").read_text(encoding="utf-8"))
    return found


def say(
    topic: str, language: str, rng: np.random.Generator, *, syndrome: str, zone: str, rumour: str = "",
    learnt: bool = False,
) -> Said:  # fmt: skip
    """Return what a caller says of a topic; `learnt` leaves out the sayings from which nothing is learnt."""
    words, shares = slots()[language], slots()["shares"]
    known = sayings(language)[topic]
    if learnt:
        known = [saying for place, saying in enumerate(known, start=1) if place % KEPT_OUT]
    saying = _one(known, rng)
    fill = {name: _one(words[name], rng) for name in ("who", "product", "price", "place", "smell", "rumour")}
    fill |= {"symptom": _one(words[f"symptom_{syndrome}"], rng), "zone": zone}
    fill |= {"days": str(rng.integers(2, 9)), "n": str(rng.integers(2, 6))}
    if rumour:
        fill["rumour"] = rumour
    text = saying.format(**fill)
    if rng.random() < shares["misspelt"]:
        text = _misspelt(text, rng)
    personal: list[str] = []
    # Who labels calls for others to learn from takes out who called.
    for kind in () if learnt else ("name", "phone", "address"):
        if rng.random() < shares[kind]:
            told, named = _personal(kind, language, words, rng)
            text = f"{told}, {text}" if rng.random() < 0.5 else f"{text}. {told}"
            personal += named
    return Said(text, tuple(personal))


def _one(values: list[str], rng: np.random.Generator) -> str:
    return str(values[int(rng.integers(len(values)))])


def _personal(kind: str, language: str, words: dict[str, list[str]], rng: np.random.Generator) -> tuple[str, list[str]]:
    """Return words that say who calls, and what of them is personal."""
    given, family, street = (_one(words[name], rng) for name in ("given", "family", "street"))
    number, phone = str(rng.integers(2, 140)), _phone(language, rng)
    saying = _one(words[kind], rng)
    named = {"name": [given, family] if "{name}" in saying else [family], "phone": [phone], "address": [street]}[kind]
    return saying.format(name=f"{given} {family}", family=family, phone=phone, street=street, number=number), named


def _phone(language: str, rng: np.random.Generator) -> str:
    digits = "".join(str(digit) for digit in rng.integers(0, 10, 7))
    forms = (f"+999 {digits[:3]} {digits[3:]}", f"0999{digits}", f"0999-{digits[:3]}-{digits[3:]}",
             f"{digits[:3]} {digits[3:5]} {digits[5:]}")  # fmt: skip
    found = _one(list(forms), rng)
    return found.translate(_ARABIC_DIGITS) if language == "ar" and rng.random() < 0.5 else found


def _misspelt(text: str, rng: np.random.Generator) -> str:
    """Return a text with a slip or two: a letter lost, doubled or moved, accents and hamzas left out."""
    if rng.random() < 0.4:
        for written, plain in _ALIKE:
            text = text.replace(written, plain)
    words = text.split(" ")
    for _slip in range(int(rng.integers(1, 3))):
        place = int(rng.integers(len(words)))
        word = words[place]
        if len(word) < _LEAST_TO_SLIP:
            continue
        at = int(rng.integers(1, len(word) - 1))
        words[place] = (
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        )[int(rng.integers(3))]
    return " ".join(words)
