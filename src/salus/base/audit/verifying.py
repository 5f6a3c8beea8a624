"""Verifying the audit: finds and names the first row that is not what was written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature

from salus.base.audit import keys
from salus.base.audit.sealing import GENESIS, message, next_digest
from salus.base.models import AuditCheckpoint, AuditEntry, AuditSeal

BATCH = 2000


@dataclass(frozen=True, slots=True)
class AuditVerdict:
    """What the verifier found: the first bad row, or that all is whole."""

    whole: bool
    sealed: int
    unsealed: int
    checkpoints: int
    first_bad_position: int | None = None
    first_bad_entry: int | None = None
    reason: str = ""


@dataclass(slots=True)
class _Walk:
    digests: dict[int, bytes]
    position: int = 0
    digest: bytes = GENESIS
    highest_entry: int = 0
    bad_entry: int | None = None
    reason: str = ""


def _entries(ids: list[int]) -> dict[int, AuditEntry]:
    return {row.id: row for row in AuditEntry.objects.filter(id__in=ids)}


def _step(walk: _Walk, seal: AuditSeal, entry: AuditEntry | None) -> bool:
    if seal.position != walk.position + 1:
        walk.bad_entry = seal.entry_id
        walk.reason = f"positions {walk.position + 1} to {seal.position - 1} are missing from the chain"
    elif entry is None:
        walk.bad_entry, walk.reason = seal.entry_id, "the row was deleted"
    elif next_digest(walk.digest, entry) != bytes(seal.digest):
        walk.bad_entry, walk.reason = seal.entry_id, "the row or its place was changed"
    if walk.reason:
        walk.position = seal.position if not walk.reason.startswith("positions") else walk.position + 1
        return False
    walk.position, walk.digest = seal.position, bytes(seal.digest)
    walk.highest_entry = max(walk.highest_entry, seal.entry_id)
    return True


def _walk_chain(wanted: set[int], progress: Callable[[int, int], None] | None) -> _Walk:
    walk, total = _Walk({}), AuditSeal.objects.count()
    while True:
        seals = list(AuditSeal.objects.filter(position__gt=walk.position).order_by("position")[:BATCH])
        if not seals:
            return walk
        entries = _entries([seal.entry_id for seal in seals])
        for seal in seals:
            if not _step(walk, seal, entries.get(seal.entry_id)):
                return walk
            if seal.position in wanted:
                walk.digests[seal.position] = walk.digest
        if progress:
            progress(walk.position, total)


def _bad_checkpoint(walk: _Walk, marks: list[tuple[int, bytes, bytes]]) -> tuple[int, str] | None:
    public = keys.signing_key().public_key()
    for position, digest, signature in sorted(marks):
        try:
            public.verify(signature, message(position, digest))
        except InvalidSignature:
            return position, "the checkpoint's signature is not ours"
        if position > walk.position:
            return walk.position + 1, f"the chain was cut: a checkpoint speaks of position {position}"
        if walk.digests.get(position) != digest:
            return position, "the chain was rewritten: it differs from a signed checkpoint"
    return None


def verify(progress: Callable[[int, int], None] | None = None) -> AuditVerdict:
    """Walk the whole audit and name the first bad row."""
    stored = [(c.position, bytes(c.digest), bytes(c.signature)) for c in AuditCheckpoint.objects.all()]
    marks = sorted({*stored, *keys.remembered()})
    walk = _walk_chain({mark[0] for mark in marks}, progress)
    sealed = AuditSeal.objects.count()
    unsealed = max(AuditEntry.objects.count() - sealed, 0)
    if walk.reason:
        return AuditVerdict(False, sealed, unsealed, len(marks), walk.position, walk.bad_entry, walk.reason)
    bad = _bad_checkpoint(walk, marks)
    if bad:
        entry = AuditSeal.objects.filter(position=bad[0]).values_list("entry_id", flat=True).first()
        return AuditVerdict(False, sealed, unsealed, len(marks), bad[0], entry, bad[1])
    return AuditVerdict(True, sealed, unsealed, len(marks))
