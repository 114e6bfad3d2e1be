"""What people of the story wrote themselves: a pulse of the trust's own, and a leadership team's view of itself."""

import datetime
from collections.abc import Iterator
from functools import partial

from alongside.demo import story
from alongside.demo.cast import Cast
from alongside.demo.moments import Event, at
from alongside.surveys import actions
from alongside.surveys.models import OwnInstrument, SelfCheck
from alongside.surveys.selfcheck import LINES
from alongside.surveys.wording import THINK, Line, Wording


def told(cast: Cast) -> Iterator[Event]:
    """The pulse waits to be asked; the self-check came two days after the pulse on leading, and is shared."""
    yield at(12), partial(_write, cast, at(12))
    met = at(story.LEADING_CLOSED_DAYS_AGO - 2, 16)
    yield met, partial(_check, cast, met)


def _write(cast: Cast, moment: datetime.datetime) -> None:
    name, question, comment, statements = story.OWN_PULSE
    words = Wording(name, question, THINK[2], comment, tuple(Line(text, about) for about, text in statements))
    own = actions.write_pulse(cast.network, words, by=cast.officer.pk)
    OwnInstrument.objects.filter(pk=own.pk).update(changed_at=moment)


def _check(cast: Cast, moment: datetime.datetime) -> None:
    name, numbers, note = story.SELF_CHECK
    school, head = cast.schools[name], cast.heads[name].pk
    agreed = {line.id: number for line, number in zip(LINES, numbers, strict=True)}
    check = actions.keep_self_check(school, moment.date(), agreed, note, by=head)
    actions.share_self_check(check, shared=True, by=head)
    SelfCheck.objects.filter(pk=check.pk).update(changed_at=moment, shared_at=moment)
