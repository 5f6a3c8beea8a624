"""Alerts as an Atom feed, and the list of pages for search engines."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import NAMESPACE_DNS, uuid5

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from lxml import etree

from salus.base.texts import pick
from salus.decide.releases import ReleaseRow, release_get, release_list
from salus.web.public.languages import codes
from salus.web.public.scene import Scene

ATOM = "http://www.w3.org/2005/Atom"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
XHTML = "http://www.w3.org/1999/xhtml"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
CAP_TYPE = "application/cap+xml"
MOST = 50


def _text(parent: etree._Element, name: str, text: str) -> etree._Element:
    child = etree.SubElement(parent, f"{{{ATOM}}}{name}")
    child.text = text
    return child


def _link(parent: etree._Element, rel: str, href: str, **more: str) -> None:
    etree.SubElement(parent, f"{{{ATOM}}}link", {"rel": rel, "href": href, **more})


def _stamp(moment: datetime) -> str:
    return moment.replace(microsecond=0).isoformat()


def _written(root: etree._Element) -> bytes:
    return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True))


def alerts(scene: Scene) -> bytes:
    """Return the alerts, the newest first; each leads to its page and to its CAP message."""
    with translation.override(scene.language):
        rows = [release_get(number=row.number) for row in release_list(kind="alert", limit=MOST)]
        root = etree.Element(f"{{{ATOM}}}feed", {XML_LANG: scene.language}, nsmap={None: ATOM})
        _head(root, scene, rows)
        for row in rows:
            _entry(root, scene, row)
        return _written(root)


def _head(root: etree._Element, scene: Scene, rows: list[ReleaseRow]) -> None:
    situation, absolute = scene.situation, scene.request.build_absolute_uri
    city = situation.say(situation.city["name"]) if situation else "Salus"
    slug = situation.city["slug"] if situation else "salus"
    _text(root, "id", uuid5(NAMESPACE_DNS, f"{slug}.alerts.{scene.language}").urn)
    title = _("Alerts in %(city)s") % {"city": city}
    exercise = any(row.exercise for row in rows) or (situation is not None and situation.release.exercise)
    _text(root, "title", f"{_('EXERCISE')} · {title}" if exercise else title)
    _text(root, "updated", _stamp(rows[0].published_at if rows else scene.now))
    author = etree.SubElement(root, f"{{{ATOM}}}author")
    _text(author, "name", city)
    _link(root, "self", absolute(), type="application/atom+xml")
    _link(root, "alternate", absolute(scene.url("home")), type="text/html", hreflang=scene.language)


def _entry(root: etree._Element, scene: Scene, row: ReleaseRow) -> None:
    absolute = scene.request.build_absolute_uri
    entry = etree.SubElement(root, f"{{{ATOM}}}entry")
    _text(entry, "id", row.id.urn)
    _text(entry, "title", pick(row.title, scene.language))
    _text(entry, "updated", _stamp(row.published_at))
    _text(entry, "published", _stamp(row.published_at))
    spoken = {info["language"].split("-")[0]: info for info in row.body.get("infos", [])}
    info: dict[str, str] = spoken.get(scene.language) or spoken.get("en") or next(iter(spoken.values()), {})
    _text(entry, "summary", f"{info.get('description', '')} {info.get('instruction', '')}".strip())
    _link(entry, "alternate", absolute(scene.url("release", row.number)), type="text/html", hreflang=scene.language)
    if row.exercise:
        etree.SubElement(entry, f"{{{ATOM}}}category", {"term": "Exercise", "label": _("Exercise")})
    if "cap.xml" in row.files:
        cap = absolute(reverse("public:file", args=[row.number, "cap.xml"]))
        _link(entry, "related", cap, type=CAP_TYPE)


def sitemap(scene: Scene, names: Iterable[tuple[str, tuple[object, ...]]]) -> bytes:
    """Return every page in every language, each with its translations."""
    root = etree.Element(f"{{{SITEMAP}}}urlset", nsmap={None: SITEMAP, "xhtml": XHTML})
    absolute = scene.request.build_absolute_uri
    for name, arguments in names:
        pages = {code: absolute(reverse(f"public:{name}", args=[code, *arguments])) for code in codes()}
        for address in pages.values():
            url = etree.SubElement(root, f"{{{SITEMAP}}}url")
            etree.SubElement(url, f"{{{SITEMAP}}}loc").text = address
            for code, other in pages.items():
                etree.SubElement(url, f"{{{XHTML}}}link", {"rel": "alternate", "hreflang": code, "href": other})
    return _written(root)
