"""Statements that run for every answer: planned once on PostgreSQL, and seen by everything that watches queries."""

import datetime

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from alongside.kit import prepared
from alongside.network.models import Organisation

NAMED = "SELECT name, founded_on FROM network_organisation WHERE slug = %s AND founded_on <= %s"
RENAME = "UPDATE network_organisation SET name = %s WHERE slug = %s"


@pytest.fixture
def network(db):
    return Organisation.objects.create(kind="network", name="Riverway", slug="riverway", country="gb")


def named(slug: str):
    return prepared.row(NAMED, [slug, datetime.date.today()])


def test_row_is_the_first_or_none(network):
    assert named("riverway")[0] == "Riverway"
    assert named("nowhere") is None


def test_run_changes_what_it_names(network):
    prepared.run(RENAME, ['O\'Hara 100% \\ "Trust"', "riverway"])
    network.refresh_from_db()
    assert network.name == 'O\'Hara 100% \\ "Trust"'


def test_what_watches_queries_sees_them(network):
    seen = []

    def note(execute, sql, params, many, context):
        seen.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note), CaptureQueriesContext(connection) as captured:
        named("riverway")
    assert seen == [NAMED]
    assert len(captured) == 1


def test_error_is_djangos(network):
    with pytest.raises(DatabaseError):
        prepared.row("SELECT no_such_column FROM network_organisation WHERE slug = %s", ["x"])


@pytest.mark.postgres
@pytest.mark.django_db
def test_a_connection_plans_a_statement_once():
    if connection.vendor != "postgresql":
        return  # a whole run leaves this test to PostgreSQL's; this folder alone does not
    statement = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s"
    for _ in range(prepared.PLAN_AFTER + 1):
        assert named("nowhere") is None
    with connection.cursor() as cursor:
        cursor.execute(statement, ["SELECT name, founded_on FROM network_organisation%"])
        assert cursor.fetchone() == (1,)
