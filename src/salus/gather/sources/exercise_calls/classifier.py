"""What a call is about: learnt from labelled calls by the pieces of its words, so that slips and dialects do no harm.

`benchmarks/world/calls.py` compares it with simpler ways on calls of worlds from which nothing was learnt.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from salus.gather.sources.exercise_calls.wording import labelled, plain

# Pieces of so many letters, and words alone and in pairs, each in so many places; more gained nothing.
_PIECES, _PLACES = (2, 5), 2**14
_WORDS, _WORD_PLACES = (1, 2), 2**13
_CALM = 3e-5
_KEPT = 60_000


def vectoriser() -> Any:
    """Return what turns texts into counts of words and of pieces of them; it learns nothing and so keeps nothing."""
    from sklearn.feature_extraction.text import HashingVectorizer
    from sklearn.pipeline import make_union

    alike: dict[str, Any] = {"alternate_sign": False, "preprocessor": plain}
    return make_union(
        HashingVectorizer(analyzer="char_wb", ngram_range=_PIECES, n_features=_PLACES, **alike),
        HashingVectorizer(analyzer="word", ngram_range=_WORDS, n_features=_WORD_PLACES, **alike),
    )


def learn(calls: Sequence[tuple[str, str]]) -> Any:
    """Return a reader of calls that has learnt from labelled ones: a logistic regression, the same every time."""
    from sklearn.feature_extraction.text import TfidfTransformer
    from sklearn.linear_model import SGDClassifier
    from sklearn.pipeline import make_pipeline

    regression = SGDClassifier(loss="log_loss", alpha=_CALM, random_state=0)
    model = make_pipeline(vectoriser(), TfidfTransformer(), regression)
    model.fit([text for _topic, text in calls], [topic for topic, _text in calls])
    return model


@lru_cache(maxsize=1)
def _reader() -> Any:
    return learn(labelled())


# What was read before, by the digest of the text: the words themselves are not kept.
_read: OrderedDict[bytes, tuple[str, float]] = OrderedDict()


def classify(texts: Sequence[str]) -> list[tuple[str, float]]:
    """Return the topic of each text and how sure that is."""
    keys = [hashlib.blake2b(text.encode(), digest_size=12).digest() for text in texts]
    new = {key: text for key, text in zip(keys, texts, strict=True) if key not in _read}
    if new:
        model = _reader()
        shares = model.predict_proba(list(new.values()))
        best = shares.argmax(axis=1)
        for key, row, place in zip(new, shares, best, strict=True):
            _read[key] = (str(model.classes_[place]), float(row[place]))
    found = [_read[key] for key in keys]
    while len(_read) > _KEPT:
        _read.popitem(last=False)
    return found
