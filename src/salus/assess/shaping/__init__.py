"""Between tables and pages: rows as schemas, and what is worked out from them without numerics."""
