"""Weekly forecasts of many places: a stacked ensemble that learns from vintages only."""

from salus.epi.ahead.ensemble import Ensemble, weekly_ensemble
from salus.epi.ahead.revisions import Revisions, learn_revisions

__all__ = ["Ensemble", "Revisions", "learn_revisions", "weekly_ensemble"]
