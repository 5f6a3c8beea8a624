"""Sealing audit rows into the hash chain, in groups, and signing checkpoints.

Rows are chained after their commit: a chain computed inside each transaction would make every
write wait for the one before it, and cost a third of the throughput.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction

from salus.base import clock
from salus.base.audit import keys
from salus.base.models import AuditCheckpoint, AuditEntry, AuditSeal
from salus.base.transactions import settled_txid

GENESIS = hashlib.sha256(b"salus audit 1").digest()
GROUP = 5000


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds")


def canonical(entry: AuditEntry) -> bytes:
    """Return the bytes of a row that the chain protects."""
    fields: dict[str, Any] = {
        "id": entry.id,
        "wall_at": _moment(entry.wall_at),
        "recorded_at": _moment(entry.recorded_at),
        "by": f"{entry.by_kind}:{entry.by_id}",
        "action": entry.action,
        "record": f"{entry.record_kind}:{entry.record_id}",
        "purpose": entry.purpose,
        "detail": entry.detail,
    }
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def next_digest(previous: bytes, entry: AuditEntry) -> bytes:
    """Return the chain's value after one more row."""
    return hashlib.sha256(previous + canonical(entry)).digest()


def _unsealed(after: AuditSeal | None) -> list[AuditEntry]:
    rows = AuditEntry.objects.order_by("txid", "id")
    settled = settled_txid()
    if settled is not None:
        rows = rows.filter(txid__lt=settled)
    if after is not None:
        last = AuditEntry.objects.filter(id=after.entry_id).values_list("txid", flat=True).first() or 0
        rows = rows.filter(txid__gt=last) | rows.filter(txid=last, id__gt=after.entry_id)
    return list(rows[:GROUP])


def seal_pending() -> int:
    """Chain what was written since the last seal and return how many rows that were."""
    with transaction.atomic():
        last = AuditSeal.objects.select_for_update().order_by("-position").first()
        rows = _unsealed(last)
        position = last.position if last else 0
        digest = bytes(last.digest) if last else GENESIS
        seals = []
        for row in rows:
            position += 1
            digest = next_digest(digest, row)
            seals.append(AuditSeal(position=position, entry_id=row.id, digest=digest))
        AuditSeal.objects.bulk_create(seals)
    return len(seals)


def checkpoint() -> AuditCheckpoint | None:
    """Sign the chain as it stands; the copy outside the database betrays a truncation."""
    last = AuditSeal.objects.order_by("-position").first()
    if last is None or AuditCheckpoint.objects.filter(position=last.position).exists():
        return None
    key = keys.signing_key()
    made = AuditCheckpoint.objects.create(
        position=last.position,
        digest=last.digest,
        key_id=keys.key_id(key.public_key()),
        signature=_signature(key, last.position, bytes(last.digest)),
        wall_at=clock.wall_now(),
    )
    keys.remember(made.position, bytes(made.digest), bytes(made.signature))
    return made


def message(position: int, digest: bytes) -> bytes:
    """Return what a checkpoint's signature covers."""
    return b"salus audit checkpoint 1\n" + str(position).encode() + b"\n" + digest


def _signature(key: Ed25519PrivateKey, position: int, digest: bytes) -> bytes:
    return key.sign(message(position, digest))
