"""A stage's memory of injects: what was fired is written before it takes effect, so that nothing is fired twice."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from salus.config.processes.stage.due import Due, Memory, timetable
from salus.plan.exercises import documents
from salus.plan.exercises.schemas import ExerciseDraft, FiredRow, InjectDraft
from salus.plan.exercises.stages import Stage, read_json, write_json, write_whole
from salus.world.happenings import Happening, as_row

HAPPENINGS = "happenings.json"


class Ledger:
    """What was fired on a stage, kept in its folder."""

    def __init__(self, stage: Stage, design: ExerciseDraft) -> None:
        self._stage, self._design = stage, design
        kept = read_json(stage.fired)
        self.rows: list[dict[str, Any]] = list(kept.get("fired", ()))
        self.memory = Memory({row["key"]: row["day"] for row in self.rows}, dict(kept.get("triggered", {})))
        self._befall()

    def fire(self, item: Due, *, on: date, starts: date, said: str = "") -> None:
        """Write down that an inject is fired, then let it befall the city."""
        inject = item.inject
        self.rows.append(
            {
                "key": inject.key,
                "how": item.how,
                "day": item.day,
                "on": on.isoformat(),
                "reason": item.reason,
                "inject": documents.inject_to(inject),
                "happening": as_row(happening(inject, starts)),
                "said": said,
                "told": False,
            }
        )
        self.memory.fired[inject.key] = item.day
        self.keep()
        self._befall()

    def obeyed(self) -> set[str]:
        """Return the orders of the desk that were followed."""
        return {row["said"] for row in self.rows if row["said"]}

    def untold(self) -> list[dict[str, Any]]:
        """Return what was fired and not yet told to those whom it concerns."""
        return [row for row in self.rows if not row["told"]]

    def told(self, row: dict[str, Any]) -> None:
        """Remember that those whom it concerns were told."""
        row["told"] = True
        self.keep()

    def keep(self) -> None:
        """Write the memory down."""
        write_json(self._stage.fired, {"fired": self.rows, "triggered": self.memory.triggered})

    def fired(self) -> tuple[FiredRow, ...]:
        """Return what was fired, in its order."""
        return tuple(
            FiredRow(
                row["key"],
                row["inject"]["title"],
                row["inject"]["kind"],
                row["how"],
                date.fromisoformat(row["on"]),
                row["day"],
                row["reason"],
            )
            for row in self.rows
        )

    def _befall(self) -> None:
        """Tell the world what was fired, and what has a day: a fast clock may bring the world there before us."""
        days = timetable(self._design, self.memory.fired)
        coming = [
            as_row(happening(row, self._design.day_on(days[row.key])))
            for row in self._design.injects
            if row.key in days and row.key not in self.memory.fired
        ]
        path = self._stage.run / HAPPENINGS
        content = documents.dump([*(row["happening"] for row in self.rows), *coming])
        if not path.exists() or path.read_bytes() != content:
            write_whole(path, content)


def happening(inject: InjectDraft, start: date) -> Happening:
    """Return what the world is told of an inject."""
    return Happening(
        kind=inject.kind,
        start=start,
        end=None if inject.days is None else start + timedelta(days=inject.days),
        zones=inject.zones,
        facility=inject.facility,
        supplier=inject.supplier,
        feed=inject.feed,
        size=inject.size,
        words=dict(inject.words),
    )
