"""Outbreak detectors beside EARS and Farrington, and the means to compare detectors."""

from __future__ import annotations

from salus.epi.outbreak.evidence import OutbreakResult as OutbreakResult
from salus.epi.outbreak.evidence import detect_outbreaks as detect_outbreaks
from salus.epi.outbreak.evidence import evidence_threshold as evidence_threshold
from salus.epi.outbreak.historical import HistoricalResult as HistoricalResult
from salus.epi.outbreak.historical import bayes as bayes
from salus.epi.outbreak.historical import rki as rki
from salus.epi.outbreak.rising import RisingResult as RisingResult
from salus.epi.outbreak.rising import outbreak_p as outbreak_p
from salus.epi.outbreak.simulation import SCENARIOS as SCENARIOS
from salus.epi.outbreak.simulation import DetectionPower as DetectionPower
from salus.epi.outbreak.simulation import Scenario as Scenario
from salus.epi.outbreak.simulation import SimulatedSeries as SimulatedSeries
from salus.epi.outbreak.simulation import detection_power as detection_power
from salus.epi.outbreak.simulation import simulate_outbreaks as simulate_outbreaks
