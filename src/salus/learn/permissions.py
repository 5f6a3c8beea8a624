"""The rights that the records of learn need; `trust` grants them."""

OUTCOME_VIEW = "outcome.view"
OUTCOME_MEASURE = "outcome.measure"
OUTCOME_COMMENT = "outcome.comment"
INDICATOR_VIEW = "indicator.view"
TRAINING_VIEW = "training.view"
TRAINING_ATTEST = "training.attest"
