"""Makes the environment in `.venv` and keeps it equal to what is locked here.

Called by `./salus` before every command, so it does nothing, quickly, when
nothing changed. It runs before anything is installed: standard library only.

    environment.py runtime    what the product needs
    environment.py dev        and what its tests and checks need
"""

import contextlib
import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from progress import InstallError, installing, say

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "salus-stamp.json"
# There while packages are being installed: when found at the start, the last
# run was interrupted and may have left half a package.
UNFINISHED = VENV / "salus-unfinished"
PIP = [str(PYTHON), "-m", "pip", "install"]
# Wheels only: a source package would run code and fetch what no hash covers.
EXACTLY = ["--require-hashes", "--only-binary", ":all:", "--no-deps"]
LOCKS = {"runtime": ("lock.txt",), "dev": ("lock.txt", "dev.txt")}
PROJECT = (".npmrc", "hatch_build.py", "package.json", "package-lock.json", "pyproject.toml")
MANIFEST = ROOT / "src/salus/web/ui/static/salus/vendor/manifest.json"


def digest(paths: list[Path]) -> str:
    """Return one hash over the names and contents of these files."""
    total = hashlib.sha256()
    for path in sorted(paths):
        total.update(path.name.encode() + b"\0")
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def project_files() -> list[Path]:
    """Return the files that decide how the project itself is installed."""
    assets = [path for path in (ROOT / "assets").rglob("*") if path.is_file()]
    return [ROOT / name for name in PROJECT] + assets


def identity() -> dict[str, str]:
    """Return what makes this environment this one: its place and its Python."""
    settings = {}
    for line in (VENV / "pyvenv.cfg").read_text().splitlines():
        key, _, value = line.partition("=")
        settings[key.strip()] = value.strip()
    version = settings.get("version") or settings.get("version_info", "")
    return {
        "place": str(VENV),
        "interpreter": str(PYTHON.resolve(strict=True)),
        "version": ".".join(version.split(".")[:2]),
    }


def read_stamp() -> dict[str, str]:
    """Return what was installed, or nothing."""
    try:
        stamp = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def write_stamp(**changes: str) -> None:
    """Record what is installed now, whole or not at all."""
    fresh = STAMP.with_suffix(".new")
    fresh.write_text(json.dumps({**read_stamp(), **changes}, indent=2) + "\n")
    fresh.replace(STAMP)


def missing(layer: str) -> list[str]:
    """Name what has to be done before a command of this layer can run."""
    stamp = read_stamp()
    try:
        whole = identity().items() <= stamp.items() and not UNFINISHED.exists()
    except OSError:
        whole = False
    if not whole:
        return ["environment", *LOCKS[layer], "project"]
    todo = [name for name in LOCKS[layer] if stamp.get(name) != digest([lock_path(name)])]
    if stamp.get("project") != digest(project_files()) or not MANIFEST.exists():
        todo.append("project")
    return todo


def lock_path(name: str) -> Path:
    """Return where a lock lies."""
    return ROOT / "requirements" / name


def is_sound() -> bool:
    """Tell whether the environment found here, by whomever made, can be used."""
    # Scripts name their interpreter in full, so pip's tells where it was made.
    probe = (
        "import pip, sys; from pathlib import Path\n"
        "assert sys.version_info >= (3, 11)\n"
        "assert Path(sys.prefix).resolve() == Path(sys.argv[1])\n"
        "assert sys.argv[1] in Path(sys.prefix, 'bin', 'pip').read_text()[:1000]\n"
    )
    try:
        run = subprocess.run([str(PYTHON), "-c", probe, str(VENV)], capture_output=True, check=False)
    except OSError:
        return False
    return run.returncode == 0


def make_environment() -> None:
    """Make the environment anew, unless the one that is there can be used."""
    stamp = read_stamp()
    stale = bool(stamp) and stamp.get("place") != str(VENV)
    if VENV.exists() and (stale or not is_sound()):
        say("the environment in .venv was moved, or its Python has gone: making it anew")
        shutil.rmtree(VENV)
    if not VENV.exists():
        # Inside an old environment, make the new one with the Python behind it.
        base = getattr(sys, "_base_executable", None) or sys.executable
        say(f"making the environment in .venv with Python {sys.version.split()[0]}")
        run = subprocess.run([base, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False)
        if run.returncode:
            shutil.rmtree(VENV, ignore_errors=True)
            raise InstallError(
                f"{base} could not make an environment.\n{run.stdout}{run.stderr}\n"
                "On Debian and Ubuntu: apt install python3-venv"
            )
    repair()
    current = identity()
    if not current.items() <= read_stamp().items():
        STAMP.unlink(missing_ok=True)
    write_stamp(**current)


def repair() -> None:
    """Forget packages that an interrupted installation left half there."""
    if not UNFINISHED.exists():
        return
    say("continuing an installation that was interrupted")
    for info in VENV.glob("lib/python*/site-packages/*.dist-info"):
        if not is_complete(info):
            shutil.rmtree(info)


def is_complete(info: Path) -> bool:
    """Tell whether every file that a package lists is there."""
    try:
        lines = (info / "RECORD").read_text().splitlines()
    except OSError:
        return False
    names = [line.rsplit(",", 2)[0].strip('"') for line in lines]
    return all((info.parent / n).exists() for n in names if not n.endswith(".pyc"))


def fetch_uv() -> None:
    """Install uv first, with pip: it does the rest several times faster."""
    if (VENV / "bin" / "uv").exists():
        return
    entry = re.search(r"^uv==.*(?:\n .*)*", lock_path("lock.txt").read_text(), re.MULTILINE)
    if entry is None:
        return
    alone = VENV / "uv.txt"
    alone.write_text(entry[0] + "\n")
    with contextlib.suppress(InstallError):  # pip does it too
        installing([*PIP, *EXACTLY, "-r", str(alone)], "uv", 1)


def installer() -> list[str]:
    """Return the start of an install command: uv's where there is one, else pip's."""
    uv = VENV / "bin" / "uv"
    if uv.exists():
        return [str(uv), "pip", "install", "--python", str(PYTHON)]
    return PIP


def install(arguments: list[str], what: str, total: int) -> None:
    """Install with uv, or with pip where there is no uv or it found nothing."""
    first = installer()
    try:
        installing([*first, *arguments], what, total)
    except InstallError:
        if first == PIP:
            raise
        # pip's own settings may name an index that uv does not know.
        say("that did not work with uv; trying with pip")
        installing([*PIP, *arguments], what, total)


def install_lock(name: str) -> None:
    """Install exactly what one lock lists, each file checked against its hash."""
    path = lock_path(name)
    pinned = {line.split("==")[0] for line in path.read_text().splitlines() if "==" in line}
    install([*EXACTLY, "-r", str(path)], f"requirements/{name}", len(pinned))
    write_stamp(**{name: digest([path])})


def install_project() -> None:
    """Build the assets and install the project so that its source is what runs."""
    run = subprocess.run([str(PYTHON), str(ROOT / "hatch_build.py")], check=False)
    if run.returncode:
        raise InstallError("the assets could not be built; the reason stands above")
    install(["--no-build-isolation", "--no-deps", "-e", str(ROOT)], "Salus itself", 1)
    write_stamp(project=digest(project_files()))


def update(todo: list[str]) -> None:
    """Do what has to be done, in order."""
    if "environment" in todo:
        make_environment()
    UNFINISHED.touch()
    fetch_uv()
    for name in todo:
        if name.endswith(".txt"):
            install_lock(name)
    if "project" in todo:
        install_project()
    UNFINISHED.unlink()


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Wait for another `./salus` that is installing here."""
    handle = os.open(ROOT, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("waiting for another ./salus to finish installing")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def main(argv: list[str]) -> int:
    """Bring the environment up to date for one layer."""
    layer = argv[0]
    if not missing(layer):
        return 0
    try:
        with alone():
            todo = missing(layer)
            if todo:
                update(todo)
                say("ready")
    except InstallError as failure:
        say(str(failure))
        say("nothing was lost: run the same command again to continue")
        return 1
    except PermissionError as failure:
        say(f"{failure.filename} cannot be written: it belongs to another user")
        return 1
    except KeyboardInterrupt:
        say("interrupted; run the same command again to continue")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
