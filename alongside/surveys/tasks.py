"""Background work: thin, an id, safe to run twice."""

from django.tasks import task

from alongside.surveys import actions, papers
from alongside.surveys import seal as sealing
from alongside.surveys.rooms import closing


@task
def open_wave(wave_id: int) -> None:
    actions.open_wave(wave_id)


@task
def send_invitations(wave_id: int) -> None:
    actions.send_invitations(wave_id)


@task
def send_rounds(wave_id: int) -> None:
    actions.send_rounds(wave_id)


@task
def add_tickets(wave_id: int) -> None:
    actions.add_tickets(wave_id)


@task
def seal(wave_id: int) -> None:
    sealing.seal(wave_id)
    actions.plan_after(wave_id)


@task
def plan_next(rhythm_id: int) -> None:
    actions.arrange(rhythm_id)


@task
def due_work() -> None:
    actions.due_work()


@task
def pack_papers(progress_id: int) -> None:
    papers.pack(progress_id)


@task
def make_slips(progress_id: int) -> None:
    actions.make_slips(progress_id)


@task
def seal_room(room_id: int) -> None:
    closing.seal(room_id)
