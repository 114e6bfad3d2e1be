"""The letters that a pulse sends."""

from dataclasses import dataclass

from django.utils.translation import gettext, ngettext

from alongside.kit.words import people_date
from alongside.network.models import School
from alongside.surveys import schooldays
from alongside.surveys.models import Wave


@dataclass(frozen=True, slots=True)
class Letter:
    subject: str
    text: str


def invitation(wave: Wave, school: School, name: str, link: str) -> Letter:
    """One person's own link to a pulse."""
    asked = wave.pulse
    closing = people_date(schooldays.local_day(wave.closes_at, wave.organisation.zone))
    minutes = ngettext("About a minute, on any phone", "About %(minutes)s minutes, on any phone", asked.minutes)
    parts = [
        gettext("Hello %(name)s,") % {"name": name},
        f"{gettext(asked.question)} {gettext(asked.intro)}",
        gettext("%(minutes)s, without signing in:") % {"minutes": minutes % {"minutes": asked.minutes}},
        link,
        gettext("This link is yours alone and works once. It is open until %(day)s.") % {"day": closing}
        + "\n"
        + gettext(
            "Confidential until then, anonymous after. No leader, chair or officer ever sees who answered, or one person’s answers."
        )
        + "\n"
        + gettext("Never used for appraisal, pay or competence."),
        gettext("%(network)s asks %(school)s with Alongside.")
        % {"network": wave.organisation.name, "school": school.name},
    ]
    text = "\n\n".join(parts) + "\n"
    return Letter(gettext(asked.question), text)
