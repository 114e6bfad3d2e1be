"""Audiences besides all staff, the one breakdown of a series, and slips for each class.

PostgreSQL keeps no samples of what tickets and answers hold, so the planner is told to keep none of the new columns either
(0002_partition_intake).
"""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

CATEGORY = "Kinds of job that count together here (R4)."
NO_SAMPLES = """
DO $$ DECLARE part regclass; BEGIN
  FOREACH part IN ARRAY ARRAY['surveys_ticket', 'surveys_answer']::regclass[] || ARRAY(
    SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = ANY(ARRAY['surveys_ticket', 'surveys_answer']::regclass[])
  ) LOOP
    EXECUTE format('ALTER TABLE %s ALTER COLUMN category SET STATISTICS 0', part);
  END LOOP;
END $$;
"""


def keep_no_samples(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(NO_SAMPLES, params=None)


class Migration(migrations.Migration):
    dependencies = [("surveys", "0007_replies_and_themes")]
    operations = [
        migrations.AlterField(
            "series", "audience", models.CharField(default="staff", help_text="A key of surveys/audiences.", max_length=12)
        ),
        migrations.AddField(
            "series",
            "breakdown",
            models.CharField(
                blank=True,
                default="",
                help_text="The one breakdown (R4): job, or none; fixed when its first wave opens.",
                max_length=8,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            "wave",
            "breakdown",
            models.CharField(
                blank=True, default="", help_text="That of its series, frozen at opening (R4).", max_length=8
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            "waveschool",
            "categories",
            models.JSONField(
                blank=True,
                default=list,
                help_text="Kinds of job that count together here, frozen at opening; none: no breakdown.",
            ),
        ),
        migrations.AddField(
            "ticket",
            "category",
            models.CharField(blank=True, default="", help_text=CATEGORY, max_length=30),
            preserve_default=False,
        ),
        migrations.AddField(
            "answer",
            "category",
            models.CharField(blank=True, default="", help_text="That of the ticket.", max_length=30),
            preserve_default=False,
        ),
        migrations.AddField(
            "sealedanswer",
            "category",
            models.CharField(
                blank=True, default="", help_text="Kinds of job, no finer than any figure shown (R4).", max_length=30
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            "slipsheet",
            "group",
            models.CharField(
                blank=True,
                default="",
                help_text="The class it is for; of students and parents alone.",
                max_length=40,
            ),
            preserve_default=False,
        ),
        migrations.RemoveConstraint("slipsheet", "one_sheet_of_slips_at_a_time"),
        migrations.AddConstraint(
            "slipsheet",
            models.UniqueConstraint(
                condition=models.Q(state__in=["waiting", "making", "ready"]),
                fields=("wave", "school", "group"),
                name="one_sheet_of_slips_at_a_time",
            ),
        ),
        migrations.RunPython(keep_no_samples, migrations.RunPython.noop),
    ]
