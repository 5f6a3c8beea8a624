"""The second part of ./salus test really runs on PostgreSQL."""

import os

import pytest
from django.db import connection


@pytest.mark.both_databases
@pytest.mark.django_db
def test_the_database_is_the_one_that_was_asked_for() -> None:
    asked = os.environ.get("SALUS_DATABASE_URL", "sqlite:").split(":")[0]
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
    assert connection.vendor == asked
