"""Replies of clusters, who owes one, whom missing ones hold back, and themes of comments.

Releases that are there already: who owes a reply to them is read off their documents, as the seal does it for new ones.
"""

import json

import django.db.models.deletion
from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def note_owed(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """One row for each school with a block of its own and each cluster with figures, in every release."""
    owed, release = apps.get_model("surveys", "Owed"), apps.get_model("surveys", "Release")
    for found in release.objects.order_by("pk").iterator(chunk_size=20):
        answered = json.loads(found.document)["answered"]
        places = [place.partition(":") for place in (*answered["blocks"], *answered["totals"])]
        owed.objects.bulk_create(
            owed(organisation_id=found.organisation_id, wave_id=found.wave_id, **{f"{kind}_id": int(key)})
            for kind, _, key in places
            if kind in {"school", "cluster"} and key != "0"
        )


class Migration(migrations.Migration):
    dependencies = [
        ("network", "0006_words_and_search"),
        ("surveys", "0006_frozen_address"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Held",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ],
            options={
                "verbose_name_plural": "held",
            },
        ),
        migrations.CreateModel(
            name="Owed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("waived_at", models.DateTimeField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "verbose_name_plural": "owed",
            },
        ),
        migrations.CreateModel(
            name="Theme",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField(help_text="1 to 3.")),
                ("text", models.CharField(max_length=200)),
                (
                    "shared_at",
                    models.DateTimeField(blank=True, help_text="Since when the cluster's chair reads it.", null=True),
                ),
                ("named", models.BooleanField(default=False, help_text="Whether the chair reads whose it is.")),
                ("saved_at", models.DateTimeField(auto_now=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="reply",
            name="one_reply_per_school_and_wave",
        ),
        migrations.AddField(
            model_name="reply",
            name="cluster",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="network.cluster",
            ),
        ),
        migrations.AddField(
            model_name="reply",
            name="theme",
            field=models.CharField(
                blank=True, help_text="The theme that it answers, as it was worded then.", max_length=200
            ),
        ),
        migrations.AlterField(
            model_name="reply",
            name="school",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="network.school",
            ),
        ),
        migrations.AddConstraint(
            model_name="reply",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("cluster__isnull", True), ("school__isnull", False)),
                    models.Q(("cluster__isnull", False), ("school__isnull", True)),
                    _connector="OR",
                ),
                name="reply_of_school_or_cluster",
            ),
        ),
        migrations.AddConstraint(
            model_name="reply",
            constraint=models.UniqueConstraint(
                condition=models.Q(("school__isnull", False)),
                fields=("wave", "school"),
                name="one_reply_per_school_and_wave",
            ),
        ),
        migrations.AddConstraint(
            model_name="reply",
            constraint=models.UniqueConstraint(
                condition=models.Q(("cluster__isnull", False)),
                fields=("wave", "cluster"),
                name="one_reply_per_cluster_and_wave",
            ),
        ),
        migrations.AddField(
            model_name="held",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="network.organisation"
            ),
        ),
        migrations.AddField(
            model_name="held",
            name="school",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="network.school"),
        ),
        migrations.AddField(
            model_name="held",
            name="wave",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="held", to="surveys.wave"
            ),
        ),
        migrations.AddField(
            model_name="owed",
            name="cluster",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="network.cluster",
            ),
        ),
        migrations.AddField(
            model_name="owed",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="network.organisation"
            ),
        ),
        migrations.AddField(
            model_name="owed",
            name="school",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="network.school",
            ),
        ),
        migrations.AddField(
            model_name="owed",
            name="waived_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="owed",
            name="wave",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="owed", to="surveys.wave"
            ),
        ),
        migrations.AddField(
            model_name="held",
            name="owed",
            field=models.ForeignKey(
                help_text="The newest that was missing.",
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="surveys.owed",
            ),
        ),
        migrations.AddField(
            model_name="theme",
            name="cluster",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="network.cluster",
            ),
        ),
        migrations.AddField(
            model_name="theme",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="network.organisation"
            ),
        ),
        migrations.AddField(
            model_name="theme",
            name="school",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="network.school",
            ),
        ),
        migrations.AddField(
            model_name="theme",
            name="wave",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="themes", to="surveys.wave"
            ),
        ),
        migrations.AddField(
            model_name="theme",
            name="written_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="owed",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("cluster__isnull", True), ("school__isnull", False)),
                    models.Q(("cluster__isnull", False), ("school__isnull", True)),
                    _connector="OR",
                ),
                name="owed_by_school_or_cluster",
            ),
        ),
        migrations.AddConstraint(
            model_name="owed",
            constraint=models.UniqueConstraint(
                condition=models.Q(("school__isnull", False)),
                fields=("wave", "school"),
                name="owed_once_per_school_and_wave",
            ),
        ),
        migrations.AddConstraint(
            model_name="owed",
            constraint=models.UniqueConstraint(
                condition=models.Q(("cluster__isnull", False)),
                fields=("wave", "cluster"),
                name="owed_once_per_cluster_and_wave",
            ),
        ),
        migrations.AddConstraint(
            model_name="held",
            constraint=models.UniqueConstraint(fields=("wave", "school"), name="held_once_per_wave"),
        ),
        migrations.AddConstraint(
            model_name="theme",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("cluster__isnull", True), ("school__isnull", False)),
                    models.Q(("cluster__isnull", False), ("school__isnull", True)),
                    _connector="OR",
                ),
                name="theme_of_school_or_cluster",
            ),
        ),
        migrations.AddConstraint(
            model_name="theme",
            constraint=models.CheckConstraint(
                condition=models.Q(("position__range", (1, 3))), name="three_themes_at_most"
            ),
        ),
        migrations.AddConstraint(
            model_name="theme",
            constraint=models.UniqueConstraint(
                condition=models.Q(("school__isnull", False)),
                fields=("wave", "school", "position"),
                name="theme_once_per_school_and_position",
            ),
        ),
        migrations.AddConstraint(
            model_name="theme",
            constraint=models.UniqueConstraint(
                condition=models.Q(("cluster__isnull", False)),
                fields=("wave", "cluster", "position"),
                name="theme_once_per_cluster_and_position",
            ),
        ),
        migrations.RunPython(note_owed, migrations.RunPython.noop),
    ]
