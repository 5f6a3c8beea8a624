"""Zip archives: one table out of them, and nothing that harms."""

from __future__ import annotations

import os
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from django.utils.translation import gettext as _

from salus.gather.imports.detection import is_zip
from salus.gather.imports.faults import Unreadable, disk_watched

MOST_BYTES = 8 << 30
MOST_RATIO = 200
_RATIO_FLOOR = 10 << 20
_MOST_MEMBERS = 1000
_BLOCK = 1 << 20
# A workbook lies in memory whole.
MOST_WORKBOOK = 1 << 30


_BROKEN = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError)


def unpacked(path: Path, target: Path) -> Path:
    """Return the table in a zip archive, unpacked beside the import; a file that is no archive as it is."""
    with path.open("rb") as file:
        head = file.read(8)
    if not is_zip(head):
        return path
    try:
        with zipfile.ZipFile(path) as archive:
            return _from_archive(archive, path, target)
    except _BROKEN as error:
        raise Unreadable(
            _("The zip archive is broken or protected: %(problem)s.") % {"problem": _plain(error)},
            remedy=_("Pack it again without a password, or send the table itself."),
        ) from error


def _plain(error: Exception) -> str:
    return str(error).rstrip(".") or type(error).__name__


def _from_archive(archive: zipfile.ZipFile, path: Path, target: Path) -> Path:
    members = archive.infolist()
    _refuse_harm(members)
    names = {member.filename for member in members}
    if "[Content_Types].xml" in names or any(name.endswith("content.opf") for name in names):
        _refuse_bomb(members, MOST_WORKBOOK)
        return path
    tables = [member for member in members if not member.is_dir() and not _is_clutter(member.filename)]
    if len(tables) != 1:
        raise Unreadable(
            _("The archive holds %(count)s files: %(names)s.")
            % {"count": len(tables), "names": ", ".join(member.filename for member in tables[:5]) or "-"},
            remedy=_("Send one table an archive."),
        )
    _refuse_bomb(tables, MOST_BYTES)
    return _extract(archive, tables[0], target)


def _is_clutter(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return parts[0] == "__MACOSX" or parts[-1] in {".DS_Store", "Thumbs.db"}


def _refuse_harm(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > _MOST_MEMBERS:
        raise Unreadable(
            _("The archive holds more than %(most)s files.") % {"most": _MOST_MEMBERS},
            remedy=_("Send one table an archive."),
        )
    for member in members:
        parts = PurePosixPath(member.filename.replace("\\", "/")).parts
        is_link = (member.external_attr >> 16) & 0o170000 == 0o120000
        if ".." in parts or member.filename.startswith(("/", "\\")) or ":" in member.filename or is_link:
            raise Unreadable(
                _("The archive names a file outside itself: %(name)s.") % {"name": member.filename},
                remedy=_("Do not use it; pack the table again yourself."),
            )


def _refuse_bomb(members: list[zipfile.ZipInfo], most: int) -> None:
    whole = sum(member.file_size for member in members)
    packed = max(sum(member.compress_size for member in members), 1)
    if whole > most or (whole > _RATIO_FLOOR and whole / packed > MOST_RATIO):
        raise _bomb(whole, packed)


def _bomb(whole: int, packed: int) -> Unreadable:
    return Unreadable(
        _("The archive would unpack %(packed)s kB to %(whole)s MB: it looks like a bomb.")
        % {"packed": packed // 1024, "whole": whole >> 20},
        remedy=_("Send the table itself, or pack it again."),
    )


def _extract(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> Path:
    """Unpack with a count of our own: the sizes that an archive states can be lies."""
    with disk_watched(), archive.open(member) as source, target.open("wb") as out:
        done = 0
        while block := source.read(_BLOCK):
            done += len(block)
            if done > member.file_size:
                raise _bomb(done, member.compress_size)
            out.write(block)
        out.flush()
        os.fsync(out.fileno())
    with target.open("rb") as file:
        if is_zip(file.read(8)) and not _is_workbook(target):
            raise Unreadable(_("The archive holds another archive."), remedy=_("Send one table an archive."))
    return target


def _is_workbook(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        _refuse_harm(members)
        _refuse_bomb(members, MOST_WORKBOOK)
        return "[Content_Types].xml" in archive.namelist()
