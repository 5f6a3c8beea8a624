"""Messages of FHIR R4: taken in as far as they can be, with every defect and its place; knows no table.

`take` never raises on a bad message. The models of `fhir.resources` parse; they do not judge what is usable.
"""

from salus.gather.fhir.documents import strict_json
from salus.gather.fhir.intake import Entry, Intake, take
from salus.gather.fhir.results import Result, results_of
from salus.gather.fhir.salvage import salvaged

__all__ = ["Entry", "Intake", "Result", "results_of", "salvaged", "strict_json", "take"]
