"""The fonts of what is printed as PDF: packaged with the product, so that no machine's own are asked for."""

from __future__ import annotations

from pathlib import Path

# Put there with the other third-party assets when the product is built.
FOLDER = Path(__file__).parent / "static" / "salus" / "vendor"
_ARABIC = ("ar", "fa", "ur")
# Set where the packaged fonts were not built; both come inside the typesetter.
_LAST = ("Libertinus Serif", "DejaVu Sans Mono")


def family(language: str) -> list[str]:
    """Return the fonts for a language, the preferred first; each fills in what the one before lacks."""
    latin, arabic = "Noto Sans", "Noto Sans Arabic"
    first = (arabic, latin) if language.split("-", maxsplit=1)[0] in _ARABIC else (latin, arabic)
    return [*first, *_LAST]
