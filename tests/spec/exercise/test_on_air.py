"""What sensors publish reaches the day's file through a real broker: the same bytes, and nothing is lost."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import aiomqtt
import pytest

from salus.config.processes.on_air import TOPICS, on_air, on_air_if_possible
from salus.gather.listening.mqtt import Address, Listener
from salus.gather.listening.spool import Spool, as_line
from salus.world.feeds.sensors import AIR, NAME, Message, nonsense
from salus.world.feeds.sensors import as_line as told_line
from salus.world.mqtt.account import FILE, HOST, LISTENER, Account, NoAccount
from salus.world.mqtt.broker import Broker, NoBroker
from salus.world.mqtt.publishing import Publisher

DAYS = ("2026-03-01", "2026-03-02")


def speak(run: Path) -> dict[str, bytes]:
    """Two days of sensors, one with a message that is no text."""
    import numpy as np

    folder = run / AIR / NAME
    folder.mkdir(parents=True)
    told = {}
    for day in DAYS:
        messages = [Message("salus/city/street_count/SEN-1", b'{"id":"%d","text":"\xc3\xa9"}' % n) for n in range(8)]
        messages.append(Message("salus/city/street_count/SEN-2", nonsense(np.random.default_rng(1), 80)))
        told[day] = b"".join(told_line(message) for message in messages)
        (folder / f"{NAME}-{day}.ndjson").write_bytes(told[day])
    return told


def heard(run: Path) -> dict[str, bytes]:
    return {day: (run / "feeds" / NAME / f"{NAME}-{day}.ndjson").read_bytes() for day in DAYS}


def address(account: Account, password: str | None = None) -> Address:
    return Address(account.host, account.port, LISTENER, password or account.passwords[LISTENER])


def listener(run: Path, account: Account) -> Listener:
    return Listener(address(account), folder=run / "feeds" / NAME, name=NAME, topics=TOPICS)


@pytest.mark.requirement("4-1")
def test_through_the_broker_come_the_bytes_that_would_have_come_without_it(tmp_path: Path) -> None:
    told = speak(tmp_path)
    with on_air(tmp_path) as publisher:
        assert publisher.wait(20)
    assert heard(tmp_path) == told
    assert not publisher.days_waiting()


def test_only_the_owner_may_read_the_passwords_and_they_stay_the_same(tmp_path: Path) -> None:
    first = Account.of(tmp_path)
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
    assert Account.of(tmp_path) == first
    assert first.host == "127.0.0.1"
    (tmp_path / FILE).write_text("{")
    with pytest.raises(NoAccount, match="Remove it"):
        Account.of(tmp_path)


def apart(work: Coroutine[Any, Any, None]) -> None:
    """Run it in a thread of its own: a browser of another test may hold this one's event loop."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, work).result()


def test_nobody_speaks_without_the_password(tmp_path: Path) -> None:
    account = Account.of(tmp_path)

    async def enter(name: str, password: str) -> None:
        async with aiomqtt.Client(account.host, account.port, username=name, password=password, timeout=5):
            pass

    with Broker(account):
        for name, password in ((LISTENER, "wrong"), ("stranger", ""), ("", "")):
            with pytest.raises(aiomqtt.MqttError):
                apart(enter(name, password))
        apart(enter(LISTENER, account.passwords[LISTENER]))


def test_a_listener_waits_for_a_broker_that_is_away_and_comes_back(tmp_path: Path) -> None:
    told, account = speak(tmp_path), Account.of(tmp_path)
    with listener(tmp_path, account) as waiting, Publisher(tmp_path, account) as publisher:
        time.sleep(0.3)
        assert waiting.connections == 0
        with Broker(account):
            assert publisher.wait(20)
    assert heard(tmp_path) == told


def test_without_a_listener_a_day_waits_and_after_a_lost_one_it_is_said_again(tmp_path: Path) -> None:
    told, account = speak(tmp_path), Account.of(tmp_path)
    with Broker(account), Publisher(tmp_path, account) as publisher:
        time.sleep(0.4)
        assert len(publisher.days_waiting()) == 2
        # A listener that was killed had part of the first day already.
        lost = Spool(tmp_path / "feeds" / NAME, NAME)
        lost.begin(date.fromisoformat(DAYS[0]))
        lost.add("salus/city/street_count/SEN-1", b'{"id":"0","text":"\xc3\xa9"}')
        lost.flush()
        with listener(tmp_path, account):
            assert publisher.wait(20)
    assert heard(tmp_path)[DAYS[0]] == told[DAYS[0]].splitlines(keepends=True)[0] + told[DAYS[0]]
    assert heard(tmp_path)[DAYS[1]] == told[DAYS[1]]


def test_a_line_that_a_lost_machine_cut_off_costs_itself_only(tmp_path: Path) -> None:
    path = tmp_path / f"{NAME}-{DAYS[0]}.ndjson"
    path.write_bytes(b'{"topic":"a","te')
    spool = Spool(tmp_path, NAME)
    spool.begin(date.fromisoformat(DAYS[0]))
    spool.add("b", b"1")
    spool.flush()
    assert path.read_bytes().splitlines()[1] == as_line("b", b"1").strip()
    assert json.loads(as_line("b", b"\xff")) == {"topic": "b", "base64": "/w=="}


def test_a_world_without_a_broker_goes_on_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Broker) -> Broker:
        raise NoBroker("no")

    monkeypatch.setattr(Broker, "__enter__", refuse)
    with on_air_if_possible(tmp_path) as publisher:
        assert publisher is None


def test_a_port_that_is_taken_is_changed(tmp_path: Path) -> None:
    import socket

    first = Account.of(tmp_path)
    with socket.socket() as other:
        other.bind((HOST, first.port))
        other.listen()
        second = Account.of(tmp_path)
    assert second.port != first.port
    assert second.passwords == first.passwords
