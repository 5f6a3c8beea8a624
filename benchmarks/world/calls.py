"""How well calls are read: three ways on calls of worlds from which nothing was learnt.

`python -m benchmarks.world.calls` prints the table of docs/guide/exercise/calls.md;
`--label` writes the labelled calls anew, from the sayings that are not kept out and from seeds of their own.
"""

from __future__ import annotations

import csv
import sys
import time
from collections import Counter
from collections.abc import Sequence

import numpy as np

from salus.gather.sources.exercise_calls.classifier import learn, vectoriser
from salus.gather.sources.exercise_calls.wording import LABELLED, labelled, plain
from salus.world.feeds.sayings import SPOKEN, TOPICS, say

LEARNT, TRIED = (101, 102, 103, 104), (1, 2, 3, 5, 7)
EACH = 11
SYNDROMES = ("respiratory", "respiratory", "gastro", "rash", "irritation")
PLACES = {"en": ("my area", "the old town", "the harbour"), "fr": ("mon quartier", "la vieille ville", "le port"),
          "ar": ("حينا", "المدينة القديمة", "الميناء")}  # fmt: skip
SURE = 0.35


def calls(seeds: Sequence[int], each: int, *, learnt: bool) -> list[tuple[str, str, str]]:
    """Return calls as topic, language and text."""
    found = []
    for seed in seeds:
        rng = np.random.default_rng([seed, 4711])
        for topic in TOPICS:
            for language in SPOKEN:
                for _turn in range(each):
                    syndrome = SYNDROMES[int(rng.integers(len(SYNDROMES)))]
                    zone = PLACES[language][int(rng.integers(3))] if learnt else "Paloma Quay"
                    said = say(topic, language, rng, syndrome=syndrome, zone=zone, learnt=learnt)
                    found.append((topic, language, said.text))
    return found


def label() -> None:
    """Write the labelled calls."""
    rows = sorted(set(calls(LEARNT, EACH, learnt=True)))
    with LABELLED.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("topic", "language", "text"))
        writer.writerows(rows)


def by_words(train: Sequence[tuple[str, str]], texts: Sequence[str]) -> list[str]:
    """Read by keywords: each word speaks for the topics in which it was heard, by its log odds."""
    heard: dict[str, Counter[str]] = {topic: Counter() for topic in TOPICS}
    for topic, text in train:
        heard[topic].update(plain(text).split())
    total = Counter[str]()
    for words in heard.values():
        total.update(words)
    found = []
    for text in texts:
        score = {
            topic: sum(np.log((heard[topic][word] + 0.1) / (total[word] + 1.0)) for word in plain(text).split())
            for topic in TOPICS
        }
        found.append(max(score, key=lambda topic: score[topic]))
    return found


def by_pieces(train: Sequence[tuple[str, str]], texts: Sequence[str]) -> list[str]:
    """Read by words, pieces of words and how often each topic has them."""
    from sklearn.naive_bayes import ComplementNB
    from sklearn.pipeline import make_pipeline

    model = make_pipeline(vectoriser(), ComplementNB())
    model.fit([text for _topic, text in train], [topic for topic, _text in train])
    return list(model.predict(list(texts)))


def main() -> None:
    """Print accuracy by way and language, and the confusion of the way that is used."""
    if "--label" in sys.argv:
        label()
    tried = calls(TRIED, 40, learnt=False)
    texts, truth = [text for *_about, text in tried], [topic for topic, *_rest in tried]
    began = time.process_time()
    model = learn(labelled())
    took = time.process_time() - began
    shares = model.predict_proba(texts)
    chosen = [str(model.classes_[place]) for place in shares.argmax(axis=1)]
    ways = {"keywords by log odds": by_words(labelled(), texts), "words and pieces, naive Bayes": by_pieces(labelled(), texts),
            "words and pieces, logistic regression": chosen}  # fmt: skip
    print(f"{len(labelled())} labelled, {len(texts)} tried; learnt in {took:.1f} s")
    for name, found in ways.items():
        by = {language: np.mean([f == t for f, t, row in zip(found, truth, tried, strict=True) if row[1] == language])
              for language in SPOKEN}  # fmt: skip
        right = np.mean([f == t for f, t in zip(found, truth, strict=True)])
        print(f"| {name} | {right:.3f} | " + " | ".join(f"{by[language]:.3f}" for language in SPOKEN) + " |")
    sure = shares.max(axis=1) >= SURE
    right = np.array([f == t for f, t in zip(chosen, truth, strict=True)])
    print(
        f"sure of {sure.mean():.3f}, of these right {right[sure].mean():.3f}; of the others {right[~sure].mean():.3f}"
    )
    counted = Counter(zip(truth, chosen, strict=True))
    print("| | " + " | ".join(TOPICS) + " |")
    for topic in TOPICS:
        print(f"| {topic} | " + " | ".join(str(counted[(topic, other)]) for other in TOPICS) + " |")


if __name__ == "__main__":
    main()
