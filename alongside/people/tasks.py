"""Background work: thin, safe to run twice."""

from django.tasks import task

from alongside.people import retention


@task
def clear_away() -> None:
    retention.clear_away()
