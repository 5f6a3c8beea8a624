"""Common Alerting Protocol 1.2 (OASIS): read, check against the text's rules, and write.

Knows no table and no Django. `read` never raises on a bad message: it says what is wrong and where.
"""

from salus.gather.cap.document import Alert, Area, Defect, Info, Named, Resource
from salus.gather.cap.moments import cap_moment
from salus.gather.cap.reading import Reading, read
from salus.gather.cap.rules import check
from salus.gather.cap.writing import write

__all__ = ["Alert", "Area", "Defect", "Info", "Named", "Reading", "Resource", "cap_moment", "check", "read", "write"]
