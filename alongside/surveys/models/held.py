"""What these tables hold on people, and how long what they hold is kept."""

from alongside.people import holdings, retention

# A roster is frozen when its wave opens, and tokens are made from the person who stood on it: neither merging nor erasing
# touches it. It goes with the seal.
holdings.holds("surveys.RosterEntry", "person", "Pulses under way that you were asked in", erased="keep", merged="keep")
holdings.holds("surveys.Wave", "asked_by", "Pulses that you asked", erased="empty")
holdings.holds("surveys.Rhythm", "started_by", "Rhythms of pulses that you started", erased="empty")
holdings.holds("surveys.RhythmStep", "by", "Pulses of a rhythm that you moved or left out", erased="empty")
holdings.holds("surveys.QuestionBudget", "set_by", "A question budget that you lowered", erased="empty")
holdings.holds("surveys.SlipSheet", "asked_by", "Slips for a pulse under way that you asked for", erased="empty")
holdings.holds("surveys.SlipSheet", "confirmed_by", "Slips for a pulse under way that you confirmed", erased="empty")
holdings.holds("surveys.Reply", "written_by", "Replies that you wrote for your school or cluster", erased="keep")
holdings.holds("surveys.Owed", "waived_by", "Replies that you waived", erased="keep")
holdings.holds("surveys.Theme", "written_by", "Themes that you wrote from comments", erased="keep")
holdings.holds("surveys.Room", "asked_by", "Rooms that you asked", erased="empty")
holdings.holds("surveys.Nudge", "asked_by", "Times you had everyone asked again", erased="empty")
holdings.holds(
    "surveys.LettersStopped",
    "person",
    "That you want no reminders of pulses",
    erased="delete",
    move="alongside.surveys.stopping.move",
)
holdings.writes("surveys.Reply", "heard", "theme", "text")
holdings.writes("surveys.Owed", "reason")
holdings.writes("surveys.Theme", "text")
holdings.writes("surveys.SelfCheck", "note")
holdings.writes("surveys.SealedComment", "text")
holdings.writes("surveys.Comment", "text")

retention.kept(
    "roster",
    what="Who is asked in a pulse under way, and that a letter went to them. Never whether they answered.",
    why="To send each person their own link.",
    how_long="Until the pulse closes and is sealed.",
)
retention.kept(
    "slips",
    what="How many slips a school had printed for a pulse under way, for which class, who asked for and confirmed them; for ten "
    "minutes that a wrong code was typed, with a digest of the network address.",
    why="So that slips are as many as two people said, and that nobody guesses codes.",
    how_long="Until the pulse closes and is sealed; then only the journal says who had how many printed.",
)
retention.kept(
    "answers",
    what="What each person chose, without name, time or device, in random order.",
    why="So that figures can be checked again if somebody doubts them.",
    how_long="12 months after the results came out; then only sums over five people or more.",
    clear="alongside.surveys.retention.drop_sealed_answers",
)
retention.kept(
    "comments",
    what="What people wrote, not linked to their answers, with names masked.",
    why="So that a school's own leaders can read what numbers do not say.",
    how_long="12 months after the results came out.",
    clear="alongside.surveys.retention.drop_sealed_comments",
)
retention.kept(
    "results",
    what="Published figures, the sums behind them, what leaders replied, waived and wrote as themes of the comments.",
    why="To see change over years, and what came of an answer.",
    how_long="As long as the network works with Alongside. Nobody can be found in them.",
)
retention.kept(
    "stopped-letters",
    what="That a person wants no reminders of pulses, or no invitations either.",
    why="So that they get none.",
    how_long="Until they want them again. Neither since when nor from which letter.",
)
retention.kept(
    "nudges",
    what="When a leader, chair or officer had everyone at a school asked again.",
    why="So that nobody is asked again more than once in 14 days.",
    how_long="As long as the network works with Alongside. Who was asked, and who had answered, is not in it.",
)
retention.kept(
    "own-pulses",
    what="Pulses that an organisation wrote itself, and who wrote them in its journal.",
    why="So that they can be asked again, and that figures keep the words they are about.",
    how_long="Until somebody deletes one that was never asked; else as long as the network works with Alongside.",
)
retention.kept(
    "survey-files",
    what="What was read of a file with a survey, until somebody takes it or leaves it. No answers.",
    why="So that you see what was read before anything is kept.",
    how_long="Until it is taken or left, 30 days at most; ten of them at most.",
    clear="alongside.surveys.retention.drop_files_read",
)
retention.kept(
    "self-checks",
    what="Six numbers that a school's leadership team agreed on about itself, with its note, and who entered them in the "
    "school's journal. Seen by its leaders; the numbers by others only while they share them.",
    why="So that the team sees how its own view and that of staff move.",
    how_long="As long as the school works with Alongside.",
)
