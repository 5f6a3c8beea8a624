"""The outcome in plain words, in every language of the city's phrases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from salus.base.texts import LocalText
from salus.decide.schemas import DecisionRow, Expected
from salus.learn.judging import UNDETERMINED, explained_by_chance
from salus.learn.schemas import Effect, Observed
from salus.plan.phrases import days, fill, numbers, ranges
from salus.plan.schemas import PlaybookRow, ends

COUNTERFACTUAL: LocalText = {
    "en": "Compared with the forecast that was made before the decision. Other changes at the same time, such as the "
    "weather, a new variant or people acting by themselves, are part of the difference.",
    "fr": "Comparé à la prévision faite avant la décision. D’autres changements au même moment, comme la météo, un "
    "nouveau variant ou la prudence des habitants, font partie de la différence.",
    "ar": "مقارنةً بالتوقع الذي وُضع قبل القرار. التغيرات الأخرى في الوقت نفسه، كالطقس أو متحور جديد أو حذر الناس من "
    "تلقاء أنفسهم، جزء من الفرق.",
}
CHANCE: LocalText = {
    "en": "The forecast was so uncertain that the whole difference may be chance.",
    "fr": "La prévision était si incertaine que toute la différence peut être due au hasard.",
    "ar": "كان التوقع غير مؤكد إلى حد أن الفرق كله قد يكون صدفة.",
}
NO_FORECAST: LocalText = {
    "en": "No forecast was pinned with the decision, so there is nothing to compare with.",
    "fr": "Aucune prévision n’était attachée à la décision : rien à quoi comparer.",
    "ar": "لم يُثبَّت توقع مع القرار، فلا شيء للمقارنة به.",
}
NO_DATA: LocalText = {
    "en": "Too few figures came in for the days that were to be looked at.",
    "fr": "Trop peu de chiffres sont arrivés pour les jours à examiner.",
    "ar": "وصلت أرقام قليلة جدًا عن الأيام المراد النظر فيها.",
}
ESTIMATED: LocalText = {
    "en": "Some of these days are estimated, because late reports are still coming in.",
    "fr": "Certains de ces jours sont estimés, car des déclarations tardives arrivent encore.",
    "ar": "بعض هذه الأيام مقدّر لأن تقارير متأخرة ما زالت تصل.",
}
SMALL_PART: LocalText = {
    "en": "The measures reach only a part of the people behind this figure.",
    "fr": "Les mesures ne touchent qu’une partie des personnes derrière ce chiffre.",
    "ar": "لا تصل التدابير إلا إلى جزء من الناس الذين يمثلهم هذا الرقم.",
}


def reasons(
    verdict: str, expected: Expected, observed: Observed, effect: Effect | None, playbook: PlaybookRow
) -> list[LocalText]:
    """Return why the verdict is what it is."""
    if observed.mean_per_day is None:
        return [NO_DATA]
    found = [_compared(expected, playbook), sentence(verdict, observed, playbook)]
    if effect is None:
        found.append(NO_FORECAST)
    elif verdict == UNDETERMINED or explained_by_chance(effect):
        found.append(CHANCE)
    if expected.share < 0.5:
        found.append(SMALL_PART)
    if observed.estimated_days:
        found.append(ESTIMATED)
    return found


def _compared(expected: Expected, playbook: PlaybookRow) -> LocalText:
    words = playbook.phrases
    low, _mid, high = ends(expected.baseline)
    return fill(
        words["expected_sentence"],
        baseline=ranges(low, high, words),
        expected=ranges(expected.low, expected.high, words),
        day=days(expected.due_on, words),
    )


def sentence(verdict: str, observed: Observed, playbook: PlaybookRow) -> LocalText:
    """Return the verdict as one sentence."""
    figure = numbers(observed.mean_per_day, playbook.phrases) if observed.mean_per_day is not None else {"en": "–"}
    return fill(playbook.phrases[f"outcome_{verdict}"], observed=figure)


def fell_short(decision: DecisionRow, expected: Expected, observed: Observed, playbook: PlaybookRow) -> LocalText:
    """Return why the plan is opened again."""
    words = playbook.phrases
    assert observed.mean_per_day is not None
    return fill(
        words["reason_fell_short"],
        number=str(decision.number),
        observed=numbers(observed.mean_per_day, words),
        expected=ranges(expected.low, expected.high, words),
    )


def for_public(
    verdict: str, observed: Observed, effect: Effect | None, measured_at: str, playbook: PlaybookRow
) -> Mapping[str, Any]:
    """Return the outcome as a decision's release shows it."""
    return {
        "verdict": verdict,
        "sentence": dict(sentence(verdict, observed, playbook)),
        "observed": round(observed.mean_per_day, 1) if observed.mean_per_day is not None else None,
        "effect": [round(v, 4) for v in (effect.range[0], effect.mid, effect.range[1])] if effect else None,
        "measured_at": measured_at,
    }
