"""The tables of city.

A zone is a place with an identity (`id`, and `number` in the observation store) that may take part
in several generations of boundaries; its row in each generation never changes.
"""

from __future__ import annotations

from django.db import models

from salus.base.ids import new_id
from salus.base.versioned import Versioned


def _one_current(name: str, *fields: str) -> models.UniqueConstraint:
    return models.UniqueConstraint(fields=fields, condition=models.Q(superseded_at__isnull=True), name=name)


class City(Versioned):
    """The city itself; there is one."""

    slug = models.SlugField(max_length=64)
    name = models.JSONField(default=dict)
    time_zone = models.CharField(max_length=64, default="UTC")
    languages = models.JSONField(default=list)
    help_phone = models.CharField(max_length=64, default="", blank=True)
    centre_lon = models.FloatField()
    centre_lat = models.FloatField()


class Generation(Versioned):
    """One state of the boundaries, in force from a day on."""

    name = models.CharField(max_length=200)
    valid_from = models.DateField()
    digest = models.CharField(max_length=64)
    zone_count = models.PositiveIntegerField()
    # What was mended on the way in: [{"code", "kind", "what"}].
    repairs = models.JSONField(default=list)


class Zone(models.Model):
    """A place as it stands in one generation."""

    row = models.BigAutoField(primary_key=True)
    id = models.UUIDField(default=new_id, db_index=True)
    number = models.PositiveIntegerField(db_index=True)
    generation_id = models.UUIDField(db_index=True)
    code = models.CharField(max_length=64)
    name = models.JSONField(default=dict)
    level = models.CharField(max_length=32)
    parent_id = models.UUIDField(null=True)
    path = models.JSONField(default=list)
    aliases = models.JSONField(default=list)
    lon = models.FloatField()
    lat = models.FloatField()
    area_km2 = models.FloatField()
    geometry = models.BinaryField()
    order = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["generation_id", "code"], name="city_zone_one_code"),
            models.UniqueConstraint(fields=["generation_id", "id"], name="city_zone_one_place"),
            models.UniqueConstraint(fields=["generation_id", "number"], name="city_zone_one_number"),
        ]


class ZoneShapes(models.Model):
    """The outlines of one level of a generation, made simpler together so that borders stay shared."""

    row = models.BigAutoField(primary_key=True)
    generation_id = models.UUIDField()
    level = models.CharField(max_length=32)
    detail = models.CharField(max_length=16)
    # One entry for a zone: its number, its rings, and a point for its label.
    features = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["generation_id", "level", "detail"], name="city_shapes_one"),
        ]


class Crosswalk(models.Model):
    """Which share of a zone of an older generation lies in which zone of a newer one, by area."""

    row = models.BigAutoField(primary_key=True)
    from_generation_id = models.UUIDField(db_index=True)
    to_generation_id = models.UUIDField(db_index=True)
    from_number = models.PositiveIntegerField()
    to_number = models.PositiveIntegerField()
    share = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["from_generation_id", "to_generation_id", "from_number", "to_number"],
                name="city_crosswalk_one",
            ),
        ]


class Population(Versioned):
    """How many people of an age and a segment live in a zone, as of a day."""

    number = models.PositiveIntegerField()
    segment = models.CharField(max_length=64, default="all")
    age_from = models.PositiveSmallIntegerField(null=True)
    age_to = models.PositiveSmallIntegerField(null=True)
    persons = models.FloatField()
    valid_on = models.DateField()
    source = models.CharField(max_length=200, default="", blank=True)
    # The import that wrote the row: names a state of the table, where a version number could come twice.
    batch = models.UUIDField()

    class Meta(Versioned.Meta):
        indexes = [models.Index(fields=["number", "recorded_at"], name="city_population_zone")]


class Facility(Versioned):
    """A place where something is done for people; its versions are its history of status."""

    code = models.SlugField(max_length=64)
    name = models.JSONField(default=dict)
    kind = models.CharField(max_length=32)
    organisation_id = models.UUIDField(null=True)
    zone_id = models.UUIDField(db_index=True)
    lon = models.FloatField()
    lat = models.FloatField()
    status = models.CharField(max_length=16, default="open")
    status_note = models.CharField(max_length=400, default="", blank=True)
    capacity = models.PositiveIntegerField(null=True)

    class Meta(Versioned.Meta):
        constraints = [*Versioned.Meta.constraints, _one_current("city_facility_one_code", "code")]


class Space(Versioned):
    """A ward, a hall, a row of beds inside a facility, with its capacity and what is in use."""

    facility_id = models.UUIDField(db_index=True)
    code = models.SlugField(max_length=64)
    name = models.JSONField(default=dict)
    kind = models.CharField(max_length=32)
    capacity = models.PositiveIntegerField()
    in_use = models.PositiveIntegerField(null=True)
    status = models.CharField(max_length=16, default="open")

    class Meta(Versioned.Meta):
        constraints = [
            *Versioned.Meta.constraints,
            _one_current("city_space_one_code", "facility_id", "code"),
        ]


class Territory(Versioned):
    """The zones for which an organisation is responsible, for one kind of responsibility."""

    organisation_id = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=32)
    zone_ids = models.JSONField(default=list)

    class Meta(Versioned.Meta):
        constraints = [
            *Versioned.Meta.constraints,
            _one_current("city_territory_one_kind", "organisation_id", "kind"),
        ]


class Line(Versioned):
    """A line of public transport, with the zones in which it stops, in their order along it."""

    code = models.CharField(max_length=64)
    name = models.JSONField(default=dict)
    mode = models.CharField(max_length=16)
    zone_ids = models.JSONField(default=list)
    stops = models.PositiveIntegerField(default=0)

    class Meta(Versioned.Meta):
        constraints = [*Versioned.Meta.constraints, _one_current("city_line_one_code", "code")]
