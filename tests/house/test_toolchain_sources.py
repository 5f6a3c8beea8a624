"""Rules about every file of the tree: size, clocks, addresses, whose code it is."""

import ast
import json
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "salus"
CODE = {".py", ".js", ".mjs", ".css", ".html", ".sh", ".sql", ".typ"}
LOCKS = [
    ROOT / "requirements" / "lock.txt",
    ROOT / "requirements" / "dev.txt",
    ROOT / "package-lock.json",
    ROOT / "requirements" / "browser" / "package-lock.json",
]
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 30
LONGEST_WRITTEN_LINE = 1000

# In pieces, so that this file does not break its own rule.
HOSTS = ("pypi." + "org", "python" + "hosted", "npm" + "js.", "npm" + "mirror", "yarn" + "pkg.", "registry" + ".npm")
MACHINE_PATH = re.compile(r"(?<![\w./-])/(?:root|work|Users|home/[a-z]\w*)/[\w.]")
CLOCKS = {
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
    "time": {"time", "time_ns", "localtime", "gmtime"},
    "timezone": {"now", "localdate", "localtime"},
}
CLOCK_NAMES = {"django.utils.timezone": CLOCKS["timezone"], "time": CLOCKS["time"]}
# With an argument these convert a moment; without one they ask for it.
CONVERSIONS = {"localtime", "localdate", "gmtime"}
BY_THE_DATABASE = {"auto_now", "auto_now_add"}


@cache
def files() -> list[Path]:
    """Every file that is committed or would be."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [path for name in sorted(names.split("\0")) if name and (path := ROOT / name).is_file()]


def code() -> Iterator[Path]:
    """Files that people write: neither generated migrations nor fixtures' data."""
    for path in files():
        generated = "migrations" in path.parts or {"data", "vectors"} & set(path.parts)
        if (path.suffix in CODE or path.name == "salus") and not generated:
            yield path


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_files_are_short() -> None:
    counts = {name_of(path): len(path.read_text().splitlines()) for path in code()}
    assert {name: count for name, count in counts.items() if count > MAX_FILE_LINES} == {}


def lines_of(function: ast.FunctionDef | ast.AsyncFunctionDef, lines: list[str]) -> int:
    """Count the lines of a function's body that are neither docstring, comment nor blank."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    if not body:
        return 0
    written = lines[body[0].lineno - 1 : function.end_lineno]
    return sum(1 for line in written if line.strip() and not line.lstrip().startswith("#"))


def long_functions(text: str) -> dict[str, int]:
    """Return the functions that are too long, with their length."""
    lines = text.splitlines()
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    counted = {n.name: lines_of(n, lines) for n in ast.walk(ast.parse(text)) if isinstance(n, kinds)}
    return {name: count for name, count in counted.items() if count > MAX_FUNCTION_LINES}


def test_functions_are_short() -> None:
    found = {
        f"{name_of(path)}:{name}": count
        for path in code()
        # Samples are data written out as functions: there is no thought in them to divide.
        if path.suffix == ".py" and path.name != "samples.py"
        for name, count in long_functions(path.read_text()).items()
    }
    assert found == {}


def test_a_long_function_is_found() -> None:
    def text(count: int) -> str:
        return 'def f():\n    """A.\n\n    B.\n    """\n    # c\n\n' + "    x = 1\n" * count

    assert long_functions(text(30)) == {}
    assert long_functions(text(31)) == {"f": 31}


def clocks(source: str) -> list[str]:
    """Return every place where a source file asks a clock for the time."""
    found = []
    tree = ast.parse(source)
    converting = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            owner = getattr(node.value, "id", getattr(node.value, "attr", ""))
            converts = node.attr in CONVERSIONS and id(node) in converting
            if node.attr in CLOCKS.get(owner, ()) and not converts:
                found.append(f"{node.lineno}: {owner}.{node.attr}")
        elif isinstance(node, ast.ImportFrom):
            names = CLOCK_NAMES.get(node.module or "", set())
            found += [f"{node.lineno}: {alias.name}" for alias in node.names if alias.name in names]
            if node.module == "django.db.models.functions":
                found += [f"{node.lineno}: Now" for alias in node.names if alias.name == "Now"]
        elif isinstance(node, ast.keyword) and node.arg in BY_THE_DATABASE:
            found.append(f"{node.value.lineno}: {node.arg}")
    return found


@pytest.mark.parametrize(
    "line",
    [
        "import datetime; datetime.datetime.now()",
        "from datetime import datetime; datetime.utcnow()",
        "from datetime import date; date.today()",
        "import time; time.time()",
        "from time import time",
        "from django.utils import timezone; f = timezone.now",
        "from django.utils.timezone import now",
        "from django.db.models.functions import Now",
        "at = models.DateTimeField(auto_now_add=True)",
    ],
)
def test_a_clock_is_seen(line: str) -> None:
    assert len(clocks(line)) == 1


def test_durations_and_conversions_are_not_clocks() -> None:
    assert clocks("import time; time.monotonic(); time.perf_counter(); time.sleep(1)") == []
    assert clocks("from django.utils import timezone; timezone.localtime(moment)") == []
    assert len(clocks("from django.utils import timezone; timezone.localtime()")) == 1


def test_only_one_module_asks_the_time() -> None:
    found = {
        name_of(path): places
        for path in SOURCE.rglob("*.py")
        if not path.is_relative_to(SOURCE / "base" / "clock")
        and path != SOURCE / "base" / "clock.py"
        and (places := clocks(path.read_text()))
    }
    assert found == {}


def test_no_template_asks_the_time() -> None:
    found = [name_of(path) for path in SOURCE.rglob("*.html") if re.search(r"{%\s*now\b", path.read_text())]
    assert found == []


def text_files() -> Iterator[tuple[Path, str]]:
    for path in files():
        try:
            yield path, path.read_text()
        except UnicodeDecodeError:
            continue


def test_no_file_names_a_registry() -> None:
    found = [f"{name_of(path)}: {host}" for path, text in text_files() for host in HOSTS if host in text]
    assert found == []


def test_no_file_names_a_place_on_one_machine() -> None:
    found = [
        f"{name_of(path)}:{number}: {line.strip()[:100]}"
        for path, text in text_files()
        if MACHINE_PATH.search(text)
        for number, line in enumerate(text.splitlines(), 1)
        if MACHINE_PATH.search(line)
    ]
    assert found == []


@pytest.mark.parametrize("lock", LOCKS, ids=name_of)
def test_locks_hold_hashes_and_no_address(lock: Path) -> None:
    text = lock.read_text()
    if lock.suffix == ".json":
        packages = {name: value for name, value in json.loads(text)["packages"].items() if name}
        assert packages
        assert [name for name, value in packages.items() if "resolved" in value or "integrity" not in value] == []
    else:
        assert "://" not in text
        entries = re.split(r"\n(?=\S)", text.strip())
        assert entries
        assert [entry for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []


def test_both_python_locks_agree() -> None:
    pinned = [set(re.findall(r"^([\w.-]+)==(\S+)", lock.read_text(), re.MULTILINE)) for lock in LOCKS[:2]]
    runtime = {name for name, _ in pinned[0]}
    assert {pin for pin in pinned[1] if pin[0] in runtime} <= pinned[0]


def test_third_party_code_is_not_committed() -> None:
    found = [
        name_of(path)
        for path in files()
        if {"node_modules", "vendor", "site-packages"} & set(path.parts)
        or path.suffix in {".whl", ".so", ".dll", ".jar", ".map"}
        or ".min." in path.name
    ]
    assert found == []


def test_no_code_is_minified() -> None:
    written = [path for path in files() if path.suffix in {".js", ".mjs", ".css"}]
    longest = {name_of(path): max(map(len, path.read_text().splitlines()), default=0) for path in written}
    assert {name: length for name, length in longest.items() if length > LONGEST_WRITTEN_LINE} == {}
