"""What these tables hold on people, and how long what they hold is kept."""

from alongside.people import holdings, retention

# A roster is frozen when its wave opens, and tokens are made from the person who stood on it: neither merging nor erasing
# touches it. It goes with the seal.
holdings.holds("surveys.RosterEntry", "person", "Pulses under way that you were asked in", erased="keep", merged="keep")
holdings.holds("surveys.Wave", "asked_by", "Pulses that you asked", erased="empty")
holdings.holds("surveys.Reply", "written_by", "Replies that you wrote for your school or cluster", erased="keep")
holdings.writes("surveys.Reply", "heard", "theme", "text")
holdings.holds("surveys.Owed", "waived_by", "Replies that you waived", erased="keep")
holdings.writes("surveys.Owed", "reason")
holdings.holds("surveys.Theme", "written_by", "Themes that you wrote from comments", erased="keep")
holdings.writes("surveys.Theme", "text")
holdings.writes("surveys.SealedComment", "text")
holdings.writes("surveys.Comment", "text")

retention.kept(
    "roster",
    what="Who is asked in a pulse under way, and that a letter went to them. Never whether they answered.",
    why="To send each person their own link.",
    how_long="Until the pulse closes and is sealed.",
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
