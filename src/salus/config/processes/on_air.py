"""The air of an exercise: a broker, the sensors that publish through it, and the listener that writes down what comes."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from salus.gather.listening.mqtt import Address, Listener
from salus.world.feeds.sensors import NAME
from salus.world.mqtt.account import LISTENER, Account
from salus.world.mqtt.broker import Broker, NoBroker
from salus.world.mqtt.publishing import Publisher

log = logging.getLogger(__name__)
TOPICS = ("salus/city/#",)


@contextmanager
def on_air(folder: Path) -> Iterator[Publisher]:
    """Let the sensors of a run speak through a real broker on this machine, and be heard."""
    account = Account.of(folder)
    address = Address(account.host, account.port, LISTENER, account.passwords[LISTENER])
    listener = Listener(address, folder=folder / "feeds" / NAME, name=NAME, topics=TOPICS)
    with Broker(account), listener, Publisher(folder, account) as publisher:
        yield publisher


@contextmanager
def on_air_if_possible(folder: Path) -> Iterator[Publisher | None]:
    """Do without the broker where it does not start: the sensors are then heard without it."""
    try:
        air = on_air(folder)
        publisher = air.__enter__()
    except NoBroker as refusal:
        log.warning("%s The sensors are heard without a broker.", refusal)
        yield None
        return
    try:
        yield publisher
    finally:
        air.__exit__(None, None, None)
