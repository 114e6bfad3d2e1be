"""Ending work in the middle: at its nth statement, as a power cut or a kill would."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from tests.surveys import worlds


class Killed(BaseException):
    """As if the process ended here; nothing in the product catches it."""


def _counts(sql: str) -> bool:
    # Savepoints stand for the transactions of real life: a kill there is a kill at the statement before or after.
    return "SAVEPOINT" not in sql


@contextmanager
def killed_at(nth: int) -> Iterator[None]:
    """Inside, the nth statement (counted from 1) is not run: Killed is raised instead."""
    seen = 0

    def count(execute: Callable[..., Any], sql: str, params: object, many: bool, context: object) -> Any:
        nonlocal seen
        if _counts(sql):
            seen += 1
            if seen == nth:
                raise Killed(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        yield


def statements_of(work: Callable[[], object]) -> int:
    """How many statements the work takes; it is undone afterwards."""
    seen = 0

    def count(execute: Callable[..., Any], sql: str, params: object, many: bool, context: object) -> Any:
        nonlocal seen
        seen += _counts(sql)
        return execute(sql, params, many, context)

    with worlds.undone(), connection.execute_wrapper(count):
        work()
    return seen
