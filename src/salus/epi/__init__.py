"""Numerics of outbreak assessment: arrays in, arrays out; knows no Django.

Names are imported on first use, so that ``import salus.epi`` costs nothing. The scenario engine, the
agent-based engine, forecast hubs and simulated outbreaks have many names of their own and are reached as
``salus.epi.scenario``, ``salus.epi.agents``, ``salus.epi.hub`` and ``salus.epi.outbreak``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from salus.epi.compiled_code import keep_kernels_apart
from salus.epi.on_first_use import on_first_use

keep_kernels_apart()

if TYPE_CHECKING:
    from salus.epi.aberration import EarsResult as EarsResult
    from salus.epi.aberration import baseline_pvalues as baseline_pvalues
    from salus.epi.aberration import ears as ears
    from salus.epi.ahead import Ensemble as Ensemble
    from salus.epi.ahead import Related as Related
    from salus.epi.ahead import Revisions as Revisions
    from salus.epi.ahead import learn_revisions as learn_revisions
    from salus.epi.ahead import weekly_ensemble as weekly_ensemble
    from salus.epi.chains import DelayDistribution as DelayDistribution
    from salus.epi.chains import OffspringDistribution as OffspringDistribution
    from salus.epi.chains import TransmissionPairs as TransmissionPairs
    from salus.epi.chains import TransmissionTree as TransmissionTree
    from salus.epi.chains import delay_distribution as delay_distribution
    from salus.epi.chains import extinction_probability as extinction_probability
    from salus.epi.chains import offspring_distribution as offspring_distribution
    from salus.epi.chains import offspring_from_clusters as offspring_from_clusters
    from salus.epi.chains import share_of_top as share_of_top
    from salus.epi.chains import transmission_pairs as transmission_pairs
    from salus.epi.chains import who_infected_whom as who_infected_whom
    from salus.epi.cohort import CohortResult as CohortResult
    from salus.epi.cohort import wallinga_teunis as wallinga_teunis
    from salus.epi.common_source import AttackRates as AttackRates
    from salus.epi.common_source import DoseResponse as DoseResponse
    from salus.epi.common_source import ExposureCurve as ExposureCurve
    from salus.epi.common_source import ExposureWindow as ExposureWindow
    from salus.epi.common_source import Stratified as Stratified
    from salus.epi.common_source import Traceback as Traceback
    from salus.epi.common_source import TwoByTwo as TwoByTwo
    from salus.epi.common_source import attack_rates as attack_rates
    from salus.epi.common_source import back_calculate as back_calculate
    from salus.epi.common_source import dose_response as dose_response
    from salus.epi.common_source import exposure_window as exposure_window
    from salus.epi.common_source import mantel_haenszel as mantel_haenszel
    from salus.epi.common_source import traceback as traceback
    from salus.epi.common_source import two_by_two as two_by_two
    from salus.epi.crowding import CrowdingCounter as CrowdingCounter
    from salus.epi.crowding import CrowdingCounts as CrowdingCounts
    from salus.epi.crowding import CrowdingForecast as CrowdingForecast
    from salus.epi.crowding import count_crowding as count_crowding
    from salus.epi.crowding import count_crowding_files as count_crowding_files
    from salus.epi.crowding import expected_crowding as expected_crowding
    from salus.epi.demand import LengthOfStay as LengthOfStay
    from salus.epi.demand import OccupancyForecast as OccupancyForecast
    from salus.epi.demand import Ward as Ward
    from salus.epi.demand import WardFlow as WardFlow
    from salus.epi.demand import forecast_occupancy as forecast_occupancy
    from salus.epi.demand import length_of_stay as length_of_stay
    from salus.epi.demand import ward_flow as ward_flow
    from salus.epi.effects import Averted as Averted
    from salus.epi.effects import StructuralEffect as StructuralEffect
    from salus.epi.effects import SyntheticControl as SyntheticControl
    from salus.epi.effects import averted_by_model as averted_by_model
    from salus.epi.effects import structural_effect as structural_effect
    from salus.epi.effects import synthetic_control as synthetic_control
    from salus.epi.farrington import FarringtonResult as FarringtonResult
    from salus.epi.farrington import farrington as farrington
    from salus.epi.farrington import farrington_flexible as farrington_flexible
    from salus.epi.forecasting import Forecast as Forecast
    from salus.epi.forecasting import forecast as forecast
    from salus.epi.frames import to_frame as to_frame
    from salus.epi.generation import SerialInterval as SerialInterval
    from salus.epi.generation import discretised_serial_interval as discretised_serial_interval
    from salus.epi.growth import GrowthResult as GrowthResult
    from salus.epi.growth import growth_rate as growth_rate
    from salus.epi.growth import reproduction_from_growth as reproduction_from_growth
    from salus.epi.hierarchy import HierarchyResult as HierarchyResult
    from salus.epi.hierarchy import LevelResult as LevelResult
    from salus.epi.hierarchy import control_hierarchically as control_hierarchically
    from salus.epi.intervention import InterventionResult as InterventionResult
    from salus.epi.intervention import interrupted_time_series as interrupted_time_series
    from salus.epi.multiplicity import DiscoveryResult as DiscoveryResult
    from salus.epi.multiplicity import control_false_discoveries as control_false_discoveries
    from salus.epi.nowcasting import Nowcast as Nowcast
    from salus.epi.nowcasting import nowcast as nowcast
    from salus.epi.outbreak import HistoricalResult as HistoricalResult
    from salus.epi.outbreak import OutbreakResult as OutbreakResult
    from salus.epi.outbreak import RisingResult as RisingResult
    from salus.epi.outbreak import bayes as bayes
    from salus.epi.outbreak import detect_outbreaks as detect_outbreaks
    from salus.epi.outbreak import evidence_threshold as evidence_threshold
    from salus.epi.outbreak import outbreak_p as outbreak_p
    from salus.epi.outbreak import rki as rki
    from salus.epi.reproduction import RtResult as RtResult
    from salus.epi.reproduction import estimate_rt as estimate_rt
    from salus.epi.reproduction import estimate_rt_from_nowcast as estimate_rt_from_nowcast
    from salus.epi.scan import Cluster as Cluster
    from salus.epi.scan import ScanResult as ScanResult
    from salus.epi.scan import SpatialWindows as SpatialWindows
    from salus.epi.scan import circular_windows as circular_windows
    from salus.epi.scan import connected_windows as connected_windows
    from salus.epi.scan import elliptic_windows as elliptic_windows
    from salus.epi.scan import expected_cases as expected_cases
    from salus.epi.scan import person_time as person_time
    from salus.epi.scan import scan_bernoulli as scan_bernoulli
    from salus.epi.scan import scan_permutation as scan_permutation
    from salus.epi.scan import scan_poisson as scan_poisson
    from salus.epi.sequential import SequentialResult as SequentialResult
    from salus.epi.sequential import cusum as cusum
    from salus.epi.sequential import likelihood_ratio as likelihood_ratio
    from salus.epi.supplies import BurnRate as BurnRate
    from salus.epi.supplies import ReorderPoint as ReorderPoint
    from salus.epi.supplies import StockOut as StockOut
    from salus.epi.supplies import burn_rate as burn_rate
    from salus.epi.supplies import days_of_supply as days_of_supply
    from salus.epi.supplies import draw_usage as draw_usage
    from salus.epi.supplies import reorder_point as reorder_point
    from salus.epi.supplies import stock_out as stock_out
    from salus.epi.triangles import ReportingTriangle as ReportingTriangle
    from salus.epi.triangles import reporting_triangle as reporting_triangle
    from salus.epi.uncertain import UncertainSerialInterval as UncertainSerialInterval
    from salus.epi.uncertain import estimate_rt_uncertain as estimate_rt_uncertain
    from salus.epi.wastewater import NormalisedLoad as NormalisedLoad
    from salus.epi.wastewater import WastewaterRt as WastewaterRt
    from salus.epi.wastewater import WastewaterTrend as WastewaterTrend
    from salus.epi.wastewater import normalise_wastewater as normalise_wastewater
    from salus.epi.wastewater import wastewater_rt as wastewater_rt
    from salus.epi.wastewater import wastewater_trend as wastewater_trend
    from salus.epi.zone_reproduction import ZoneRtResult as ZoneRtResult
    from salus.epi.zone_reproduction import estimate_rt_by_zone as estimate_rt_by_zone

_HOME = {
    "AttackRates": "common_source",
    "Averted": "effects",
    "BurnRate": "supplies",
    "Cluster": "scan",
    "CohortResult": "cohort",
    "CrowdingCounter": "crowding",
    "CrowdingCounts": "crowding",
    "CrowdingForecast": "crowding",
    "DelayDistribution": "chains",
    "DiscoveryResult": "multiplicity",
    "DoseResponse": "common_source",
    "EarsResult": "aberration",
    "Ensemble": "ahead",
    "ExposureCurve": "common_source",
    "ExposureWindow": "common_source",
    "FarringtonResult": "farrington",
    "Forecast": "forecasting",
    "GrowthResult": "growth",
    "HierarchyResult": "hierarchy",
    "HistoricalResult": "outbreak",
    "InterventionResult": "intervention",
    "LengthOfStay": "demand",
    "LevelResult": "hierarchy",
    "NormalisedLoad": "wastewater",
    "Nowcast": "nowcasting",
    "OccupancyForecast": "demand",
    "OffspringDistribution": "chains",
    "OutbreakResult": "outbreak",
    "ReorderPoint": "supplies",
    "Related": "ahead",
    "ReportingTriangle": "triangles",
    "Revisions": "ahead",
    "RisingResult": "outbreak",
    "RtResult": "reproduction",
    "ScanResult": "scan",
    "SequentialResult": "sequential",
    "SerialInterval": "generation",
    "SpatialWindows": "scan",
    "StockOut": "supplies",
    "Stratified": "common_source",
    "StructuralEffect": "effects",
    "SyntheticControl": "effects",
    "Traceback": "common_source",
    "TransmissionPairs": "chains",
    "TransmissionTree": "chains",
    "TwoByTwo": "common_source",
    "UncertainSerialInterval": "uncertain",
    "Ward": "demand",
    "WardFlow": "demand",
    "WastewaterRt": "wastewater",
    "WastewaterTrend": "wastewater",
    "ZoneRtResult": "zone_reproduction",
    "attack_rates": "common_source",
    "averted_by_model": "effects",
    "back_calculate": "common_source",
    "baseline_pvalues": "aberration",
    "bayes": "outbreak",
    "burn_rate": "supplies",
    "circular_windows": "scan",
    "connected_windows": "scan",
    "control_false_discoveries": "multiplicity",
    "control_hierarchically": "hierarchy",
    "count_crowding": "crowding",
    "count_crowding_files": "crowding",
    "cusum": "sequential",
    "days_of_supply": "supplies",
    "delay_distribution": "chains",
    "detect_outbreaks": "outbreak",
    "discretised_serial_interval": "generation",
    "dose_response": "common_source",
    "draw_usage": "supplies",
    "ears": "aberration",
    "elliptic_windows": "scan",
    "estimate_rt": "reproduction",
    "estimate_rt_by_zone": "zone_reproduction",
    "estimate_rt_from_nowcast": "reproduction",
    "estimate_rt_uncertain": "uncertain",
    "evidence_threshold": "outbreak",
    "expected_cases": "scan",
    "expected_crowding": "crowding",
    "exposure_window": "common_source",
    "extinction_probability": "chains",
    "farrington": "farrington",
    "farrington_flexible": "farrington",
    "forecast": "forecasting",
    "forecast_occupancy": "demand",
    "growth_rate": "growth",
    "interrupted_time_series": "intervention",
    "learn_revisions": "ahead",
    "length_of_stay": "demand",
    "likelihood_ratio": "sequential",
    "mantel_haenszel": "common_source",
    "normalise_wastewater": "wastewater",
    "nowcast": "nowcasting",
    "offspring_distribution": "chains",
    "offspring_from_clusters": "chains",
    "outbreak_p": "outbreak",
    "person_time": "scan",
    "reorder_point": "supplies",
    "reporting_triangle": "triangles",
    "reproduction_from_growth": "growth",
    "rki": "outbreak",
    "scan_bernoulli": "scan",
    "scan_permutation": "scan",
    "scan_poisson": "scan",
    "share_of_top": "chains",
    "stock_out": "supplies",
    "structural_effect": "effects",
    "synthetic_control": "effects",
    "to_frame": "frames",
    "traceback": "common_source",
    "transmission_pairs": "chains",
    "two_by_two": "common_source",
    "wallinga_teunis": "cohort",
    "ward_flow": "demand",
    "wastewater_rt": "wastewater",
    "wastewater_trend": "wastewater",
    "weekly_ensemble": "ahead",
    "who_infected_whom": "chains",
}

__all__ = [
    "AttackRates",
    "Averted",
    "BurnRate",
    "Cluster",
    "CohortResult",
    "CrowdingCounter",
    "CrowdingCounts",
    "CrowdingForecast",
    "DelayDistribution",
    "DiscoveryResult",
    "DoseResponse",
    "EarsResult",
    "Ensemble",
    "ExposureCurve",
    "ExposureWindow",
    "FarringtonResult",
    "Forecast",
    "GrowthResult",
    "HierarchyResult",
    "HistoricalResult",
    "InterventionResult",
    "LengthOfStay",
    "LevelResult",
    "NormalisedLoad",
    "Nowcast",
    "OccupancyForecast",
    "OffspringDistribution",
    "OutbreakResult",
    "Related",
    "ReorderPoint",
    "ReportingTriangle",
    "Revisions",
    "RisingResult",
    "RtResult",
    "ScanResult",
    "SequentialResult",
    "SerialInterval",
    "SpatialWindows",
    "StockOut",
    "Stratified",
    "StructuralEffect",
    "SyntheticControl",
    "Traceback",
    "TransmissionPairs",
    "TransmissionTree",
    "TwoByTwo",
    "UncertainSerialInterval",
    "Ward",
    "WardFlow",
    "WastewaterRt",
    "WastewaterTrend",
    "ZoneRtResult",
    "attack_rates",
    "averted_by_model",
    "back_calculate",
    "baseline_pvalues",
    "bayes",
    "burn_rate",
    "circular_windows",
    "connected_windows",
    "control_false_discoveries",
    "control_hierarchically",
    "count_crowding",
    "count_crowding_files",
    "cusum",
    "days_of_supply",
    "delay_distribution",
    "detect_outbreaks",
    "discretised_serial_interval",
    "dose_response",
    "draw_usage",
    "ears",
    "elliptic_windows",
    "estimate_rt",
    "estimate_rt_by_zone",
    "estimate_rt_from_nowcast",
    "estimate_rt_uncertain",
    "evidence_threshold",
    "expected_cases",
    "expected_crowding",
    "exposure_window",
    "extinction_probability",
    "farrington",
    "farrington_flexible",
    "forecast",
    "forecast_occupancy",
    "growth_rate",
    "interrupted_time_series",
    "learn_revisions",
    "length_of_stay",
    "likelihood_ratio",
    "mantel_haenszel",
    "normalise_wastewater",
    "nowcast",
    "offspring_distribution",
    "offspring_from_clusters",
    "outbreak_p",
    "person_time",
    "reorder_point",
    "reporting_triangle",
    "reproduction_from_growth",
    "rki",
    "scan_bernoulli",
    "scan_permutation",
    "scan_poisson",
    "share_of_top",
    "stock_out",
    "structural_effect",
    "synthetic_control",
    "to_frame",
    "traceback",
    "transmission_pairs",
    "two_by_two",
    "wallinga_teunis",
    "ward_flow",
    "wastewater_rt",
    "wastewater_trend",
    "weekly_ensemble",
    "who_infected_whom",
]

__getattr__, __dir__ = on_first_use(__name__, {name: f"{__name__}.{home}" for name, home in _HOME.items()})
