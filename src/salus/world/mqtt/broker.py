"""The broker: amqtt on the loopback, with passwords, in a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import logging
import threading
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, Self

from amqtt.broker import Broker as Amqtt
from amqtt.errors import BrokerError
from amqtt.plugins.base import BaseAuthPlugin
from amqtt.session import Session

from salus.world.errors import WorldError
from salus.world.mqtt.account import Account

_START_SECONDS, _STOP_SECONDS = 20.0, 5.0


class NoBroker(WorldError):
    """The broker does not start; the message says what to do."""


class Passwords(BaseAuthPlugin):
    """Lets in whoever knows the password of a name that is known."""

    @dataclass
    class Config:
        """The names with their passwords."""

        passwords: dict[str, str] = field(default_factory=dict)

    async def authenticate(self, *, session: Session) -> bool:
        """Compare in equal time, whether the name is known or not."""
        known = self._get_config_option("passwords", {})
        expected = str(known.get(session.username or "", ""))
        given = str(session.password or "")
        return hmac.compare_digest(expected.encode(), given.encode()) and bool(expected)


class Broker:
    """A broker that runs while it is entered."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="broker", daemon=True)
        self._broker: Amqtt | None = None

    def __enter__(self) -> Self:
        for name in ("amqtt", "transitions"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        self._thread.start()
        try:
            self._do(self._start(), _START_SECONDS)
        except (BrokerError, OSError, TimeoutError) as error:
            self._end()
            raise NoBroker(
                f"The broker does not start on {self.account.host}:{self.account.port}: {error}. "
                "Start again: another port is chosen."
            ) from error
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(BrokerError, OSError, TimeoutError):
            if self._broker is not None:
                self._do(self._broker.shutdown(), _STOP_SECONDS)
        self._end()

    async def _start(self) -> None:
        plugin = {f"{Passwords.__module__}.{Passwords.__name__}": {"passwords": self.account.passwords}}
        where = f"{self.account.host}:{self.account.port}"
        config = {"listeners": {"default": {"type": "tcp", "bind": where, "max_connections": 20}}, "plugins": plugin}
        self._broker = Amqtt(config)
        await self._broker.start()

    def _do(self, work: Coroutine[Any, Any, None], seconds: float) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(seconds)

    def _end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_STOP_SECONDS)
