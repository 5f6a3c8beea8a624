"""The tables of trust. Personal fields are kept sealed; see `vault` and `privacy`."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import uuid4

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.crypto import salted_hmac

from salus.base.ids import new_id
from salus.base.versioned import Versioned

_SESSION_SALT = "salus.trust.Person.session"
# A session that is this many changes of rights behind must sign in again.
_SESSIONS_BEHIND = 32


class PersonManager(BaseUserManager["Person"]):
    """Finds people by their sign-in name, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(username=(username or "").strip().lower())


class Person(AbstractBaseUser):
    """Somebody who signs in; everything personal about them is sealed with their own key."""

    id = models.UUIDField(primary_key=True, default=new_id)
    username = models.CharField(max_length=64, unique=True)
    organisation_id = models.UUIDField(null=True, blank=True)
    name_sealed = models.BinaryField(default=b"")
    email_sealed = models.BinaryField(default=b"")
    phone_sealed = models.BinaryField(default=b"")
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False)
    is_demo = models.BooleanField(default=False)
    # Rises with every change of what the person may do; sessions hang on it.
    access_version = models.PositiveIntegerField(default=1)
    # Drawn anew with it; cached rights hang on it, because after a transaction that was rolled back
    # a version can come again.
    access_stamp = models.UUIDField(default=uuid4)
    # Sessions from before this version end instead of being rotated.
    access_floor = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    deactivated_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)

    objects = PersonManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="trust_person_created")]

    def __str__(self) -> str:
        """Return the pseudonym: a person in a log line or a traceback stays unnamed."""
        return f"person {self.id}"

    def _session_hash(self, version: int) -> str:
        value = f"{self.password}:{version}"
        return salted_hmac(_SESSION_SALT, value, algorithm="sha256").hexdigest()

    def get_session_auth_hash(self) -> str:
        """Return what a session must carry to be this person's, with these rights."""
        return self._session_hash(self.access_version)

    def get_session_auth_fallback_hash(self) -> Any:
        """Return what older sessions carry: they are rotated to a new key at their next request."""
        oldest = max(self.access_floor, self.access_version - _SESSIONS_BEHIND)
        for version in range(self.access_version - 1, oldest - 1, -1):
            yield self._session_hash(version)


class PersonKey(models.Model):
    """A person's data key, wrapped by the installation's; without it their fields are noise."""

    person = models.OneToOneField(Person, on_delete=models.PROTECT, primary_key=True, related_name="key")
    wrapped = models.BinaryField()
    created_wall = models.DateTimeField()


def _one_code(name: str) -> models.UniqueConstraint:
    return models.UniqueConstraint(fields=["code"], condition=models.Q(superseded_at__isnull=True), name=name)


class Organisation(Versioned):
    """An authority, a hospital, a supplier: whoever takes part in the response."""

    code = models.SlugField(max_length=64, db_index=True)
    name = models.JSONField(default=dict)
    kind = models.CharField(max_length=32, default="authority")
    parent_id = models.UUIDField(null=True)

    class Meta(Versioned.Meta):
        constraints = [*Versioned.Meta.constraints, _one_code("trust_organisation_one_code")]


class Role(Versioned):
    """Named rights with a ceiling of tier and purposes; edited as data."""

    code = models.SlugField(max_length=64, db_index=True)
    name = models.JSONField(default=dict)
    description = models.JSONField(default=dict)
    permissions = models.JSONField(default=list)
    max_tier = models.PositiveSmallIntegerField(default=2)
    purposes = models.JSONField(null=True)
    pack_version = models.PositiveIntegerField(default=0)

    class Meta(Versioned.Meta):
        constraints = [*Versioned.Meta.constraints, _one_code("trust_role_one_code")]


class Assignment(Versioned):
    """A role held by a person, in a zone and all inside it, or in the whole city."""

    person_id = models.UUIDField(db_index=True)
    role = models.SlugField(max_length=64)
    zone_id = models.UUIDField(null=True)
    organisation_id = models.UUIDField(null=True)
    until = models.DateTimeField(null=True)
    status = models.CharField(max_length=16, default="active")  # active, withdrawn
