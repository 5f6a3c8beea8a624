"""No infection at all: what the epidemic engine advances where an emergency does not spread from person to person."""

from __future__ import annotations

from salus.world.emergency import Infection

_NONE = (0.0,) * 7
_NEVER = 3_000_000


_VARIANT = {
    "name": "none",
    "r0": 0.01,
    "generation_mean": 3.0,
    "generation_sd": 1.0,
    "severity": 0.0,
    "arrives_on_day": _NEVER,
    "seeds": 0.1,
    "at": "anywhere",
}
_IMMUNITY = {
    "cross": [[1.0]],
    "waning_days": 36500,
    "waned_susceptibility": 0.0,
    "waned_severity": 0.0,
    "recovered_severity": 0.0,
}
_BY_AGE = ("hospital_by_age", "icu_by_age", "death_ward_by_age", "death_icu_by_age", "death_home_by_age")
_DELAYS = dict.fromkeys(("to_hospital_days", "ward_days", "icu_days"), (5.0, 2.0))


def quiet(slug: str, title: dict[str, str]) -> Infection:
    """Return an infection that never comes, under the name of the emergency that is there instead."""
    care = {
        **dict.fromkeys(_BY_AGE, _NONE),
        **_DELAYS,
        "risk_by_segment": (1.0, 1.0, 1.0),
        "excess_ward": 0.0,
        "excess_icu": 0.0,
    }
    return Infection.model_validate(
        {
            "slug": slug,
            "title": title,
            "variants": [_VARIANT],
            "visitors_infected_per_day": [0.0],
            "immunity": _IMMUNITY,
            "contacts": {"school": 1.0, "work": 1.0, "community_by_age": (1.0,) * 7},
            "care": care,
            "reporting": {"ascertainment_by_segment": (0.0,) * 3, "delay_days": (5.0, 2.0), "weekday": (1.0,) * 7},
            "work": {"employed_by_age": _NONE, "symptomatic_by_age": _NONE},
        }
    )
