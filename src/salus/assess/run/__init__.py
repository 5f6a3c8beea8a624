"""The run of an assessment: the only part that brings in the numerics. No page imports it."""
