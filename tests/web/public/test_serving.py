"""How pages are served: kept anywhere, small, without cookies; and the files, feeds and fingerprints."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from lxml import etree

from salus.decide.models import Release
from salus.web.public import places
from tests.web.public import samples

TEMPLATES = Path(__file__).parents[3] / "src/salus/web/public/templates/public"
FIRST_VIEW = 14 * 1024
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.mark.parametrize(
    ("header", "language"),
    [("ar-EG,ar;q=0.9,en;q=0.5", "ar"), ("de,fr;q=0.4", "fr"), ("", "en"), ("xx", "en"), (";;;q=,", "en")],
)
@pytest.mark.django_db
def test_the_door_leads_to_the_readers_language(client: Client, header: str, language: str) -> None:
    answer = client.get("/", headers={"accept-language": header})
    assert answer.status_code == 302 and answer["Location"] == f"/{language}/"
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "path", ["/en/", "/ar/area/10001/", "/fr/data/", "/en/nowhere/", "/data/latest.json", "/data/alerts.atom"]
)
def test_no_cookie_no_session_and_no_variation_by_it(published: None, client: Client, path: str) -> None:
    client.cookies["sessionid"] = "abc"
    client.cookies["csrftoken"] = "abc"
    answer = client.get(path, headers={"accept-language": "fr"})
    assert not answer.cookies
    vary = answer.get("Vary", "")
    assert "Cookie" not in vary and "Accept-Language" not in vary
    assert answer["Cache-Control"].startswith("public, max-age=")
    assert "csrf" not in answer.content.decode().lower()


def test_the_version_is_the_release_and_the_language(published: None, client: Client) -> None:
    english, french = client.get("/en/"), client.get("/fr/")
    newest = Release.objects.order_by("-number").first()
    assert newest.sha256[:24] in english["ETag"] and "-en-" in english["ETag"]
    assert english["ETag"] != french["ETag"] and english["Content-Language"] == "en"
    again = client.get("/en/", headers={"if-none-match": english["ETag"]})
    assert again.status_code == 304 and not again.content
    assert again["ETag"] == english["ETag"] and again["Cache-Control"] == english["Cache-Control"]
    samples.publish(samples.situation())
    assert client.get("/en/", headers={"if-none-match": english["ETag"]}).status_code == 200


def test_a_page_is_sent_packed_to_those_who_can_unpack(published: None, client: Client) -> None:
    plain, packed = client.get("/en/"), client.get("/en/", headers={"accept-encoding": "gzip, br"})
    assert packed["Content-Encoding"] == "gzip" and packed["Vary"] == "Accept-Encoding"
    assert gzip.decompress(packed.content) == plain.content


def test_only_reading_is_allowed(published: None, client: Client) -> None:
    assert client.post("/en/").status_code == 405
    assert client.head("/en/").status_code == 200


@pytest.mark.django_db
def test_a_foreign_host_is_never_in_a_kept_page(settings: object, published: None) -> None:
    first = Client().get("/en/", headers={"host": "evil.example"}).content.decode()
    second = Client().get("/en/", headers={"host": "city.example"}).content.decode()
    assert "evil.example" in first and "evil.example" not in second


def weight(client: Client, path: str) -> int:
    """Bytes of a page and of all its style sheets, packed, as a first visit loads them."""
    answer = client.get(path, headers={"accept-encoding": "gzip"})
    sheets = re.findall(r'<link rel="stylesheet" href="/static/([^"]+)"', gzip.decompress(answer.content).decode())
    found = [Path(finders.find(sheet)) for sheet in sheets]
    assert found
    return len(answer.content) + sum(len(gzip.compress(sheet.read_bytes(), 9)) for sheet in found)


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
@pytest.mark.parametrize("page", ["", "area/", "area/10001/", "what-to-do/", "decisions/", "decisions/3/", "data/"])
def test_the_first_view_is_small(published: None, client: Client, page: str, language: str) -> None:
    assert weight(client, f"/{language}/{page}") <= FIRST_VIEW


def test_files_are_handed_out_as_they_were_sealed(published: None, client: Client) -> None:
    answer = client.get("/data/releases/5.csv")
    assert answer.content == b"code,level\nNB,2\n" and answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "immutable" in answer["Cache-Control"] and answer["Access-Control-Allow-Origin"] == "*"
    assert client.get("/data/releases/5.curve.csv").status_code == 200
    assert client.get("/data/releases/3.cap.xml")["Content-Type"].startswith("application/cap+xml")
    assert client.get("/data/releases/5.csv", headers={"if-none-match": answer["ETag"]}).status_code == 304
    for missing in ("5.cap.xml", "99.json", "5.exe"):
        assert client.get(f"/data/releases/{missing}").status_code == 404


def test_latest_is_the_newest_situation(published: None, client: Client) -> None:
    answer = client.get("/data/latest.json")
    assert json.loads(answer.content)["number"] == 5
    assert "max-age=60" in answer["Cache-Control"] or "max-age=5" in answer["Cache-Control"]


@pytest.mark.django_db
def test_latest_before_the_first_release(client: Client) -> None:
    assert client.get("/data/latest.json").status_code == 404
    assert etree.fromstring(client.get("/data/alerts.atom").content).tag == f"{ATOM}feed"


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5])
def test_the_program_that_we_give_checks_a_release(
    published: None, client: Client, number: int, tmp_path: Path
) -> None:
    program, file = tmp_path / "check.py", tmp_path / "release.json"
    program.write_text((TEMPLATES / "check.txt").read_text(encoding="utf-8"), encoding="utf-8")
    whole = client.get(f"/data/releases/{number}.json").content
    file.write_bytes(whole)
    said = subprocess.run([sys.executable, str(program), str(file)], capture_output=True, text=True, check=True).stdout
    assert said == f"{Release.objects.get(number=number).sha256} holds\n"
    assert said.split()[0] in client.get("/en/data/").content.decode()
    changed = json.loads(whole)
    changed["body"]["city"]["help_phone"] = "0"
    file.write_text(json.dumps(changed), encoding="utf-8")
    said = subprocess.run([sys.executable, str(program), str(file)], capture_output=True, text=True, check=True).stdout
    assert said.endswith("DOES NOT HOLD\n")


def test_the_feed_is_atom_and_leads_to_cap(published: None, client: Client) -> None:
    feed = etree.fromstring(client.get("/data/alerts.atom?language=ar").content)
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == "ar"
    for name in ("id", "title", "updated", "author"):
        assert feed.find(f"{ATOM}{name}") is not None, name
    entry = feed.find(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "الكمامة مطلوبة في الغرب"
    assert entry.findtext(f"{ATOM}id").startswith("urn:uuid:") and entry.findtext(f"{ATOM}summary")
    links = {link.get("rel"): link for link in entry.findall(f"{ATOM}link")}
    assert links["alternate"].get("href") == "http://testserver/ar/releases/3/"
    assert links["related"].get("href") == "http://testserver/data/releases/3.cap.xml"
    assert links["related"].get("type") == "application/cap+xml"


def test_robots_and_sitemap(published: None, client: Client) -> None:
    robots = client.get("/robots.txt").content.decode()
    assert "Disallow: /ops/" in robots and "Sitemap: http://testserver/sitemap.xml" in robots
    listed = [loc.text for loc in etree.fromstring(client.get("/sitemap.xml").content).iter("{*}loc")]
    assert "http://testserver/ar/area/10001/" in listed and "http://testserver/fr/decisions/3/" in listed
    for address in listed[:12]:
        assert client.get(address.removeprefix("http://testserver")).status_code == 200


def test_an_address_without_its_last_stroke_is_mended(published: None, client: Client) -> None:
    answer = client.get("/en/data")
    assert answer.status_code == 301 and answer["Location"] == "/en/data/"


def test_places_are_found_however_they_are_written() -> None:
    zones = samples.zones()
    found = [zone["code"] for zone in places.search(zones, "mill")]
    assert found == ["10002"]
    assert [zone["code"] for zone in places.search(zones, "ELUARD")] == ["10003"]
    assert places.search(zones, "") == [] and places.search(zones, "??") == []
    assert places.certain(zones, "west")["code"] == "WEST"
    assert [zone["code"] for zone in places.near(zones, zones[3], 2)] == ["10002", "10003"]
