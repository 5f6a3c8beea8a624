"""Every write of assess."""

from salus.assess.services.assessment import assessment_record, assessment_run, assessment_verify
from salus.assess.services.intervals import serial_interval_estimate, serial_interval_set
from salus.assess.services.rule_tables import pack_load, rule_table_save
from salus.assess.services.triage import signal_triage

__all__ = [
    "assessment_record",
    "assessment_run",
    "assessment_verify",
    "pack_load",
    "rule_table_save",
    "serial_interval_estimate",
    "serial_interval_set",
    "signal_triage",
]
