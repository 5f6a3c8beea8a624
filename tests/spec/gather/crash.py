"""The process that the test of a killed import kills: it says what it does, and waits at each step.

python -m tests.spec.gather.crash prepare | import FILE | resume | facts
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import django

# Long enough for the parent to hear of a step and kill in the middle of the next.
STEP = 0.2


def say(done: int, total: int | None, message: str) -> None:
    print(json.dumps([done, total, message]), flush=True)
    time.sleep(STEP)


def main(what: str, *arguments: str) -> None:
    django.setup()
    from salus.base import clock
    from salus.gather.imports import pipeline
    from salus.gather.imports.readers import delimited
    from salus.gather.models import Import
    from salus.gather.selectors import observations_as_of
    from salus.gather.services import import_resume, import_start
    from salus.gather.store import appending
    from tests.spec.gather import support

    delimited.BLOCK = 1 << 19
    appending.SLICE = 2_000
    with clock.fixed_at(support.NOW):
        if what == "prepare":
            from django.core.management import call_command

            call_command("migrate", verbosity=0)
            support.make_city()
            support.make_source()
        elif what == "import":
            path = Path(arguments[0])
            row = import_start(source=support.SOURCE, path=path, mapping=support.LONG, queue=False, by=support.BY)
            pipeline.run(import_id=row.id, by=support.BY, progress=say)
        elif what == "resume":
            row = Import.objects.latest("number")
            import_resume(import_id=row.id, queue=False, by=support.BY)
            pipeline.run(import_id=row.id, by=support.BY, progress=say)
        row = Import.objects.order_by("-number").first()
        frame = observations_as_of(viewer=support.BY, series=support.CASES)
        total = frame["value"].sum()
        print(json.dumps({"status": row.status if row else "", "facts": len(frame), "sum": total}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
