"""Nothing that people wrote may name a person when it goes out."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from salus.base.errors import Invalid
from salus.decide.publication.sealing import Draft
from salus.decide.releases.canonical import canonical
from salus.trust.actors import system_viewer
from salus.trust.selectors import person_list

# These carry sentences that somebody typed; the others are made from figures and policy.
TYPED = ("decision", "alert")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")


def refuse_names(draft: Draft) -> None:
    """Refuse a release whose words name somebody who works here, or give an address of a person."""
    if draft.kind not in TYPED:
        return
    text = f"{canonical(draft.title)} {canonical(draft.body)}"
    # A name of one word may be a place or an everyday word; a full name is a person.
    full = [row.name for row in person_list(viewer=system_viewer("publisher")) if " " in row.name.strip()]
    found = next((name for name in full if re.search(rf"\b{re.escape(name)}\b", text, re.IGNORECASE)), None)
    if found is None and (address := _ADDRESS.search(text)) is not None:
        found = address[0]
    if found is not None:
        raise Invalid(
            _("The text for the public names a person: %(name)s.") % {"name": found},
            remedy=_("Write the post instead of the name, and give the help line instead of an address."),
        )
