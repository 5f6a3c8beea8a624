"""The rights that the base's own records need; `trust` grants them."""

CLOCK_SET = "clock.set"
JOB_VIEW = "job.view"
JOB_CANCEL = "job.cancel"
DELIVERY_MANAGE = "delivery.manage"
AUDIT_VIEW = "audit.view"
