"""Conditions that wait for one another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def first(spoken_of: Mapping[str, Iterable[str]]) -> list[str]:
    """The names of one circle in order, if what each name speaks of leads back to it; an empty list without one.

    Walked without recursion: a chain of conditions may be as long as a survey.
    """
    done: set[str] = set()
    for start in spoken_of:
        path: list[str] = []
        waiting = [(start, False)]
        while waiting:
            name, left = waiting.pop()
            if left:
                done.add(path.pop())
            elif name in path:
                return path[path.index(name) :]
            elif name not in done:
                path.append(name)
                waiting.append((name, True))
                waiting += [(other, False) for other in spoken_of.get(name, ())]
    return []


def said(circle: list[str]) -> str:
    """ "Q1", or "Q1 and Q2", at most four of them by name."""
    names = [name[:30] for name in circle[:4]]
    more = [f"{len(circle) - 4} more"] if len(circle) > 4 else []
    *most, last = [*names, *more]
    return f"{', '.join(most)} and {last}" if most else last
