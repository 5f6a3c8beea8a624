"""The audit's signing key and the copies of its checkpoints, kept outside the database."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings


def _folder() -> Path:
    folder = Path(settings.SALUS_DATA_DIR) / "keys"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def signing_key() -> Ed25519PrivateKey:
    """Return the key that signs checkpoints, made at first use."""
    path = _folder() / "audit-signing.pem"
    if path.exists():
        loaded = serialization.load_pem_private_key(path.read_bytes(), password=None)
        if not isinstance(loaded, Ed25519PrivateKey):
            raise TypeError(f"{path} holds another kind of key: restore the audit key from the backup.")
        return loaded
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return signing_key()
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
    return key


def key_id(public: Ed25519PublicKey) -> str:
    """Return a short name of a key."""
    raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return hashlib.sha256(raw).hexdigest()[:32]


def _log() -> Path:
    return _folder() / "audit-checkpoints.log"


def remember(position: int, digest: bytes, signature: bytes) -> None:
    """Append a checkpoint to the copy outside the database."""
    with _log().open("a", encoding="ascii") as file:
        file.write(f"{position} {digest.hex()} {signature.hex()}\n")
        file.flush()
        os.fsync(file.fileno())


def remembered() -> Iterator[tuple[int, bytes, bytes]]:
    """Return the checkpoints that were copied outside the database."""
    path = _log()
    if not path.exists():
        return
    for line in path.read_text(encoding="ascii").splitlines():
        parts = line.split()
        if len(parts) == 3:
            yield int(parts[0]), bytes.fromhex(parts[1]), bytes.fromhex(parts[2])
