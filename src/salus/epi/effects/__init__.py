"""Effects of measures: what was averted, with an interval and a placebo check.

Names are imported on first use, so that nothing is compiled by importing the package.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from salus.epi.on_first_use import on_first_use

if TYPE_CHECKING:
    from salus.epi.effects.averted import Averted as Averted
    from salus.epi.effects.averted import averted_by_model as averted_by_model
    from salus.epi.effects.structural import StructuralEffect as StructuralEffect
    from salus.epi.effects.structural import structural_effect as structural_effect
    from salus.epi.effects.synthetic import SyntheticControl as SyntheticControl
    from salus.epi.effects.synthetic import synthetic_control as synthetic_control
    from salus.epi.intervention import InterventionResult as InterventionResult
    from salus.epi.intervention import interrupted_time_series as interrupted_time_series

_HOME = {
    "Averted": "salus.epi.effects.averted",
    "InterventionResult": "salus.epi.intervention",
    "StructuralEffect": "salus.epi.effects.structural",
    "SyntheticControl": "salus.epi.effects.synthetic",
    "averted_by_model": "salus.epi.effects.averted",
    "interrupted_time_series": "salus.epi.intervention",
    "structural_effect": "salus.epi.effects.structural",
    "synthetic_control": "salus.epi.effects.synthetic",
}

__all__ = [
    "Averted",
    "InterventionResult",
    "StructuralEffect",
    "SyntheticControl",
    "averted_by_model",
    "interrupted_time_series",
    "structural_effect",
    "synthetic_control",
]

__getattr__, __dir__ = on_first_use(__name__, _HOME)
