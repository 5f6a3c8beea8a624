"""What befalls the hospitals of a city: beds that a flood or ill staff leave nobody to lie in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from salus.epi.scenario.model import Model
from salus.world.happenings import Happening
from salus.world.truth.place import Place


def share_kept(happenings: Sequence[Happening], hospital: str, zone: str) -> float:
    """Return the share of a hospital's beds that can be used on a day, from what befalls the city on it.

    Staff who are ill without a hospital being named are ill in all of them. Several happenings leave
    each its share of what the others left.
    """
    kept = 1.0
    for row in happenings:
        here = row.facility in {"", hospital} and row.holds_in(zone)
        if here and row.kind in {"hospital_floods", "staff_ill"}:
            kept *= 1.0 - row.size
    return kept


def disturbed(model: Model, place: Place, happenings: Sequence[Happening]) -> Model:
    """Return the model with the beds that are left today."""
    if not any(row.kind in {"hospital_floods", "staff_ill"} for row in happenings):
        return model
    kept = [share_kept(happenings, house.code, house.zone) for house in place.hospitals]
    beds = sum(house.beds * share for house, share in zip(place.hospitals, kept, strict=True))
    icu = sum(house.icu * share for house, share in zip(place.hospitals, kept, strict=True))
    # A model's beds are those that are left for the ill of the emergency: they fall by the same share as all.
    left, icu_left = beds / max(place.beds, 1.0), icu / max(place.icu_beds, 1.0)
    care = replace(model.care, beds=model.care.beds * left, icu_beds=model.care.icu_beds * icu_left)
    return replace(model, care=care)
