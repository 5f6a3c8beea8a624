"""The folders of sources: what there is, read once."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.utils.translation import gettext as _

from salus.base.errors import Invalid, NotFound
from salus.gather.sources.chunks import Read
from salus.gather.sources.manifests import Manifest, parse_manifest

FOLDER = Path(__file__).parent
MANIFEST = "manifest.yaml"


@dataclass(frozen=True, slots=True)
class SourceFolder:
    """A source as it lies on disk."""

    slug: str
    folder: Path
    manifest: Manifest

    @property
    def fixture(self) -> Path:
        """Return the small made-up example of the source's data."""
        return self.folder / "fixture"

    def read(self) -> Read:
        """Return the source's reader; imported only when data are read."""
        module = importlib.import_module(f"{__package__}.{self.slug}.reader")
        read: Read | None = getattr(module, "read", None)
        if read is None:
            raise Invalid(
                _("The reader of '%(slug)s' has no function 'read'.") % {"slug": self.slug},
                remedy=_("See the README of gather/sources."),
            )
        return read


def slugs() -> tuple[str, ...]:
    """Return the names of all source folders."""
    return tuple(sorted(path.parent.name for path in FOLDER.glob(f"*/{MANIFEST}")))


@lru_cache(maxsize=64)
def get(slug: str) -> SourceFolder:
    """Return a source's folder with its manifest, checked."""
    path = FOLDER / slug / MANIFEST
    if slug not in slugs():
        raise NotFound(
            _("There is no source '%(slug)s'.") % {"slug": slug},
            remedy=_("Choose one of %(names)s.") % {"names": ", ".join(slugs())},
        )
    manifest = parse_manifest(path.read_text(encoding="utf-8"), name=f"{slug}/{MANIFEST}")
    if manifest.slug != slug:
        raise Invalid(
            _("The manifest in the folder '%(slug)s' names itself '%(name)s'.") % {"slug": slug, "name": manifest.slug},
            remedy=_("Give the folder and the manifest the same name."),
        )
    return SourceFolder(slug, path.parent, manifest)


def manifest(slug: str) -> Manifest:
    """Return what a source says of itself."""
    return get(slug).manifest


def all_sources() -> tuple[SourceFolder, ...]:
    """Return every source."""
    return tuple(get(slug) for slug in slugs())
