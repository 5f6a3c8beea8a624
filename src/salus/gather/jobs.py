"""The long work of gather: imports."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from salus.base.jobs import Progress, handles

IMPORT = "gather.import"
FORGET = "gather.cases_forget"


@handles(IMPORT)
def run_import(progress: Progress, args: dict[str, Any]) -> dict[str, Any]:
    """Read, check and append what an import brought, from wherever it stopped."""
    from salus.gather.imports.pipeline import run

    return run(import_id=UUID(args["import"]), progress=progress)


@handles(FORGET)
def forget_cases(progress: Progress, args: dict[str, Any]) -> dict[str, Any]:
    """Destroy the keys of reports that have been kept for as long as they may."""
    from salus.gather.cases.services import cases_forget
    from salus.trust.selectors import system_viewer

    return {"forgotten": cases_forget(by=system_viewer("gather"))}
