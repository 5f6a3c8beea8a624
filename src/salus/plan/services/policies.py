"""Writing measures and playbooks: on screen, or from a pack."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _

from salus.base import outbox
from salus.base.audit import audited, note
from salus.base.errors import Invalid, NotFound
from salus.base.ids import new_id
from salus.base.versioned import record_create, record_revise
from salus.plan.events import MEASURE_CHANGED, PLAYBOOK_CHANGED
from salus.plan.models import CATEGORIES, Measure, Playbook
from salus.plan.permissions import MEASURE_EDIT, PLAYBOOK_EDIT
from salus.plan.rows import service_of
from salus.plan.schemas import MeasureDraft, PackLoaded
from salus.trust import policy
from salus.trust.schemas import Viewer

PACKS = Path(__file__).resolve().parent.parent / "packs"
RESPONSE_TYPES = ("Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear", "None")


@audited("measure.save")
def measure_save(*, draft: MeasureDraft, by: Viewer) -> Measure:
    """Write a measure: a new one, or the next version of the one with this code."""
    policy.require(by, MEASURE_EDIT)
    row, _ = _measure_write(draft, "", by)
    return row


@audited("playbook.save")
def playbook_save(
    *,
    code: str,
    title: dict[str, str],
    levels: list[dict[str, Any]],
    phrases: dict[str, dict[str, str]],
    by: Viewer,
) -> Playbook:
    """Write a playbook: what each level means and which measures it brings."""
    policy.require(by, PLAYBOOK_EDIT)
    row, _ = _playbook_write({"code": code, "title": title, "levels": levels, "phrases": phrases}, "", by)
    return row


@audited("plan.pack_load")
def pack_load(*, pack: str = "respiratory", by: Viewer) -> PackLoaded:
    """Bring in a pack; what the city has edited since is kept as it is."""
    policy.require(by, MEASURE_EDIT)
    policy.require(by, PLAYBOOK_EDIT)
    content = _pack(pack)
    mark = f"{pack}/{content['version']}"
    counts = {"new": 0, "revised": 0, "kept": 0}
    for entry in content["measures"]:
        lists = {name: tuple(entry.get(name, ())) for name in ("task_templates", "services")}
        draft = MeasureDraft(**{**entry, **lists})
        counts[_load_one(draft, mark, by)] += 1
    fields = {"code": content["playbook"], **{name: content[name] for name in ("title", "levels", "phrases")}}
    kept = Playbook.objects.known().filter(code=fields["code"]).first()
    changed = False
    if kept is None or (kept.pack and kept.pack != mark):
        _, changed = _playbook_write(fields, mark, by)
    note(pack=mark, **counts)
    return PackLoaded(new_id(), mark, counts["new"], counts["revised"], changed)


def _pack(name: str) -> dict[str, Any]:
    path = PACKS / f"{Path(name).name}.yaml"
    if not path.exists():
        raise NotFound(_("There is no pack '%(name)s'.") % {"name": name}, remedy=_("Look into the folder of packs."))
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    base = content.pop("based_on", "")
    return _on_top(content, _pack(base)) if base else content


def _on_top(content: dict[str, Any], base: dict[str, Any]) -> dict[str, Any]:
    """Return a pack with the phrases of the one that it is based on, and those of its measures that it names."""
    wanted = content.pop("measures_of_base", [])
    if lost := set(wanted) - {entry["code"] for entry in base["measures"]}:
        raise Invalid(
            _("The pack '%(pack)s' names the measure '%(code)s', which the pack below it lacks.")
            % {"pack": content["pack"], "code": min(lost)},
            remedy=_("Correct the name."),
        )
    shared = [entry for entry in base["measures"] if entry["code"] in wanted]
    phrases = {**base["phrases"], **content["phrases"]}
    return {**content, "phrases": phrases, "measures": [*content["measures"], *shared]}


def _load_one(draft: MeasureDraft, mark: str, by: Viewer) -> str:
    kept = Measure.objects.known().filter(code=draft.code).first()
    # An empty mark means that somebody edited it here: the city's own words win over the pack's.
    if kept is not None and kept.pack in ("", mark):
        return "kept"
    _, changed = _measure_write(draft, mark, by)
    return "new" if kept is None else "revised" if changed else "kept"


def _measure_write(draft: MeasureDraft, mark: str, by: Viewer) -> tuple[Measure, bool]:
    _check_measure(draft)
    fields = {**asdict(replace(draft, task_templates=tuple(draft.task_templates))), "pack": mark}
    fields["task_templates"] = [dict(template) for template in draft.task_templates]
    fields["services"] = [dict(service) for service in draft.services]
    kept = Measure.objects.known().filter(code=draft.code).first()
    if kept is not None and all(getattr(kept, name) == value for name, value in fields.items()):
        return kept, False
    row = record_revise(kept, by=by, **fields) if kept else record_create(Measure, by=by, **fields)
    outbox.publish(topic=MEASURE_CHANGED, record_kind="measure", record_id=row.id, payload={"code": row.code}, by=by)
    return row, True


def _check_measure(draft: MeasureDraft) -> None:
    if not draft.code or not draft.title.get("en") or not draft.public_text.get("en"):
        raise Invalid(
            _("A measure needs a code, a title and a public text."), remedy=_("Fill in at least the English ones.")
        )
    if draft.category not in CATEGORIES:
        raise Invalid(
            _("'%(category)s' is not a side.") % {"category": draft.category},
            remedy=_("Choose one of %(value)s.") % {"value": ", ".join(CATEGORIES)},
        )
    if draft.response_type not in RESPONSE_TYPES:
        raise Invalid(
            _("'%(response_type)s' is not a kind of response.") % {"response_type": draft.response_type},
            remedy=_("Choose one of %(value)s.") % {"value": ", ".join(RESPONSE_TYPES)},
        )
    keys = [template["key"] for template in draft.task_templates]
    if len(keys) != len(set(keys)):
        raise Invalid(
            _("Two tasks of '%(code)s' have the same key.") % {"code": draft.code},
            remedy=_("Give each task its own key."),
        )
    _check_services(draft)
    _check_change(draft)


def _check_services(draft: MeasureDraft) -> None:
    for service in draft.services:
        try:
            service_of(service)
        except (ValueError, TypeError) as error:
            raise Invalid(
                _("What '%(code)s' does to the city's services cannot be used: %(why)s.")
                % {"code": draft.code, "why": error},
                remedy=_("Write which lines it closes or which sites it opens."),
            ) from error


def _check_change(draft: MeasureDraft) -> None:
    if not draft.expected:
        return
    low, mid, high = (float(draft.expected[f"change_{end}"]) for end in ("low", "mid", "high"))
    if not -1.0 <= low <= mid <= high <= 1.0:
        raise Invalid(
            _("The expected change of '%(code)s' is out of order.") % {"code": draft.code},
            remedy=_("Give lowest, middle and highest, each between -1 (nothing left) and 1 (twice as many)."),
        )
    if not 1 <= int(draft.expected["horizon_days"]) <= 90:
        raise Invalid(_("An effect is expected within 1 to 90 days."), remedy=_("Change the number of days."))


def _playbook_write(fields: dict[str, Any], mark: str, by: Viewer) -> tuple[Playbook, bool]:
    codes = set(Measure.objects.known().values_list("code", flat=True))
    unknown = {code for level in fields["levels"] for code in level["measures"]} - codes
    if unknown:
        raise Invalid(
            _("No such measure: %(unknown)s.") % {"unknown": ", ".join(sorted(unknown))},
            remedy=_("Add the measure first."),
        )
    if [level["level"] for level in fields["levels"]] != list(range(len(fields["levels"]))):
        raise Invalid(_("The levels must be numbered 0, 1, 2 and so on."), remedy=_("Put them in order."))
    kept = Playbook.objects.known().filter(code=fields["code"]).first()
    changes = {**fields, "pack": mark}
    if kept is not None and all(getattr(kept, name) == value for name, value in changes.items()):
        return kept, False
    row = record_revise(kept, by=by, **changes) if kept else record_create(Playbook, by=by, **changes)
    outbox.publish(topic=PLAYBOOK_CHANGED, record_kind="playbook", record_id=row.id, payload={"code": row.code}, by=by)
    return row, True
