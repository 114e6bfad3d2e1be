"""Seals waves in processes that are killed: `python -m tests.surveys.sealing 12:5 13:17` ends the seal of wave 12 by kill -9 at
its fifth step and that of wave 13 at its seventeenth. A step is a statement, the moment before or after a commit, or a file
that is opened or deleted. One line for each order says how it ended."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django


def main(orders: list[str]) -> None:
    """Each order in a process of its own."""
    django.setup()
    for order in orders:
        wave, _, step = order.partition(":")
        if (child := os.fork()) == 0:
            _seal(int(wave), int(step))
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            sys.stdout.write("killed\n" if os.WTERMSIG(status) == signal.SIGKILL else f"signal {os.WTERMSIG(status)}\n")
        elif os.WEXITSTATUS(status):
            sys.exit(f"order {order} failed")
        sys.stdout.flush()


def _seal(wave: int, last: int) -> None:
    from django.db import connection  # noqa: PLC0415 (after the fork and the set-up)

    from alongside.surveys import seal  # noqa: PLC0415

    seen = 0

    def step() -> None:
        nonlocal seen
        seen += 1
        if seen == last:
            os.kill(os.getpid(), signal.SIGKILL)

    def statement(execute: Callable[..., Any], *args: Any) -> Any:
        step()
        return execute(*args)

    def around(real: Callable[..., Any]) -> Callable[..., Any]:
        def stepped(*args: Any, **kwargs: Any) -> Any:
            step()
            result = real(*args, **kwargs)
            step()
            return result

        return stepped

    connection._commit = around(connection._commit)  # type: ignore[method-assign]
    os.fsync, Path.unlink = around(os.fsync), around(Path.unlink)  # type: ignore[method-assign]
    try:
        with connection.execute_wrapper(statement):
            seal.seal(wave)
        sys.stdout.write(f"done after {seen}\n")
        sys.stdout.flush()
    except BaseException as error:
        sys.stderr.write(f"{error!r}\n")
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
