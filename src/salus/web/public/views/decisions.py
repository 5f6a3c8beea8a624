"""What was decided, why, what else was possible, and what came of it."""

from __future__ import annotations

from typing import Any

from salus.base.errors import NotFound
from salus.base.texts import pick
from salus.decide.releases import ReleaseRow, release_get, release_latest, release_list
from salus.web.public.answers import public_page
from salus.web.public.languages import found
from salus.web.public.scene import Page, Scene
from salus.web.public.situation import moment

MOST = 200


@public_page
def decisions(scene: Scene) -> Page:
    """List the published decisions, the newest first."""
    if scene.head is None:
        return Page("public/nothing.html", "decisions")
    newest = release_list(kind="decision", newest_of_subject=True, limit=MOST)
    rows = [_line(scene, release_get(number=summary.number)) for summary in newest]
    level = scene.situation.level if scene.situation else None
    return Page("public/decisions.html", "decisions", {"rows": sorted(rows, key=_order)}, level=level)


def _order(line: dict[str, Any]) -> tuple[int, int]:
    return (("in_force", "planned", "ended").index(line["status"]), -line["body"]["number"])


def _line(scene: Scene, row: ReleaseRow) -> dict[str, Any]:
    return {"row": row, "body": row.body, "status": status(scene, row), **_moments(row.body)}


def _moments(body: dict[str, Any]) -> dict[str, Any]:
    return {
        "approved_at": moment(body.get("approved_at")),
        "begins": moment(body.get("from")),
        "until": moment(body.get("ended_at") or body.get("until")),
    }


def status(scene: Scene, row: ReleaseRow) -> str:
    """Return how a decision stands at the newest release: its own words may be older than its end."""
    ends = moment(row.body.get("ended_at") or row.body.get("until"))
    begins = moment(row.body.get("from"))
    if row.body.get("status") == "ended" or (ends is not None and ends <= scene.now):
        return "ended"
    return "planned" if begins is not None and begins > scene.now else "in_force"


@public_page
def decision(scene: Scene, number: int) -> Page:
    """Show the newest release of a decision."""
    row = release_latest(kind="decision", subject=str(number))
    if row is None:
        raise NotFound("There is no such decision.", remedy="Look at the list of decisions.")
    page = decision_page(scene, row)
    page.context.update(row=row)
    return page


def _lines(scene: Scene, body: dict[str, Any]) -> dict[str, Any]:
    """The text for the public, without what the measures below say in the same words."""
    text, spoken = found(body.get("text"), scene.language)
    said = {pick(measure.get("text"), scene.language).strip() for measure in body.get("measures", [])}
    lines = [line.strip() for line in text.splitlines() if line.strip() and line.strip() not in said]
    return {"lines": lines, "spoken": spoken if spoken != scene.language else ""}


def decision_page(scene: Scene, row: ReleaseRow) -> Page:
    """Show a decision as a release has it."""
    earlier = release_list(kind="decision", subject=row.subject)
    context = {
        "decision": row.body,
        **_lines(scene, row.body),
        "status": status(scene, row),
        "chosen": next((option for option in row.body.get("options", []) if option.get("chosen")), None),
        "rejected": [option for option in row.body.get("options", []) if not option.get("chosen")],
        "history": earlier,
        "evidence_at": moment((row.body.get("evidence") or {}).get("known_at")),
        "codes": set(scene.situation.zones) if scene.situation else set(),
        **_moments(row.body),
    }
    return Page("public/decision.html", "decisions", context)
