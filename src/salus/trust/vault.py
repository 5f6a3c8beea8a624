"""Personal fields at rest: one data key per person, wrapped by the installation's master key.

Destroying a person's key erases what it sealed in every copy of the database, backups included,
as long as the master key is not kept beside a backup that still holds the wrapped key.
"""

from __future__ import annotations

import os
import secrets
from base64 import b64decode, b64encode
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from salus.base import clock
from salus.base.errors import SalusError
from salus.trust.models import PersonKey
from salus.trust.privacy import remember

_KEY_BYTES = 32
_NONCE_BYTES = 12
_FORMAT = b"\x01"


class UnreadableError(SalusError):
    """Sealed data cannot be opened with the keys at hand."""


def _make(path: Path) -> None:
    """Make the master key once, whole or not at all, whichever process comes first."""
    if PersonKey.objects.exists():
        raise UnreadableError(
            "The key that opens personal data is missing.",
            remedy=f"Restore {path.name} in the keys folder from the backup of the keys.",
        )
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(_KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        path.hardlink_to(draft)
    draft.unlink()


@lru_cache(maxsize=4)
def _master(folder: str) -> AESGCM:
    path = Path(folder) / "keys" / "personal-master.key"
    if not path.exists():
        _make(path)
    raw = path.read_bytes()
    if len(raw) != _KEY_BYTES:
        raise UnreadableError(
            "The key that opens personal data is damaged.",
            remedy=f"Restore {path.name} in the keys folder from the backup of the keys.",
        )
    return AESGCM(raw)


def _installation() -> AESGCM:
    return _master(str(settings.SALUS_DATA_DIR))


def _encrypt(cipher: AESGCM, plain: bytes, context: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return _FORMAT + nonce + cipher.encrypt(nonce, plain, context)


def _decrypt(cipher: AESGCM, sealed: bytes, context: bytes) -> bytes:
    if sealed[:1] != _FORMAT:
        raise UnreadableError("Sealed personal data has an unknown format.", remedy="Upgrade the product.")
    nonce, body = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
    try:
        return cipher.decrypt(nonce, body, context)
    except InvalidTag:
        raise UnreadableError(
            "Sealed personal data does not open with this installation's key.",
            remedy="Restore the keys folder that belongs to this database.",
        ) from None


class Seal:
    """One person's key, opened: seals and opens their fields."""

    def __init__(self, person_id: UUID, key: bytes) -> None:
        self._person = person_id
        self._cipher = AESGCM(key)

    def _context(self, field: str) -> bytes:
        # Bound to person and field, so that sealed bytes cannot be moved from one to another.
        return b"salus person 1\n" + self._person.bytes + field.encode()

    def close(self, field: str, value: str) -> bytes:
        """Return the value sealed; an empty one stays empty."""
        if not value:
            return b""
        remember(value)
        return _encrypt(self._cipher, value.encode(), self._context(field))

    def open(self, field: str, sealed: bytes) -> str:
        """Return what was sealed."""
        if not sealed:
            return ""
        value = _decrypt(self._cipher, bytes(sealed), self._context(field)).decode()
        remember(value)
        return value


def _wrapping(person_id: UUID) -> bytes:
    return b"salus person key 1\n" + person_id.bytes


def seal_create(person_id: UUID) -> Seal:
    """Make a person's key; called inside a service."""
    key = AESGCM.generate_key(_KEY_BYTES * 8)
    PersonKey.objects.create(
        person_id=person_id,
        wrapped=_encrypt(_installation(), key, _wrapping(person_id)),
        created_wall=clock.wall_now(),
    )
    return Seal(person_id, key)


def seals_of(ids: list[UUID]) -> dict[UUID, Seal]:
    """Return the keys of people, leaving out those whose key was destroyed."""
    rows = PersonKey.objects.filter(person_id__in=ids).values_list("person_id", "wrapped")
    cipher = _installation()
    return {person: Seal(person, _decrypt(cipher, bytes(wrapped), _wrapping(person))) for person, wrapped in rows}


def subject_seal_create(subject_id: UUID) -> tuple[Seal, bytes]:
    """Return a new key of somebody who has no account, and the key wrapped, which the caller keeps."""
    key = AESGCM.generate_key(_KEY_BYTES * 8)
    return Seal(subject_id, key), _encrypt(_installation(), key, _wrapping(subject_id))


def subject_seal_open(subject_id: UUID, wrapped: bytes) -> Seal:
    """Return the key that `subject_seal_create` wrapped."""
    return Seal(subject_id, _decrypt(_installation(), bytes(wrapped), _wrapping(subject_id)))


def seal_destroy(person_id: UUID) -> None:
    """Destroy a person's key: overwritten first, so that the page keeps no copy of it."""
    rows = PersonKey.objects.filter(person_id=person_id)
    for row in rows:
        rows.update(wrapped=secrets.token_bytes(len(bytes(row.wrapped))))
    rows.delete()


_SECRET = b"salus second factor 1\n"


def secret_close(text: str) -> str:
    """Return a secret of the sign-in sealed with the installation's key."""
    return b64encode(_encrypt(_installation(), text.encode(), _SECRET)).decode("ascii")


def secret_open(sealed: str) -> str:
    """Return what `secret_close` sealed."""
    return _decrypt(_installation(), b64decode(sealed), _SECRET).decode()
