"""Who sees and does what: one policy, asked by every read and write of gather."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from salus.base import jobs
from salus.base.errors import NotFound, Refused
from salus.base.ids import new_id
from salus.base.versioned import record_revise
from salus.city.selectors import zone_by_code
from salus.gather.models import Import, Series, Source
from salus.gather.permissions import IMPORT_REVIEW, IMPORT_RUN, IMPORT_VIEW, OBSERVATION_VIEW, SERIES_VIEW
from salus.gather.schemas import SeriesDraft
from salus.gather.selectors import (
    import_get,
    import_list,
    observations_as_of,
    parked_list,
    series_get,
    series_list,
)
from salus.gather.services import import_cancel, import_start, series_define
from salus.trust.schemas import Grant, Tier, Viewer
from tests.spec.gather.support import BY, CASES, LONG, SOURCE, bring

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def viewer(*permissions: str, tier: Tier = Tier.OPERATIONAL, zone: str = "") -> Viewer:
    zones = frozenset({zone_by_code(viewer=BY, code=zone).id}) if zone else None
    grant = Grant(role="some", permissions=frozenset(permissions), zones=zones, max_tier=tier)
    return Viewer(id=new_id(), kind="person", name="Somebody", grants=(grant,))


@pytest.fixture
def filled(place: Path) -> Path:
    path = place / "in.csv"
    path.write_text("date,zone,cases\n2021-11-15,A1,3\n2021-11-15,A2,4\n2021-11-15,Z9,5\n")
    bring(path)
    return path


def test_a_zone_limited_viewer_sees_their_zones_only(filled: Path) -> None:
    some = viewer(SERIES_VIEW, OBSERVATION_VIEW, "city.view", zone="A1")
    assert observations_as_of(viewer=some, series=CASES)["value"].to_list() == [3.0]
    other = zone_by_code(viewer=BY, code="A2").number
    assert observations_as_of(viewer=some, series=CASES, zones=[other]).is_empty()


def test_a_series_above_the_viewers_tier_does_not_exist_for_them(filled: Path) -> None:
    record_revise(Series.objects.known().get(code=CASES), by=BY, tier=int(Tier.SENSITIVE))
    some = viewer(SERIES_VIEW, OBSERVATION_VIEW)
    assert CASES not in [row.code for row in series_list(viewer=some)]
    with pytest.raises(NotFound) as hidden:
        series_get(viewer=some, code=CASES)
    with pytest.raises(NotFound) as absent:
        series_get(viewer=some, code="clinic.nothing")
    # A refusal does not tell what exists.
    assert hidden.value.message.replace(CASES, "") == absent.value.message.replace("clinic.nothing", "")
    with pytest.raises(NotFound):
        observations_as_of(viewer=some, series=CASES)
    assert (
        len(
            observations_as_of(
                viewer=replace(some, grants=(replace(some.grants[0], max_tier=Tier.SENSITIVE),)), series=CASES
            )
        )
        == 2
    )


def test_seeing_a_series_is_not_seeing_its_values(filled: Path) -> None:
    with pytest.raises(Refused):
        observations_as_of(viewer=viewer(SERIES_VIEW), series=CASES)


def test_what_a_file_held_is_as_closely_held_as_its_source(filled: Path) -> None:
    some = viewer(IMPORT_VIEW, IMPORT_REVIEW)
    assert (len(import_list(viewer=some)), len(parked_list(viewer=some))) == (1, 1)
    record_revise(Source.objects.known().get(slug=SOURCE), by=BY, tier=int(Tier.SENSITIVE))
    assert (import_list(viewer=some), parked_list(viewer=some)) == ([], [])
    with pytest.raises(NotFound):
        import_get(viewer=some, id=Import.objects.get().id)
    with pytest.raises(Refused):
        parked_list(viewer=viewer(IMPORT_VIEW))


def test_without_the_right_nothing_is_written(filled: Path) -> None:
    nobody = viewer(SERIES_VIEW)
    with pytest.raises(Refused):
        import_start(source=SOURCE, path=filled, mapping=LONG, by=nobody)
    draft = SeriesDraft(code="x.y", name={"en": "x"}, unit="1", kind="count", role="r", zone_level="zone", source="x")
    with pytest.raises(Refused):
        series_define(draft=draft, by=nobody)
    assert Import.objects.count() == 1


def test_the_worker_runs_an_import_with_the_rights_of_whoever_began_it(place: Path) -> None:
    path = place / "in.csv"
    path.write_text("date,zone,cases\n2021-11-15,A1,3\n")
    row = import_start(source=SOURCE, path=path, mapping=LONG, by=BY)
    assert row.job_id is not None
    job = jobs.run(row.job_id)
    assert (job.status, job.result["rows"]) == ("done", 1)
    assert Import.objects.get(id=row.id).status == "committed"

    stranger = viewer(IMPORT_RUN)
    other = place / "other.csv"
    other.write_text("date,zone,cases\n2021-11-16,A1,3\n")
    row = import_start(source=SOURCE, path=other, mapping=LONG, by=stranger)
    assert row.job_id is not None
    # Whoever began it is no longer known here: nothing is taken in under another's name.
    assert jobs.run(row.job_id).status == "failed"


def test_a_waiting_import_can_be_cancelled(place: Path) -> None:
    path = place / "in.csv"
    path.write_text("date,zone,cases\n2021-11-15,A1,3\n")
    row = import_start(source=SOURCE, path=path, mapping=LONG, by=BY)
    assert import_cancel(import_id=row.id, by=BY).status == "cancelled"
    assert row.job_id is not None
    assert jobs.run(row.job_id).status == "cancelled"
    assert Import.objects.get(id=row.id).status == "cancelled"
