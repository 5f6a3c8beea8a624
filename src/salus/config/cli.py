"""The command line: one word a job, each in its own file."""

from __future__ import annotations

import importlib
import os
import sys

COMMANDS = {
    "demo": ("salus.config.commands.demo", "Show the whole loop in a city, from nothing"),
    "up": ("salus.config.commands.up", "Run an installation"),
    "load": ("salus.config.commands.load", "Bring a source's city and history in"),
    "assess": ("salus.config.commands.assess", "Assess the city on what is known now"),
    "exercise": ("salus.config.commands.exercise", "Make a city from a seed, and a world in it that answers"),
    "forecast": ("salus.config.commands.forecast", "Forecast a round of a forecast hub, or score its teams"),
    "replay": ("salus.config.commands.replay", "Run the clock over history at a speed"),
    "audit": ("salus.config.commands.audit", "Verify the audit and name the first bad row"),
    "test": ("salus.config.tools.test", "Pass the tests"),
    "check": ("salus.config.tools.check", "Check style, types, imports and the house rules"),
    "bench": ("salus.config.tools.bench", "Measure beside named peers"),
    "docs": ("salus.config.tools.docs", "Write the generated pages of the documentation"),
    "lock": ("salus.config.tools.lock", "Pin the dependencies anew"),
    "heart": ("salus.config.commands.heart", "(process) deliver events, seal the audit, begin the days"),
    "world": ("salus.config.commands.world", "(process) let the world of an exercise go on with the clock"),
    "stage": ("salus.config.commands.stage", "Run the stage of an exercise in its own folder"),
    "direct": ("salus.config.commands.direct", "(process) follow what the director of an exercise wants"),
    "manage": ("salus.config.manage", "Django's own commands"),
}


def usage() -> str:
    """Return the list of commands."""
    lines = ["usage: ./salus COMMAND [options]     ./salus COMMAND --help", ""]
    lines += [f"  {name:<8} {words}" for name, (_, words) in COMMANDS.items() if not words.startswith("(")]
    return "\n".join(lines)


def _run(module: str, arguments: list[str]) -> int:
    from salus.base.errors import SalusError

    try:
        return int(importlib.import_module(module).main(arguments) or 0)
    except SalusError as refusal:
        print(f"\n{refusal.message}\n{refusal.remedy}".rstrip(), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130


def main(argv: list[str] | None = None) -> int:
    """Run one command."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments or arguments[0] in {"-h", "--help", "help"}:
        print(usage())
        return 0
    name = arguments.pop(0)
    if name not in COMMANDS:
        print(f"There is no command '{name}'.\n\n{usage()}", file=sys.stderr)
        return 2
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salus.config.settings")
    return _run(COMMANDS[name][0], arguments)


if __name__ == "__main__":
    sys.exit(main())
