"""Read, forecast for, check and score a forecast hub in the hubverse layout."""

from salus.epi.hub.config import Hub, HubError, RoundTask, open_hub
from salus.epi.hub.outputs import read_outputs, read_truth, score_outputs
from salus.epi.hub.rounds import forecast_round
from salus.epi.hub.scoring import relative_wis, score_quantiles, weighted_interval_score
from salus.epi.hub.submission import check_submission, write_submission
from salus.epi.hub.targets import TargetState, read_targets, target_state

__all__ = [
    "Hub",
    "HubError",
    "RoundTask",
    "TargetState",
    "check_submission",
    "forecast_round",
    "open_hub",
    "read_outputs",
    "read_targets",
    "read_truth",
    "relative_wis",
    "score_outputs",
    "score_quantiles",
    "target_state",
    "weighted_interval_score",
    "write_submission",
]
