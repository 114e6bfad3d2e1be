"""The letters that a pulse sends."""

from dataclasses import dataclass

from alongside.kit.words import people_date
from alongside.network.models import School
from alongside.surveys import schooldays
from alongside.surveys.instruments import instrument
from alongside.surveys.models import Wave


@dataclass(frozen=True, slots=True)
class Letter:
    subject: str
    text: str


def invitation(wave: Wave, school: School, name: str, link: str) -> Letter:
    """One person's own link to a pulse."""
    asked = instrument(wave.series.instrument)
    closing = people_date(schooldays.local_day(wave.closes_at, wave.organisation.zone))
    minutes = "About a minute" if asked.minutes == 1 else f"About {asked.minutes} minutes"
    text = f"""Hello {name},

{asked.question} {asked.intro}

{minutes}, on any phone, without signing in:

{link}

This link is yours alone and works once. It is open until {closing}.
Confidential until then, anonymous after. No leader, chair or officer ever sees who answered, or one person's answers.
Never used for appraisal, pay or competence.

{wave.organisation.name} asks {school.name} with Alongside.
"""
    return Letter(asked.question, text)
