"""Limits on guessing: so many tries an account and an address, then a wait. Kept in this process's memory."""

import time
from collections import defaultdict, deque
from threading import Lock

TRIES = 8  # for one account
TRIES_BEHIND_ONE_ADDRESS = 80  # a whole school sits behind one address
WINDOW = 300.0

_tries: dict[str, deque[float]] = defaultdict(deque)
_lock = Lock()


def too_many(key: str, tries: int = TRIES) -> bool:
    """Whether this key has failed so many times within WINDOW seconds."""
    with _lock:
        return len(_recent(key)) >= tries


def count(key: str) -> None:
    """One more failure for this key."""
    with _lock:
        _recent(key).append(time.monotonic())


def forget() -> None:
    """Start again with nobody counted."""
    with _lock:
        _tries.clear()


def _recent(key: str) -> deque[float]:
    tries = _tries[key]
    while tries and tries[0] < time.monotonic() - WINDOW:
        tries.popleft()
    if len(_tries) > 10_000:  # a flood of invented accounts must not fill the memory
        _tries.clear()
        tries = _tries[key]
    return tries
