"""Numerics of outbreak assessment: arrays in, arrays out; knows no Django.

Names are imported on first use, so that ``import salus.epi`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from salus.epi.aberration import EarsResult as EarsResult
    from salus.epi.aberration import ears as ears
    from salus.epi.farrington import FarringtonResult as FarringtonResult
    from salus.epi.farrington import farrington_flexible as farrington_flexible
    from salus.epi.forecasting import Forecast as Forecast
    from salus.epi.forecasting import forecast as forecast
    from salus.epi.frames import to_frame as to_frame
    from salus.epi.generation import SerialInterval as SerialInterval
    from salus.epi.generation import discretised_serial_interval as discretised_serial_interval
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

_HOME = {
    "EarsResult": "aberration",
    "ears": "aberration",
    "FarringtonResult": "farrington",
    "farrington_flexible": "farrington",
    "Forecast": "forecasting",
    "forecast": "forecasting",
    "to_frame": "frames",
    "SerialInterval": "generation",
    "discretised_serial_interval": "generation",
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
}

__all__ = [
    "EarsResult",
    "FarringtonResult",
    "Forecast",
    "Nowcast",
    "ReportingTriangle",
    "RtResult",
    "SequentialResult",
    "SerialInterval",
    "cusum",
    "discretised_serial_interval",
    "ears",
    "estimate_rt",
    "estimate_rt_from_nowcast",
    "farrington_flexible",
    "forecast",
    "likelihood_ratio",
    "nowcast",
    "reporting_triangle",
    "to_frame",
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
