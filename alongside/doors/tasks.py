"""Background work of the doors: thin, safe to run twice."""

from django.tasks import task

from alongside.doors import digest


@task
def weekly_digest() -> None:
    digest.send_due()
