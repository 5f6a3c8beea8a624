"""Texts brought to one spelling, so that what people write alike reads alike; and the calls that people have labelled."""

from __future__ import annotations

import csv
import re
import unicodedata
from functools import lru_cache
from pathlib import Path

LABELLED = Path(__file__).parent / "labelled.csv"
_ALIKE = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ة": "ه", "ى": "ي", "ؤ": "و", "ئ": "ي", "’": "'"})
_WORD = re.compile(r"[^\W\d_]+", re.UNICODE)


def plain(text: str) -> str:
    """Return a text in small letters without accents, its digits as noughts."""
    spread = unicodedata.normalize("NFKD", text.translate(_ALIKE).lower())
    bare = "".join(letter for letter in spread if not unicodedata.combining(letter))
    return re.sub(r"\s+", " ", re.sub(r"\d", "0", bare)).strip()


@lru_cache(maxsize=1)
def labelled() -> tuple[tuple[str, str], ...]:
    """Return the labelled calls: topic and text; nobody is named in them."""
    with LABELLED.open(encoding="utf-8", newline="") as file:
        return tuple((row["topic"], row["text"]) for row in csv.DictReader(file))


@lru_cache(maxsize=1)
def known_words() -> frozenset[str]:
    """Return every word of the labelled calls."""
    return frozenset(word for _topic, text in labelled() for word in _WORD.findall(plain(text)))
