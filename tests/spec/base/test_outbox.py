"""Events reach every subscriber once, in order; a failing one is tried again and then left for a person."""

from __future__ import annotations

import pytest
from django.db import transaction

from salus.base import ids, outbox
from salus.base.models import Event, FailedDelivery
from salus.base.outbox import Happened
from salus.base.services import delivery_drop, delivery_retry

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    monkeypatch.setattr(outbox, "_handlers", {})
    numbers: list[int] = []

    @outbox.subscribe("test.listener", topics=["test.happened"])
    def listen(event: Happened) -> None:
        if event.payload.get("bad"):
            raise ValueError("cannot take this")
        numbers.append(event.payload["n"])

    return numbers


def tell(somebody: object, n: int, **more: object) -> None:
    outbox.publish(
        topic="test.happened",
        record_kind="t",
        record_id=ids.new_id(),
        payload={"n": n, **more},
        by=somebody,  # type: ignore[arg-type]
    )


def test_events_arrive_once_and_in_order(heard: list[int], somebody: object) -> None:
    for n in range(300):
        tell(somebody, n)
    outbox.deliver_all()
    outbox.deliver_all()
    assert heard == list(range(300))


def test_an_event_of_a_transaction_that_was_rolled_back_is_never_told(heard: list[int], somebody: object) -> None:
    with transaction.atomic():
        tell(somebody, 1)
        transaction.set_rollback(True)
    outbox.deliver_all()
    assert heard == [] and not Event.objects.exists()


def test_a_bad_event_does_not_hold_up_the_good_ones(heard: list[int], somebody: object) -> None:
    tell(somebody, 1)
    tell(somebody, 2, bad=True)
    tell(somebody, 3)
    outbox.deliver_all()
    assert heard == [1, 3]
    assert FailedDelivery.objects.get().status == "retrying"


def test_after_the_last_try_it_waits_for_a_person_who_may_retry_or_drop_it(heard: list[int], somebody: object) -> None:
    tell(somebody, 2, bad=True)
    outbox.deliver_all()
    for _ in range(outbox.MAX_ATTEMPTS):
        outbox.retry_due(now_too=True)
    dead = FailedDelivery.objects.get()
    assert dead.status == "dead" and "cannot take this" in dead.error
    Event.objects.update(payload={"n": 2})
    delivery_retry(delivery=dead.id, by=somebody)
    outbox.retry_due(now_too=True)
    dead.refresh_from_db()
    assert dead.status == "done" and heard == [2]


def test_a_dropped_letter_is_not_tried_again(heard: list[int], somebody: object) -> None:
    tell(somebody, 2, bad=True)
    outbox.deliver_all()
    delivery_drop(delivery=FailedDelivery.objects.get().id, by=somebody)
    assert outbox.retry_due(now_too=True) == 0
