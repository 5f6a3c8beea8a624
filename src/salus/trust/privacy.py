"""Every personal field: its class, why we hold it, and how it is scrubbed from what is written down."""

from __future__ import annotations

import logging
import re
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from urllib.parse import quote


class PrivacyClass(StrEnum):
    """How personal a field is."""

    IDENTITY = "identity"  # says who somebody is
    CONTACT = "contact"  # reaches them
    CREDENTIAL = "credential"  # lets them in
    USAGE = "usage"  # says what they did here
    HEALTH = "health"  # says how they are


@dataclass(frozen=True, slots=True)
class PersonalField:
    """One personal field of one table."""

    model: str
    field: str
    privacy_class: PrivacyClass
    purpose: str
    scrub: Callable[[str], str]
    sealed: bool = True


_fields: dict[tuple[str, str], PersonalField] = {}


def register(entry: PersonalField) -> PersonalField:
    """Declare a personal field; every package declares its own."""
    _fields[(entry.model, entry.field)] = entry
    return entry


def fields() -> tuple[PersonalField, ...]:
    """Return every declared personal field."""
    return tuple(_fields[key] for key in sorted(_fields))


def field_of(model: str, field: str) -> PersonalField | None:
    """Return the declaration of a field, or None where it is not personal."""
    return _fields.get((model, field))


MASK = "[personal data]"
_EMAIL = re.compile(r"[\w.+-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+", re.UNICODE)
_PHONE = re.compile(r"(?<![\w.:-])(?:\+|00)\d[\d ()./-]{6,18}\d(?![\w-])")


def mask_all(_value: str) -> str:
    """Scrub a value by leaving nothing of it."""
    return MASK


def mask_email(value: str) -> str:
    """Scrub an address wherever it stands in a text."""
    return _EMAIL.sub(MASK, value)


def mask_phone(value: str) -> str:
    """Scrub a telephone number wherever it stands in a text."""
    return _PHONE.sub(MASK, value)


_IDENTITY, _CONTACT = PrivacyClass.IDENTITY, PrivacyClass.CONTACT
_CREDENTIAL, _USAGE = PrivacyClass.CREDENTIAL, PrivacyClass.USAGE
_SLOWING = "To slow the guessing of passwords; forgotten after a day"

for _entry in (
    PersonalField("trust.person", "name_sealed", _IDENTITY, "Who did and who is accountable", mask_all),
    PersonalField("trust.person", "email_sealed", _CONTACT, "To reach colleagues", mask_email),
    PersonalField("trust.person", "phone_sealed", _CONTACT, "To reach colleagues", mask_phone),
    PersonalField("trust.person", "username", _IDENTITY, "To sign in", mask_all, sealed=False),
    PersonalField("trust.person", "password", _CREDENTIAL, "To sign in (a hash)", mask_all, sealed=False),
    PersonalField("trust.person", "last_login", _USAGE, "To find unused accounts", mask_all, sealed=False),
    PersonalField("mfa.authenticator", "data", _CREDENTIAL, "To sign in with a second factor", mask_all),
    PersonalField("sessions.session", "session_data", _USAGE, "To stay signed in", mask_all, sealed=False),
    PersonalField("account.emailaddress", "email", _CONTACT, "Not used: nothing is written", mask_email, sealed=False),
    *(
        PersonalField("axes.accessattempt", name, _USAGE, _SLOWING, mask_all, sealed=False)
        for name in ("username", "ip_address", "user_agent", "http_accept", "path_info", "get_data", "post_data")
    ),
):
    register(_entry)

ATTEMPTS_KEPT = timedelta(days=1)


# Names follow no pattern, so the scrubber knows them by heart: whatever this process has sealed or
# opened lately. A value can only reach a log line of the process that had it in its hands.
_KEPT = 4096
_SHORTEST = 3
_seen: OrderedDict[str, None] = OrderedDict()
_lock = threading.Lock()


def remember(value: str) -> None:
    """Keep a personal value in mind, so that it is scrubbed from what this process writes down."""
    text = value.strip()
    if len(text) < _SHORTEST:
        return
    with _lock:
        _seen[text] = None
        _seen.move_to_end(text)
        while len(_seen) > _KEPT:
            _seen.popitem(last=False)


def scrub(text: str) -> str:
    """Return a text without the personal data that can be found in it."""
    with _lock:
        known = sorted(_seen, key=len, reverse=True)
    for value in known:
        for form in {value, quote(value), repr(value)[1:-1]}:
            if form in text:
                text = text.replace(form, MASK)
    return mask_phone(mask_email(text))


class ScrubFilter(logging.Filter):
    """Takes personal data out of log lines and of the tracebacks under them."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Scrub the message and the traceback; never drops a record."""
        try:
            message = record.getMessage()
        except (TypeError, ValueError):
            message = f"{record.msg} {record.args!r}"
        record.msg, record.args = scrub(message), None
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = scrub(record.exc_text)
        return True
