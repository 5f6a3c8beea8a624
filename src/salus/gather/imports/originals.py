"""The bytes as they came, kept once under their hash."""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from salus.gather.imports.faults import Unreadable, disk_watched

_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is kept: where and under which hash."""

    sha256: str
    path: Path
    size: int


def folder() -> Path:
    """Return where originals lie."""
    return Path(settings.SALUS_DATA_DIR) / "originals"


def original_path(sha256: str) -> Path:
    """Return where the bytes with a hash lie."""
    return folder() / sha256[:2] / sha256


def stage(path: Path, target: Path) -> int:
    """Make a file safe from being moved away by whoever handed it over; return its size."""
    if not path.is_file():
        raise Unreadable(
            _("There is no file %(path)s.") % {"path": path.name}, remedy=_("Check the name and choose it again.")
        )
    with disk_watched():
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(path, target)
        except OSError:
            shutil.copyfile(path, target)
    return target.stat().st_size


def keep(path: Path) -> Kept:
    """Copy a file's bytes under their hash; the same bytes are kept once."""
    digest = hashlib.sha256()
    part = folder() / f"part-{os.getpid()}-{path.name[-40:]}"
    with disk_watched():
        part.parent.mkdir(parents=True, exist_ok=True)
        try:
            with path.open("rb") as source, part.open("wb") as copy:
                while block := source.read(_BLOCK):
                    digest.update(block)
                    copy.write(block)
                copy.flush()
                os.fsync(copy.fileno())
            target = original_path(digest.hexdigest())
            target.parent.mkdir(parents=True, exist_ok=True)
            if not target.exists():
                part.chmod(0o440)
                part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    return Kept(digest.hexdigest(), target, target.stat().st_size)
