"""Writes `docs/conformance.md`: which recommendations work, which are begun, and which tests show it."""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import yaml

from salus.config.tools.tree import ROOT

SOURCE = ROOT / "docs" / "conformance.yaml"
TARGET = ROOT / "docs" / "conformance.md"
STATES = ("works", "begun", "not yet")
HEAD = """# Conformance

Which recommendations of ISO 37113:2024 work in the product, row by row, in our own words. This page is written by
`./salus docs` from `docs/conformance.yaml` and the spec tests; a house test keeps them together. **Works** means that
a person can do it end to end, and names the tests that show it. **Begun** says what there is and what is missing.
"""


def claims() -> list[dict[str, Any]]:
    """Return the clauses with their rows."""
    loaded: list[dict[str, Any]] = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    return loaded


def _rows_named(node: ast.AST) -> list[str]:
    """Return the rows that a decorator or a `pytestmark` names."""
    return [
        str(argument.value)
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "requirement"
        for argument in call.args
        if isinstance(argument, ast.Constant)
    ]


def proofs() -> dict[str, list[tuple[Path, str]]]:
    """Return the spec tests that are marked for each row."""
    found: dict[str, list[tuple[Path, str]]] = defaultdict(list)
    for path in sorted((ROOT / "tests" / "spec").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                for row in (name for decorator in node.decorator_list for name in _rows_named(decorator)):
                    found[row].append((path.relative_to(ROOT), node.name))
    return found


def _section(clause: dict[str, Any], tests: dict[str, list[tuple[Path, str]]]) -> list[str]:
    lines = [f"## {clause['clause']}", "", "| row | recommendation | state | now | missing |", "|---|---|---|---|---|"]
    for row in clause["rows"]:
        shown = "; ".join(f"`{name}`" for _path, name in tests.get(row["id"], []))
        now = row.get("now", "") + (f" Shown by {shown}." if shown else "")
        state = f"**{row['state']}**" if row["state"] == "works" else row["state"]
        lines.append(f"| {row['id']} | {row['needs']} | {state} | {now} | {row.get('missing', '')} |")
    return [*lines, ""]


def page() -> str:
    """Return the page."""
    clauses, tests = claims(), proofs()
    counts = Counter(row["state"] for clause in clauses for row in clause["rows"])
    summary = ", ".join(f"{counts[state]} {state}" for state in STATES)
    lines = [HEAD, f"Of {sum(counts.values())} rows: {summary}.", ""]
    for clause in clauses:
        lines += _section(clause, tests)
    return "\n".join(lines).rstrip() + "\n"


def write() -> None:
    """Write the page."""
    TARGET.write_text(page(), encoding="utf-8")
