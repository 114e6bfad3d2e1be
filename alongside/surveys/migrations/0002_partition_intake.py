"""PostgreSQL: tickets, answers and comments in one partition a wave, made and dropped by the owning role.

Dropping a partition takes its heap and its index away whole; deleting rows would leave them, with their transaction ids
and in their order of arrival, until some later vacuum. For the same reason the planner keeps no statistics of them:
samples of their values would stay behind in its catalogue. The app role owns nothing: it calls two functions that run
with the owner's rights, and the second refuses while a wave has no release. On SQLite rows are deleted under
`secure_delete` instead (surveys/seal.py).
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLES = ("ticket", "answer", "comment")

PARTITION = """
ALTER TABLE surveys_{0} RENAME TO surveys_{0}_plain;
CREATE TABLE surveys_{0} (LIKE surveys_{0}_plain INCLUDING DEFAULTS) PARTITION BY LIST (wave_id);
DROP TABLE surveys_{0}_plain;
ALTER TABLE surveys_{0} ADD PRIMARY KEY (wave_id, {1});
DO $$ DECLARE col text; BEGIN
  FOR col IN SELECT attname FROM pg_attribute WHERE attrelid = 'surveys_{0}'::regclass AND attnum > 0 LOOP
    EXECUTE 'ALTER TABLE surveys_{0} ALTER COLUMN ' || quote_ident(col) || ' SET STATISTICS 0';
  END LOOP;
END $$;
"""

FUNCTIONS = """
CREATE FUNCTION alongside_open_intake(wave bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
DECLARE kind text; col text;
BEGIN
  FOREACH kind IN ARRAY ARRAY['ticket', 'answer', 'comment'] LOOP
    EXECUTE format('CREATE TABLE IF NOT EXISTS public.surveys_%s_w%s PARTITION OF public.surveys_%s FOR VALUES IN (%s)', kind, wave, kind, wave);
    FOR col IN SELECT attname FROM pg_attribute WHERE attrelid = format('public.surveys_%s', kind)::regclass AND attnum > 0 LOOP
      EXECUTE format('ALTER TABLE public.surveys_%s_w%s ALTER COLUMN %I SET STATISTICS 0', kind, wave, col);
    END LOOP;
  END LOOP;
END $$;

CREATE FUNCTION alongside_drop_intake(wave bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
DECLARE kind text;
BEGIN
  IF NOT EXISTS (SELECT FROM surveys_release WHERE wave_id = wave) THEN
    RAISE EXCEPTION 'wave % has no release: its intake stays', wave;
  END IF;
  FOREACH kind IN ARRAY ARRAY['ticket', 'answer', 'comment'] LOOP
    EXECUTE format('DROP TABLE IF EXISTS public.surveys_%s_w%s', kind, wave);
  END LOOP;
END $$;

REVOKE ALL ON FUNCTION alongside_open_intake(bigint), alongside_drop_intake(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alongside_open_intake(bigint), alongside_drop_intake(bigint) TO alongside_app;
"""

UNDO = """
DROP FUNCTION alongside_open_intake(bigint);
DROP FUNCTION alongside_drop_intake(bigint);
"""


def partition(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor != "postgresql":
        return
    for table in TABLES:
        editor.execute(PARTITION.format(table, "digest" if table == "ticket" else "key"))
    editor.execute(FUNCTIONS, params=None)  # its percent signs are for format()


def merge(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(UNDO)


class Migration(migrations.Migration):
    dependencies = [("surveys", "0001_initial"), ("kit", "0001_roles")]
    operations = [migrations.RunPython(partition, merge)]
