"""`./salus up`: runs an installation until Ctrl-C."""

from __future__ import annotations

import argparse
import socket
import urllib.request
from pathlib import Path

from salus.base.errors import Invalid
from salus.config.commands.setup import console, prepare, start_django, use_data_dir
from salus.config.processes.supervisor import Supervisor, processes


def add_address(parser: argparse.ArgumentParser) -> None:
    """Add the options that say where the pages are served."""
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
    parser.add_argument("--port", type=int, default=8000, help="the port of the pages (the next one serves live news)")


def check_ports(host: str, ports: list[int]) -> None:
    """Refuse early, with the reason, where a port is taken."""
    for port in ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                raise Invalid(
                    f"Port {port} on {host} cannot be used: {error.strerror}.", remedy="Choose another with --port."
                ) from error


def address_environment(host: str, port: int) -> dict[str, str]:
    """Return the settings that tell the pages where the live stream is."""
    return {"SALUS_LIVE_PORT": str(port + 1), "SALUS_PORT": str(port), "SALUS_HOST": host}


def serve(host: str, port: int, words: str) -> int:
    """Start the processes, say where the pages are, and stay until told to stop."""
    from django.conf import settings

    root = f"http://{'localhost' if host in {'127.0.0.1', '0.0.0.0'} else host}:{port}"  # noqa: S104

    def ready() -> bool:
        try:
            return urllib.request.urlopen(f"{root}/healthz", timeout=1).status == 200  # noqa: S310
        except OSError:
            return False

    supervisor = Supervisor(
        processes(host, port, port + 1),
        environment=address_environment(host, port),
        log_dir=Path(settings.SALUS_DATA_DIR) / "logs",
    )
    supervisor.run(on_ready=lambda: console.print(words.replace("{root}", root)), ready=ready)
    console.print("Stopped.")
    return 0


def main(argv: list[str]) -> int:
    """Run an installation."""
    parser = argparse.ArgumentParser(prog="./salus up", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("var/salus"), help="the installation's folder")
    add_address(parser)
    options = parser.parse_args(argv)
    check_ports(options.host, [options.port, options.port + 1])
    use_data_dir(options.data, **address_environment(options.host, options.port))
    start_django()
    password = prepare()
    if password:
        console.print(
            f"\nFirst start: sign in as [b]administrator[/b] with the one-time password [b]{password}[/b]\n"
            "It is shown once and must be changed at the first sign-in.\n"
        )
    return serve(options.host, options.port, "Salus is up.  Operations {root}/ops/   Public {root}/\nCtrl-C stops it.")
