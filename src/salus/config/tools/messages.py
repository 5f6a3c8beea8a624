"""`python -m salus.config.tools.messages COMMAND`: the translations of the public face.

extract   show every text that readers outside the operations room can meet
update    bring the .po files in line with the sources; what is new stands there untranslated
compile   make the .mo files that are older than their .po files
check     name every text that lacks a translation, or whose placeholders differ
"""

from __future__ import annotations

import argparse
import io
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

SOURCE = Path(__file__).resolve().parents[2]
LOCALE = SOURCE / "locale"
LANGUAGES = ("fr", "ar")
DOMAIN = "django"
# What people outside meet: the public pages, the kit that they are made of, the error pages, and
# what stands on the way to signing in.
SCOPES = (
    "web/public",
    "web/ui",
    "trust/accounts.py",
    "web/ops/templates/account",
    "web/ops/templates/allauth",
    "web/ops/templates/mfa",
    # The score sheet on paper is handed to people who never see the operations room.
    "web/ops/exercises/paper.py",
    "web/ops/exercises/sheet.py",
)
LEFT_OUT = re.compile(
    r"web/ui/(samples\w*|styleguide)\.py|styleguide\w*\.html|base_ops\.html"
    r"|parts/(ops_header|rail|clock|palette|job|chain|chain_steps|queue)\.html"
)
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
# Arabic has six forms: none, one, two, a few, many, and the rest. Said here, because Babel's own rule for
# Arabic takes 11 to 99 for "the rest".
PLURALS = {
    "fr": (2, "(n > 1)"),
    "ar": (6, "(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 && n%100<=99 ? 4 : 5)"),
}
_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w*)\}|(%s|%d)")
Key = tuple[str | None, str | tuple[str, ...]]


def sources() -> list[Path]:
    """Return the files that hold texts for readers outside."""
    found: list[Path] = []
    for scope in SCOPES:
        place = SOURCE / scope
        files = [place] if place.is_file() else [*place.rglob("*.py"), *place.rglob("*.html")]
        found += [file for file in files if not LEFT_OUT.search(file.relative_to(SOURCE).as_posix())]
    return sorted(set(found))


def _python(file: Path) -> bytes:
    """Return a file as Python: a template becomes the calls that its tags stand for."""
    text = file.read_text(encoding="utf-8")
    if file.suffix != ".html":
        return text.encode()
    from django.utils.translation import templatize

    # Blanked-out markup keeps its indentation, at which Python's reader would stumble.
    return "\n".join(line.strip() for line in templatize(text).splitlines()).encode()


def extracted(files: Sequence[Path] | None = None) -> Catalog:
    """Return every text of the sources with the files that it stands in."""
    catalog = Catalog(charset="utf-8", project="salus")
    for file in sources() if files is None else files:
        read = extract("python", io.BytesIO(_python(file)), keywords=KEYWORDS, comment_tags=("Translators:",))
        where = file.relative_to(SOURCE).as_posix() if file.is_relative_to(SOURCE) else file.name
        for _line, message, comments, context in read:
            # Without line numbers a moved line is no change of the translations.
            catalog.add(message, None, [(where, None)], auto_comments=comments, context=context)  # type: ignore[list-item]
    return catalog


def po_path(language: str) -> Path:
    """Return where a language's translations stand."""
    return LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def load(language: str) -> Catalog:
    """Return a language's translations, or an empty list of them."""
    path = po_path(language)
    if not path.exists():
        return _empty(language)
    with path.open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN)


def _empty(language: str) -> Catalog:
    return Catalog(locale=language, domain=DOMAIN, charset="utf-8", project="salus", fuzzy=False)


def update(language: str) -> None:
    """Write a language's list anew: texts of now, with the translations that still fit."""
    old, new = load(language), _empty(language)
    for message in sorted(extracted(), key=lambda row: (str(row.id), str(row.context))):
        if not message.id:
            continue
        kept = old.get(_first(message), message.context)
        string = kept.string if kept is not None and kept.pluralizable == message.pluralizable else None
        new.add(message.id, string, message.locations, context=message.context, flags=message.flags)
    path = po_path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    out = io.BytesIO()
    write_po(out, new, width=110, omit_header=True, include_lineno=False)
    count, expression = PLURALS[language]
    head = (
        f'msgid ""\nmsgstr ""\n"Language: {language}\\n"\n"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: nplurals={count}; plural={expression};\\n"\n\n'
    )
    path.write_bytes(head.encode() + out.getvalue().lstrip())


def _first(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def compile_all() -> list[Path]:
    """Make the compiled lists that are missing or old; returns those that were made."""
    made = []
    for path in sorted(LOCALE.glob(f"*/LC_MESSAGES/{DOMAIN}.po")):
        target = path.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= path.stat().st_mtime:
            continue
        with path.open("rb") as file:
            catalog = read_po(file, locale=path.parents[1].name, domain=DOMAIN)
        out = io.BytesIO()
        write_mo(out, catalog)
        # Renamed when whole: another process may be reading the old one.
        fresh = target.with_suffix(".mo.new")
        fresh.write_bytes(out.getvalue())
        fresh.replace(target)
        made.append(target)
    return made


def placeholders(text: str) -> set[str]:
    """Return the names of what is put into a text."""
    return {name or field or mark or "{}" for name, field, mark in _PLACEHOLDER.findall(text)}


def _faults(message: Message, translated: Message | None, forms: int) -> Iterator[str]:
    strings = () if translated is None or not translated.string else translated.string
    given = (strings,) if isinstance(strings, str) else tuple(strings)
    if not given or not all(given) or (translated is not None and translated.fuzzy):
        yield "is not translated"
        return
    if message.pluralizable and len(given) != forms:
        yield f"has {len(given)} of {forms} forms"
    wanted = placeholders(message.id[-1] if isinstance(message.id, tuple) else str(message.id))
    for index, text in enumerate(given):
        # The forms for none, one and two may say the number as a word.
        missing, extra = wanted - placeholders(text), placeholders(text) - wanted
        if extra or (missing and not (message.pluralizable and index < forms - 1 and len(missing) == 1)):
            yield f"has other placeholders than its source: {text!r}"


def faults(language: str, catalog: Catalog | None = None) -> list[str]:
    """Return what is wrong with a language's translations."""
    translations, found = load(language), []
    forms = PLURALS[language][0]
    for message in catalog or extracted():
        if message.id:
            translated = translations.get(_first(message), message.context)
            found += [f"{language}: {_first(message)!r} {fault}" for fault in _faults(message, translated, forms)]
    return found


def main(argv: list[str]) -> int:
    """Run one of the four commands."""
    parser = argparse.ArgumentParser(prog="messages", description=__doc__)
    parser.add_argument("command", choices=("extract", "update", "compile", "check"))
    command = parser.parse_args(argv).command
    if command == "extract":
        write_po(sys.stdout.buffer, extracted(), include_lineno=False)
    elif command == "update":
        for language in LANGUAGES:
            update(language)
    elif command == "compile":
        for path in compile_all():
            print(path.relative_to(SOURCE))
    else:
        wrong = [fault for language in LANGUAGES for fault in faults(language)]
        print("\n".join(wrong) or "All texts are translated.")
        return 1 if wrong else 0
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
