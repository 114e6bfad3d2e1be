"""The letters that a pulse sends."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext, ngettext

from alongside.kit import bounces
from alongside.kit.words import people_date
from alongside.network.models import School
from alongside.surveys import schooldays
from alongside.surveys.models import Wave

# A report that a reminder came back must mark no address: it would tell that its owner had not answered (kit/bounces.py).
NOT_TO_BE_NOTED: Final = {bounces.UNNOTED: "yes"}


@dataclass(frozen=True, slots=True)
class Letter:
    subject: str
    text: str


def invitation(wave: Wave, school: School, name: str, link: str, stop: str) -> Letter:
    """One person's own link to a pulse. stop: where they stop reminders."""
    asked = wave.pulse
    parts = [
        gettext("Hello %(name)s,") % {"name": name},
        f"{gettext(asked.question)} {gettext(asked.intro)}",
        *_way_in(wave, link),
        *_foot(wave, school, stop),
    ]
    return Letter(gettext(asked.question), _text(parts))


def again(wave: Wave, school: School, name: str, link: str, stop: str, *, nudge: bool) -> Letter:
    """The same link once more: a reminder, or a nudge that everyone gets. Neither says whether its reader has answered."""
    asked = wave.pulse
    why = (
        gettext("Everyone who is asked at %(school)s gets this letter, whoever has answered and whoever has not.")
        if nudge
        else gettext("A reminder of the pulse at %(school)s.")
    )
    parts = [
        gettext("Hello %(name)s,") % {"name": name},
        f"{why % {'school': school.name}} {gettext(asked.question)}",
        gettext("If your answer is in, thank you: there is nothing more to do."),
        *_way_in(wave, link),
        *_foot(wave, school, stop),
    ]
    words = gettext("To everyone: %(question)s") if nudge else gettext("Reminder: %(question)s")
    return Letter(words % {"question": gettext(asked.question)}, _text(parts))


def _way_in(wave: Wave, link: str) -> list[str]:
    """How long it takes, the link, and what is promised about it."""
    asked = wave.pulse
    closing = people_date(schooldays.local_day(wave.closes_at, wave.organisation.zone))
    minutes = ngettext("About a minute, on any phone", "About %(minutes)s minutes, on any phone", asked.minutes)
    return [
        gettext("%(minutes)s, without signing in:") % {"minutes": minutes % {"minutes": asked.minutes}},
        link,
        gettext("This link is yours alone and works once. It is open until %(day)s.") % {"day": closing}
        + "\n"
        + gettext(
            "Confidential until then, anonymous after. No leader, chair or officer ever sees who answered, or one person’s answers."
        )
        + "\n"
        + gettext("Never used for appraisal, pay or competence."),
    ]


def _foot(wave: Wave, school: School, stop: str) -> list[str]:
    """Who asks, and how to get fewer letters."""
    return [
        gettext("%(network)s asks %(school)s with Alongside.")
        % {"network": wave.organisation.name, "school": school.name},
        gettext("Stop reminders on this page, without signing in:") + "\n" + stop,
    ]


def _text(parts: list[str]) -> str:
    return "\n\n".join(parts) + "\n"
