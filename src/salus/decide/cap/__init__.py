"""Common Alerting Protocol 1.2 (OASIS): read, check against the text's rules, and write.

Knows no table and no Django. `read` never raises on a bad message: it says what is wrong and where.
"""

from salus.decide.cap.document import Alert, Area, Defect, Info, Named, Resource
from salus.decide.cap.moments import cap_moment
from salus.decide.cap.reading import Reading, read
from salus.decide.cap.rules import check
from salus.decide.cap.writing import write

__all__ = ["Alert", "Area", "Defect", "Info", "Named", "Reading", "Resource", "cap_moment", "check", "read", "write"]
