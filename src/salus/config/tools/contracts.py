"""Contracts of our own for import-linter."""

from typing import Any

import grimp
from importlinter import Contract, ContractCheck, fields, output
from importlinter.contracts.forbidden import ForbiddenContract


class ForbiddenWherePresent(ForbiddenContract):
    """As `forbidden`, for a house in which some rooms are not built yet.

    The linter's own refuses to look at anything while one module is missing.
    """

    type_name = "forbidden_where_present"

    def check(self, graph: grimp.ImportGraph, verbose: bool) -> ContractCheck:
        """Leave out our modules that do not exist, and check the others."""
        for name in ("source_modules", "forbidden_modules"):
            there = {m for m in getattr(self, name) if m.expression in graph.modules or "salus" not in m.expression}
            setattr(self, name, there)
        return super().check(graph, verbose)


class PrivateModules(Contract):
    """In every package, some modules are imported only from inside that package.

    import-linter's own `protected` contract would need one entry a package, and
    a package that nobody entered would be unprotected.
    """

    type_name = "private"

    modules = fields.ListField(subfield=fields.StringField())

    def check(self, graph: grimp.ImportGraph, verbose: bool) -> ContractCheck:
        """Collect every import of a private module from another package."""
        names: list[str] = self.modules  # type: ignore[assignment]
        found = [
            (importer, imported)
            for imported in sorted(graph.modules)
            if (owner := owner_of(imported, names))
            for importer in sorted(graph.find_modules_that_directly_import(imported))
            if importer != owner and not importer.startswith(f"{owner}.")
        ]
        return ContractCheck(kept=not found, metadata={"found": found})

    def render_broken_contract(self, check: Any) -> None:
        """Name every such import."""
        for importer, imported in check.metadata["found"]:
            output.print_error(f"- {importer} -> {imported}", bold=False)
        output.new_line()


def owner_of(module: str, names: list[str]) -> str | None:
    """Return the package that a module is private to: its layer, or None if it is not private."""
    root, *rest = module.split(".")
    if len(rest) < 2 or not set(names) & set(rest[1:]):
        return None
    return f"{root}.{rest[0]}"
