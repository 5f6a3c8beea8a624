"""Nothing of an exercise leaves the building: whatever could speak to the network is known by name."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "salus"
CLIENTS = frozenset(
    {
        "aiohttp", "aiomqtt", "amqtt", "apprise", "asyncio.streams", "boto3", "ftplib", "grpc", "http.client", "httpx",
        "imaplib", "paho", "poplib", "pywebpush", "requests", "smtplib", "socket", "telnetlib", "urllib.request",
        "urllib3", "websockets", "django.core.mail", "twilio",
    }
)  # fmt: skip
# Who may, and why nothing goes out by it. Whoever adds a channel that speaks to people or partners asks
# `salus.base.clock.reading().mode` before it sends, and shows by a test that it refuses or marks in an exercise.
KNOWN = {
    "config/commands/up.py": "asks its own pages, on this machine, whether they answer",
    "config/processes/stage/keeper.py": "looks for a free port on this machine",
    "world/mqtt/account.py": "looks for a free port on this machine",
    "world/mqtt/broker.py": "the exercise's own broker; bound to this machine alone",
    "world/mqtt/publishing.py": "the exercise's own sensors, speaking to that broker",
    "gather/listening/mqtt.py": "subscribes; answers only that it listens, and how far it has heard",
}


def imports(file: Path) -> Iterator[str]:
    """Return what a file imports, with every package around it."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        for name in names:
            parts = name.split(".")
            yield from (".".join(parts[: n + 1]) for n in range(len(parts)))


def test_whatever_speaks_to_the_network_is_known_and_says_why_nothing_goes_out() -> None:
    speaking = {
        file.relative_to(SOURCE).as_posix() for file in SOURCE.rglob("*.py") if CLIENTS.intersection(imports(file))
    }
    assert speaking - set(KNOWN) == set(), "An outgoing channel that no exercise has been asked about."
    assert set(KNOWN) - speaking == set(), "These speak to nobody any more: take them out."


def test_the_broker_of_an_exercise_listens_to_this_machine_alone() -> None:
    from salus.world.mqtt.account import HOST

    assert HOST == "127.0.0.1"


def test_what_listens_to_sensors_answers_only_that_it_has_heard() -> None:
    tree = ast.parse((SOURCE / "gather" / "listening" / "mqtt.py").read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    topics = {ast.unparse(node.args[0]) for node in calls if node.func.attr == "publish"}  # type: ignore[attr-defined]
    assert topics <= {"LISTENING", "HEARD"}
