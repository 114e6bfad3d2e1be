"""Pulses: series and waves, tickets and answers, and what is published of them. TRUST 1 and 2 decide this schema."""

from alongside.surveys.models import held  # noqa: F401 - announces what these tables hold on people
from alongside.surveys.models.ballots import Ballot
from alongside.surveys.models.intake import Answer, Comment, RosterEntry, SealedAnswer, SealedComment, Ticket
from alongside.surveys.models.letters import LettersStopped, Nudge, Round
from alongside.surveys.models.own import OwnInstrument, ReadFile
from alongside.surveys.models.past import Past, PastWave
from alongside.surveys.models.releases import BlockTally, Change, Release
from alongside.surveys.models.replies import THEMES_AT_MOST, Held, Owed, Reply, Theme
from alongside.surveys.models.rhythms import QuestionBudget, Rhythm, RhythmStep
from alongside.surveys.models.rooms import Room, RoomAnswer, RoomPass, RoomRelease, SealedRoomAnswer
from alongside.surveys.models.selfcheck import SelfCheck
from alongside.surveys.models.sharing import Sharing
from alongside.surveys.models.slips import SlipSheet, WrongCode
from alongside.surveys.models.waves import Series, SeriesHome, Wave, WaveSchool

__all__ = [
    "THEMES_AT_MOST",
    "Answer",
    "Ballot",
    "BlockTally",
    "Change",
    "Comment",
    "Held",
    "LettersStopped",
    "Nudge",
    "Owed",
    "OwnInstrument",
    "Past",
    "PastWave",
    "QuestionBudget",
    "ReadFile",
    "Release",
    "Reply",
    "Rhythm",
    "RhythmStep",
    "Room",
    "RoomAnswer",
    "RoomPass",
    "RoomRelease",
    "RosterEntry",
    "Round",
    "SealedAnswer",
    "SealedComment",
    "SealedRoomAnswer",
    "SelfCheck",
    "Series",
    "SeriesHome",
    "Sharing",
    "SlipSheet",
    "Theme",
    "Ticket",
    "Wave",
    "WaveSchool",
    "WrongCode",
]
