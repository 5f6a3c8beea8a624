"""Numerics of outbreak assessment: arrays in, arrays out; knows no Django.

Names are imported on first use, so that ``import salus.epi`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from salus.epi.aberration import EarsResult as EarsResult
    from salus.epi.aberration import baseline_pvalues as baseline_pvalues
    from salus.epi.aberration import ears as ears
    from salus.epi.cohort import CohortResult as CohortResult
    from salus.epi.cohort import wallinga_teunis as wallinga_teunis
    from salus.epi.farrington import FarringtonResult as FarringtonResult
    from salus.epi.farrington import farrington_flexible as farrington_flexible
    from salus.epi.forecasting import Forecast as Forecast
    from salus.epi.forecasting import forecast as forecast
    from salus.epi.frames import to_frame as to_frame
    from salus.epi.generation import SerialInterval as SerialInterval
    from salus.epi.generation import discretised_serial_interval as discretised_serial_interval
    from salus.epi.growth import GrowthResult as GrowthResult
    from salus.epi.growth import growth_rate as growth_rate
    from salus.epi.growth import reproduction_from_growth as reproduction_from_growth
    from salus.epi.intervention import InterventionResult as InterventionResult
    from salus.epi.intervention import interrupted_time_series as interrupted_time_series
    from salus.epi.multiplicity import DiscoveryResult as DiscoveryResult
    from salus.epi.multiplicity import control_false_discoveries as control_false_discoveries
    from salus.epi.nowcasting import Nowcast as Nowcast
    from salus.epi.nowcasting import nowcast as nowcast
    from salus.epi.reproduction import RtResult as RtResult
    from salus.epi.reproduction import estimate_rt as estimate_rt
    from salus.epi.reproduction import estimate_rt_from_nowcast as estimate_rt_from_nowcast
    from salus.epi.sequential import SequentialResult as SequentialResult
    from salus.epi.sequential import cusum as cusum
    from salus.epi.sequential import likelihood_ratio as likelihood_ratio
    from salus.epi.triangles import ReportingTriangle as ReportingTriangle
    from salus.epi.triangles import reporting_triangle as reporting_triangle
    from salus.epi.uncertain import UncertainSerialInterval as UncertainSerialInterval
    from salus.epi.uncertain import estimate_rt_uncertain as estimate_rt_uncertain

_HOME = {
    "EarsResult": "aberration",
    "baseline_pvalues": "aberration",
    "ears": "aberration",
    "CohortResult": "cohort",
    "wallinga_teunis": "cohort",
    "FarringtonResult": "farrington",
    "farrington_flexible": "farrington",
    "Forecast": "forecasting",
    "forecast": "forecasting",
    "to_frame": "frames",
    "SerialInterval": "generation",
    "discretised_serial_interval": "generation",
    "GrowthResult": "growth",
    "growth_rate": "growth",
    "reproduction_from_growth": "growth",
    "InterventionResult": "intervention",
    "interrupted_time_series": "intervention",
    "DiscoveryResult": "multiplicity",
    "control_false_discoveries": "multiplicity",
    "Nowcast": "nowcasting",
    "nowcast": "nowcasting",
    "RtResult": "reproduction",
    "estimate_rt": "reproduction",
    "estimate_rt_from_nowcast": "reproduction",
    "SequentialResult": "sequential",
    "cusum": "sequential",
    "likelihood_ratio": "sequential",
    "ReportingTriangle": "triangles",
    "reporting_triangle": "triangles",
    "UncertainSerialInterval": "uncertain",
    "estimate_rt_uncertain": "uncertain",
}

__all__ = [
    "CohortResult",
    "DiscoveryResult",
    "EarsResult",
    "FarringtonResult",
    "Forecast",
    "GrowthResult",
    "InterventionResult",
    "Nowcast",
    "ReportingTriangle",
    "RtResult",
    "SequentialResult",
    "SerialInterval",
    "UncertainSerialInterval",
    "baseline_pvalues",
    "control_false_discoveries",
    "cusum",
    "discretised_serial_interval",
    "ears",
    "estimate_rt",
    "estimate_rt_from_nowcast",
    "estimate_rt_uncertain",
    "farrington_flexible",
    "forecast",
    "growth_rate",
    "interrupted_time_series",
    "likelihood_ratio",
    "nowcast",
    "reporting_triangle",
    "reproduction_from_growth",
    "to_frame",
    "wallinga_teunis",
]


def __getattr__(name: str) -> object:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return list(__all__)
