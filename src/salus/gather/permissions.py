"""The rights of gather; `trust` grants them."""

OBSERVATION_VIEW = "observation.view"
OBSERVATION_CORRECT = "observation.correct"
OBSERVATION_EXPORT = "observation.export"
SERIES_VIEW = "series.view"
SERIES_MANAGE = "series.manage"
SOURCE_VIEW = "source.view"
SOURCE_MANAGE = "source.manage"
IMPORT_VIEW = "import.view"
IMPORT_RUN = "import.run"
IMPORT_REVIEW = "import.review"
# A case without a name, and small numbers hidden, is `case.view`; who it is, where and with what is `case.identify`.
CASE_VIEW = "case.view"
CASE_ANALYSE = "case.analyse"
CASE_IDENTIFY = "case.identify"
# To open a line of the list that waits for a person, and put it right.
CASE_MEND = "case.mend"
CASE_ERASE = "case.erase"
CASE_EXPORT = "case.export"
# What somebody must be doing to see who a case is.
INVESTIGATION = "investigation"
