"""New facts and new days start an assessment; many at once start one."""

from datetime import datetime
from uuid import uuid4

import pytest

from salus.assess.jobs import ASSESS
from salus.assess.models import Assessment
from salus.base import jobs, outbox
from salus.base.models import Job
from tests.spec.assess import support as s

pytestmark = pytest.mark.django_db


def tell(topic: str) -> None:
    outbox.publish(topic=topic, record_kind="any", record_id=uuid4(), by=s.BY)


@pytest.mark.parametrize("topic", ["gather.import_committed", "base.day_began"])
def test_triggers_start_one_job(town: datetime, topic: str) -> None:
    for _ in range(5):
        tell(topic)
    outbox.deliver_all()
    assert Job.objects.filter(kind=ASSESS).count() == 1


def test_the_job_assesses_and_says_what_it_found(town: datetime) -> None:
    s.bring(*s.all_facts(s.quiet_counts()))
    row = jobs.run(jobs.start(kind=ASSESS, by=s.BY).id)
    assert row.status == "done", row.error
    made = Assessment.objects.get()
    assert row.result["assessment"] == str(made.id)
    assert row.result["zones"] == 9
    assert (row.done, row.total) == (5, 5)


def test_what_came_in_meanwhile_is_looked_at_too(town: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    from salus.assess import services

    runs = []
    real = services.assessment_run

    def run(**arguments: object) -> Assessment:
        if not runs:
            tell("gather.import_committed")
        runs.append(1)
        return real(**arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(services, "assessment_run", run)
    jobs.run(jobs.start(kind=ASSESS, by=s.BY).id)
    assert len(runs) == 2


@pytest.mark.usefixtures("db")
def test_without_a_city_the_job_waits() -> None:
    row = jobs.run(jobs.start(kind=ASSESS, by=s.BY).id)
    assert (row.status, row.result) == ("done", {"skipped": "There is no city yet."})
