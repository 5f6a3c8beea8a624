"""Every read of assess."""

from salus.assess.selectors.assessments import (
    assessment_get,
    assessment_latest,
    assessment_list,
    assessment_series,
)
from salus.assess.selectors.estimates import forecast_get, nowcast_get, rt_get, series_view
from salus.assess.selectors.levels import (
    city_level,
    risk_level_get,
    risk_level_history,
    risk_level_list,
    risk_level_of,
    risk_level_preview,
    rule_table_get,
    rule_table_history,
)
from salus.assess.selectors.performance import performance
from salus.assess.selectors.signals import signal_get, signal_history, signal_list

__all__ = [
    "assessment_get",
    "assessment_latest",
    "assessment_list",
    "assessment_series",
    "city_level",
    "forecast_get",
    "nowcast_get",
    "performance",
    "risk_level_get",
    "risk_level_history",
    "risk_level_list",
    "risk_level_of",
    "risk_level_preview",
    "rt_get",
    "rule_table_get",
    "rule_table_history",
    "series_view",
    "signal_get",
    "signal_history",
    "signal_list",
]
