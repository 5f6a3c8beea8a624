"""The small chain control that every record carries."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse

from salus.base import chain
from salus.web.ops.moment import keep_moment, known_at
from salus.web.ui.components import Chain


def chain_control(request: HttpRequest, kind: str, record: UUID) -> Chain:
    """Return how many records came before and after one, and how long the whole took."""
    links = chain.walk(id=record, known_at=known_at(request))
    moments = [moment for link in links for moment in (link.source.at, link.target.at)]
    return Chain(
        href=keep_moment(request, reverse("ops:chain", args=[kind, record])),
        before=len({link.source.id for link in links if link.backwards}),
        after=len({link.target.id for link in links if not link.backwards}),
        took=max(moments) - min(moments) if moments else None,
    )
