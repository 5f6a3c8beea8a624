"""Publishes what the sensors have to say, day by day, and keeps a day until a listener says that it has it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import threading
import time
from pathlib import Path
from typing import Self

import aiomqtt

from salus.world.feeds.sensors import AIR, NAME, from_line
from salus.world.mqtt.account import WORLD, Account

log = logging.getLogger(__name__)
# A day is announced, its messages follow, and its end says how many they were; a listener answers with `heard`.
BEGINS, ENDS, HEARD = "salus/day/begins", "salus/day/ends", "salus/day/heard"
LISTENING = "salus/listening"
_ANSWER_SECONDS, _LOOK_SECONDS = 20.0, 0.05
_FIRST_WAIT, _LONGEST_WAIT = 0.2, 15.0


class Publisher:
    """Sends every day that waits, oldest first, while it is entered."""

    def __init__(self, folder: Path, account: Account) -> None:
        self._waiting, self._account = folder / AIR / NAME, account
        self._stop = threading.Event()
        self._listened_to, self._heard, self._answer = False, b"", asyncio.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._go_on()), name="publisher", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(5.0)

    def days_waiting(self) -> list[Path]:
        """Return the days that no listener has confirmed, oldest first."""
        return sorted(self._waiting.glob(f"{NAME}-*.ndjson"))

    def wait(self, seconds: float) -> bool:
        """Wait until all is heard; return whether it was in time."""
        until = time.monotonic() + seconds
        while self.days_waiting():
            if time.monotonic() > until:
                return False
            time.sleep(_LOOK_SECONDS)
        return True

    async def _go_on(self) -> None:
        pause = _FIRST_WAIT
        while not self._stop.is_set():
            try:
                await self._while_connected()
                pause = _FIRST_WAIT
            except aiomqtt.MqttError as error:
                log.warning("the sensors cannot reach the broker, next try in %.1f s: %s", pause, error)
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_WAIT)

    async def _while_connected(self) -> None:
        async with aiomqtt.Client(
            self._account.host,
            self._account.port,
            username=WORLD,
            password=self._account.passwords[WORLD],
            identifier="salus-world",
        ) as client:
            await client.subscribe(HEARD, qos=1)
            await client.subscribe(LISTENING, qos=1)
            answers = asyncio.create_task(self._hear(client))
            try:
                while not self._stop.is_set():
                    for path in self.days_waiting() if self._listened_to else ():
                        await self._send(client, path)
                    await asyncio.wait({answers}, timeout=_LOOK_SECONDS)
                    if answers.done():
                        answers.result()
            finally:
                answers.cancel()

    async def _hear(self, client: aiomqtt.Client) -> None:
        """Take in whether somebody listens, and which day they have."""
        async for message in client.messages:
            if str(message.topic) == LISTENING:
                self._listened_to = message.payload == b"yes"
            else:
                self._heard = message.payload
                self._answer.set()

    async def _send(self, client: aiomqtt.Client, path: Path) -> None:
        """Publish a day; it stays waiting unless a listener answers that it has all of it."""
        lines = path.read_bytes().splitlines()
        about = {"day": path.stem.removeprefix(f"{NAME}-"), "messages": len(lines)}
        # Retained: a listener that comes in the middle of the day learns which day it is.
        await client.publish(BEGINS, json.dumps(about), qos=1, retain=True)
        for line in lines:
            message = from_line(line)
            await client.publish(message.topic, message.payload, qos=1)
        await client.publish(ENDS, json.dumps(about), qos=1)
        if await self._answered(json.dumps(about).encode()):
            path.unlink()

    async def _answered(self, about: bytes) -> bool:
        until = time.monotonic() + _ANSWER_SECONDS
        while self._heard != about:
            if self._stop.is_set() or not self._listened_to:
                return False
            if time.monotonic() > until:
                log.warning("nobody answered that %s was heard; it is sent again", about.decode())
                return False
            self._answer.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._answer.wait(), _LOOK_SECONDS * 4)
        return True
