"""Listens at an MQTT broker, and comes back with growing pauses when that is away."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Self

import aiomqtt

from salus.gather.listening.spool import Spool

log = logging.getLogger(__name__)
BEGINS, ENDS, HEARD = "salus/day/begins", "salus/day/ends", "salus/day/heard"
# Whether somebody listens, kept by the broker; the broker itself says `no` when the listener is lost.
LISTENING = "salus/listening"
_FIRST_WAIT, _LONGEST_WAIT = 0.2, 30.0
# What was heard lies on the disk after so many messages or seconds at the latest.
_FLUSH_MESSAGES, _FLUSH_SECONDS = 500, 1.0


@dataclass(frozen=True, slots=True)
class Address:
    """Where a broker is, and as whom one listens there."""

    host: str
    port: int
    name: str
    password: str = field(repr=False)


class Listener:
    """Writes down what comes by the topics of sensors, while it is entered.

    A message belongs to the day that was announced; where nobody announces days, to the day on which it
    came (`today`). Without either it waits for the first day that is announced.
    """

    def __init__(
        self,
        address: Address,
        *,
        folder: Path,
        name: str,
        topics: tuple[str, ...],
        today: Callable[[], date] | None = None,
    ) -> None:
        self._address, self._topics, self._today = address, topics, today
        self._spool = Spool(folder, name)
        self._announced = False
        self._stop = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._go_on()), name="listener", daemon=True)
        self.connections = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(5.0)

    async def _go_on(self) -> None:
        pause = _FIRST_WAIT
        while not self._stop.is_set():
            before = self.connections
            try:
                await self._while_connected()
            except aiomqtt.MqttError as error:
                # After a connection that held, the pauses begin anew.
                pause = _FIRST_WAIT if self.connections > before else min(pause * 2, _LONGEST_WAIT)
                log.warning("the broker is away, next try in %.1f s: %s", pause, error)
                await self._pause(pause)
            finally:
                self._spool.flush()

    async def _pause(self, seconds: float) -> None:
        for _ in range(int(seconds / 0.1)):
            if self._stop.is_set():
                return
            await asyncio.sleep(0.1)

    async def _while_connected(self) -> None:
        # The session is kept: what comes while this listener is away waits for it at the broker.
        async with aiomqtt.Client(
            self._address.host,
            self._address.port,
            username=self._address.name,
            password=self._address.password,
            identifier="salus-gather",
            clean_session=False,
            will=aiomqtt.Will(LISTENING, b"no", qos=1, retain=True),
        ) as client:
            self.connections += 1
            for topic in (BEGINS, ENDS, *self._topics):
                await client.subscribe(topic, qos=1)
            await client.publish(LISTENING, b"yes", qos=1, retain=True)
            messages = aiter(client.messages)
            coming = asyncio.ensure_future(anext(messages))
            try:
                while not self._stop.is_set():
                    done, _ = await asyncio.wait({coming}, timeout=_FLUSH_SECONDS)
                    if not done:
                        self._spool.flush()
                        continue
                    await self._hear(coming.result(), client)
                    coming = asyncio.ensure_future(anext(messages))
                await client.publish(LISTENING, b"no", qos=1, retain=True)
            finally:
                coming.cancel()

    async def _hear(self, message: aiomqtt.Message, client: aiomqtt.Client) -> None:
        topic, payload = str(message.topic), _bytes(message.payload)
        if topic in (BEGINS, ENDS):
            await self._mark(topic, payload, client, retained=bool(message.retain))
            return
        if self._today is not None and not self._announced and self._spool.day != (day := self._today()):
            self._spool.begin(day)
        self._spool.add(topic, payload)
        if self._spool.added % _FLUSH_MESSAGES == 0:
            self._spool.flush()

    async def _mark(self, topic: str, payload: bytes, client: aiomqtt.Client, *, retained: bool) -> None:
        """Turn to an announced day; at its end say that it is kept, if it is there whole."""
        about = _about(payload)
        if about is None:
            log.warning("a day was announced that is none: %r", payload[:80])
        elif topic == BEGINS:
            self._announced = True
            # After a lost connection the broker repeats which day it is.
            if not (retained and self._spool.day == about[0]):
                self._spool.begin(about[0])
        elif self._spool.day == about[0] and self._spool.added >= about[1]:
            self._spool.flush()
            await client.publish(HEARD, payload, qos=1)


def _about(payload: bytes) -> tuple[date, int] | None:
    try:
        told: dict[str, Any] = json.loads(payload)
        return date.fromisoformat(told["day"]), int(told["messages"])
    except (ValueError, KeyError, TypeError):
        return None


def _bytes(payload: object) -> bytes:
    return payload if isinstance(payload, bytes) else str(payload).encode()
