"""Scenario engine: an epidemic in a city by zone, age and segment, with measures and care.

Names are imported on first use, so that nothing is compiled before it runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from salus.epi.on_first_use import on_first_use

if TYPE_CHECKING:
    from salus.epi.scenario.calibration import Calibration as Calibration
    from salus.epi.scenario.calibration import calibrate as calibrate
    from salus.epi.scenario.care import Care as Care
    from salus.epi.scenario.care import Reporting as Reporting
    from salus.epi.scenario.care import Sewage as Sewage
    from salus.epi.scenario.care import Work as Work
    from salus.epi.scenario.care import discretised_delay as discretised_delay
    from salus.epi.scenario.caution import Caution as Caution
    from salus.epi.scenario.comparison import Comparison as Comparison
    from salus.epi.scenario.comparison import Scenario as Scenario
    from salus.epi.scenario.comparison import compare as compare
    from salus.epi.scenario.engine import Variation as Variation
    from salus.epi.scenario.engine import advance as advance
    from salus.epi.scenario.engine import begin as begin
    from salus.epi.scenario.engine import simulate as simulate
    from salus.epi.scenario.likelihood import Observed as Observed
    from salus.epi.scenario.likelihood import Prior as Prior
    from salus.epi.scenario.mixing import final_size as final_size
    from salus.epi.scenario.mixing import next_generation as next_generation
    from salus.epi.scenario.mixing import transmissibility as transmissibility
    from salus.epi.scenario.model import Immunity as Immunity
    from salus.epi.scenario.model import InForce as InForce
    from salus.epi.scenario.model import Measure as Measure
    from salus.epi.scenario.model import Model as Model
    from salus.epi.scenario.model import Seed as Seed
    from salus.epi.scenario.model import Setting as Setting
    from salus.epi.scenario.model import Vaccine as Vaccine
    from salus.epi.scenario.model import Variant as Variant
    from salus.epi.scenario.projection import add_noise as add_noise
    from salus.epi.scenario.projection import project as project
    from salus.epi.scenario.reading import model_from_plain as model_from_plain
    from salus.epi.scenario.reading import model_to_plain as model_to_plain
    from salus.epi.scenario.reading import order_from_plain as order_from_plain
    from salus.epi.scenario.results import Course as Course
    from salus.epi.scenario.results import PathQuantiles as PathQuantiles
    from salus.epi.scenario.state import State as State

_NAMES = {
    "calibration": ("Calibration", "calibrate"),
    "care": ("Care", "Reporting", "Sewage", "Work", "discretised_delay"),
    "caution": ("Caution",),
    "comparison": ("Comparison", "Scenario", "compare"),
    "engine": ("Variation", "advance", "begin", "simulate"),
    "likelihood": ("Observed", "Prior"),
    "mixing": ("final_size", "next_generation", "transmissibility"),
    "model": ("Immunity", "InForce", "Measure", "Model", "Seed", "Setting", "Vaccine", "Variant"),
    "projection": ("add_noise", "project"),
    "reading": ("model_from_plain", "model_to_plain", "order_from_plain"),
    "results": ("Course", "PathQuantiles"),
    "state": ("State",),
}
_HOME = {name: home for home, names in _NAMES.items() for name in names}

__all__ = [
    "Calibration",
    "Care",
    "Caution",
    "Comparison",
    "Course",
    "Immunity",
    "InForce",
    "Measure",
    "Model",
    "Observed",
    "PathQuantiles",
    "Prior",
    "Reporting",
    "Scenario",
    "Seed",
    "Setting",
    "Sewage",
    "State",
    "Vaccine",
    "Variant",
    "Variation",
    "Work",
    "add_noise",
    "advance",
    "begin",
    "calibrate",
    "compare",
    "discretised_delay",
    "final_size",
    "model_from_plain",
    "model_to_plain",
    "next_generation",
    "order_from_plain",
    "project",
    "simulate",
    "transmissibility",
]

__getattr__, __dir__ = on_first_use(__name__, {name: f"{__name__}.{home}" for name, home in _HOME.items()})
