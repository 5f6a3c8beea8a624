"""The methods that there are, read from their folders once."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from salus.assess.rules.document import MethodKind as Kind
from salus.base.errors import Invalid, NotFound

FOLDER = Path(__file__).parent
MANIFEST = "manifest.yaml"


class Manifest(BaseModel):
    """What a method says of itself."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    kind: Kind
    version: str = Field(pattern=r"^\d+\.\d+\.\d+$")
    purpose: dict[str, str]
    inputs: list[str] = Field(min_length=1)
    doi: list[str] = Field(min_length=1)
    parameters: dict[str, str] = {}
    limits: str = ""


@dataclass(frozen=True, slots=True)
class Method:
    """A method as it lies on disk."""

    manifest: Manifest
    folder: Path

    @property
    def module(self) -> Any:
        """Return the method's code; importing it brings in the numerics."""
        return importlib.import_module(f"{__package__}.{self.manifest.name}.method")

    @property
    def fixture(self) -> Any:
        """Return a small input and what the method must say of it."""
        return json.loads((self.folder / "fixture.json").read_text(encoding="utf-8"))

    def as_dict(self, role: str) -> dict[str, Any]:
        """Return the name and version that are kept with each result."""
        row = self.manifest
        return {
            "role": role,
            "name": row.name,
            "version": row.version,
            "doi": list(row.doi),
            "code": code_digest(self.folder),
        }


@lru_cache(maxsize=64)
def code_digest(folder: Path) -> str:
    """Return a digest of a method's code and of the numerics under it: equal code, equal numbers."""
    numerics = Path(importlib.util.find_spec("salus.epi").submodule_search_locations[0])  # type: ignore[union-attr, index]
    total = hashlib.sha256()
    for path in sorted([folder / "method.py", *numerics.rglob("*.py")]):
        total.update(path.read_bytes())
    return total.hexdigest()[:16]


def names() -> tuple[str, ...]:
    """Return the names of all methods."""
    return tuple(sorted(path.parent.name for path in FOLDER.glob(f"*/{MANIFEST}")))


@lru_cache(maxsize=64)
def get(name: str, kind: Kind | None = None) -> Method:
    """Return a method, refusing one that does another kind of work."""
    if name not in names():
        raise NotFound(
            _("There is no method '%(name)s'.") % {"name": name},
            remedy=_("Choose one of %(names)s.") % {"names": ", ".join(names())},
        )
    folder = FOLDER / name
    try:
        raw = yaml.safe_load((folder / MANIFEST).read_text(encoding="utf-8"))
        manifest = Manifest.model_validate(raw)
    except (yaml.YAMLError, ValidationError) as error:
        raise Invalid(f"The manifest of the method '{name}' cannot be used: {error}") from error
    if manifest.name != name:
        raise Invalid(
            f"The manifest in the folder '{name}' names itself '{manifest.name}'.",
            remedy="Give the folder and the manifest the same name.",
        )
    if kind is not None and manifest.kind != kind:
        raise Invalid(
            _("'%(name)s' is a %(is)s and cannot be used as a %(wanted)s.")
            % {"name": name, "is": manifest.kind, "wanted": kind},
            remedy=_("Choose one of %(names)s.")
            % {"names": ", ".join(one for one in names() if get(one).manifest.kind == kind)},
        )
    return Method(manifest, folder)
