"""From table rows to what crosses the edge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from salus.assess import frames
from salus.assess.models import Assessment, Estimate, RiskLevel, RuleTable, Signal
from salus.assess.rule_store import documents_numbered
from salus.assess.rules.document import IndicatorRule, RuleDocument
from salus.assess.rules.hysteresis import Standing
from salus.assess.schemas import (
    AssessmentRow,
    EstimateRow,
    IndicatorRow,
    InputRow,
    LevelName,
    MethodRow,
    Reason,
    RiskLevelRow,
    RuleTableRow,
    SignalRow,
)
from salus.base.texts import LocalText

NOT_DEFINED: LocalText = {"en": "Not defined", "fr": "Non défini", "ar": "غير محدد"}


def assessment_row(row: Assessment) -> AssessmentRow:
    """Return an assessment as its schema."""
    return AssessmentRow(
        id=row.id,
        known_at=row.known_at,
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
        status=row.status,
        methods=tuple(MethodRow(**{**m, "doi": tuple(m.get("doi", ()))}) for m in row.methods),
        inputs=tuple(InputRow(**entry) for entry in row.inputs),
        inputs_digest=row.inputs_digest,
        results_digest=row.results_digest,
        rule_table_id=row.rule_table_id,
        rule_table_number=row.rule_table_number,
        summary=row.summary,
        timings=row.timings,
    )


def signal_row(row: Signal) -> SignalRow:
    """Return a signal as its schema."""
    same = (
        "id series role zone_id zone_number zone_level method method_version span_days first_on "
        "valid_on observed expected upper score peak alarms status ended_on note triaged_by "
        "triaged_at recorded_at raised_by_assessment assessment_id"
    ).split()
    return SignalRow(raised_at=row.created_at, **{name: getattr(row, name) for name in same})


def estimate_row(row: Estimate, known_at: Any) -> EstimateRow:
    """Return an estimate as its schema, its frame unpacked."""
    parts = frames.decode(row.frame)
    table = parts["values"]
    quantiles = {level: tuple(line[place] for line in table) for place, level in enumerate(parts["levels"])}
    return EstimateRow(
        id=row.id,
        kind=row.kind,
        series=row.series,
        role=row.role,
        zone_id=row.zone_id,
        zone_number=row.zone_number,
        method=row.method,
        method_version=row.method_version,
        made_at=row.recorded_at,
        known_at=known_at or row.recorded_at,
        assessment_id=row.assessment_id,
        undefined=row.undefined,
        dates=tuple(parts["dates"]),
        quantiles=quantiles,
        is_estimate=tuple(parts["is_estimate"]),
        step_days=parts["step_days"],
    )


def rule_table_row(row: RuleTable, document: RuleDocument) -> RuleTableRow:
    """Return a rule table as its schema."""
    return RuleTableRow(
        id=row.id,
        slug=row.slug,
        number=row.number,
        title=row.title,
        basis=document.basis,
        levels=tuple(LevelName(one.level, one.name, one.text) for one in document.levels),
        document=row.document,
        from_pack=row.from_pack,
        note=row.note,
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
    )


def risk_level_row(row: RiskLevel, document: RuleDocument) -> RiskLevelRow:
    """Return a level as its schema, its reasons with the words of the rules of its time."""
    standing = Standing(row.level, row.below_since, row.ceiling)
    falls_on = standing.falls_on(document.hysteresis.lower_after_days)
    words = None if row.level is None else document.levels[row.level]
    return RiskLevelRow(
        id=row.id,
        zone_id=row.zone_id,
        number=row.zone_number,
        zone_level=row.zone_level,
        level=row.level,
        name=words.name if words else NOT_DEFINED,
        text=words.text if words else {},
        previous=row.previous,
        since=row.since,
        ended_at=row.ended_at,
        raw_level=row.raw_level,
        why_undefined=row.why_undefined,
        reasons=reasons_of(row.reasons, document, standing, row.why_undefined),
        indicators=indicators_of(row.indicators, document),
        assessment_id=row.assessment_id,
        rule_table_id=row.rule_table_id,
        rule_table_number=row.rule_table_number,
        recorded_at=row.recorded_at,
        below_since=row.below_since,
        falls_on=falls_on,
    )


def risk_level_rows(rows: Sequence[RiskLevel]) -> list[RiskLevelRow]:
    """Return levels as their schemas, each with the rules that gave it."""
    documents = documents_numbered({(row.rule_table_id, row.rule_table_number) for row in rows})
    return [risk_level_row(row, documents[row.rule_table_id, row.rule_table_number]) for row in rows]


def indicators_of(stored: Mapping[str, Mapping[str, Any]], document: RuleDocument) -> tuple[IndicatorRow, ...]:
    """Return the stored numbers with their names, in the order of the rules."""
    rows = []
    for rule in document.indicators:
        raw = stored.get(rule.key)
        if raw is None:
            continue
        rows.append(
            IndicatorRow(
                key=rule.key,
                name=rule.name,
                unit=rule.unit,
                value=raw.get("value"),
                decimals=rule.decimals,
                why=raw.get("why", ""),
                on=_day(raw.get("on")),
                series=raw.get("series", ""),
                estimated=raw.get("estimated", False),
                count=raw.get("count"),
            )
        )
    return tuple(rows)


def reasons_of(
    stored: Sequence[Mapping[str, Any]], document: RuleDocument, standing: Standing, why: str
) -> tuple[Reason, ...]:
    """Return what led to a level, weightiest first."""
    rows: list[Reason] = []
    if standing.level is not None and standing.below_since is not None:
        rows.append(
            Reason(
                indicator="",
                outcome="held",
                template=document.phrases["held"],
                level=standing.level,
                on=standing.falls_on(document.hysteresis.lower_after_days),
                since=standing.below_since,
                other=document.levels[standing.level].name,
            )
        )
    if why in ("no_population", "no_rule"):
        rows.append(Reason(indicator="", outcome="undefined", template=document.phrases[why]))
    rows += [reason for raw in stored if (reason := _reason(raw, document, why)) is not None]
    return tuple(rows)


def _reason(raw: Mapping[str, Any], document: RuleDocument, why: str) -> Reason | None:
    rule, lacking = document.indicator(raw["indicator"]), raw.get("why", "")
    if rule is None or lacking == why == "no_population" or (lacking == "no_series" and not rule.required):
        # What nobody measures here is no part of the answer; the indicators name it.
        return None
    template, other = _template(raw["outcome"], lacking, rule, document)
    return Reason(
        indicator=rule.key,
        outcome=raw["outcome"],
        template=template,
        name=rule.name,
        level=raw.get("level"),
        value=raw.get("value"),
        threshold=raw.get("threshold"),
        decimals=rule.decimals,
        on=_day(raw.get("on")),
        estimated=raw.get("estimated", False),
        count=raw.get("count"),
        other=other,
    )


def _template(outcome: str, why: str, rule: IndicatorRule, document: RuleDocument) -> tuple[LocalText, LocalText]:
    """Return the words for an outcome, and the name that they mention beside the indicator's own."""
    if outcome in ("above", "below"):
        return (rule.above if outcome == "above" else rule.below), {}
    if outcome == "not_counted":
        guard = document.indicator(why)
        return document.phrases["not_counted"], guard.name if guard else {}
    # A new method may name a reason that an older table has no words for.
    return document.phrases.get(why, document.phrases["no_data"]), {}


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
