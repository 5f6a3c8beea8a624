"""`./salus docs`: the documentation as pages in build/docs, every link in it followed."""

import argparse
import os
import re
import shutil
from html import escape
from pathlib import Path
from urllib.parse import unquote, urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

from salus.config.tools import conformance, measured
from salus.config.tools.tree import ROOT, say

SITE = ROOT / "build" / "docs"
SECTIONS = {
    "Salus": ("*.md",),
    "Guide": ("docs/*.md", "docs/guide/**/*.md"),
    "Models": ("docs/models/**/*.md",),
    "Decisions": ("docs/adr/**/*.md",),
    "Packages": ("src/salus/**/README.md",),
}
STYLE = """
body { margin: 0; color: #0b0c0c; background: #fff; font: 17px/1.6 system-ui, sans-serif; }
.page { display: flex; gap: 3rem; max-width: 76rem; margin: 0 auto; padding: 2rem 1rem; }
nav { flex: 0 0 15rem; font-size: 15px; } nav ul { list-style: none; padding: 0; margin: 0 0 1.5rem; }
nav [aria-current] { font-weight: 700; } main { min-width: 0; max-width: 48rem; }
h1, h2, h3 { line-height: 1.25; } a { color: #12436d; }
pre { overflow-x: auto; padding: 1rem; background: #f3f2f1; } code { font-size: 0.9em; }
table { border-collapse: collapse; display: block; overflow-x: auto; }
th, td { padding: 0.4rem 0.8rem; border-bottom: 1px solid #b1b4b6; text-align: start; vertical-align: top; }
img { max-width: 100%; }
@media (max-width: 50rem) { .page { flex-direction: column-reverse; } }
@media (prefers-color-scheme: dark) {
  body { color: #f3f2f1; background: #111417; } a { color: #9dc6e6; } pre { background: #1d2226; }
}
"""


class Library:
    """All pages, by where their source lies."""

    def __init__(self) -> None:
        self.markdown = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
        self.sections = {title: self.collect(patterns) for title, patterns in SECTIONS.items()}
        self.pages = {path: self.markdown.parse(path.read_text()) for group in self.sections.values() for path in group}
        self.broken: list[str] = []

    @staticmethod
    def collect(patterns: tuple[str, ...]) -> list[Path]:
        """Return the sources of one section."""
        return [path for pattern in patterns for path in sorted(ROOT.glob(pattern))]

    def title(self, path: Path) -> str:
        """Return the first heading of a page."""
        tokens = self.pages[path]
        heads = (tokens[at + 1].content for at, token in enumerate(tokens) if token.type == "heading_open")
        return next(heads, path.stem)

    def anchors(self, path: Path) -> list[str]:
        """Return the anchors of a page, giving its headings their names on the way."""
        found = []
        tokens = self.pages[path]
        for at, token in enumerate(tokens):
            if token.type == "heading_open":
                name = re.sub(r"[^\w\- ]", "", tokens[at + 1].content.lower()).replace(" ", "-")
                token.attrSet("id", name)
                found.append(name)
        return found


def target(path: Path) -> Path:
    """Return where a source's page goes."""
    return SITE / path.relative_to(ROOT).with_suffix(".html")


def follow(library: Library, path: Path, link: str) -> str:
    """Return a link as it has to stand in the page, noting it if it leads nowhere."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return link
    there = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if there not in library.pages:
        if not there.exists():
            library.broken.append(f"{path.relative_to(ROOT)}: {link}")
        return os.path.relpath(there, target(path).parent)
    if parts.fragment and parts.fragment not in library.anchors(there):
        library.broken.append(f"{path.relative_to(ROOT)}: {link}")
    fragment = f"#{parts.fragment}" if parts.fragment else ""
    return os.path.relpath(target(there), target(path).parent) + fragment


def relink(library: Library, path: Path, tokens: list[Token]) -> None:
    """Turn links between sources into links between pages."""
    for token in tokens:
        for name in ("href", "src"):
            if link := token.attrGet(name):
                token.attrSet(name, follow(library, path, str(link)))
        relink(library, path, token.children or [])


def menu(library: Library, path: Path) -> str:
    """Return the list of all pages, seen from one of them."""
    parts = []
    for section, pages in library.sections.items():
        items = []
        for page in pages:
            here = ' aria-current="page"' if page == path else ""
            link = os.path.relpath(target(page), target(path).parent)
            items.append(f'<li><a href="{escape(link)}"{here}>{escape(library.title(page))}</a></li>')
        if items:
            parts.append(f"<h2>{section}</h2><ul>{''.join(items)}</ul>")
    return "".join(parts)


def write(library: Library, path: Path) -> None:
    """Write one page."""
    library.anchors(path)
    relink(library, path, library.pages[path])
    body = library.markdown.renderer.render(library.pages[path], library.markdown.options, {})
    place = target(path)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(library.title(path))} – Salus</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style><body><div class="page">'
        f"<nav>{menu(library, path)}</nav><main>{body}</main></div></body></html>\n"
    )


def main(argv: list[str]) -> int:
    """Write all pages; fail when a link leads nowhere."""
    argparse.ArgumentParser(prog="./salus docs", description=__doc__).parse_args(argv)
    conformance.write()
    measured.write()
    library = Library()
    shutil.rmtree(SITE, ignore_errors=True)
    for path in library.pages:
        write(library, path)
    say(f"{len(library.pages)} pages in {SITE}; begin with {SITE / 'README.html'}")
    for link in library.broken:
        say(f"leads nowhere: {link}")
    return 1 if library.broken else 0
