"""The tables of decide: decisions, changes of service, alerts, and the immutable releases that the public reads.

Nothing here imports another step: the public face reaches these tables through `decide.releases`.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from salus.base.ids import new_id
from salus.base.versioned import Versioned


class Decision(Versioned):
    """Who decided what, when, on which evidence, against which other options, and expecting what."""

    # A short number that people and the public can say; given at the first draft, never reused.
    number = models.PositiveIntegerField()
    proposal_id = models.UUIDField(null=True)
    title = models.JSONField(default=dict)
    zone_ids = models.JSONField(default=list)
    level_to = models.PositiveSmallIntegerField(null=True)
    # [{"key", "title", "measures": [codes], "projected", "note", "why_rejected"}]
    options = models.JSONField(default=list)
    option_key = models.CharField(max_length=64, default="", blank=True)
    measures = models.JSONField(default=list)
    rationale = models.TextField(default="", blank=True)
    dissent = models.TextField(default="", blank=True)
    # {"known_at", "refs": [{"kind", "id", "key", "title", "digest"}]}
    evidence = models.JSONField(default=dict)
    # The forecast that every option was projected on, and the moment of it.
    baseline = models.JSONField(default=dict)
    pinned_at = models.DateTimeField()
    # See decide/README.md: the pinned forecast, the expected change, and when to look.
    expected = models.JSONField(default=dict)
    accountable_id = models.UUIDField(null=True)
    accountable_role = models.CharField(max_length=64, default="", blank=True)
    author_id = models.UUIDField()
    approver_id = models.UUIDField(null=True)
    submitted_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    in_force_from = models.DateTimeField(null=True)
    in_force_until = models.DateTimeField(null=True)
    public_text = models.JSONField(default=dict)
    public_reason = models.JSONField(default=dict)
    status = models.CharField(max_length=16, default="draft")
    status_reason = models.TextField(default="", blank=True)

    class Meta:
        verbose_name = "decision"
        constraints = [
            *Versioned.Meta.constraints,
            models.UniqueConstraint(
                fields=["number"], condition=Q(superseded_at__isnull=True), name="decide_decision_one_number"
            ),
        ]
        indexes = [models.Index(fields=["status", "recorded_at"], name="decide_decision_status")]


class Alert(Versioned):
    """A message to the public in the Common Alerting Protocol, composed from a decision."""

    decision_id = models.UUIDField()
    identifier = models.CharField(max_length=120)
    message_type = models.CharField(max_length=16)  # Alert, Update, Cancel
    cap_status = models.CharField(max_length=16)  # Actual, Exercise, Test
    sender = models.CharField(max_length=120)
    sent_at = models.DateTimeField()
    effective_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    languages = models.JSONField(default=list)
    headline = models.JSONField(default=dict)
    zone_ids = models.JSONField(default=list)
    severity = models.CharField(max_length=16)
    urgency = models.CharField(max_length=16)
    certainty = models.CharField(max_length=16)
    # The alert that this one updates or cancels.
    refers_to = models.UUIDField(null=True)
    xml = models.TextField()
    xml_sha256 = models.CharField(max_length=64)
    status = models.CharField(max_length=16, default="draft")  # draft, published, replaced, cancelled, dropped
    release_number = models.PositiveIntegerField(null=True)

    class Meta:
        verbose_name = "alert"
        constraints = [
            *Versioned.Meta.constraints,
            models.UniqueConstraint(
                fields=["identifier"], condition=Q(superseded_at__isnull=True), name="decide_alert_one_identifier"
            ),
        ]
        indexes = [models.Index(fields=["decision_id"], name="decide_alert_decision")]


class PublicationSetting(Versioned):
    """A switch of publication that somebody with the right has set."""

    key = models.CharField(max_length=64)
    value = models.JSONField(default=dict)

    class Meta:
        verbose_name = "publication setting"
        constraints = [
            *Versioned.Meta.constraints,
            models.UniqueConstraint(
                fields=["key"], condition=Q(superseded_at__isnull=True), name="decide_setting_one_key"
            ),
        ]


class Release(models.Model):
    """What the public was told: written once, numbered, linked to the one before by its hash.

    The database refuses any change (see the first migration); a correction is a new release.
    The body is kept as the exact text that was hashed.
    """

    number = models.PositiveIntegerField(primary_key=True)
    id = models.UUIDField(default=new_id, unique=True)
    kind = models.CharField(max_length=16)  # situation, decision, alert, data
    # What it speaks of within its kind: a decision's number, an alert's identifier, or nothing.
    subject = models.CharField(max_length=120, default="", blank=True)
    title = models.TextField()
    published_at = models.DateTimeField()
    known_at = models.DateTimeField()
    recorded_by = models.UUIDField()
    languages = models.TextField()
    exercise = models.BooleanField(default=False)
    body = models.TextField()
    body_sha256 = models.CharField(max_length=64)
    correction_of = models.PositiveIntegerField(null=True)
    correction_note = models.TextField(default="", blank=True)
    files_sha256 = models.TextField()
    previous_sha256 = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64, unique=True)

    class Meta:
        verbose_name = "release"
        indexes = [models.Index(fields=["kind", "published_at"], name="decide_release_kind")]


class ReleaseFile(models.Model):
    """A release in one file format, exactly as it is handed out."""

    id = models.BigAutoField(primary_key=True)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=40)  # json, csv, curve.csv, cap.xml
    media_type = models.CharField(max_length=80)
    content = models.TextField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["release", "name"], name="decide_release_file_name")]


class ServiceChange(Versioned):
    """A line that is closed, or a site that is opened, because a decision in force asks for it."""

    # A short number that people and the public can say; never reused.
    number = models.PositiveIntegerField()
    decision_id = models.UUIDField(db_index=True)
    # The measure of the decision that asks for it, where one does.
    measure = models.CharField(max_length=64, default="", blank=True)
    kind = models.CharField(max_length=16)  # line_closed, site_opened
    line_id = models.UUIDField(null=True)
    facility_id = models.UUIDField(null=True)
    # What a site is for, for how many a day, on which days of the week (0 is Monday) and at which hours.
    site = models.CharField(max_length=16, default="", blank=True)
    per_day = models.PositiveIntegerField(null=True)
    weekdays = models.JSONField(default=list)
    opens = models.CharField(max_length=5, default="", blank=True)
    closes = models.CharField(max_length=5, default="", blank=True)
    # Where the line does not stop, or for whose people the site is there: the smallest areas.
    zone_ids = models.JSONField(default=list)
    whole = models.BooleanField(default=False)
    from_on = models.DateField()
    # The last day, where one is set; the decision's own end is another.
    until_on = models.DateField(null=True)
    reason = models.TextField()
    accountable_id = models.UUIDField()
    status = models.CharField(max_length=16, default="ordered")  # ordered, ended
    ended_at = models.DateTimeField(null=True)
    ended_reason = models.TextField(default="", blank=True)

    class Meta:
        verbose_name = "change of service"
        constraints = [
            *Versioned.Meta.constraints,
            models.UniqueConstraint(
                fields=["number"], condition=Q(superseded_at__isnull=True), name="decide_servicechange_one_number"
            ),
        ]
        indexes = [models.Index(fields=["status", "recorded_at"], name="decide_servicechange_status")]
