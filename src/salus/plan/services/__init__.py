"""The writes of plan."""

from salus.plan.services.policies import measure_save, pack_load, playbook_save
from salus.plan.services.proposals import proposal_drop, proposal_extend, proposal_join, proposal_mark, proposal_raise

__all__ = [
    "measure_save",
    "pack_load",
    "playbook_save",
    "proposal_drop",
    "proposal_extend",
    "proposal_join",
    "proposal_mark",
    "proposal_raise",
]
