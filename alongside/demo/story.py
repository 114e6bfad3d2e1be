"""The story of the demo world as data: who works where, what they think, what their leaders said they would do.

Riverway Trust is made up. Larger than life in one respect only: things happen in fourteen months that elsewhere take years.
"""

from dataclasses import dataclass

NETWORK = "Riverway Trust"
CONTACTS = {
    "safeguarding_contact": "your school’s safeguarding lead (extension 200)",
    "outside_contact": "the county’s children’s helpline (01632 960 100)",
    "support_line": "The staff support line is free, confidential and open day and night: 01632 960 200",
}


@dataclass(frozen=True, slots=True)
class DemoSchool:
    """A school of the story. `leaning`: mean answer, 1–5, to each of the six statements of `well`."""

    name: str
    phase: str
    kind: str
    town: str
    staff: int
    roll: int
    leaning: tuple[float, float, float, float, float, float]
    answers: float = 0.75  # share of the staff who answer


CLUSTERS: dict[str, tuple[DemoSchool, ...]] = {
    "Avon cluster": (
        DemoSchool(
            "Birch Park Secondary",
            "secondary",
            "Academy",
            "Marlow Bridge",
            154,
            1180,
            (3.45, 3.0, 3.7, 3.85, 3.75, 3.35),
            0.8,
        ),
        DemoSchool(
            "Larkfield Special School",
            "special",
            "Special academy",
            "Marlow Bridge",
            71,
            132,
            (3.55, 3.35, 4.15, 4.3, 4.35, 3.95),
        ),
        DemoSchool("Holt Primary", "primary", "Academy", "Holt", 22, 210, (3.4, 3.1, 3.9, 4.2, 4.0, 3.6), 0.8),
        DemoSchool("Ashmead Primary", "primary", "Academy", "Ashmead", 12, 96, (3.1, 3.0, 4.1, 4.2, 4.1, 3.7), 0.68),
        DemoSchool("Wick Village School", "primary", "Academy", "Wick", 8, 41, (3.3, 3.1, 4.3, 4.3, 4.2, 3.6), 0.4),
        DemoSchool(
            "Saltmarsh Infants", "primary", "Academy", "Saltmarsh", 10, 88, (3.3, 3.1, 4.2, 4.2, 4.1, 3.5), 0.35
        ),
        DemoSchool(
            "Elm Row Nursery", "nursery", "Academy", "Marlow Bridge", 10, 52, (3.4, 3.3, 4.2, 4.3, 4.2, 3.6), 0.3
        ),
    ),
    "Brede cluster": (
        DemoSchool("Northgate Academy", "secondary", "Academy", "Brede", 148, 1040, (3.4, 3.2, 3.8, 4.0, 3.9, 3.6)),
        DemoSchool("Stonebridge Primary", "primary", "Academy", "Brede", 46, 380, (3.5, 3.4, 4.0, 4.2, 4.1, 3.7)),
        DemoSchool("St Anne’s Primary", "primary", "Academy", "Brede", 34, 240, (3.6, 3.4, 4.2, 4.3, 4.2, 3.8)),
        DemoSchool("Fernhill Primary", "primary", "Academy", "Fernhill", 28, 205, (3.3, 3.1, 3.9, 4.1, 3.9, 3.5)),
        DemoSchool(
            "Oakdene Special School", "special", "Special academy", "Brede", 40, 74, (3.5, 3.3, 4.1, 4.2, 4.3, 3.9)
        ),
    ),
    "Cray cluster": (
        DemoSchool("Kingsmead High", "secondary", "Academy", "Cray Cross", 160, 1210, (3.3, 3.1, 3.6, 3.8, 3.7, 3.4)),
        DemoSchool("Marlow Road Primary", "primary", "Academy", "Cray Cross", 58, 420, (3.5, 3.3, 4.0, 4.1, 4.0, 3.7)),
        DemoSchool("Riverside Juniors", "primary", "Academy", "Cray Cross", 52, 356, (3.4, 3.3, 3.9, 4.1, 4.0, 3.6)),
        DemoSchool("Hazelwood Primary", "primary", "Academy", "Hazelwood", 44, 310, (3.6, 3.4, 4.1, 4.2, 4.1, 3.8)),
        DemoSchool("Copse Lane Infants", "primary", "Academy", "Hazelwood", 44, 180, (3.5, 3.4, 4.2, 4.3, 4.2, 3.8)),
    ),
}

# Groupings across clusters: name → schools.
GROUPINGS = {
    "Primary schools": tuple(
        school.name for schools in CLUSTERS.values() for school in schools if school.phase == "primary"
    ),
    "By the river": (
        "Birch Park Secondary",
        "Larkfield Special School",
        "Elm Row Nursery",
        "Stonebridge Primary",
        "Riverside Juniors",
    ),
}

# Days before today on which the eleven waves closed: about one a month, none in the long holidays.
CLOSED_DAYS_AGO = (420, 389, 358, 296, 266, 235, 205, 173, 112, 35, 1)

# Who leads beside the head: heads of department and of phase, so that leaders are five or more where they are many.
LEADING_BESIDE_HEADS = {
    "Birch Park Secondary": 9,
    "Larkfield Special School": 5,
    "Holt Primary": 2,
    "Northgate Academy": 8,
}

# The students of Birch Park answered once, by slips: classes and their rolls, how their year groups lean on each statement,
# when it closed, and what the head said.
STUDENTS_AT, STUDENTS_CLOSED_DAYS_AGO = "Birch Park Secondary", 49
CLASSES = {"8A": 28, "8B": 27, "8C": 29}
STUDENTS_LEAN = {
    "coh.1.student": 2.9,
    "coh.2.student": 3.1,
    "coh.3.student": 3.4,
    "coh.4.student": 4.1,
    "coh.5.student": 2.7,
    "coh.8.student": 3.8,
}

# What moved: (school, statement, waves) → steps on the five-point scale.
MOVES = {
    ("Birch Park Secondary", 0): {10: -0.55, 11: -0.6},  # the new assessment return: a real fall
    ("Holt Primary", 0): {6: -0.8},  # one hard month, and it passed: a false alarm
    ("Larkfield Special School", 5): {9: 0.1, 10: 0.15, 11: 0.15},
}


@dataclass(frozen=True, slots=True)
class DemoReply:
    """What a school's leaders said to a wave."""

    school: str
    wave: int
    kind: str
    heard: str
    text: str
    moves: str = ""
    look_in: int = 40  # days after the wave closed


REPLIES = (
    DemoReply(
        "Birch Park Secondary",
        8,
        "do",
        "There is no time to plan together, so we each make the same thing twice.",
        "Every other Tuesday the staff meeting is shared planning time, from now on. What used to be announced there comes by mail on Fridays.",
        "well.5",
        120,
    ),
    DemoReply(
        "Birch Park Secondary",
        9,
        "nothing",
        "Most of us are content; the site team felt left out.",
        "Nothing to change for all of us, because the planning time has only begun. The site team’s Monday meeting is now joined by one of us.",
        "",
        0,
    ),
    DemoReply(
        "Birch Park Secondary",
        10,
        "ask",
        "The new assessment return takes our evenings.",
        "We want to understand it first: each department tells us by the end of the month which part of the return nobody reads.",
        "well.1",
        60,
    ),
    DemoReply(
        "Larkfield Special School",
        10,
        "do",
        "We learn most from watching one another, and seldom can.",
        "Each of us has one free hour a month to sit in a colleague’s room. The office arranges cover on request.",
        "well.6",
        90,
    ),
    DemoReply(
        "Larkfield Special School",
        11,
        "do",
        "The free hour works, when cover comes.",
        "We keep the hour and put two supply mornings a month behind it, so that cover always comes.",
        "well.6",
        60,
    ),
    DemoReply(
        "Holt Primary",
        6,
        "ask",
        "This month was too much: reports, fair and inspection all at once.",
        "We look at the calendar together on the first training day and move one of the three.",
        "well.1",
        60,
    ),
    DemoReply(
        "Holt Primary",
        7,
        "do",
        "It is better since the reports moved.",
        "Reports stay where they are now. The fair stays where it was.",
        "well.1",
        90,
    ),
    DemoReply(
        "Kingsmead High",
        10,
        "do",
        "Messages reach us from five places.",
        "One bulletin on Fridays at noon. What is not in it can wait until the next.",
        "",
        45,
    ),
    DemoReply(
        "Northgate Academy",
        11,
        "nothing",
        "Steady, and tired.",
        "Nothing to change this month, because the cover timetable that you asked for begins on Monday.",
        "",
        30,
    ),
    DemoReply(
        "Stonebridge Primary",
        11,
        "do",
        "We would like to see other classrooms.",
        "Three pairs visit one another before the holidays. Cover is arranged; put your name on the list.",
        "well.6",
        40,
    ),
)

TO_STUDENTS = DemoReply(
    STUDENTS_AT,
    1,
    "do",
    "You think that we believe in you, and that help comes late when you are stuck.",
    "From Monday there is an hour of help after lunch on Wednesdays, with a teacher and two sixth-formers. Nobody notes who comes.",
    "coh.5.student",
    90,
)

# What leaders say in a month in which nothing stands out: (kind, heard, text).
USUAL = (
    ("nothing", "A steady month.", "Nothing to change, because what we began last term has only just taken hold."),
    ("do", "The days are long before a holiday.", "No meetings in the last week of term."),
    ("nothing", "Most of it works; keep it so.", "Nothing to change, because you asked us to leave things alone."),
    (
        "ask",
        "Cover comes late.",
        "We want to understand it first: the office notes for a month when each request comes.",
    ),
)
# What the chair said for the cluster: to a wave of “Wellbeing and belonging”, and to the one of “Leadership team”.
TOGETHER = DemoReply(
    "Avon cluster",
    10,
    "ask",
    "The return takes evenings, in some of our schools more than in others.",
    "Our seven business managers lay the seven returns side by side and strike out what two of them do not need.",
    "well.1",
    60,
)
LEADING = DemoReply(
    "Avon cluster",
    1,
    "do",
    "Decisions arrive without their reasons.",
    "Whatever touches all seven schools now opens with its reason, in two sentences, in the Friday bulletin.",
    "lead.3",
    75,
)
LEADING_AT_BIRCH = DemoReply(
    "Birch Park Secondary",
    1,
    "do",
    "You would like to know why, sooner.",
    "Each decision of the leadership team is on the staff-room board the same afternoon, with its reason under it.",
    "lead.3",
    75,
)
# Between two others; and opened in August or later only when so few of the year's pulses are left that all of them together
# stay under the 80 statements that a person is asked in a school year.
LEADING_CLOSED_DAYS_AGO = 63
# When the Avon cluster met, how many sat there and how many of them answered in the room, and what they said on leading: by
# now they hear the same from every leader, as the chair's reply should make it; what comes of raising something is open.
MET_DAYS_AGO, MET, MET_ANSWERED = 53, 34, 31
MET_LEAN = {"lead.1": 4.0, "lead.2": 3.5, "lead.3": 4.1, "lead.4": 3.1, "lead.5": 3.7, "lead.6": 3.8}
THEMES = ("Say why before you say what.", "The Friday bulletin helps; mail after seven does not.")  # at Birch Park
CLUSTER_THEME = "People want to hear why before they hear what."
WAIVED = (
    "Ashmead Primary",
    "Ashmead is without its deputy this month; its staff find their answer in the cluster’s reply.",
)

COMMENTS = (
    "Keep the shared planning time, please.",
    "Stop sending mails after seven in the evening.",
    "Start the staff meeting with what was decided last time.",
    "The Friday bulletin is the best thing this year.",
    "Tell us why before you tell us what.",
    "Somebody should thank the site team in public.",
)


# Whose days ("" is the network's), what they are, when they begin in days from today, how many days.
DAYS = (
    ("", "closed", "Trust training day", 15, 1),
    ("", "report", "Reports to parents", 22, 5),
    ("Birch Park Secondary", "exam", "Year 11 mock exams", 29, 5),
    ("Birch Park Secondary", "closed", "Birch Park training day", 43, 1),
)


# A small school that its head left in peace three days ago, for six days more.
PAUSED, PAUSED_DAYS_AGO, PAUSED_DAYS_MORE = "Wick Village School", 3, 6

# A valley that is on no map: (degrees north, degrees east, percent with free school meals). The sea lies there.
PLACES = {
    "Birch Park Secondary": (55.0212, 2.9934, 24.1),
    "Larkfield Special School": (55.0304, 3.0189, 38.0),
    "Holt Primary": (55.0631, 3.0562, 17.5),
    "Ashmead Primary": (54.9902, 2.9155, 21.0),
    "Wick Village School": (55.0934, 2.9538, 12.2),
    "Saltmarsh Infants": (54.9518, 3.0984, 33.6),
    "Elm Row Nursery": (55.0163, 3.0071, 29.0),
    "Northgate Academy": (55.1402, 3.2641, 19.8),
    "Stonebridge Primary": (55.1345, 3.2522, 22.4),
    "St Anne’s Primary": (55.1288, 3.2790, 15.1),
    "Fernhill Primary": (55.0986, 3.1871, 18.8),
    "Oakdene Special School": (55.1421, 3.2418, 41.3),
    "Kingsmead High": (54.9023, 3.3126, 27.7),
    "Marlow Road Primary": (54.9087, 3.2985, 30.2),
    "Riverside Juniors": (54.8961, 3.3201, 28.4),
    "Hazelwood Primary": (54.8712, 3.3820, 11.6),
    "Copse Lane Infants": (54.8745, 3.3758, 12.9),
}
AGES = {"primary": (4, 11), "secondary": (11, 18), "special": (4, 19), "nursery": (3, 5)}

# What schools say they are strong in, and look for.
OFFERS = {
    "Birch Park Secondary": (("maths", "sixth-form"), ("transition", "workload")),
    "Larkfield Special School": (("send", "feedback"), ("digital",)),
    "Holt Primary": (("reading", "families"), ("maths",)),
    "Ashmead Primary": (("arts",), ("reading", "small-schools")),
    "Wick Village School": (("small-schools", "early-years"), ("sport", "languages")),
    "Northgate Academy": (("transition", "voice"), ("attendance",)),
    "Stonebridge Primary": (("languages", "sport"), ("send",)),
    "Fernhill Primary": (("attendance",), ("reading", "early-years")),
    "Kingsmead High": (("digital", "workload"), ("voice", "transition")),
    "Hazelwood Primary": (("maths", "curriculum"), ("families",)),
}

# The Avon cluster’s profile: question → (what stood more than a year ago, what stands now).
PROFILE = {
    "1-who": (
        "Seven schools along the lower river, from a nursery to a sixth form. Most of us are fifteen minutes apart.",
        "Seven schools along the lower river: a nursery, four small primaries, a special school and the secondary to "
        "which nearly all our children go on. The two at the ends, Wick and Saltmarsh, are further apart than the map "
        "says: there is one bridge.",
    ),
    "2-whom": (
        "Fishing and farming families, and people who came for the packing works.",
        "Fishing and farming families, people who came for the packing works, and since last autumn thirty families "
        "in the new houses at Marlow Bridge. They are proud of the river and of looking after their own. They ask us "
        "to be told early, and in person.",
    ),
    "3-changed": (
        "",
        "The packing works halved its night shift and the bus to Saltmarsh stops at five. What has not changed: "
        "grandparents do the school run. Behind it lies one employer, and one road.",
    ),
    "5-together": (
        "On a good day we lend each other a teacher without asking why.",
        "On a good day we lend each other a teacher without asking why. When it is difficult we go quiet, and the "
        "small schools hear last.",
    ),
    "6-good": (
        "Our shared training days. Everyone comes.",
        "Our shared training days: 93 of 100 came last time. And moving up: every child has met a teacher of Birch "
        "Park before the summer.",
    ),
    "s-first": ("", "Time to plan together. Everything else waits for it."),
}

GROUPS = (
    (
        "Maths leads",
        "One idea a month that worked, and one that did not.",
        ("Holt Primary", "Ashmead Primary", "Birch Park Secondary", "Hazelwood Primary", "Stonebridge Primary"),
    ),
    (
        "Business managers",
        "Contracts, cover and the calendar: once a half-term, an hour.",
        ("Birch Park Secondary", "Northgate Academy", "Kingsmead High", "Larkfield Special School"),
    ),
)

# Where children went on to: (from, to, students) in the year before this one, and in the one before that.
FLOWS = (
    (
        ("Holt Primary", "Birch Park Secondary", 26),
        ("Ashmead Primary", "Birch Park Secondary", 11),
        ("Ashmead Primary", "Larkfield Special School", 2),
        ("Wick Village School", "Birch Park Secondary", 6),
        ("Saltmarsh Infants", "Holt Primary", 17),
        ("Elm Row Nursery", "Saltmarsh Infants", 12),
        ("Elm Row Nursery", "Ashmead Primary", 9),
        ("Fernhill Primary", "Northgate Academy", 18),
        ("Fernhill Primary", "Birch Park Secondary", 12),
        ("Stonebridge Primary", "Northgate Academy", 52),
        ("Copse Lane Infants", "Hazelwood Primary", 44),
        ("Hazelwood Primary", "Kingsmead High", 39),
    ),
    (
        ("Holt Primary", "Birch Park Secondary", 24),
        ("Ashmead Primary", "Birch Park Secondary", 13),
        ("Fernhill Primary", "Northgate Academy", 23),
        ("Fernhill Primary", "Birch Park Secondary", 6),
    ),
)
QUESTION = (
    "Fernhill Primary",
    "Half of our families look down the valley rather than up. May we come to your training days as members?",
)

# Who works with the trust from outside: the university (name, kind, whom to call), its lecturer who coaches the Avon
# cluster, and a colleague of hers who is invited to coach the Brede cluster and has not answered yet.
PARTNER = ("Estuary University", "university", "School of Education, 01632 960 140")
COACH = "Tessa Novak"
INVITED = ("Idris Vaughan", "idris.vaughan@estuary.example")

# A pulse that the trust wrote itself and has not asked yet: name, question, comment question, statements.
OWN_PULSE = (
    "Sharing between schools",
    "How did our schools help one another this term?",
    "What would you like to learn from another school?",
    (
        ("Knowing", "I know what another school of the trust is especially good at."),
        ("Finding", "I can find something useful that another school has made."),
        ("Asking", "When I ask another school for help, I get it."),
        ("Gain", "Something in my work got better because of another school."),
        ("Time", "The time I spend with other schools is well spent."),
    ),
)
# What the leaders of Birch Park agreed about themselves: one number for each line of the leaders' form, and their note.
SELF_CHECK = (
    "Birch Park Secondary",
    (4, 3, 4, 3, 4, 5),
    "We talked longest about answers: questions asked in the corridor get lost. Try a board by the staff-room door.",
)

# Two coherence rounds of the Avon cluster: when their teams had answered. Statement → leaders, teams, students.
MAPS_DAYS_AGO = (190, 42)
MAPPED = ("Birch Park Secondary", "Larkfield Special School", "Holt Primary", "Ashmead Primary")
STUDENTS_MAPPED = MAPPED[:3]
LEADERS_KEEP = "Ashmead Primary"  # whose leaders keep their own view in the team
MAP_CLASSES = {"Class 1": 12, "Class 2": 11}
SEEN: dict[str, tuple[int, float, float]] = {
    "coh.1": (4, 3.8, 3.5),
    "coh.2": (4, 3.4, 3.3),
    "coh.3": (4, 3.3, 3.6),
    "coh.4": (5, 4.6, 4.3),
    "coh.5": (4, 3.6, 3.3),
    "coh.6": (4, 3.2, 2.4),
    "coh.7": (4, 2.9, 2.7),
    "coh.8": (4, 4.2, 3.9),
}
SEEN_BEFORE = {"coh.2": -0.3, "coh.6": -0.2, "coh.7": -0.1}  # how much lower half a year before
TALKED = "We talked for half an hour. Most say that students are asked, but hear nothing afterwards."

# A reflection grid of the Avon cluster. Statement → how often each state, and how often who does not do it says we should.
GRID_DAYS_AGO = 380  # in another school year, whose budget of questions has room for it
GRIDDED = ("Birch Park Secondary", "Larkfield Special School", "Holt Primary")
GRID: dict[str, tuple[int, int, int, int, float]] = {
    "grid.1a": (5, 3, 1, 1, 0.5),
    "grid.2a": (2, 4, 3, 1, 0.8),
    "grid.3a": (3, 3, 3, 1, 0.5),
    "grid.4a": (2, 2, 3, 3, 0.4),
    "grid.5a": (2, 3, 3, 2, 0.6),
    "grid.6a": (2, 3, 4, 1, 0.7),
    "grid.7a": (3, 3, 3, 1, 0.6),
    "grid.8a": (1, 2, 4, 3, 0.5),
    "grid.9a": (4, 2, 3, 1, 0.4),
    "grid.10a": (2, 4, 3, 1, 0.6),
}
GRID_OF_NETWORK = (2, 3, 2, 3, 0.5)
GRID_STRONG = (17, 2, 1, 0, 0.5)
GRID_AT = {
    "Larkfield Special School": ("grid.2a", "grid.3a"),
    "Holt Primary": ("grid.6a",),
}  # who does what others talk of
