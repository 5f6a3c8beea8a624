"""How a society answers, as data: `society.yaml`, read with its faults told in plain words."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from salus.world.errors import WorldError

FILE = Path(__file__).parent / "society.yaml"
ELSE = "else"

Share = Annotated[float, Field(ge=0, le=1)]
Amount = Annotated[float, Field(ge=0)]
Amounts = dict[str, Amount]
BySegment = tuple[Amount, Amount, Amount]


class BadSociety(WorldError):
    """The description of a society cannot be used; the message says where and what to change."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class MoodRules(_Strict):
    """How trust, weariness and anxiety move, and what they do to compliance."""

    trust: tuple[Share, Share, Share]
    recovers: Share
    published: Share
    announced_before: Share
    effect_below: Share
    effect: Share
    again_within_days: int
    ended_within_days: int
    contradiction: Share
    late_above: Amount
    late: Share
    deaths: Share
    rumour: Share
    rumour_by_segment: BySegment
    false_alarm: Share
    press: Share
    trust_counts: Share
    wearies: BySegment
    rests: Share
    weariness_counts: Share
    weights: Amounts
    least: Share
    most: Amount
    anxious_rumour: Share
    anxious_deaths: Share
    anxious_stays: Share


class HandedOut(_Strict):
    """What a measure takes from the city's stores, and to whom it goes."""

    products: tuple[str, ...]
    to: tuple[str, ...]
    share: Share


class SupplyRules(_Strict):
    """What is used by whom, and how holders order."""

    cover_days: Amounts
    orders_below: Share
    patience_days: int
    hoarded: Amounts
    each_case: Amounts
    each_on_ward: Amounts
    each_in_icu: Amounts
    each_death: Amounts
    each_dose: Amounts
    measures: dict[str, Amounts]
    handed_out: dict[str, HandedOut]


class PriceRules(_Strict):
    """What scarcity and anxiety do to a price."""

    scarce: Amounts
    anxious: Amounts
    speed: Share
    noise: Share
    lowest: Amount
    highest: Amount


class RidingRules(_Strict):
    """What becomes of ways whose line is closed."""

    by_transit: Share
    to_other_lines: Share
    otherwise: Share
    works_at_home: Share
    crowded_at_most: Annotated[float, Field(ge=1)]


class SiteRules(_Strict):
    """Who comes to a kind of site, and what it does for them."""

    asked: Share
    comes: tuple[Share, Share, Share]
    helps: Share


class Customs(_Strict):
    """The whole description."""

    mood: MoodRules
    supplies: SupplyRules
    prices: PriceRules
    riding: RidingRules
    sites: dict[str, SiteRules]


@lru_cache(maxsize=4)
def read_customs(path: Path = FILE) -> Customs:
    """Return how a society answers."""
    try:
        return Customs.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadSociety(f"{path.name} cannot be read: {error}. Correct that line.") from error
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors())
        raise BadSociety(f"{path.name} cannot be used: {faults}.") from error


def of(amounts: Amounts, name: str) -> float:
    """Return the amount of a name, or of everything else."""
    return amounts.get(name, amounts.get(ELSE, 0.0))
