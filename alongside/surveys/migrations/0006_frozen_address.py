"""Letters go to the address of the opening or nowhere; who is asked already keeps the address they have now."""

import hashlib

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def freeze(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """As `tickets.address` does it."""
    entries = apps.get_model("surveys", "RosterEntry").objects
    for pk, wave, email in entries.values_list("pk", "wave", "person__email").iterator():
        entries.filter(pk=pk).update(address=hashlib.sha256(f"{wave}:{email or ''}".encode()).digest())


class Migration(migrations.Migration):
    dependencies = [("surveys", "0005_slips")]

    operations = [
        migrations.AddField(
            model_name="rosterentry",
            name="address",
            field=models.BinaryField(
                default=b"",
                help_text="Digest of the address they were asked at: letters go there or nowhere.",
                max_length=32,
            ),
        ),
        migrations.RunPython(freeze, migrations.RunPython.noop),
    ]
