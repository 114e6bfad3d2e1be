"""Asking a pulse, opening it, sending its links, extending it, replying to it. Each verb is one transaction.

Taking an answer is in accept.py; closing is in seal.py.
"""

from alongside.surveys.actions.asking import LONGEST, ask, call_off, extend
from alongside.surveys.actions.budgets import lower_budget
from alongside.surveys.actions.due import COUNT_EVERY, due_work, refresh_participation
from alongside.surveys.actions.fitting import AUDIENCE_AT_LEAST, not_for, people_to_ask, taking_part
from alongside.surveys.actions.inviting import CLAIM_HOLDS, answer_link, send_invitations
from alongside.surveys.actions.nudging import nudge
from alongside.surveys.actions.opening import open_wave
from alongside.surveys.actions.replying import ReplyText, left_out_of, post_reply, save_reply
from alongside.surveys.actions.rewriting import rewrite_tickets
from alongside.surveys.actions.rhythms import arrange, end, move, plan_after, put_back, skip, start
from alongside.surveys.actions.rooms import close_room, open_room
from alongside.surveys.actions.rostering import add_people, add_tickets, can_be_added, without_link
from alongside.surveys.actions.rounds import send_rounds
from alongside.surveys.actions.selfchecking import keep_self_check, share_self_check
from alongside.surveys.actions.sharing import share
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
)
from alongside.surveys.actions.theming import keep_cluster_themes, keep_school_themes
from alongside.surveys.actions.waiving import unwaive, waive
from alongside.surveys.actions.wordings import (
    drop_file,
    keep_file,
    keep_wording,
    put_away,
    take_file,
    take_out,
    write_pulse,
)
from alongside.surveys.actions.work import ADD_TICKETS, OPEN, PLAN, REMIND, SEAL, SEND
from alongside.surveys.past import actions as past

__all__ = [
    "ADD_TICKETS",
    "AT_ONCE",
    "AUDIENCE_AT_LEAST",
    "CLAIM_HOLDS",
    "COUNT_EVERY",
    "LONGEST",
    "ONE_IN",
    "OPEN",
    "PLAN",
    "REMIND",
    "SEAL",
    "SEND",
    "SLIPS",
    "ReplyText",
    "about",
    "add_people",
    "add_tickets",
    "answer_link",
    "arrange",
    "ask",
    "call_off",
    "can_be_added",
    "close_room",
    "decide_slips",
    "drop_file",
    "due_work",
    "end",
    "extend",
    "fetch_slips",
    "keep_cluster_themes",
    "keep_file",
    "keep_school_themes",
    "keep_self_check",
    "keep_wording",
    "left_out_of",
    "lower_budget",
    "make_slips",
    "move",
    "needs_second",
    "not_for",
    "nudge",
    "open_room",
    "open_wave",
    "order_slips",
    "past",
    "people_to_ask",
    "plan_after",
    "post_reply",
    "put_away",
    "put_back",
    "refresh_participation",
    "rewrite_tickets",
    "save_reply",
    "send_invitations",
    "send_rounds",
    "share",
    "share_self_check",
    "skip",
    "start",
    "take_file",
    "take_out",
    "taking_part",
    "unwaive",
    "waive",
    "without_link",
    "write_pulse",
]
