"""Asking a pulse, opening it, sending its links, extending it, replying to it. Each verb is one transaction.

Taking an answer is in accept.py; closing is in seal.py.
"""

from alongside.surveys.actions.asking import LONGEST, ask, call_off, extend
from alongside.surveys.actions.budgets import lower_budget
from alongside.surveys.actions.due import COUNT_EVERY, due_work, refresh_participation
from alongside.surveys.actions.fitting import AUDIENCE_AT_LEAST, people_to_ask, taking_part
from alongside.surveys.actions.inviting import CLAIM_HOLDS, answer_link, send_invitations
from alongside.surveys.actions.nudging import nudge
from alongside.surveys.actions.opening import open_wave
from alongside.surveys.actions.replying import ReplyText, post_reply, save_reply
from alongside.surveys.actions.rhythms import arrange, end, move, plan_after, put_back, skip, start
from alongside.surveys.actions.rostering import add_people, add_tickets, can_be_added
from alongside.surveys.actions.rounds import send_rounds
from alongside.surveys.actions.work import ADD_TICKETS, OPEN, PLAN, REMIND, SEAL, SEND

__all__ = [
    "ADD_TICKETS",
    "AUDIENCE_AT_LEAST",
    "CLAIM_HOLDS",
    "COUNT_EVERY",
    "LONGEST",
    "OPEN",
    "PLAN",
    "REMIND",
    "SEAL",
    "SEND",
    "ReplyText",
    "add_people",
    "add_tickets",
    "answer_link",
    "arrange",
    "ask",
    "call_off",
    "can_be_added",
    "due_work",
    "end",
    "extend",
    "lower_budget",
    "move",
    "nudge",
    "open_wave",
    "people_to_ask",
    "plan_after",
    "post_reply",
    "put_back",
    "refresh_participation",
    "save_reply",
    "send_invitations",
    "send_rounds",
    "skip",
    "start",
    "taking_part",
]
