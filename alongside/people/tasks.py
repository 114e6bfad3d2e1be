"""Background work: thin, safe to run twice."""

from django.tasks import task

from alongside.people import letters, retention


@task
def clear_away() -> None:
    retention.clear_away()


@task
def send_link(person_id: int) -> None:
    letters.send_asked_link(person_id)


@task
def send_code(person_id: int, sealed: str, asked_at: int) -> None:
    letters.send_asked_code(person_id, sealed, asked_at)
