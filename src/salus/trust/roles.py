"""Reading the pack of roles."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from salus.base.errors import Invalid
from salus.trust.schemas import RoleDraft, Tier

PACK = Path(__file__).with_name("roles.yaml")


def _flat(entries: list[Any]) -> tuple[str, ...]:
    """Return the rights, with the shared sets written out, sorted and without repetition."""
    found: set[str] = set()
    for entry in entries:
        found.update(_flat(entry) if isinstance(entry, list) else [str(entry)])
    return tuple(sorted(found))


def parse_tier(value: str | int) -> Tier:
    """Return the tier for its name or number."""
    try:
        return Tier[value.upper()] if isinstance(value, str) else Tier(value)
    except (KeyError, ValueError):
        names = ", ".join(tier.name.lower() for tier in Tier)
        raise Invalid(f"'{value}' is not a tier.", remedy=f"Write one of {names}.") from None


def read_pack(path: Path = PACK) -> list[RoleDraft]:
    """Return the roles of a pack."""
    pack = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [
        RoleDraft(
            code=code,
            name=entry["name"],
            description=entry.get("description", {}),
            permissions=_flat(entry["permissions"]),
            max_tier=parse_tier(entry["max_tier"]),
            purposes=tuple(entry["purposes"]) if entry.get("purposes") else None,
            pack_version=int(pack["version"]),
        )
        for code, entry in pack["roles"].items()
    ]
