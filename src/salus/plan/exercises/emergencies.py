"""The emergencies of exercises: those that come with the product, and one's own."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import yaml
from django.utils.translation import gettext as _

from salus.plan.exercises.schemas import Defect, EmergencyChoice, ExerciseDraft
from salus.world.emergency import FOLDER, names, overlays, read_emergency
from salus.world.errors import WorldError

LONGEST = 100_000


def choices() -> list[EmergencyChoice]:
    """Return the emergencies that come with the product."""
    found = []
    for name in names():
        raw = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
        found.append(EmergencyChoice(name, dict(raw.get("title", {"en": name}))))
    return found


def faults_of(draft: ExerciseDraft) -> Iterator[Defect]:
    """Yield what is wrong with the emergency of a design, and with those on top of it."""
    tops = overlays()
    for name in draft.also:
        if name not in tops or draft.also.count(name) > 1 or name == draft.emergency:
            words = _("'%(name)s' cannot come on top of the emergency.") % {"name": name}
            yield Defect("also", words, _("Choose another one of %(names)s, once.") % {"names": ", ".join(tops)})
    if not draft.emergency_text.strip():
        if draft.emergency not in names():
            words = _("There is no emergency '%(name)s'.") % {"name": draft.emergency}
            yield Defect("emergency", words, _("Choose one of %(names)s.") % {"names": ", ".join(names())})
        return
    if len(draft.emergency_text) > LONGEST:
        words = _("The description of the emergency is too long.")
        yield Defect("emergency_text", words, _("Keep it under %(count)s letters.") % {"count": f"{LONGEST:,}"})
        return
    with tempfile.TemporaryDirectory() as folder:
        try:
            read_emergency(write(draft, Path(folder)))
        except WorldError as refusal:
            yield Defect("emergency_text", str(refusal), _("Correct the description, or choose one from the list."))


def write(draft: ExerciseDraft, folder: Path) -> str | Path:
    """Return what the world is begun with: the name, or one's own description as a file in the folder."""
    if not draft.emergency_text.strip():
        return draft.emergency
    path = folder / "emergency.yaml"
    path.write_text(draft.emergency_text, encoding="utf-8")
    return path
