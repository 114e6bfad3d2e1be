"""PostgreSQL: tables belong to whoever migrates; the web and the workers come as members of the role alongside_app.

The app role reads and writes rows and owns nothing, so row-level security can stand behind the scopes later. On SQLite
there are no roles.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

STATEMENTS = """
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'alongside_app') THEN CREATE ROLE alongside_app NOLOGIN; END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
GRANT USAGE ON SCHEMA public TO alongside_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO alongside_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO alongside_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO alongside_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO alongside_app;
"""


def make_roles(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(STATEMENTS)


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []
    operations = [migrations.RunPython(make_roles, migrations.RunPython.noop)]
