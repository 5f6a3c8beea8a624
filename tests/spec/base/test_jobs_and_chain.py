"""Long work shows progress and can be cancelled; any record's chain is walked both ways."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from salus.base import chain, clock, ids, jobs
from salus.base.chain import Ref
from salus.base.errors import Conflict
from salus.base.models import ChainLink, Job
from salus.base.services import job_cancel, job_start

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]
START = datetime(2021, 12, 1, tzinfo=UTC)


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    monkeypatch.setattr(jobs, "_enqueue", lambda job_id: None)
    return []


def test_a_job_ends_with_its_result(somebody: Any) -> None:
    @jobs.handles("test.count")
    def count(progress: jobs.Progress, args: dict[str, Any]) -> dict[str, int]:
        progress.update(args["n"], args["n"], "counted")
        return {"counted": args["n"]}

    job = job_start(kind="test.count", args={"n": 3}, by=somebody)
    job.refresh_from_db()
    assert (job.status, job.result, job.done) == ("done", {"counted": 3}, 3)


def test_a_job_that_fails_says_why(somebody: Any) -> None:
    @jobs.handles("test.fail")
    def fail(progress: jobs.Progress, args: dict[str, Any]) -> None:
        raise Conflict("It is taken.", remedy="Wait.")

    job = job_start(kind="test.fail", by=somebody)
    job.refresh_from_db()
    assert (job.status, job.error) == ("failed", "It is taken. Wait.")


def test_a_cancelled_job_stops_at_its_next_step(somebody: Any, quiet: list[Any]) -> None:
    @jobs.handles("test.long")
    def long(progress: jobs.Progress, args: dict[str, Any]) -> None:
        job_cancel(job=progress.job_id, by=somebody)
        progress.update(1, 2)
        raise AssertionError("it went on")

    job = job_start(kind="test.long", by=somebody)
    assert jobs.run(job.id).status == "cancelled"


def test_the_same_work_is_queued_once(somebody: Any, quiet: list[Any]) -> None:
    jobs.handles("test.once")(lambda progress, args: None)
    first = job_start(kind="test.once", dedupe_key="k", by=somebody)
    assert job_start(kind="test.once", dedupe_key="k", by=somebody).id == first.id
    jobs.run(first.id)
    assert job_start(kind="test.once", dedupe_key="k", by=somebody).id != first.id


def test_a_job_whose_worker_died_is_queued_again(somebody: Any, quiet: list[Any]) -> None:
    jobs.handles("test.lost")(lambda progress, args: "ok")
    job = job_start(kind="test.lost", by=somebody)
    Job.objects.update(status="running", heartbeat_wall=clock.wall_now() - timedelta(minutes=5))
    assert jobs.recover() == 1
    assert jobs.run(job.id).result == "ok"


def refs(n: int) -> list[Ref]:
    return [Ref("thing", ids.new_id(), START + timedelta(hours=i)) for i in range(n)]


@pytest.mark.requirement("4-7")
def test_from_any_record_the_whole_chain_is_seen_both_ways_with_the_time_between(somebody: Any) -> None:
    things = refs(6)
    with clock.fixed_at(START + timedelta(days=1)):
        for source, target in pairwise(things):
            chain.link(source=source, target=target, relation="led to", by=somebody)
        found = chain.walk(id=things[3].id)
    before = [link.source.id for link in found if link.backwards]
    after = [link.target.id for link in found if not link.backwards]
    assert before == [things[2].id, things[1].id, things[0].id]
    assert after == [things[4].id, things[5].id]
    assert all(link.took == timedelta(hours=1) for link in found)


def test_a_chain_that_loops_back_ends(somebody: Any) -> None:
    things = refs(3)
    for source, target in zip(things, [*things[1:], things[0]], strict=True):
        chain.link(source=source, target=target, relation="led to", by=somebody)
    assert {link.target.id for link in chain.walk(id=things[0].id)} == {thing.id for thing in things}


def test_a_link_made_twice_is_one_and_is_not_known_before_it_was_made(somebody: Any) -> None:
    one, other = refs(2)
    with clock.fixed_at(START + timedelta(days=3)):
        for _ in range(2):
            chain.link(source=one, target=other, relation="led to", by=somebody)
    assert ChainLink.objects.count() == 1
    assert chain.walk(id=one.id, known_at=START + timedelta(days=2)) == []
    assert len(chain.walk(id=one.id, known_at=START + timedelta(days=4))) == 1


def test_the_walk_is_one_query(somebody: Any, django_assert_num_queries: Any) -> None:
    things = refs(8)
    for source, target in pairwise(things):
        chain.link(source=source, target=target, relation="led to", by=somebody)
    with django_assert_num_queries(1):
        chain.walk(id=things[0].id, known_at=clock.wall_now())
