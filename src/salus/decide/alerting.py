"""Composing an alert from a decision: words in each language, areas, and how urgent it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from salus.base import clock
from salus.base.errors import Invalid
from salus.base.texts import LocalText, pick
from salus.city.schemas import CityRow, ZoneFeature, ZoneRow
from salus.city.selectors import city_get, zone_features
from salus.decide.models import Alert, Decision
from salus.decide.schemas import AlertWords
from salus.gather import cap
from salus.plan.phrases import fill
from salus.plan.schemas import PlaybookRow
from salus.plan.scope import cover
from salus.plan.selectors import measure_list, playbook_get
from salus.trust.actors import system_viewer

HEADLINE_LETTERS = 160
SMS_LETTERS = 160
DEFAULT_EXPIRY = timedelta(days=7)
# How grave, how soon and how sure an alert for a level is, where nobody says otherwise.
BY_LEVEL = {
    0: ("Minor", "Past", "Observed"),
    1: ("Minor", "Expected", "Likely"),
    2: ("Moderate", "Expected", "Observed"),
    3: ("Severe", "Immediate", "Observed"),
}


def cap_status() -> str:
    """Return what kind of message goes out: nothing but the wall clock makes a real one."""
    return "Actual" if clock.reading().mode == "wall" else "Exercise"


def sender_of(city: CityRow) -> str:
    """Return the name under which the city's alerts go out."""
    return str(getattr(settings, "SALUS_ALERT_SENDER", "") or f"alerts.{city.slug}.salus")


def message(
    *,
    identifier: str,
    decision: Decision,
    words: AlertWords,
    kind: str,
    earlier: Sequence[Alert],
    languages: Sequence[str],
) -> cap.Alert:
    """Return the message that a decision gives, in several languages."""
    viewer = system_viewer("decide")
    city, playbook = city_get(viewer=viewer), playbook_get(viewer=viewer)
    if playbook is None:
        raise Invalid(_("There is no playbook yet."), remedy=_("Load a pack of measures first."))
    now, status = clock.now(), cap_status()
    infos = _infos(decision, words, kind, city, playbook, languages, now)
    return cap.Alert(
        identifier=identifier,
        sender=sender_of(city),
        sent=cap.cap_moment(now, clock.city_zone()),
        status=status,
        message_type=kind,
        scope="Public",
        note=pick(playbook.phrases["exercise_note"], "en") if status == "Exercise" else None,
        references=" ".join(_reference(row) for row in earlier) or None,
        incidents=f"salus-decision-{decision.number}",
        infos=infos,
    )


def _reference(row: Alert) -> str:
    return cap.read(row.xml.encode()).alerts[0].reference


def _infos(
    decision: Decision,
    words: AlertWords,
    kind: str,
    city: CityRow,
    playbook: PlaybookRow,
    languages: Sequence[str],
    now: datetime,
) -> tuple[cap.Info, ...]:
    areas = area_blocks([UUID(text) for text in decision.zone_ids], city)
    severity, urgency, certainty = BY_LEVEL.get(decision.level_to or 0, BY_LEVEL[1])
    if kind == "Cancel":
        urgency = "Past"
    shared = cap.Info(
        categories=("Health",),
        event="",
        response_types=("AllClear",) if kind == "Cancel" else _responses(decision),
        urgency=words.urgency or urgency,
        severity=words.severity or severity,
        certainty=words.certainty or certainty,
        effective=cap.cap_moment(now, clock.city_zone()),
        expires=cap.cap_moment(expiry_of(decision, words, now), clock.city_zone()),
        contact=city.help_phone or None,
    )
    return tuple(_info(shared, language, decision, words, kind, city, playbook, areas) for language in languages)


def expiry_of(decision: Decision, words: AlertWords, now: datetime) -> datetime:
    """Return until when an alert holds: a week, and never longer than its decision."""
    if words.expires_at is not None:
        if words.expires_at <= now:
            raise Invalid(_("The alert would already have expired."), remedy=_("Choose a later moment."))
        return words.expires_at
    latest = decision.in_force_until if decision.status == "approved" else None
    end = now + DEFAULT_EXPIRY
    return min(end, latest) if latest is not None and latest > now else end


def _responses(decision: Decision) -> tuple[str, ...]:
    measures = measure_list(viewer=system_viewer("decide"), codes=list(decision.measures))
    return tuple(dict.fromkeys(measure.response_type for measure in measures)) or ("Monitor",)


def _info(
    shared: cap.Info,
    language: str,
    decision: Decision,
    words: AlertWords,
    kind: str,
    city: CityRow,
    playbook: PlaybookRow,
    areas: Sequence[tuple[ZoneRow, cap.Area]],
) -> cap.Info:
    headline = headline_of(decision, words, kind, playbook)
    spoken = pick(headline, language)
    sms = fill(playbook.phrases["alert_sms"], headline=headline, phone=city.help_phone)
    return replace(
        shared,
        language=language,
        event=pick(playbook.phrases["alert_event"], language),
        sender_name=pick(city.name, language),
        headline=_cut(spoken, HEADLINE_LETTERS),
        description=pick(words.description or decision.public_reason, language) or None,
        instruction=None if kind == "Cancel" else pick(words.instruction or decision.public_text, language) or None,
        parameters=(
            cap.Named("salus:level", str(decision.level_to if decision.level_to is not None else "")),
            cap.Named("SMSText", _cut(pick(sms, language), SMS_LETTERS)),
        ),
        areas=tuple(replace(area, description=pick(zone.name, language)) for zone, area in areas),
    )


def headline_of(decision: Decision, words: AlertWords, kind: str, playbook: PlaybookRow) -> dict[str, str]:
    """Return the headline: marked where it is an exercise, or where the alert has ended."""
    found: LocalText = words.headline or decision.title
    if kind == "Cancel":
        found = fill(playbook.phrases["alert_over"], headline=found)
    if cap_status() == "Exercise":
        found = fill(playbook.phrases["exercise_prefix"], text=found)
    return dict(found)


def _cut(text: str, letters: int) -> str:
    """Return a text of at most so many letters, ended at a word."""
    if len(text) <= letters:
        return text
    return text[: letters - 1].rsplit(" ", 1)[0] + "…"


def area_blocks(zone_ids: Sequence[UUID], city: CityRow) -> list[tuple[ZoneRow, cap.Area]]:
    """Return one area for each zone, with its outline and its code; zones that fill a larger one are that one."""
    zones = cover(zone_ids)
    outlines: dict[UUID, ZoneFeature] = {}
    for level in {zone.level for zone in zones}:
        found = zone_features(viewer=system_viewer("decide"), level=level, detail="overview")
        outlines.update({feature.id: feature for feature in found})
    return [(zone, _area(zone, outlines.get(zone.id), city)) for zone in zones]


def _area(zone: ZoneRow, outline: ZoneFeature | None, city: CityRow) -> cap.Area:
    polygons = tuple(polygon(ring) for ring in outer(outline.rings)) if outline else ()
    return cap.Area(
        description=pick(zone.name, "en"),
        polygons=polygons,
        geocodes=(cap.Named(f"{city.slug}:{zone.level}", zone.code),),
    )


Ring = Sequence[tuple[float, float]]


def outer(rings: Sequence[Ring]) -> list[Ring]:
    """Return the outer rings: the protocol has no holes, and a hole is better warned than missed."""
    return [
        ring
        for ring in rings
        if len(ring) >= 3 and sum(other is not ring and inside(ring[0], other) for other in rings) % 2 == 0
    ]


def inside(point: tuple[float, float], ring: Ring) -> bool:
    """Return whether a point lies in a ring, by counting the edges to its right."""
    x, y = point
    found = False
    for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            found = not found
    return found


def polygon(ring: Ring) -> str:
    """Return a ring as the protocol writes it: latitude before longitude, the first point again at the end."""
    points = [f"{lat:.5f},{lon:.5f}" for lon, lat in ring]
    if points[0] != points[-1]:
        points.append(points[0])
    return " ".join(points)


def checked_xml(found: cap.Alert) -> str:
    """Return the message as XML, refusing one that breaks the schema or the rules of the text."""
    xml = cap.write(found)
    fatal = [defect for defect in cap.read(xml).defects if defect.fatal]
    if fatal:
        raise Invalid(
            _("The alert breaks the protocol: %(defects)s")
            % {"defects": "; ".join(f"{d.where}: {d.what}" for d in fatal[:3])},
            remedy=_("Change the words or the areas."),
        )
    return xml.decode()


def restamped(xml: str, now: datetime) -> str:
    """Return a draft with the moment at which it really goes out."""
    found = cap.read(xml.encode()).alerts[0]
    moment = cap.cap_moment(now, clock.city_zone())
    infos = tuple(replace(info, effective=moment) for info in found.infos)
    return checked_xml(replace(found, sent=moment, infos=infos))


def texts_of(xml: str) -> Mapping[str, cap.Info]:
    """Return what an alert says, by language."""
    return {info.language or "en": info for info in cap.read(xml.encode()).alerts[0].infos}
