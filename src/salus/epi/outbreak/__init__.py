"""Outbreak detectors beside EARS and Farrington, and the means to compare detectors."""

from __future__ import annotations

from salus.epi.outbreak.historical import HistoricalResult as HistoricalResult
from salus.epi.outbreak.historical import bayes as bayes
from salus.epi.outbreak.historical import rki as rki
from salus.epi.outbreak.rising import RisingResult as RisingResult
from salus.epi.outbreak.rising import outbreak_p as outbreak_p
