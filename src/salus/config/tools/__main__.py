"""`python -m salus.config.tools COMMAND`, as ./salus calls it."""

import importlib
import sys

COMMANDS = ("bench", "check", "docs", "lock", "test")


def main(argv: list[str]) -> int:
    """Run one of the commands."""
    if not argv or argv[0] not in COMMANDS:
        print(f"one of: {', '.join(COMMANDS)}", file=sys.stderr)
        return 2
    command = importlib.import_module(f"salus.config.tools.{argv[0]}")
    try:
        return int(command.main(argv[1:]))
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
