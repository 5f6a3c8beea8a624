"""The writes of gather: keyword-only, ending in `by`, one transaction, one audit row."""

from salus.gather.services.corrections import observation_correct
from salus.gather.services.imports import (
    import_cancel,
    import_commit,
    import_resume,
    import_start,
    mapping_save,
)
from salus.gather.services.review import parked_row_dismiss, parked_row_fix
from salus.gather.services.series import series_define, stratum_define
from salus.gather.services.sources import source_activate, source_assign_owner, source_pause, source_register
from salus.gather.sources.services import facts_import, feed_refuse

__all__ = [
    "facts_import",
    "feed_refuse",
    "import_cancel",
    "import_commit",
    "import_resume",
    "import_start",
    "mapping_save",
    "observation_correct",
    "parked_row_dismiss",
    "parked_row_fix",
    "series_define",
    "source_activate",
    "source_assign_owner",
    "source_pause",
    "source_register",
    "stratum_define",
]
