"""Live sessions. PostgreSQL: what comes in lies in one partition a session, made and dropped by the owning role, for the
reasons that 0002 gives for waves; the second function refuses while a session has no release."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


PARTITION = """
ALTER TABLE surveys_{0} RENAME TO surveys_{0}_plain;
CREATE TABLE surveys_{0} (LIKE surveys_{0}_plain INCLUDING DEFAULTS) PARTITION BY LIST (room_id);
DROP TABLE surveys_{0}_plain;
ALTER TABLE surveys_{0} ADD PRIMARY KEY (room_id, {1});
DO $$ DECLARE col text; BEGIN
  FOR col IN SELECT attname FROM pg_attribute WHERE attrelid = 'surveys_{0}'::regclass AND attnum > 0 LOOP
    EXECUTE 'ALTER TABLE surveys_{0} ALTER COLUMN ' || quote_ident(col) || ' SET STATISTICS 0';
  END LOOP;
END $$;
"""

FUNCTIONS = """
CREATE FUNCTION alongside_open_room(room bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
DECLARE kind text; col text;
BEGIN
  FOREACH kind IN ARRAY ARRAY['roompass', 'roomanswer'] LOOP
    EXECUTE format('CREATE TABLE IF NOT EXISTS public.surveys_%s_r%s PARTITION OF public.surveys_%s FOR VALUES IN (%s)', kind, room, kind, room);
    FOR col IN SELECT attname FROM pg_attribute WHERE attrelid = format('public.surveys_%s', kind)::regclass AND attnum > 0 LOOP
      EXECUTE format('ALTER TABLE public.surveys_%s_r%s ALTER COLUMN %I SET STATISTICS 0', kind, room, col);
    END LOOP;
  END LOOP;
END $$;

CREATE FUNCTION alongside_drop_room(room bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
DECLARE kind text;
BEGIN
  IF NOT EXISTS (SELECT FROM surveys_roomrelease WHERE room_id = room) THEN
    RAISE EXCEPTION 'room % has no release: its intake stays', room;
  END IF;
  FOREACH kind IN ARRAY ARRAY['roompass', 'roomanswer'] LOOP
    EXECUTE format('DROP TABLE IF EXISTS public.surveys_%s_r%s', kind, room);
  END LOOP;
END $$;

REVOKE ALL ON FUNCTION alongside_open_room(bigint), alongside_drop_room(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alongside_open_room(bigint), alongside_drop_room(bigint) TO alongside_app;
"""

UNDO = """
DROP FUNCTION alongside_open_room(bigint);
DROP FUNCTION alongside_drop_room(bigint);
"""


def partition(apps, editor):
    if editor.connection.vendor != "postgresql":
        return
    for table, key in (("roompass", "digest"), ("roomanswer", "key")):
        editor.execute(PARTITION.format(table, key))
    editor.execute(FUNCTIONS, params=None)  # its percent signs are for format()


def merge(apps, editor):
    if editor.connection.vendor == "postgresql":
        editor.execute(UNDO)


class Migration(migrations.Migration):

    dependencies = [
        ('network', '0006_words_and_search'),
        ("surveys", "0009_own_instruments"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Room',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(help_text='What follows /r/ in the address; no secret of anybody.', max_length=8, unique=True)),
                ('instrument', models.CharField(max_length=20)),
                ('items', models.JSONField(help_text='Ids of the statements it asks, in order.')),
                ('present', models.PositiveIntegerField(help_text='People in the hall, as whoever runs it said: the most answers taken.')),
                ('k', models.PositiveSmallIntegerField(default=10, help_text='For everything. Frozen at opening.')),
                ('opened_at', models.DateTimeField()),
                ('closes_at', models.DateTimeField(help_text='At the latest; closing early is what a live session may do (R1).')),
                ('closed_at', models.DateTimeField(null=True)),
                ('state', models.CharField(choices=[('open', 'open'), ('closed', 'being counted'), ('published', 'results are in'), ('sealed', 'sealed')], default='open', max_length=9)),
                ('taken', models.PositiveIntegerField(default=0, help_text='Answers so far, never beyond `present`; 0 after the close.')),
                ('shown', models.PositiveIntegerField(default=0, help_text='The same in steps of 5, at most every 10 seconds (R8).')),
                ('shown_at', models.DateTimeField(null=True)),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('cluster', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.cluster')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rooms', to='network.organisation')),
            ],
        ),
        migrations.CreateModel(
            name='RoomAnswer',
            fields=[
                ('pk', models.CompositePrimaryKey('room_id', 'key', blank=True, editable=False, primary_key=True, serialize=False)),
                ('key', models.BinaryField(max_length=16)),
                ('ratings', models.JSONField()),
                ('organisation', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='network.organisation')),
                ('room', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='surveys.room')),
            ],
        ),
        migrations.CreateModel(
            name='RoomPass',
            fields=[
                ('pk', models.CompositePrimaryKey('room_id', 'digest', blank=True, editable=False, primary_key=True, serialize=False)),
                ('digest', models.BinaryField(max_length=32)),
                ('organisation', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='network.organisation')),
                ('room', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='surveys.room')),
            ],
        ),
        migrations.CreateModel(
            name='RoomRelease',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('document', models.TextField(help_text='Canonical JSON; see surveys/rooms/released.py for its shape.')),
                ('sha256', models.CharField(max_length=64)),
                ('published_at', models.DateTimeField()),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='network.organisation')),
                ('room', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='release', to='surveys.room')),
            ],
        ),
        migrations.CreateModel(
            name='SealedRoomAnswer',
            fields=[
                ('key', models.BinaryField(max_length=16, primary_key=True, serialize=False)),
                ('ratings', models.JSONField()),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='network.organisation')),
                ('room', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='surveys.room')),
            ],
        ),
        migrations.AddConstraint(
            model_name='room',
            constraint=models.CheckConstraint(condition=models.Q(('closes_at__gt', models.F('opened_at'))), name='room_closes_after_opening'),
        ),
        migrations.AddConstraint(
            model_name='room',
            constraint=models.CheckConstraint(condition=models.Q(('k__gte', 10)), name='room_k_never_lowered'),
        ),
        migrations.AddConstraint(
            model_name='room',
            constraint=models.CheckConstraint(condition=models.Q(('present__gte', 10)), name='room_of_ten_at_least'),
        ),
        migrations.AddConstraint(
            model_name='room',
            constraint=models.CheckConstraint(condition=models.Q(('taken__lte', models.F('present'))), name='room_never_over_full'),
        ),
        migrations.RunPython(partition, merge),
    ]
