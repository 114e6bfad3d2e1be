"""Statements that run for every answer: on PostgreSQL each connection plans them once and then only runs them.

Planning the query behind an answering page takes ten times as long as running it. Django sends its values inside the
statement, so that every statement is a new one; here they travel beside it. On SQLite, whose statements are kept by
Python's own module, nothing is different.
"""

from collections.abc import Sequence
from contextlib import closing
from typing import Any

import psycopg
from django.db import connection
from django.db.backends.utils import CursorWrapper

type Row = tuple[Any, ...]

PLAN_AFTER = 2  # times that a connection has run a statement


def run(statement: str, values: Sequence[Any]) -> None:
    """Run a statement that returns nothing."""
    with closing(_cursor()) as cursor:
        cursor.execute(statement, values)


def row(statement: str, values: Sequence[Any]) -> Row | None:
    """The first row that a statement returns; None when there is none."""
    with closing(_cursor()) as cursor:
        cursor.execute(statement, values)
        found: Row | None = cursor.fetchone()
        return found


def _cursor() -> CursorWrapper:
    """A cursor with all that Django does around a statement: its errors, its wrappers, its log of queries."""
    if connection.vendor != "postgresql":
        return connection.cursor()
    connection.ensure_connection()
    connection.connection.prepare_threshold = PLAN_AFTER
    wrap = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    return wrap(psycopg.Cursor(connection.connection))  # type: ignore[arg-type]  # the stubs want it wrapped already
