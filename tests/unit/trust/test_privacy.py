"""Personal data is scrubbed from what is written down."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest
from django.apps import apps

from salus.trust import privacy
from salus.trust.models import Person
from salus.trust.privacy import MASK, ScrubFilter, scrub


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    privacy._seen.clear()
    yield
    privacy._seen.clear()


@pytest.mark.parametrize(
    "text",
    [
        "mail amira.haddad+x@example.org failed",
        "GET /people/?q=amira%40example.org",
        "call +212 612-345678 now",
        "call 0033612345678",
    ],
)
def test_addresses_and_numbers_are_masked_by_their_pattern(text: str) -> None:
    assert MASK in scrub(text)
    assert "example.org" not in scrub(text)
    assert "612" not in scrub(text)


@pytest.mark.parametrize(
    "text",
    [
        "job 01a205fd-2052-7103-8dc4-ffdc42c7efab took 00:12:13.250",
        "at 2021-12-01T00:00:00+00:00 177 zones, 1,047 vintages",
        "zone 10032 (-73.940515, 40.845370)",
        "version +3 of 00012",
    ],
)
def test_what_is_not_personal_stays(text: str) -> None:
    assert scrub(text) == text


def test_a_name_that_was_opened_here_is_masked_in_every_form() -> None:
    privacy.remember("Léa Moreau")
    for text in ("for Léa Moreau", "q=L%C3%A9a%20Moreau", f"{'Léa Moreau'!r}"):
        assert "Moreau" not in scrub(text)


def test_the_longest_value_goes_first() -> None:
    privacy.remember("Lea")
    privacy.remember("Lea Moreau")
    assert scrub("Lea Moreau wrote") == f"{MASK} wrote"


def test_only_so_many_values_are_kept() -> None:
    for number in range(privacy._KEPT + 10):
        privacy.remember(f"name{number}x")
    assert len(privacy._seen) == privacy._KEPT


def logged(write: object) -> str:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(ScrubFilter())
    log = logging.getLogger("salus.tests.scrub")
    log.propagate = False
    log.handlers.clear()
    log.addHandler(handler)
    write(log)  # type: ignore[operator]
    return stream.getvalue()


def test_the_filter_scrubs_message_arguments_and_traceback() -> None:
    privacy.remember("Amira Haddad")

    def write(log: logging.Logger) -> None:
        try:
            raise ValueError("no such person: Amira Haddad")
        except ValueError:
            log.exception("failed for %s <%s>", "Amira Haddad", "a@example.org")

    text = logged(write)
    assert "Amira" not in text
    assert "example.org" not in text
    assert "Traceback" in text


def test_the_filter_loses_no_record_even_a_malformed_one() -> None:
    assert "broken" in logged(lambda log: log.warning("broken %d", "x"))


def test_every_personal_field_says_its_class_its_purpose_and_scrubs() -> None:
    for entry in privacy.fields():
        assert entry.purpose
        samples = {"email": "a@example.org", "email_sealed": "a@example.org", "phone_sealed": "+33 6 12 34 56 78"}
        samples["telephone_sealed"] = samples["phone_sealed"]
        sample = samples.get(entry.field, "Amira")
        assert sample not in entry.scrub(sample)
    assert privacy.field_of("trust.person", "name_sealed") is not None
    assert privacy.field_of("trust.person", "created_at") is None


TECHNICAL = {
    "id",
    "organisation_id",
    "is_active",
    "must_change_password",
    "is_demo",
    "access_version",
    "access_stamp",
    "access_floor",
    "created_at",
    "deactivated_at",
    "erased_at",
}


def test_every_field_of_a_person_is_declared_or_technical() -> None:
    found = {field.name for field in Person._meta.concrete_fields}
    declared = {entry.field for entry in privacy.fields() if entry.model == "trust.person"}
    assert found == declared | TECHNICAL


def test_every_declared_field_exists() -> None:
    for entry in privacy.fields():
        assert apps.get_model(entry.model)._meta.get_field(entry.field)
