"""The tasks of this package, by name."""

from alongside.kit import queue

OPEN = queue.named("alongside.surveys.tasks.open_wave")
SEND = queue.named("alongside.surveys.tasks.send_invitations")
SEAL = queue.named("alongside.surveys.tasks.seal")
REMIND = queue.named("alongside.surveys.tasks.send_rounds")
ADD_TICKETS = queue.named("alongside.surveys.tasks.add_tickets")
PLAN = queue.named("alongside.surveys.tasks.plan_next")
SEAL_ROOM = queue.named("alongside.surveys.tasks.seal_room")
MAKE_SLIPS = queue.named("alongside.surveys.tasks.make_slips")
