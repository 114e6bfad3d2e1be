"""Background work that belongs to no package above."""

from django.tasks import task

from alongside.kit import progress


@task
def tidy() -> None:
    """Forget work that was asked for more than a week ago, with its files."""
    progress.forget()
