"""Opening a source's files, with a clear word when one is missing or broken."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from salus.base.errors import Invalid


def require_folder(path: Path, *, what: str) -> Path:
    """Return the folder, or say that it is not there."""
    if not path.is_dir():
        raise Invalid(
            _("There is no folder %(path)s.") % {"path": path},
            remedy=_("Give the folder that holds %(what)s.") % {"what": what},
        )
    return path


def require_file(folder: Path, name: str) -> Path:
    """Return the path of a file that must be there."""
    path = folder / name
    if not path.is_file():
        raise Invalid(
            _("The file %(name)s is missing in %(folder)s.") % {"name": name, "folder": folder},
            remedy=_("Fetch the whole data set again."),
        )
    return path


def read_parquet(folder: Path, name: str, columns: Sequence[str]) -> pl.DataFrame:
    """Return the named columns of a Parquet file."""
    path = require_file(folder, name)
    try:
        frame = pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise _broken(name, _("a whole Parquet file")) from error
    return _with_columns(frame, name, columns)


def read_csv(folder: Path, name: str, columns: Sequence[str], *, text: Sequence[str] = ()) -> pl.DataFrame:
    """Return the named columns of a CSV file; the columns in `text` stay as written."""
    path = require_file(folder, name)
    try:
        frame = pl.read_csv(path, infer_schema_length=None, schema_overrides=dict.fromkeys(text, pl.String))
    except (pl.exceptions.PolarsError, OSError, UnicodeDecodeError) as error:
        raise _broken(name, _("a CSV file")) from error
    return _with_columns(frame, name, columns)


def read_features(folder: Path, name: str) -> list[dict[str, Any]]:
    """Return the features of a GeoJSON file."""
    path = require_file(folder, name)
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        features = document["features"]
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise _broken(name, _("a GeoJSON file with features")) from error
    if not isinstance(features, list) or not all(isinstance(row, dict) for row in features):
        raise _broken(name, _("a GeoJSON file with features"))
    return features


def read_json(folder: Path, name: str) -> dict[str, Any]:
    """Return the object in a JSON file."""
    path = require_file(folder, name)
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise _broken(name, _("a JSON file")) from error
    if not isinstance(document, dict):
        raise _broken(name, _("a JSON object"))
    return document


def _with_columns(frame: pl.DataFrame, name: str, columns: Sequence[str]) -> pl.DataFrame:
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise Invalid(
            _("The file %(name)s has no column %(missing)s; it has %(columns)s.")
            % {"name": name, "missing": ", ".join(missing), "columns": ", ".join(frame.columns)},
            remedy=_("Check that this is the file of this source and of this version."),
        )
    return frame.select(columns)


def _broken(name: str, wanted: str) -> Invalid:
    return Invalid(
        _("The file %(name)s cannot be read: it is not %(wanted)s.") % {"name": name, "wanted": wanted},
        remedy=_("Fetch the file again."),
    )
