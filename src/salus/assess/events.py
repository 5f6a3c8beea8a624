"""The topics that `assess` publishes, and what they carry."""

# record: the assessment. {"known_at", "signals_raised", "levels_raised", "levels_lowered"}
COMPLETED = "assess.completed"
# record: the risk level. {"zone_id", "zone", "zone_level", "from", "to", "assessment"}; "from" is
# null where the zone had no level before. "zone" is its number in the store.
LEVEL_RAISED = "assess.level_raised"
LEVEL_LOWERED = "assess.level_lowered"
# record: the signal. {"zone_id", "zone", "series", "valid_on", "assessment"}
SIGNAL_RAISED = "assess.signal_raised"
# record: the signal. {"zone_id", "zone", "series", "status"}
SIGNAL_TRIAGED = "assess.signal_triaged"
# record: the rule table. {"slug", "number"}
RULE_TABLE_SAVED = "assess.rule_table_saved"
# record: the investigation. {"number", "status", "definition"}
INVESTIGATION_CHANGED = "assess.investigation_changed"
# record: the investigation. {}
INVESTIGATION_FOUND = "assess.investigation_found"
