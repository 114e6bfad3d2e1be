"""Background work: thin, ids, safe to run twice."""

from django.tasks import task

from alongside.network.actions import staging


@task
def read_register_file(staged_id: int) -> None:
    staging.read_staged(staged_id)


@task
def apply_register_file(staged_id: int, by: int) -> None:
    staging.apply_now(staged_id, by)


@task
def forget_register_files() -> None:
    staging.forget_old()
