"""What a feed of places comes with: tables of the pack that say where each station, sensor or stop is."""

from __future__ import annotations

from salus.world.truth.run import Run, write_whole


def hand_over(run: Run, name: str) -> None:
    """Put a table of the city pack beside the feeds, once."""
    target = run.folder / "feeds" / name
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        write_whole(target, (run.pack / name).read_bytes())
