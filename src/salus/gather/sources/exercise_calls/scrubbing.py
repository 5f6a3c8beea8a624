"""Taking out of a call's words whoever is calling: what is not known to be harmless is not kept.

Names follow no pattern. So beside numbers, addresses and what follows words such as "my name is", every word is
taken out that does not occur in the labelled calls, in which nobody is named.
"""

from __future__ import annotations

import re

from salus.gather.sources.exercise_calls.wording import known_words, plain
from salus.trust.privacy import mask_email

TAKEN_OUT = "[…]"
# Digits and what stands between them, as in telephone numbers; of a price or a number of days two digits stay.
_NUMBERS = re.compile(r"\+?\d(?:[\d\s().\-/]{1,18}\d)+")
_LONG = 3
_WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*", re.UNICODE)
_PART = re.compile(r"[^\W\d_]+", re.UNICODE)
_CALLED = r"[^\W\d_][\w'’\-]*(?:\s+[^\W\d_][\w'’\-]*)?"
_NAMED = re.compile(
    r"(?:\b(?:my name is|this is|it's|i am|i'm|ask for (?:mrs|mr|ms)|je m'appelle|ici|je suis|c'est|"
    r"demandez (?:madame|monsieur))|(?:اسمي|معك|أنا|انا|السيدة|السيد))\s+(" + _CALLED + ")",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"\b\d{1,4}\s*(?:bis|ter)?,?\s+(?:rue|avenue|impasse|boulevard|place)\s+[^,.;]{2,40}"
    r"|\b\d{1,4}\s+[^\W\d_]+\s+(?:street|road|lane|avenue|square)\b"
    r"|شارع\s+[^،,.؛]{2,40}",
    re.IGNORECASE,
)


def scrub(text: str) -> tuple[str, bool]:
    """Return what may be kept of a text, and whether it held a number, an address or a name said as such."""
    bare = _ADDRESS.sub(TAKEN_OUT, mask_email(text))
    bare = _NUMBERS.sub(_number, bare)
    bare = _NAMED.sub(_name, bare)
    personal = bare != text
    return re.sub(r"(?:\[…\][\s,.]*){2,}", TAKEN_OUT + " ", _WORD.sub(_word, bare)).strip(), personal


def _number(found: re.Match[str]) -> str:
    digits = sum(letter.isdigit() for letter in found[0])
    return TAKEN_OUT if digits >= _LONG else found[0]


def _name(found: re.Match[str]) -> str:
    """Take out what follows, unless it is words of every day, as in "I am not well"."""
    words = _PART.findall(plain(found[1]))
    if all(word in known_words() for word in words):
        return found[0]
    return found[0][: found.start(1) - found.start(0)] + TAKEN_OUT


def _word(found: re.Match[str]) -> str:
    parts = _PART.findall(plain(found[0]))
    return found[0] if parts and all(part in known_words() for part in parts) else TAKEN_OUT
