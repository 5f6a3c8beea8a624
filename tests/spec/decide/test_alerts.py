"""Alerts: composed from a decision, published once, updated and cancelled by messages that refer back (4-4)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from lxml import etree

from salus.base import clock
from salus.base.errors import Conflict, Invalid, Refused
from salus.base.models import ClockState
from salus.decide.releases import release_file, release_get, release_latest
from salus.decide.schemas import AlertWords
from salus.decide.selectors import alert_get, alert_list
from salus.decide.services import (
    alert_cancel,
    alert_compose,
    alert_drop,
    alert_update,
    decision_end,
    release_publish,
)
from salus.gather import cap
from salus.trust.actors import system_viewer
from tests.fixtures.town import NOW, Town
from tests.spec.decide.test_decisions import approved, drafted

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
SYSTEM = system_viewer("tests")
XSD = Path(__file__).resolve().parents[3].parent / "shared/data/interop/cap/xsd/cap12.xsd"


def message(xml: str) -> cap.Alert:
    """The message, which the OASIS schema accepts too where it is at hand."""
    reading = cap.read(xml.encode())
    assert reading.fit, reading.defects
    if XSD.exists():
        etree.XMLSchema(etree.parse(str(XSD))).assertValid(etree.fromstring(xml.encode()))
    return reading.alerts[0]


def published(town: Town, **words: object) -> tuple[object, cap.Alert]:
    """An alert that went out."""
    row = alert_compose(decision=approved(town), words=AlertWords(**words), by=town.viewer("samira"))  # type: ignore[arg-type]
    release_publish(kind="alert", alert=row.id, by=town.viewer("samira"))
    return row.id, message(alert_get(viewer=SYSTEM, alert=row.id).xml)


def test_an_alert_says_the_decision_in_each_language(town: Town) -> None:
    row = alert_compose(decision=approved(town), by=town.viewer("samira"))
    alert = message(row.xml)
    assert alert.message_type == "Alert" and alert.scope == "Public" and alert.references is None
    english, arabic = alert.infos[0], next(info for info in alert.infos if info.language == "ar")
    assert english.event == "Respiratory illness" and english.contact == "100"
    assert english.severity == "Moderate" and "Execute" in english.response_types
    assert arabic.headline and "الكمامة" in (arabic.instruction or "")
    (area,) = english.areas
    assert area.description == "E side" and area.geocodes == (cap.Named("littleton:district", "E"),)
    assert area.polygons[0].startswith("50.")


def test_only_an_approved_decision_warns(town: Town) -> None:
    with pytest.raises(Conflict):
        alert_compose(decision=drafted(town), by=town.viewer("samira"))
    row = approved(town)
    with pytest.raises(Refused):
        alert_compose(decision=row, by=town.viewer("luis"))
    alert_compose(decision=row, by=town.viewer("olga"))
    with pytest.raises(Conflict, match="already a draft"):
        alert_compose(decision=row, by=town.viewer("samira"))


def test_a_draft_goes_out_with_the_moment_at_which_it_goes(town: Town) -> None:
    draft = alert_compose(decision=approved(town), by=town.viewer("olga"))
    with pytest.raises(Refused):
        release_publish(kind="alert", alert=draft.id, by=town.viewer("olga"))
    with clock.fixed_at(NOW + timedelta(hours=3)):
        release = release_publish(kind="alert", alert=draft.id, by=town.viewer("samira"))
        row = alert_get(viewer=SYSTEM, alert=draft.id)
        assert message(row.xml).sent == "2021-12-06T15:00:00-00:00"
        assert (row.status, row.release_number) == ("published", release.number)
        with pytest.raises(Conflict):
            release_publish(kind="alert", alert=draft.id, by=town.viewer("samira"))
        with pytest.raises(Conflict):
            alert_drop(alert=draft.id, by=town.viewer("samira"))
    file = release_file(number=release.number, name="cap.xml")
    assert file.content.decode() == row.xml and file.media_type.startswith("application/cap+xml")
    assert release_get(number=release.number).body["infos"][0]["language"] == "en"


def test_updates_and_cancels_refer_to_every_message_before(town: Town) -> None:
    samira = town.viewer("samira")
    first, sent = published(town)
    with clock.fixed_at(NOW + timedelta(days=1)):
        second = alert_update(alert=first, words=AlertWords(headline={"en": "Still high"}), by=samira)  # type: ignore[arg-type]
        assert alert_get(viewer=SYSTEM, alert=first).status == "published"  # type: ignore[arg-type]
        release_publish(kind="alert", alert=second.id, by=samira)
        assert alert_get(viewer=SYSTEM, alert=first).status == "replaced"  # type: ignore[arg-type]
        again = message(alert_get(viewer=SYSTEM, alert=second.id).xml)
        assert again.references == sent.reference and again.infos[0].headline == "Still high"
    with clock.fixed_at(NOW + timedelta(days=2)):
        third = alert_cancel(alert=second.id, reason="The danger is over.", by=samira)
        release_publish(kind="alert", alert=third.id, by=samira)
        over = message(alert_get(viewer=SYSTEM, alert=third.id).xml)
        assert over.message_type == "Cancel" and over.references == f"{again.reference} {sent.reference}"
        assert over.infos[0].response_types == ("AllClear",) and over.infos[0].urgency == "Past"
        assert over.infos[0].description == "The danger is over." and over.infos[0].instruction is None
        assert alert_get(viewer=SYSTEM, alert=second.id).status == "cancelled"
        assert alert_list(viewer=SYSTEM, live_at=clock.now()) == []
    told = release_latest(kind="alert")
    assert told is not None and told.body["references"] == [again.identifier, sent.identifier]
    assert len(alert_list(viewer=SYSTEM, live_at=NOW, known_at=NOW + timedelta(hours=1))) == 1


def test_an_alert_never_outlives_its_decision_and_never_begins_expired(town: Town) -> None:
    decision = approved(town, in_force_until=NOW + timedelta(days=2))
    row = alert_compose(decision=decision, by=town.viewer("samira"))
    assert row.expires_at == NOW + timedelta(days=2)
    alert_drop(alert=row.id, by=town.viewer("samira"))
    with pytest.raises(Invalid):
        alert_compose(decision=decision, words=AlertWords(expires_at=NOW), by=town.viewer("samira"))


def test_a_draft_whose_decision_ended_does_not_go_out(town: Town) -> None:
    decision = approved(town)
    draft = alert_compose(decision=decision, by=town.viewer("samira"))
    decision_end(decision=decision, reason="Over.", by=town.viewer("henri"))
    with pytest.raises(Conflict, match="no longer in force"):
        release_publish(kind="alert", alert=draft.id, by=town.viewer("samira"))


def test_a_replay_or_an_exercise_says_so_in_every_language(town: Town) -> None:
    ClockState.objects.update_or_create(
        name="main", defaults={"mode": "exercise", "anchor_at": NOW, "anchor_wall": NOW, "rate": 1.0, "paused": True}
    )
    clock.forget()
    try:
        _, alert = published(town)
        told = release_latest(kind="alert")
    finally:
        ClockState.objects.all().delete()
        clock.forget()
    assert alert.status == "Exercise" and alert.note
    heads = {info.language: info.headline or "" for info in alert.infos}
    assert (
        heads["en"].startswith("EXERCISE:") and heads["fr"].startswith("EXERCICE") and heads["ar"].startswith("تمرين")
    )
    assert told is not None and told.exercise and told.body["exercise"] is True


def test_long_words_are_cut_at_a_word_and_broken_ones_refused(town: Town) -> None:
    long = "Very " * 60 + "long"
    row = alert_compose(decision=approved(town), words=AlertWords(headline={"en": long}), by=town.viewer("samira"))
    info = message(row.xml).infos[0]
    assert len(info.headline or "") <= 160 and (info.headline or "").endswith("Very…")
    alert_drop(alert=row.id, by=town.viewer("samira"))
    decision = row.decision_id
    with pytest.raises(Invalid, match="breaks the protocol"):
        alert_compose(decision=decision, words=AlertWords(severity="Awful"), by=town.viewer("samira"))
