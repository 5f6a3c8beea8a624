"""Read the city pack of an exercise: what a city knows of itself before anything happens."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from salus.gather.sources.chunks import Chunk, Progress, silent
from salus.gather.sources.city_packs import PARTS
from salus.gather.sources.files import read_json, require_folder
from salus.gather.sources.gtfs import FOLDER, lines


def read(path: Path, *, progress: Progress = silent) -> Iterator[Chunk]:
    """Yield the city, its places and its people."""
    folder = require_folder(path, what="a city pack, made by ./salus exercise build")
    about = read_json(folder, "city.json")
    for done, (label, make) in enumerate(PARTS.items()):
        progress(done, len(PARTS), label)
        yield make(folder, about)
    # A pack of before there were lines in it is still a city.
    if (folder / FOLDER).is_dir():
        yield lines(folder / FOLDER, "en")
    progress(len(PARTS), len(PARTS), "read")
