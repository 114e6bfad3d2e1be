"""A cluster's profile: nine questions and three to settle, their versions, and what the register says to begin with."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from alongside.network import facts, positions
from alongside.network.models import Cluster, ProfileAnswer, School


@dataclass(frozen=True, slots=True)
class Question:
    """One question. figures: which of the register's figures stand above its answer."""

    key: str
    title: str
    text: str
    figures: str = ""


QUESTIONS: Final = (
    Question(
        "1-who",
        "Who we are",
        "What would a newcomer need to know about our schools: how many, what kinds, how near, and how they are linked?",
        figures="schools",
    ),
    Question(
        "2-whom",
        "Whom we serve",
        "Which communities do our children come from, what are they proud of, and what do they ask of us?",
        figures="students",
    ),
    Question(
        "3-changed",
        "What has changed",
        "What is different in these communities from five years ago, what is not, and what lies behind it?",
    ),
    Question(
        "4-means",
        "What that means for us",
        "How has this changed, or confirmed, what we think our cluster is for?",
    ),
    Question(
        "5-together",
        "How we are together",
        "How do our schools treat one another on a good day, and how when it is difficult?",
    ),
    Question("6-good", "What we are good at", "What do we do well together, and what shows it?"),
    Question(
        "7-hard",
        "What is hard",
        "What is hardest for us here and now, and which part of it could no school solve alone?",
    ),
    Question(
        "8-else",
        "Who else shapes our work",
        "What part do governors, the authority or trust, faith or community bodies and government play, "
        "and what do we need from each?",
    ),
    Question(
        "9-moved",
        "What moved around us, and what we made of it",
        "Which recent change in policy, services or structure has altered how we lead, and how did we respond?",
    ),
)
TO_SETTLE: Final = (
    Question("s-for", "For whom", "Whom is our programme for, and who could learn side by side?"),
    Question("s-message", "One message", "Which one message about leadership should all of them hear?"),
    Question("s-first", "First", "What comes first?"),
)
BY_KEY: Final = {question.key: question for question in (*QUESTIONS, *TO_SETTLE)}
LONGEST: Final = 6000  # characters of one answer; about 120 words are asked for


def versions(cluster: Cluster) -> dict[str, list[ProfileAnswer]]:
    """Every version of every answered question, the first first. One query."""
    found: dict[str, list[ProfileAnswer]] = {}
    for answer in ProfileAnswer.objects.filter(cluster=cluster).order_by("question", "number"):
        found.setdefault(answer.question, []).append(answer)
    return found


def latest(cluster: Cluster) -> dict[str, ProfileAnswer]:
    """What stands now, by question. One query."""
    return {key: answers[-1] for key, answers in versions(cluster).items()}


def year_before(day: datetime.date) -> datetime.date:
    """The same day of the year before; 28 February for 29 February."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def figures(schools: Sequence[School], about: str) -> list[tuple[str, str]]:
    """(label, text): what the register says of the schools together, without what it leaves out.

    about: "schools" (how many, what kinds, how near), "students" (how many, and the measures of intake), or "" for none.
    """
    rolls = [school.roll for school in schools if school.roll is not None]
    known = "" if len(rolls) == len(schools) else f", known of {len(rolls)} of {len(schools)} schools"
    found = {
        "schools": [
            ("Schools", f"{len(schools)}: {facts.phases(schools)}" if schools else ""),
            ("Distances", _distances(schools)),
        ],
        "students": [
            ("Students on roll", f"{sum(rolls):,}{known}" if rolls else ""),
            *((measure.about, _range(schools, measure)) for measure in facts.MEASURES),
        ],
    }
    return [(label, text) for label, text in found.get(about, []) if text]


def _distances(schools: Sequence[School]) -> str:
    placed = [each for each in positions.placed(schools) if each.point]
    apart = positions.spread(placed)
    if apart is None:
        return ""
    away = max((each.nearest.km for each in placed if each.nearest and each.nearest.km is not None), default=0.0)
    return (
        f"at most {positions.distance_words(apart)} apart, and every school has a neighbour within "
        f"{positions.distance_words(away)}, as the crow flies"
    )


def _range(schools: Sequence[School], measure: facts.Measure) -> str:
    values = sorted(value for school in schools if (value := facts.measured(school, measure)) is not None)
    if not values:
        return ""
    low, high = values[0], values[-1]
    span = f"{low:g}" if low == high else f"{low:g} to {high:g}"
    unit = "%" if measure.key.endswith("percent") else ""
    return f"{span}{unit}, known of {len(values)} {'school' if len(values) == 1 else 'schools'}"
