"""Publishing by itself, where somebody with the right has switched that on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from salus.base import clock
from salus.base.errors import Refused
from salus.base.jobs import Progress, handles
from salus.decide.permissions import RELEASE_PUBLISH
from salus.decide.releases import release_list
from salus.decide.selectors.settings import AUTOPUBLISH, situation_autopublish
from salus.trust import policy
from salus.trust.actors import system_name, system_viewer
from salus.trust.selectors import viewer_for

SITUATION = "decide.situation_publish"


@handles(SITUATION)
def publish_situation(progress: Progress, args: dict[str, Any]) -> dict[str, Any]:
    """Publish the situation, once a day, or again when something was decided or warned of."""
    from salus.decide.services import release_publish

    viewer = system_viewer("publisher")
    switch = situation_autopublish(viewer=viewer)
    if not switch.on or switch.by is None:
        return {"skipped": f"{AUTOPUBLISH} is off."}
    if _is_told(args):
        return {"skipped": "A situation has been published since."}
    # The switch is as strong as the right of the person who set it, today and not then.
    if not system_name(switch.by) and not policy.may(viewer_for(person=switch.by), RELEASE_PUBLISH):
        raise Refused(
            _("Whoever switched daily publishing on has no right to publish any more."),
            remedy=_("Somebody with the right must switch it on again."),
        )
    made = release_publish(kind="situation", by=viewer)
    return {"release": made.number}


def _is_told(args: dict[str, Any]) -> bool:
    """Return whether the public was told since: an event that is heard twice publishes once."""
    newest = next(iter(release_list(kind="situation", limit=1)), None)
    if newest is None:
        return False
    if args.get("daily") and newest.published_at.astimezone(clock.city_zone()).date() == clock.today():
        return True
    since = args.get("since")
    return since is not None and newest.published_at > datetime.fromisoformat(since)
