"""The database itself refuses to change or delete a release."""

from django.db import migrations

from salus.decide import immutability


def forwards(apps, schema_editor):
    immutability.install(schema_editor.connection)


def backwards(apps, schema_editor):
    immutability.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("decide", "0001_initial")]

    operations = [migrations.RunPython(forwards, backwards)]
