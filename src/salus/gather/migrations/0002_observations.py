"""The observation store's table, in the shape that each database does best."""

from django.db import migrations

from salus.gather.store import tables


def forwards(apps, schema_editor):
    tables.create(schema_editor.connection)


def backwards(apps, schema_editor):
    tables.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("gather", "0001_initial")]

    operations = [migrations.RunPython(forwards, backwards)]
