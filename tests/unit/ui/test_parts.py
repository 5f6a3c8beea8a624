"""Components and shells as they render: safe, labelled, useful without a script."""

import gzip
import re
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django import forms
from django.template import Context, Template
from django.test import override_settings
from django.urls import path
from django.utils import translation

from salus.web import ui
from salus.web.ui import errors
from salus.web.ui.components import (
    Chain,
    Column,
    Job,
    Level,
    Link,
    LogEntry,
    Pair,
    Table,
    Task,
    level_shape,
    sort_table,
)  # fmt: skip
from salus.web.ui.formats import Suppressed
from salus.web.ui.shell import OpsShell, PublicShell, rail
from salus.web.ui.styleguide import styleguide

ROOT = Path(ui.__file__).parent
AT = datetime(2031, 3, 18, 14, 5, tzinfo=UTC)
urlpatterns = [path("ops/styleguide/", styleguide)]


def render(source, **context):
    return Template("{% load ui %}" + source).render(Context(context))


def table(**more):
    columns = [Column("zone", "Zone"), Column("n", "Cases", numeric=True), Column("x", "Note", sortable=False)]
    rows = [{"zone": "B", "n": 5}, {"zone": "a", "n": None}, {"zone": "C", "n": Suppressed(5)}, {"zone": "D", "n": 12}]
    return Table("Cases", columns, rows, **more)


def order(query):
    return [row["zone"] for row in sort_table(table(), query).rows]


def test_tables_sort_by_links_and_keep_absences_last():
    assert order({"sort": "n"}) == ["B", "D", "C", "a"]
    assert order({"sort": "-n"}) == ["D", "B", "C", "a"]
    assert order({"sort": "zone"}) == ["a", "B", "C", "D"]
    assert order({"sort": "x"}) == order({}) == order({"sort": "nonsense"})


def test_sort_links_turn_and_keep_the_rest_of_the_address():
    columns = sort_table(table(), {"sort": "-n", "at": "2031", "page": "3"}).columns
    assert columns[1].sort_href == "?at=2031&sort=n"
    assert columns[1].order == "descending"
    assert columns[0].sort_href == "?at=2031&sort=zone"
    assert columns[2].sort_href == ""


def test_table_html():
    html = render("{% data_table t %}", t=sort_table(table(), {"sort": "n"}))
    assert 'aria-sort="ascending"' in html
    assert "fewer than 5" in html
    assert html.count('scope="row"') == 4
    assert "Nothing to show" in render("{% data_table t %}", t=Table("Empty", [Column("a", "A")], []))


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", '" onmouseover="x', "{{ 7|add:7 }}"])
def test_nothing_that_people_write_becomes_markup(hostile):
    parts = [
        render("{% tag v 'check' %}{% stat v v v %}{% empty_state v v %}{{ v|cell }}", v=hostile),
        render(
            "{% card title=v meta=v %}x{% endcard %}{% fold v %}x{% endfold %}{% notice title=v %}x{% endnotice %}",
            v=hostile,
        ),
        render(
            "{% pairs p %}{% task_list t %}", p=[Pair(hostile, hostile, "#")], t=[Task(hostile, "#", hostile, "check")]
        ),
        render("{% timeline e %}", e=[LogEntry(AT, hostile, AT + timedelta(hours=1), hostile, hostile)]),
        render(
            "{% data_table t %}", t=Table(hostile, [Column("a", hostile)], [{"a": Link(hostile, "#")}, {"a": hostile}])
        ),
        render("{% sparkline values v %}", v=hostile, values=[1, 2]),
    ]
    html = "".join(parts)
    seen = Seen()
    seen.feed(html)
    assert "script" not in seen.names
    assert "onmouseover" not in seen.attributes
    assert ">14<" not in html


def test_levels_spread_over_five_shapes():
    assert [level_shape(i, 4) for i in range(5)] == [1, 2, 3, 4, 5]
    assert [level_shape(i, 2) for i in range(3)] == [1, 3, 5]
    assert level_shape(0, 0) == 1
    assert level_shape(99, 4) == 5
    html = render("{% level v %}", v=Level(4, "Act now", act_now=True))
    assert "<svg" in html
    assert "Act now" in html
    assert "level-act" in html


def test_chain_and_job():
    html = render("{% chain c %}", c=Chain("/chain/1/", 3, 2, timedelta(hours=5)))
    assert "3 before, 2 after" in html
    assert '<a href="/chain/1/">' in html
    running = render("{% job j %}", j=Job("Import", "running", 5, 10, "/job/1/"))
    assert 'hx-trigger="every 2s"' in running
    assert 'value="5"' in running
    assert "hx-get" not in render("{% job j %}", j=Job("Import", "done", poll_href="/job/1/"))


class Seen(HTMLParser):
    """Every element and attribute that a browser would see."""

    def __init__(self):
        super().__init__()
        self.names, self.attributes = set(), set()

    def handle_starttag(self, tag, attrs):
        self.names.add(tag)
        self.attributes |= {name for name, _value in attrs}


class Form(forms.Form):
    name = forms.CharField(label="Your name", help_text="As on your letters")
    way = forms.ChoiceField(label="How", widget=forms.RadioSelect, choices=[("a", "By phone"), ("b", "By letter")])
    agree = forms.BooleanField(label="I agree")
    secret = forms.CharField(widget=forms.HiddenInput, initial="s", required=False)


def test_form_errors_link_to_their_fields():
    html = render("{% form_fields form %}", form=Form({}))
    for anchor in ("#id_name", "#id_way_0", "#id_agree"):
        assert f'href="{anchor}"' in html
        assert f'id="{anchor[1:]}"' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'id="id_name_helptext"' in html
    assert 'id="id_name_error"' in html


def test_form_without_errors_has_no_summary():
    html = render("{% form_fields form %}", form=Form())
    assert "error-summary" not in html
    assert "<legend>How</legend>" in html
    assert html.count('type="hidden"') == 1


def ops(**more):
    common = {"city": "Northbridge", "now": AT, "known_at": AT, "min_at": AT - timedelta(days=9), "max_at": AT}
    return OpsShell(**{**common, "nav": rail("act", counts={"act": 3}), **more})


def test_the_shell_knows_when_it_is_not_now():
    assert not ops().is_past
    assert ops(known_at=AT - timedelta(hours=1)).is_past
    assert ops(known_at=AT - timedelta(days=99)).known_epoch == ops().min_epoch
    assert ops(min_at=AT).max_epoch > ops(min_at=AT).min_epoch
    assert [item.key for item in ops().steps] == ["gather", "assess", "plan", "decide", "act", "learn"]


@pytest.mark.parametrize(
    "query", ["", "?mode=exercise", "?mode=replay&at=1", "?mode=demo", "?face=public", "?face=public&errors=1"]
)
@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_the_style_guide_renders_under_the_policy(rf, query, language):
    with translation.override(language), override_settings(ROOT_URLCONF=__name__):
        html = styleguide(rf.get("/ops/styleguide/" + query)).content.decode()
    assert f'lang="{language}"' in html
    assert ('dir="rtl"' in html) == (language == "ar") or "track" in html
    assert not re.search(r"<[^>]*\sstyle=", html)
    assert not re.search(r"<[^>]*\son\w+=", html)
    assert not re.search(r"<script(?![^>]*src=)(?![^>]*application/json)", html)
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert sorted(ids) == sorted(set(ids))


def test_the_past_and_the_exercise_show(rf):
    html = styleguide(rf.get("/ops/styleguide/?mode=exercise&at=1")).content.decode()
    assert 'data-when="past"' in html
    assert 'class="band exercise"' in html
    assert "Back to now" in html
    assert "?at=1" in html


def public(**more):
    return PublicShell(city="Northbridge", language="en", nav=rail("now"), **more)


def test_help_stands_first_in_every_public_header(rf):
    context = {"shell": public(help_phone="0800 116-117"), "request": rf.get("/")}
    html = Template("{% extends 'ui/base_public.html' %}").render(Context(context))
    assert 'href="tel:0800116117"' in html
    assert html.index("help-line") < html.index("masthead")
    assert "<script" not in html


def test_a_public_first_view_fits_into_14_kilobytes(rf):
    html = styleguide(rf.get("/ops/styleguide/?face=public")).content
    sheets = [(ROOT / f"static/salus/{name}.css").read_bytes() for name in ("tokens", "core", "public")]
    css = sum(len(gzip.compress(sheet)) for sheet in sheets)
    without_chart = re.sub(rb"<svg[^>]*class=\"chart.*?</svg>", b"", html, flags=re.S)
    assert len(gzip.compress(sheets[2])) < 2_000
    assert css < 6_500
    assert css + len(gzip.compress(without_chart)) < 14_000


@pytest.mark.parametrize(
    ("view", "status"),
    [
        (errors.bad_request, 400),
        (errors.forbidden, 403),
        (errors.not_found, 404),
        (errors.server_error, 500),
        (errors.csrf_failure, 403),
    ],
)
def test_error_pages(rf, view, status):
    response = view(rf.get("/secret-path/?q=private"))
    assert response.status_code == status
    assert b"private" not in response.content
    assert b"<h1>" in response.content


def test_too_many_requests_says_when_to_return(rf):
    response = errors.too_many_requests(rf.get("/"), 30)
    assert response["Retry-After"] == "30"
    assert b"30 seconds" in response.content


def test_moments_and_numbers_in_templates():
    html = render(
        "{% when d 'short' %}|{{ 12345|est }}|{{ n|num }}|{% likely 118 183 %}|{{ d|on_day:'month' }}",
        d=date(2031, 3, 18),
        n=None,
    )
    assert "18 Mar" in html
    assert "12,000" in html
    assert '<span class="absent">not known</span>' in html
    assert "Mar 2031" in html


@pytest.mark.parametrize("file", sorted(ROOT.rglob("*.html")), ids=lambda f: f.name)
def test_templates_keep_to_the_policy(file):
    text = file.read_text()
    assert not re.search(r"<[^>]*\sstyle=", text)
    assert not re.search(r"<[^>]*\s(?:on\w+|hx-on\S*)=", text)
    assert "|safe" not in text
    assert "autoescape off" not in text


@pytest.mark.parametrize("file", sorted((ROOT / "static/salus").glob("*.js")), ids=lambda f: f.name)
def test_scripts_never_write_markup_or_evaluate(file):
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|\beval\(|new Function|document\.write", file.read_text()
    )
