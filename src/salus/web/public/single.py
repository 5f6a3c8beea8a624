"""Pages about one release of an alert or of data."""

from __future__ import annotations

from salus.base.texts import pick
from salus.decide.releases import ReleaseRow
from salus.web.public.scene import GRAVE, Page, Scene
from salus.web.public.situation import moment

PREVIEW = 50


def alert_page(scene: Scene, row: ReleaseRow) -> Page:
    """Show an alert in the reader's language, and in the other languages that it was sent in."""
    infos = row.body.get("infos", [])
    spoken = {info["language"].split("-")[0]: info for info in infos}
    chosen = spoken.get(scene.language) or spoken.get("en") or next(iter(infos), None)
    context = {
        "alert": row.body,
        "info": chosen,
        "others": [info for info in infos if info is not chosen],
        "over": row.number not in {live.number for live in scene.alerts},
        "grave": row.body.get("severity") in GRAVE,
        "sent_at": moment(row.body.get("sent_at")),
        "expires_at": moment(row.body.get("expires_at")),
    }
    return Page("public/alert.html", "", context)


def data_page(scene: Scene, row: ReleaseRow) -> Page:
    """Show what a data set holds, and its newest rows."""
    body = row.body
    context = {
        "name": pick(body["name"], scene.language),
        "rows": body["rows"][-PREVIEW:][::-1],
        "total": len(body["rows"]),
        "zones": scene.situation.zones if scene.situation else {},
    }
    return Page("public/dataset.html", "data", context)
