"""The topics that gather publishes."""

# Payload: {"source": slug, "series": [codes], "rows": number written}; record: observation_batch.
IMPORT_COMMITTED = "gather.import_committed"
# Payload: {"source": slug, "message": text}; record: observation_batch.
IMPORT_FAILED = "gather.import_failed"
# Payload: {"source": slug, "status": draft | live | paused}; record: source.
SOURCE_CHANGED = "gather.source_changed"
# Payload: {"source": slug, "cases": number written}; record: observation_batch.
CASES_TAKEN = "gather.cases_taken"
