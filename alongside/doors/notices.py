"""What each package announces to a person, in one list."""

import datetime

from alongside.evidence import notices as evidence
from alongside.kit.notices import Notice
from alongside.people import notices as people
from alongside.people.reads import Standing
from alongside.surveys import notices as surveys

AT_MOST = 12


def gathered(standing: Standing, since: datetime.datetime) -> list[Notice]:
    """What needs me first, then the newest; at most twelve lines."""
    waves = surveys.open_waves(standing, **evidence.read_along(standing))
    found = [
        *surveys.notices(standing, since, waves),
        *evidence.notices([entry.wave for entry in waves], since),
        *people.notices(standing, since),
    ]
    return sorted(found, key=lambda notice: (not notice.needs_me, -notice.when.timestamp(), notice.text))[:AT_MOST]
