"""`./salus test`: the tests, and those about storage again on PostgreSQL."""

import argparse
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from salus.config.tools.tree import REPORTS, python, run, say

NOTHING_RAN = 5


def passed(report: Path) -> int:
    """Count the tests that ran and passed, by pytest's own report."""
    suites = ElementTree.parse(report).getroot().iter("testsuite")
    return sum(
        int(suite.get("tests", 0)) - sum(int(suite.get(name, 0)) for name in ("failures", "errors", "skipped"))
        for suite in suites
    )


def pytest(name: str, options: list[str], launcher: list[str]) -> int:
    """Run pytest; a run in which no test passed has failed."""
    report = REPORTS / f"{name}.xml"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.unlink(missing_ok=True)
    # pytest reads paths on its command line as the caller would, so they are
    # given from the root: tests/unit/...
    code = run([*launcher, *python("-m", "pytest", f"--junit-xml={report}"), *options])
    if code == 0 and passed(report) == 0:
        return NOTHING_RAN
    return code


def parse(argv: list[str]) -> tuple[argparse.Namespace, list[str]]:
    """Take our own options; the rest is pytest's."""
    parser = argparse.ArgumentParser(
        prog="./salus test",
        description="Runs the tests, then those marked both_databases on PostgreSQL.",
        epilog="Everything else goes to pytest: ./salus test tests/unit -k clock -x",
    )
    parser.add_argument("--fast", action="store_true", help="leave out tests/e2e and what is marked slow")
    parser.add_argument("--sqlite", action="store_true", help="leave out the second part, on PostgreSQL")
    parser.add_argument("--postgres", action="store_true", help="run the second part only")
    return parser.parse_known_args(argv)


def second_part(rest: list[str], first: int, seconds: float) -> int:
    """Run the tests about storage on PostgreSQL."""
    verdict = {0: "passed", 1: "FAILED", NOTHING_RAN: "ran nothing"}.get(first, f"stopped with code {first}")
    # Said before, not after: whoever reads the log's end finds pytest's own last line.
    say(f"the first part {verdict} in {seconds:.0f} s; now those about storage, on PostgreSQL")
    launcher = python("tests/fixtures/postgres.py", "--")
    code = pytest("postgres", ["-m", "both_databases", *rest], launcher)
    # Chosen tests need not be about storage; of all the tests, some are.
    return 0 if rest and code == NOTHING_RAN else code


def main(argv: list[str]) -> int:
    """Run both parts; fail if either fails or nothing ran."""
    chosen, rest = parse(argv)
    begun = time.monotonic()
    codes = []
    if not chosen.postgres:
        leave_out = ["--ignore=tests/e2e", "-m", "not slow"] if chosen.fast else []
        codes.append(pytest("sqlite", [*leave_out, *rest], []))
    if not chosen.sqlite and not chosen.fast:
        codes.append(second_part(rest, codes[0] if codes else 0, time.monotonic() - begun))
    return max(codes)
