"""Many hands at once, each with a database connection of its own."""

import threading
from collections.abc import Callable

from django.db import connections


def together[T](count: int, work: Callable[[int], T]) -> list[T]:
    """What `work(0)`, `work(1)` … return when they start at the same moment in threads; the first error is raised here."""
    results: list[T | None] = [None] * count
    errors: list[BaseException] = []
    start = threading.Barrier(count)

    def one(number: int) -> None:
        try:
            start.wait(30)
            results[number] = work(number)
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return results  # type: ignore[return-value]
