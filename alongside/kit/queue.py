"""Background work by name, so that actions never import tasks."""

from datetime import datetime

from django.core.checks import CheckMessage, Error, register
from django.tasks import Task
from django.utils.module_loading import import_string

NAMES: set[str] = set()


def named(path: str) -> str:
    """Announce the name of a task that an action will enqueue; names are checked when Alongside starts."""
    NAMES.add(path)
    return path


def enqueue(path: str, *args: int | str, run_after: datetime | None = None) -> None:
    """Queue the task of that name, in the caller's transaction. Arguments are ids; what else must go with them is encrypted first."""
    if path not in NAMES:
        raise LookupError(f"No task was announced under the name {path!r}: use queue.named().")
    task = import_string(path)
    if run_after is not None:
        task = task.using(run_after=run_after)
    task.enqueue(*args)


@register()
def names_exist(**_: object) -> list[CheckMessage]:
    """Each announced name leads to a task."""
    return [Error(f"No task {name!r}.", id="kit.E001") for name in sorted(NAMES) if not _is_task(name)]


def _is_task(name: str) -> bool:
    try:
        return isinstance(import_string(name), Task)
    except ImportError:
        return False
