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
from alongside.surveys.actions.replying import ReplyText, left_out_of, post_reply, save_reply
from alongside.surveys.actions.theming import keep_cluster_themes, keep_school_themes
from alongside.surveys.actions.waiving import unwaive, waive
from alongside.surveys.actions.work import OPEN, SEAL, SEND

__all__ = [
    "AUDIENCE_AT_LEAST",
    "CLAIM_HOLDS",
    "COUNT_EVERY",
    "LONGEST",
    "OPEN",
    "SEAL",
    "SEND",
    "ReplyText",
    "answer_link",
    "ask",
    "call_off",
    "due_work",
    "extend",
    "keep_cluster_themes",
    "keep_school_themes",
    "left_out_of",
    "open_wave",
    "people_to_ask",
    "post_reply",
    "refresh_participation",
    "save_reply",
    "send_invitations",
    "taking_part",
    "unwaive",
    "waive",
]
