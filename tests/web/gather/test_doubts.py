"""The pages name what is late, incomplete or wrong, and a person works a feed's row off on them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from salus.base import clock
from salus.city.selectors import zone_by_code
from salus.gather.selectors import observations_as_of, parked_list
from salus.gather.sources.loading import load
from salus.trust.models import Person
from salus.trust.selectors import system_viewer
from salus.trust.services import person_create, role_assign, roles_load
from salus.web.ops.pages import forget_pages
from salus.world.city.pack import build

pytestmark = pytest.mark.django_db
SYSTEM = system_viewer("tests")
DAY = date(2026, 3, 2)
MOMENT = datetime(2026, 3, 2, 18, 30, tzinfo=UTC)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def zone(tmp_path: Path) -> str:
    """A city whose laboratory misspelt a zone, as known in the evening."""
    pack = build(tmp_path / "pack", seed=5, people=2_000)
    zones = [row["properties"] for row in json.loads((pack / "zones.geojson").read_text())["features"]]
    leaves = [(row["code"], row["parent"]) for row in zones if row["level"] == "zone"]
    feeds = tmp_path / "feeds"
    (feeds / "lab").mkdir(parents=True)
    (feeds / "zones.csv").write_text("zone,district\n" + "".join(f"{code},{above}\n" for code, above in leaves))
    code = leaves[0][0]
    head = "report_id,reported_on,laboratory,zone,age,sex,onset_on,specimen_on,variant,status\n"
    lines = [f"A1,{DAY},LAB-1,{code.replace('-', '')},34,female,,2026-03-01,,final\n", "<html>\n"]
    (feeds / "lab" / f"lab-{DAY}.csv").write_text(head + "".join(lines))
    with clock.fixed_at(MOMENT - timedelta(hours=1)):
        load(slug="exercise_city", path=pack, by=SYSTEM)
    with clock.fixed_at(MOMENT):
        load(slug="exercise_lab", path=feeds, by=SYSTEM, heard_at=clock.now())
    return code


def enter(role: str) -> Client:
    roles_load(by=SYSTEM)
    made = person_create(username=role, name="Amira Haddad", password="a long enough password", demo=True, by=SYSTEM)
    role_assign(person=made.id, role=role, by=SYSTEM)
    client = Client()
    client.force_login(Person.objects.get(id=made.id), backend=BACKEND)
    cache.clear()
    forget_pages()
    return client


def test_a_row_is_found_through_the_catalogue_and_worked_off(zone: str) -> None:
    with clock.fixed_at(MOMENT + timedelta(hours=2)):
        client = enter("epidemiologist")
        for address in (reverse("ops:catalogue"), reverse("ops:source", args=["exercise_lab"])):
            page = client.get(address).content.decode()
            assert "1 row waits for a person: unknown zone." in page
            assert f"lab-{DAY}.csv, line 3: it could not be read and is left out." in page
        queue = f"{reverse('ops:parked')}?source=exercise_lab"
        assert queue in page
        listed = client.get(queue).content.decode()
        assert f"exercise_lab, lab-{DAY}" in listed
        (row,) = parked_list(viewer=SYSTEM, source="exercise_lab")
        cells = {f"cell:{name}": text for name, text in row.raw.items()} | {"source": "exercise_lab"}
        refused = client.post(reverse("ops:parked_fix", args=[row.id]), cells, follow=True)
        assert refused.redirect_chain[-1][0] == queue
        assert "has no zone" in " ".join(str(one) for one in refused.context["messages"])
        client.post(reverse("ops:parked_fix", args=[row.id]), {**cells, "cell:zone": zone})
        assert parked_list(viewer=SYSTEM, source="exercise_lab") == []
        number = zone_by_code(viewer=SYSTEM, code=zone).number
        day = DAY - timedelta(days=1)
        frame = observations_as_of(viewer=SYSTEM, series="exercise.zone_cases", zones=[number], valid_from=day,
                                   valid_to=day)  # fmt: skip
        assert frame["value"].to_list() == [1.0]


def test_the_catalogue_as_csv_says_what_is_missing_and_a_viewer_may_not_work_rows_off(zone: str) -> None:
    with clock.fixed_at(MOMENT + timedelta(hours=2)):
        client = enter("viewer")
        head = client.get(reverse("ops:catalogue_csv")).content.decode().splitlines()[0]
        assert "findings" in head.split(",")
        (row,) = parked_list(viewer=SYSTEM, source="exercise_lab")
        assert client.post(reverse("ops:parked_dismiss", args=[row.id]), {"reason": "x"}).status_code == 403
