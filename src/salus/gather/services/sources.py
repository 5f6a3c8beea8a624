"""Registering sources and letting them go live."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from salus.base import outbox
from salus.base.audit import audited, note
from salus.base.errors import Invalid, NotFound
from salus.base.versioned import record_create, record_revise
from salus.gather.events import SOURCE_CHANGED
from salus.gather.models import Source
from salus.gather.permissions import SOURCE_MANAGE
from salus.gather.schemas import SeriesDraft
from salus.gather.selectors.rows import source_row
from salus.gather.services.series import write_series
from salus.gather.sources import registry
from salus.gather.sources.manifests import TIERS, Manifest
from salus.trust import policy
from salus.trust.schemas import Tier, Viewer


@audited("source.register")
def source_register(*, slug: str, by: Viewer) -> Source:
    """Take a source's folder into the catalogue, with its series; it begins as a draft."""
    policy.require(by, SOURCE_MANAGE)
    manifest = registry.get(slug).manifest
    note(slug=slug)
    fields = _fields(manifest)
    row: Source | None = Source.objects.known().filter(slug=slug).first()
    if row is None:
        row = record_create(Source, by=by, status="draft", **fields)
    else:
        changed = {name: value for name, value in fields.items() if getattr(row, name) != value}
        row = record_revise(row, by=by, **changed) if changed else row
    for draft in _drafts(manifest):
        write_series(draft=draft, by=by)
    _tell(row, by)
    return row


def _fields(manifest: Manifest) -> dict[str, Any]:
    return {
        "slug": manifest.slug,
        "title": manifest.title,
        "manifest": manifest.model_dump(mode="json"),
        "owner": manifest.owner,
        "reuse_policy": manifest.reuse_policy,
        "tier": TIERS[manifest.tier] if manifest.tier else None,
        "cadence_hours": manifest.cadence_hours,
        "priority": manifest.priority,
        "licence_note": manifest.licence_note,
    }


def _drafts(manifest: Manifest) -> list[SeriesDraft]:
    return [
        SeriesDraft(
            code=row.code,
            name=row.name,
            description=row.description,
            unit=row.unit,
            kind=row.kind,
            period=row.period,
            role=row.role,
            zone_level=row.zone_level,
            source=manifest.slug,
            tier=Tier(TIERS[row.tier]),
            delay_days=row.delay_days,
            reconstructed=row.reconstructed_known_at,
        )
        for row in manifest.series
    ]


@audited("source.activate")
def source_activate(*, source: UUID | str, by: Viewer) -> Source:
    """Let a source go live; refused without an owner, a reuse policy and a tier."""
    policy.require(by, SOURCE_MANAGE)
    row = current_source(source)
    missing = source_row(row).missing_for_going_live
    if missing:
        names = {"owner": _("an owner"), "reuse_policy": _("a reuse policy"), "tier": _("a tier")}
        raise Invalid(
            _("The source '%(slug)s' cannot go live: it has no statement of %(missing)s.")
            % {"slug": row.slug, "missing": ", ".join(names[name] for name in missing)},
            remedy=_("State them in its manifest or give it an owner, then register and activate it again."),
        )
    return _set_status(row, "live", by)


@audited("source.pause")
def source_pause(*, source: UUID | str, by: Viewer) -> Source:
    """Stop taking data from a source; what it brought stays."""
    policy.require(by, SOURCE_MANAGE)
    return _set_status(current_source(source), "paused", by)


@audited("source.assign_owner")
def source_assign_owner(*, source: UUID | str, organisation: UUID, by: Viewer) -> Source:
    """Say which organisation answers for a source."""
    policy.require(by, SOURCE_MANAGE)
    row = record_revise(current_source(source), by=by, owner_organisation_id=organisation)
    _tell(row, by)
    return row


def current_source(source: UUID | str) -> Source:
    """Return the present version of a source, by its id or its slug."""
    rows = Source.objects.known()
    row: Source | None = (rows.filter(id=source) if isinstance(source, UUID) else rows.filter(slug=source)).first()
    if row is None:
        raise NotFound(
            _("There is no source '%(source)s'.") % {"source": source},
            remedy=_("Register it first: its folder must lie in gather/sources."),
        )
    return row


def _set_status(row: Source, status: str, by: Viewer) -> Source:
    note(slug=row.slug, status=status)
    if row.status == status:
        return row
    row = record_revise(row, by=by, status=status)
    _tell(row, by)
    return row


def _tell(row: Source, by: Viewer) -> None:
    payload = {"source": row.slug, "status": row.status}
    outbox.publish(topic=SOURCE_CHANGED, record_kind="source", record_id=row.id, by=by, payload=payload)
