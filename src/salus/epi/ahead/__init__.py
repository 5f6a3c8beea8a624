"""Weekly forecasts of many places: a stacked ensemble that learns from vintages only."""

from salus.epi.ahead.ensemble import Ensemble, weekly_ensemble
from salus.epi.ahead.revisions import Revisions, learn_revisions
from salus.epi.ahead.seasons import Related

__all__ = ["Ensemble", "Related", "Revisions", "learn_revisions", "weekly_ensemble"]
