"""Writes of the rule table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _

from salus.assess import events
from salus.assess.methods import registry
from salus.assess.models import RuleTable
from salus.assess.permissions import RULE_SAVE
from salus.assess.rules.document import RuleDocument, parse_document, read_document
from salus.assess.rules.examples import failing_examples
from salus.base import clock, outbox
from salus.base.audit import audited
from salus.base.audit import note as audit_note
from salus.base.errors import Conflict, Invalid, NotFound
from salus.base.versioned import record_create, record_revise
from salus.trust import policy
from salus.trust.schemas import Viewer

PACKS = Path(__file__).resolve().parent.parent / "packs"
# Of a new virus a city knows less than of one that it has met, so an exercise of one has rules of its own.
_NEW = {"respiratory": "new_virus"}


def checked(draft: str | dict[str, Any], *, name: str = "that you gave") -> RuleDocument:
    """Return a rule table whose shape, methods and examples are right, or refuse it."""
    if isinstance(draft, str):
        document = parse_document(draft, name=name)
    else:
        document = read_document(draft, name=name)
    for kind, choice in document.plan.choices:
        registry.get(choice.method, kind)
    failed = failing_examples(document)
    if failed:
        raise Invalid(
            _("The rule table contradicts its own examples: %(failed)s.") % {"failed": "; ".join(failed)},
            remedy=_("Correct the thresholds, or the examples where the policy is meant to change."),
        )
    return document


@audited("rule_table.save")
def rule_table_save(
    *, draft: str | dict[str, Any], note: str = "", expected_number: int | None = None, by: Viewer
) -> RuleTable:
    """Save a rule table (YAML text or its fields) as the next number, dated today."""
    policy.require(by, RULE_SAVE)
    document = checked(draft)
    before = RuleTable.objects.known().filter(slug=document.slug).first()
    if before is not None and expected_number is not None and before.number != expected_number:
        raise Conflict(
            _("Somebody saved number %(now)d since you opened number %(then)d.")
            % {"now": before.number, "then": expected_number},
            remedy=_("Look at the newest one and try again."),
        )
    return _save(document, before, note, from_pack=False, by=by)


@audited("rule_table.pack_load")
def pack_load(*, pack: str = "respiratory", by: Viewer) -> RuleTable:
    """Bring in a rule table that comes with the product; one that was edited here is kept."""
    policy.require(by, RULE_SAVE)
    return _load(pack, by)


def exercise_pack(emergency: str) -> str:
    """Return the rule table of a city in which an emergency of an exercise has just begun."""
    return _NEW.get(emergency, emergency)


def pack_text(pack: str) -> str | dict[str, Any]:
    """Return a rule table that comes with the product, with what it takes from the one that it changes or is based on."""
    path = PACKS / f"{Path(pack).name}.yaml"
    if not path.exists():
        raise NotFound(_("There is no pack '%(name)s'.") % {"name": pack}, remedy=_("Look into the folder of packs."))
    text = path.read_text(encoding="utf-8")
    raw = yaml.safe_load(text)
    if isinstance(raw, dict) and "changes" in raw:
        return _changed(yaml.safe_load((PACKS / f"{raw.pop('changes')}.yaml").read_text(encoding="utf-8")), raw)
    if not isinstance(raw, dict) or "based_on" not in raw:
        return text
    base = yaml.safe_load((PACKS / f"{raw.pop('based_on')}.yaml").read_text(encoding="utf-8"))
    return {**raw, "phrases": {**base["phrases"], **raw.get("phrases", {})}}


def _changed(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Return what stands in both, what is inside a name changed name by name; texts and lists are taken whole."""
    found = dict(base)
    for name, value in changes.items():
        inside = name in {"plan"} and isinstance(value, dict)
        found[name] = _changed(base.get(name, {}), value) if inside else value
    return found


def _load(pack: str, by: Viewer) -> RuleTable:
    document = checked(pack_text(pack), name=f"{pack}.yaml")
    before: RuleTable | None = RuleTable.objects.known().filter(slug=document.slug).first()
    if before is not None:
        same = before.document.get("number") == document.number
        if not before.from_pack or same:
            audit_note(kept=before.number)
            return before
    return _save(document, before, "", from_pack=True, by=by)


def rule_table_keep(document: RuleDocument, before: RuleTable, note: str, *, by: Viewer) -> RuleTable:
    """Keep a changed rule table as the next number; the service that changed it asks for the right and is audited."""
    return _save(document, before, note, from_pack=False, by=by)


def _save(document: RuleDocument, before: RuleTable | None, note: str, *, from_pack: bool, by: Viewer) -> RuleTable:
    number = before.number + 1 if before is not None else 1
    stored = document.model_dump(mode="json")
    if not from_pack:
        stored.update(number=number, dated=clock.today().isoformat())
    fields: dict[str, Any] = {
        "number": number,
        "title": dict(document.title),
        "document": stored,
        "from_pack": from_pack,
        "note": note,
    }
    if before is None:
        row = record_create(RuleTable, slug=document.slug, by=by, **fields)
    else:
        row = record_revise(before, by=by, **fields)
    audit_note(slug=row.slug, number=row.number)
    outbox.publish(
        topic=events.RULE_TABLE_SAVED,
        record_kind="rule_table",
        record_id=row.id,
        payload={"slug": row.slug, "number": row.number},
        by=by,
    )
    return row
