"""The store's table on each database, and the triggers that refuse every change of a fact."""

from __future__ import annotations

from typing import Any

TABLE = "gather_observation"
PARTITIONS = 16

_CHECK = "CHECK (status BETWEEN 0 AND 3 AND (status = 0) = (value IS NOT NULL))"

_SQLITE = [
    # Clustered by the key: the table is its own index, and one series lies together.
    f"""
    CREATE TABLE {TABLE} (
        series INTEGER NOT NULL,
        valid_at INTEGER NOT NULL,
        zone INTEGER NOT NULL,
        stratum INTEGER NOT NULL,
        known_at INTEGER NOT NULL,
        value REAL,
        status INTEGER NOT NULL,
        batch INTEGER NOT NULL,
        PRIMARY KEY (series, valid_at, zone, stratum, known_at),
        {_CHECK}
    ) STRICT, WITHOUT ROWID
    """,
    f"""
    CREATE TRIGGER {TABLE}_no_update BEFORE UPDATE ON {TABLE}
    BEGIN SELECT RAISE(ABORT, 'observations are never changed: append a correction'); END
    """,
    f"""
    CREATE TRIGGER {TABLE}_no_delete BEFORE DELETE ON {TABLE}
    BEGIN SELECT RAISE(ABORT, 'observations are never deleted: append a withdrawal'); END
    """,
]

_POSTGRES = [
    f"""
    CREATE TABLE {TABLE} (
        series integer NOT NULL,
        zone integer NOT NULL,
        valid_at bigint NOT NULL,
        known_at bigint NOT NULL,
        value double precision,
        batch bigint NOT NULL,
        stratum integer NOT NULL,
        status smallint NOT NULL,
        PRIMARY KEY (series, valid_at, zone, stratum, known_at),
        {_CHECK}
    ) PARTITION BY HASH (series)
    """,
    *(
        f"CREATE TABLE {TABLE}_{part:02d} PARTITION OF {TABLE} FOR VALUES WITH (MODULUS {PARTITIONS}, REMAINDER {part})"
        for part in range(PARTITIONS)
    ),
    f"""
    CREATE FUNCTION {TABLE}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'observations are never changed or deleted: append a correction or a withdrawal'; END $$
    """,
    f"""
    CREATE TRIGGER {TABLE}_no_change BEFORE UPDATE OR DELETE ON {TABLE}
    FOR EACH ROW EXECUTE FUNCTION {TABLE}_refuse()
    """,
    *(
        f"CREATE TRIGGER {TABLE}_no_truncate BEFORE TRUNCATE ON {name} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {TABLE}_refuse()"
        for name in (TABLE, *(f"{TABLE}_{part:02d}" for part in range(PARTITIONS)))
    ),
]


def statements(vendor: str) -> list[str]:
    """Return what makes the table on a database."""
    return _POSTGRES if vendor == "postgresql" else _SQLITE


def removal(vendor: str) -> list[str]:
    """Return what takes the table away again, for going back over the migration."""
    if vendor == "postgresql":
        return [f"DROP TABLE IF EXISTS {TABLE}", f"DROP FUNCTION IF EXISTS {TABLE}_refuse()"]
    return [f"DROP TABLE IF EXISTS {TABLE}"]


def create(connection: Any) -> None:
    """Make the table."""
    with connection.cursor() as cursor:
        for statement in statements(connection.vendor):
            cursor.execute(statement)


def remove(connection: Any) -> None:
    """Take the table away."""
    with connection.cursor() as cursor:
        for statement in removal(connection.vendor):
            cursor.execute(statement)
