"""Common-source outbreaks: vehicles, doses, time of exposure and traceback.

Names are imported on first use, so that nothing is compiled by importing the package.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from salus.epi.on_first_use import on_first_use

if TYPE_CHECKING:
    from salus.epi.common_source.exposure import ExposureCurve as ExposureCurve
    from salus.epi.common_source.exposure import ExposureWindow as ExposureWindow
    from salus.epi.common_source.exposure import back_calculate as back_calculate
    from salus.epi.common_source.exposure import exposure_window as exposure_window
    from salus.epi.common_source.line_list import AttackRates as AttackRates
    from salus.epi.common_source.line_list import attack_rates as attack_rates
    from salus.epi.common_source.stratified import DoseResponse as DoseResponse
    from salus.epi.common_source.stratified import Stratified as Stratified
    from salus.epi.common_source.stratified import dose_response as dose_response
    from salus.epi.common_source.stratified import mantel_haenszel as mantel_haenszel
    from salus.epi.common_source.supply_network import Traceback as Traceback
    from salus.epi.common_source.supply_network import traceback as traceback
    from salus.epi.common_source.tables import TwoByTwo as TwoByTwo
    from salus.epi.common_source.tables import two_by_two as two_by_two

_HOME = {
    "AttackRates": "salus.epi.common_source.line_list",
    "DoseResponse": "salus.epi.common_source.stratified",
    "ExposureCurve": "salus.epi.common_source.exposure",
    "ExposureWindow": "salus.epi.common_source.exposure",
    "Stratified": "salus.epi.common_source.stratified",
    "Traceback": "salus.epi.common_source.supply_network",
    "TwoByTwo": "salus.epi.common_source.tables",
    "attack_rates": "salus.epi.common_source.line_list",
    "back_calculate": "salus.epi.common_source.exposure",
    "dose_response": "salus.epi.common_source.stratified",
    "exposure_window": "salus.epi.common_source.exposure",
    "mantel_haenszel": "salus.epi.common_source.stratified",
    "traceback": "salus.epi.common_source.supply_network",
    "two_by_two": "salus.epi.common_source.tables",
}

__all__ = [
    "AttackRates",
    "DoseResponse",
    "ExposureCurve",
    "ExposureWindow",
    "Stratified",
    "Traceback",
    "TwoByTwo",
    "attack_rates",
    "back_calculate",
    "dose_response",
    "exposure_window",
    "mantel_haenszel",
    "traceback",
    "two_by_two",
]

__getattr__, __dir__ = on_first_use(__name__, _HOME)
