"""Asking a pulse, opening it, sending its links, extending it, replying to it. Each verb is one transaction.

Taking an answer is in accept.py; closing is in seal.py.
"""

from alongside.surveys.actions.asking import (
    AUDIENCE_AT_LEAST,
    LONGEST,
    ask,
    call_off,
    extend,
    people_to_ask,
    taking_part,
)
from alongside.surveys.actions.due import COUNT_EVERY, due_work, refresh_participation
from alongside.surveys.actions.inviting import CLAIM_HOLDS, answer_link, send_invitations
from alongside.surveys.actions.opening import open_wave
from alongside.surveys.actions.replying import ReplyText, post_reply, save_reply
from alongside.surveys.actions.rewriting import rewrite_tickets
from alongside.surveys.actions.slipping import (
    AT_ONCE,
    ONE_IN,
    SLIPS,
    about,
    decide_slips,
    fetch_slips,
    make_slips,
    needs_second,
    order_slips,
    without_link,
)
from alongside.surveys.actions.work import OPEN, SEAL, SEND

__all__ = [
    "AT_ONCE",
    "AUDIENCE_AT_LEAST",
    "CLAIM_HOLDS",
    "COUNT_EVERY",
    "LONGEST",
    "ONE_IN",
    "OPEN",
    "SEAL",
    "SEND",
    "SLIPS",
    "ReplyText",
    "about",
    "answer_link",
    "ask",
    "call_off",
    "decide_slips",
    "due_work",
    "extend",
    "fetch_slips",
    "make_slips",
    "needs_second",
    "open_wave",
    "order_slips",
    "people_to_ask",
    "post_reply",
    "refresh_participation",
    "rewrite_tickets",
    "save_reply",
    "send_invitations",
    "taking_part",
    "without_link",
]
