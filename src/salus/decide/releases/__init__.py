"""The read side of publication: the only part of the operational steps that the public face imports."""

from salus.decide.releases.envelope import EXERCISE_FILE
from salus.decide.releases.reading import release_file, release_get, release_latest, release_list, release_verify
from salus.decide.releases.schemas import FileRow, ReleaseRow, ReleaseSummary, ReleaseVerdict

__all__ = [
    "EXERCISE_FILE",
    "FileRow",
    "ReleaseRow",
    "ReleaseSummary",
    "ReleaseVerdict",
    "release_file",
    "release_get",
    "release_latest",
    "release_list",
    "release_verify",
]
