"""Django's own commands, for developers and the job worker."""

import os
import sys


def main(argv: list[str] | None = None) -> int:
    """Run a Django command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salus.config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["salus manage", *(argv if argv is not None else sys.argv[1:])])
    return 0


if __name__ == "__main__":
    sys.exit(main())
