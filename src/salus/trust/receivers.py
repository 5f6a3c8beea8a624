"""What trust hears: people signing in and out, and their second factors."""

from __future__ import annotations

from typing import Any

from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from axes.models import AccessAttempt
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.contrib.sessions.models import Session
from django.dispatch import receiver

from salus.base import audit, chain, clock, outbox
from salus.trust import privacy, selectors
from salus.trust.models import Person
from salus.trust.schemas import Viewer


def _by(person: Person) -> Viewer:
    # Only who and what kind: signing in asks for no rights.
    return Viewer(id=person.id, kind="person", name="")


def _record(action: str, person: Any, **detail: Any) -> None:
    if isinstance(person, Person):
        audit.record(action=action, by=_by(person), record_kind="person", record_id=person.id, detail=detail)


@receiver(user_logged_in, dispatch_uid="salus.trust.signed_in")
def _signed_in(sender: Any, user: Any, **_: Any) -> None:
    _record("session.started", user)


@receiver(user_logged_out, dispatch_uid="salus.trust.signed_out")
def _signed_out(sender: Any, user: Any, **_: Any) -> None:
    _record("session.ended", user)


@receiver(authenticator_added, dispatch_uid="salus.trust.factor_added")
def _factor_added(sender: Any, user: Any, authenticator: Any, **_: Any) -> None:
    _record("factor.added", user, type=str(authenticator.type))


@receiver(authenticator_removed, dispatch_uid="salus.trust.factor_removed")
def _factor_removed(sender: Any, user: Any, authenticator: Any, **_: Any) -> None:
    _record("factor.removed", user, type=str(authenticator.type))


@receiver(authenticator_reset, dispatch_uid="salus.trust.factor_reset")
def _factor_reset(sender: Any, user: Any, authenticator: Any, **_: Any) -> None:
    _record("factor.reset", user, type=str(authenticator.type))


@outbox.subscribe("trust.tidy", topics=["base.day_began"])
def _tidy(happened: outbox.Happened) -> None:
    """Forget what was kept only to slow guessing and to hold sessions that have ended."""
    wall = clock.wall_now()
    Session.objects.filter(expire_date__lt=wall).delete()
    AccessAttempt.objects.filter(attempt_time__lt=wall - privacy.ATTEMPTS_KEPT).delete()


def _describe_people(ids: list[Any], viewer: Any, known_at: Any) -> dict[Any, chain.Described]:
    names = selectors.person_names(ids, viewer=viewer)
    return {person: chain.Described(title=name, url=f"/ops/people/#{person}") for person, name in names.items()}


chain.register("person", _describe_people)
