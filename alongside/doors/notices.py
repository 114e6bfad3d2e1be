"""What each package announces to a person, in one list."""

import datetime

from alongside.evidence import notices as evidence
from alongside.kit.notices import Notice
from alongside.people import notices as people
from alongside.people.reads import Standing
from alongside.surveys import notices as surveys

SOURCES = (surveys.notices, evidence.notices, people.notices)
AT_MOST = 12


def gathered(standing: Standing, since: datetime.datetime) -> list[Notice]:
    """What needs me first, then the newest; at most twelve lines."""
    found = [notice for source in SOURCES for notice in source(standing, since)]
    return sorted(found, key=lambda notice: (not notice.needs_me, -notice.when.timestamp(), notice.text))[:AT_MOST]
