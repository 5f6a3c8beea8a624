"""The house is built as docs say: who may import whom, and the linter that sees to it."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "salus"
LAYERS = ("epi", "optimise", "base", "trust", "city", "gather", "assess", "plan", "decide", "act", "learn", "web")
RELATIONS = {"ForeignKey", "OneToOneField", "ManyToManyField", "ForeignObject"}
LINT = "from importlinter.cli import lint_imports_command as c; c()"

# The smallest house that keeps every contract.
HOUSE = [f"{layer}/__init__.py" for layer in (*LAYERS, "config")] + [
    "__init__.py",
    "gather/models.py",
    "gather/migrations/__init__.py",
    "gather/services.py",
    "decide/releases/__init__.py",
    "decide/releases/selectors.py",
    "decide/services.py",
    "web/ops/__init__.py",
    "web/public/__init__.py",
    "web/public/pages.py",
    "web/verify/__init__.py",
    "web/api/__init__.py",
    "web/ui/__init__.py",
]
ALLOWED = {
    "web/public/pages.py": "import salus.decide.releases\nimport salus.decide.releases.selectors\nimport salus.web.ui\n",
    "gather/services.py": "import salus.gather.models\nimport salus.base\nimport salus.epi\n",
    "web/ops/__init__.py": "import salus.gather.services\nimport salus.web.ui\n",
    "decide/releases/selectors.py": "import salus.gather.services\n",
}
PLANTED = {
    "up the layers": ("city/__init__.py", "import salus.gather", "salus.city -> salus.gather"),
    "up, by a detour": ("trust/__init__.py", "import salus.web.ui", "salus.trust -> salus.web.ui"),
    "a package that nobody declared": ("managers/__init__.py", "", "salus.managers"),
    "numerics know each other": ("epi/__init__.py", "import salus.optimise", "salus.epi -> salus.optimise"),
    "a face knows another": ("web/ops/__init__.py", "import salus.web.public", "salus.web.ops -> salus.web.public"),
    "ui knows a face": ("web/ui/__init__.py", "import salus.web.api", "salus.web.ui -> salus.web.api"),
    "numerics know Django": ("epi/__init__.py", "import django.db", "salus.epi -> django"),
    "Ninja in optimise": ("optimise/__init__.py", "import ninja", "salus.optimise -> ninja"),
    "another's models": ("decide/services.py", "import salus.gather.models", "salus.decide.services -> salus.gather.models"),
    "another's migrations": ("act/__init__.py", "import salus.gather.migrations", "salus.act -> salus.gather.migrations"),
    "public reads a table": ("web/public/pages.py", "import salus.gather.services", "salus.web.public.pages -> salus.gather.services"),
    "public reads decisions": ("web/public/pages.py", "import salus.decide.services", "salus.web.public.pages -> salus.decide.services"),
    "ui reads a table": ("web/ui/__init__.py", "import salus.city", "salus.web.ui -> salus.city"),
}  # fmt: skip


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter with our contracts on the tree under `root`."""
    # A clean search path: the tree under test must not be hidden by the real one.
    script = f"import sys; sys.path.insert(0, {str(root / 'src')!r}); {LINT}"
    return subprocess.run(
        [sys.executable, "-c", script, "--config", str(root / "pyproject.toml"), "--no-cache"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the house, empty but for imports that are allowed."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    tools = tmp_path / "src/salus/config/tools"
    tools.mkdir(parents=True)
    shutil.copy(SOURCE / "config/tools/contracts.py", tools)
    for name in [*HOUSE, "config/tools/__init__.py"]:
        path = tmp_path / "src/salus" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(ALLOWED.get(name, ""))
    return tmp_path


def test_the_real_house_keeps_every_contract() -> None:
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


def test_what_is_allowed_passes(house: Path) -> None:
    result = lint(house)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "5 kept, 0 broken" in result.stdout


@pytest.mark.parametrize("case", PLANTED)
def test_a_planted_import_is_found(house: Path, case: str) -> None:
    name, line, complaint = PLANTED[case]
    path = house / "src/salus" / name
    path.parent.mkdir(exist_ok=True)
    before = path.read_text() if path.exists() else ""
    path.write_text(f"{before}{line}\n")
    result = lint(house)
    assert result.returncode == 1, result.stdout + result.stderr
    assert complaint in result.stdout


def foreign_keys(source: str) -> list[str]:
    """Return the package of every model that a source file refers to by name."""
    packages = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        targets = [*node.args[:1], *(word.value for word in node.keywords if word.arg in ("to", "through"))]
        if name in RELATIONS:
            texts = [t.value for t in targets if isinstance(t, ast.Constant) and isinstance(t.value, str)]
            packages += [text.split(".")[0] for text in texts if "." in text]
    return packages


def test_a_foreign_key_is_seen() -> None:
    source = (
        "from django.db import models\na = models.ForeignKey('gather.Series', x)\nb = ManyToManyField(to='act.Task')"
    )
    assert foreign_keys(source) == ["gather", "act"]


def test_foreign_keys_point_down() -> None:
    upward = []
    for path in sorted(SOURCE.rglob("*.py")):
        package = path.relative_to(SOURCE).parts[0]
        if package not in LAYERS or "migrations" in path.parts:
            continue
        upward += [
            f"{path.relative_to(ROOT)}: {package} -> {target}"
            for target in foreign_keys(path.read_text())
            if target in LAYERS and LAYERS.index(target) > LAYERS.index(package)
        ]
    assert upward == []
