"""What the schools of the story say of themselves, whom they ask, who works with them, and when they rest."""

import datetime
from collections.abc import Iterator
from functools import partial

from alongside.calendar import actions as calendar_actions
from alongside.calendar import presets
from alongside.demo import story
from alongside.demo.cast import Cast
from alongside.demo.moments import FOUNDED, Event, at, day
from alongside.demo.reads import email_of
from alongside.network import actions as network_actions
from alongside.network.models import Cluster, Joining, Pause, ProfileAnswer, School
from alongside.people import actions as people_actions
from alongside.people.models import GroupMember, Invitation, Partner, PartnerPerson, Person, StaffEntry
from alongside.surveys import schooldays


def told(cast: Cast) -> Iterator[Event]:
    """All that was said and set up beside the pulses."""
    yield from _terms(cast)
    yield from _profile(cast)
    for name, (strengths, wishes) in story.OFFERS.items():
        school, head = cast.schools[name], cast.heads[name]
        yield at(150), partial(network_actions.state_offers, school, strengths, wishes, by=head.pk)
    for days_ago, group in zip((320, 110), story.GROUPS, strict=True):
        yield at(days_ago), partial(_group, cast, *group, at(days_ago).date())
    yield from _pathway(cast)
    yield at(FOUNDED), partial(_partner, cast)
    yield from _waiting(cast)


def _pathway(cast: Cast) -> Iterator[Event]:
    for back, (days_ago, flows) in enumerate(zip((60, 380), story.FLOWS, strict=True), start=1):
        year = datetime.date.today().year - back
        rows = [(cast.schools[source], cast.schools[target], year, count) for source, target, count in flows]
        yield at(days_ago), partial(network_actions.enter_flows, cast.network, rows, by=cast.officer.pk)


def _terms(cast: Cast) -> Iterator[Event]:
    """The last school year, this and the next, as they typically are; training days, a busy week ahead, mock exams."""
    year = presets.school_year("gb", datetime.date.today())
    for days_ago, each in ((FOUNDED, year - 1), (300, year), (40, year + 1)):
        given = {slot: (slot.first, slot.last) for slot in presets.typical("gb", each)}
        yield at(days_ago), partial(calendar_actions.save_year, cast.network, each, given, [], by=cast.officer.pk)
    for owner, kind, name, ahead, length in story.DAYS:
        first = schooldays.before_or_on(day(-ahead))
        organisation, by = (
            (cast.schools[owner].organisation, cast.heads[owner]) if owner else (cast.network, cast.officer)
        )
        assert organisation is not None
        last = first + datetime.timedelta(days=length - 1)
        yield at(25), partial(calendar_actions.add_span, organisation, kind, name, first, last, by=by.pk)


def _profile(cast: Cast) -> Iterator[Event]:
    """Two versions of each answer: by the officer more than a year ago, and by the chair last month."""
    avon = cast.cluster("avon-cluster")
    for question, texts in story.PROFILE.items():
        for text, days_ago, by in zip(texts, (400, 30), (cast.officer, cast.chair), strict=True):
            if text:
                yield at(days_ago), partial(_write, avon, question, text, by, at(days_ago))


def _write(cluster: Cluster, question: str, text: str, by: Person, moment: datetime.datetime) -> None:
    seen = ProfileAnswer.objects.filter(cluster=cluster, question=question).count()
    answer = network_actions.write_answer(cluster, question, text, seen=seen, by=by.pk)
    ProfileAnswer.objects.filter(pk=answer.pk).update(written_at=moment)


def _group(cast: Cast, name: str, purpose: str, members: tuple[str, ...], since: datetime.date) -> None:
    group = people_actions.make_group(cast.network, name, purpose, by=cast.officer)
    for school in members:
        somebody = StaffEntry.objects.filter(school=cast.schools[school]).order_by("pk").select_related("person")[3]
        people_actions.join_group(group, somebody.person.email or "", by=cast.officer)
    GroupMember.objects.filter(group=group).update(since=since)


def _partner(cast: Cast) -> None:
    """The university whose lecturer coaches the Avon cluster."""
    name, kind, contact = story.PARTNER
    partner = people_actions.add_partner(cast.network, name, kind, contact, cast.officer)
    people_actions.add_partner_person(partner, email_of("coach"), story.COACH, cast.officer)
    Partner.objects.filter(pk=partner.pk).update(since=at(FOUNDED).date())
    PartnerPerson.objects.filter(partner=partner).update(since=at(FOUNDED).date())


def _waiting(cast: Cast) -> Iterator[Event]:
    """What waits for somebody today: a school that asks, a coach who is invited, a school that is left in peace."""
    yield at(6), partial(_ask, cast, *story.QUESTION, at(6))
    yield at(4), partial(_invite, cast, at(4))
    yield at(story.PAUSED_DAYS_AGO, 8), partial(_pause, cast.schools[story.PAUSED], cast.heads[story.PAUSED])


def _ask(cast: Cast, school: str, words: str, moment: datetime.datetime) -> None:
    avon, by = cast.cluster("avon-cluster"), cast.heads[school].pk
    asked = network_actions.ask_to_join(cast.network, avon, cast.schools[school], words, by=by)
    Joining.objects.filter(pk=asked.pk).update(asked_at=moment)


def _invite(cast: Cast, moment: datetime.datetime) -> None:
    (name, email), brede = story.INVITED, cast.cluster("brede-cluster")
    invitation, _ = people_actions.invite("coach", cast.network, email, name, by=cast.officer, cluster=brede)
    back = invitation.sent_at - moment
    Invitation.objects.filter(pk=invitation.pk).update(sent_at=moment, expires_at=invitation.expires_at - back)


def _pause(school: School, head: Person) -> None:
    assert school.organisation is not None
    held = network_actions.pause(school, school.organisation, day(-story.PAUSED_DAYS_MORE), head.pk)
    Pause.objects.filter(pk=held.pk).update(since=at(story.PAUSED_DAYS_AGO, 8))
