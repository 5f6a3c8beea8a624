"""The stored rule tables: which one is in force, and each as its document."""

from __future__ import annotations

import json
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from salus.assess.models import RuleTable
from salus.assess.rules.document import RuleDocument, document_of_json
from salus.base.errors import NotFound


def rule_table_in_force(known_at: datetime | None = None) -> RuleTable:
    """Return the rule table that assessments use; the first one made, until packs can be chosen."""
    row: RuleTable | None = RuleTable.objects.known(known_at).order_by("created_at", "version").first()
    if row is None:
        raise NotFound(
            _("There is no rule table, so no level can be given."),
            remedy=_("Load the packs that come with the product."),
        )
    return row


def document_of(row: RuleTable) -> RuleDocument:
    """Return a stored rule table, parsed once."""
    return document_of_json(json.dumps(row.document, sort_keys=True))


def documents_numbered(keys: set[tuple[UUID, int]]) -> dict[tuple[UUID, int], RuleDocument]:
    """Return the versions of rule tables that stored levels name."""
    rows = RuleTable.objects.filter(id__in=[id for id, _ in keys], number__in=[number for _, number in keys])
    return {(row.id, row.number): document_of(row) for row in rows}
