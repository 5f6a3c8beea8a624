"""Where a run's broker is and who may speak to it: one file in the run's folder that only its owner may read."""

from __future__ import annotations

import json
import os
import secrets
import socket
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from salus.world.errors import WorldError

FILE = "broker.json"
HOST = "127.0.0.1"
WORLD, LISTENER = "world", "listener"


class NoAccount(WorldError):
    """The file that says where the broker is cannot be used; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Account:
    """The address of a broker and the passwords of those who speak through it."""

    port: int
    passwords: dict[str, str]
    host: str = HOST

    @classmethod
    def of(cls, folder: Path) -> Self:
        """Return the account of a run, made on first use; the port is another one if that is taken."""
        path = folder / FILE
        kept = cls._read(path) if path.exists() else None
        if kept is not None and _is_free(kept.port):
            return kept
        passwords = kept.passwords if kept else {name: secrets.token_urlsafe(24) for name in (WORLD, LISTENER)}
        made = cls(_free_port(), passwords)
        part = path.with_name(path.name + ".part")
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(asdict(made), file)
        part.replace(path)
        return made

    @classmethod
    def _read(cls, path: Path) -> Self:
        try:
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        except (ValueError, TypeError) as error:
            raise NoAccount(f"{path} cannot be used: {error}. Remove it; a new one is made.") from error


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
