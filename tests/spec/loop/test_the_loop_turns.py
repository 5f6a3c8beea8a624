"""Gather, assess, plan, decide, act, learn, and again: the whole loop in one process (ISO 22320, rows 4-1 to 4-7)."""

from __future__ import annotations

import pytest

from tests.spec.loop.conftest import SYSTEM, World

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases, pytest.mark.usefixtures("world")]


def test_story(world: World) -> None:
    from salus.plan.models import Proposal

    for p in Proposal.objects.known():
        print(
            p.created_at,
            p.title,
            p.status,
            p.level_from,
            p.level_to,
            len(p.zone_ids),
            [(o["key"], o["projected"]) for o in p.options][:3],
        )
    from salus.learn.models import Outcome

    for o in Outcome.objects.known():
        print(o.verdict, o.reasons, o.effect, o.observed)
    from salus.base.models import FailedDelivery, Job

    for f in FailedDelivery.objects.all():
        print(f.error)
    for j in Job.objects.exclude(status="done"):
        print(j.kind, j.status, j.error)
    from salus.decide.releases import release_list

    for r in release_list():
        print(r.number, r.kind, r.title, r.published_at)
    assert world.decision
