"""What each of the six doors shows to one member: gathered from the packages below."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from alongside.calendar.reads import school_days_of
from alongside.doors.beginning import Step, first_steps
from alongside.evidence import reads as evidence_reads
from alongside.goals import planning
from alongside.goals.models import Action
from alongside.kit.words import NUMBERS, in_days, people_date
from alongside.network import pauses
from alongside.network import rules as network_rules
from alongside.network.models import Organisation
from alongside.people.reads import Membership, Standing
from alongside.surveys import owing, reads, releases, results, rules
from alongside.surveys.models import Reply, Wave

AT_MOST = 3
FRESH, RECENT = datetime.timedelta(days=7), datetime.timedelta(days=21)


@dataclass(frozen=True, slots=True)
class Attention:
    """One thing that needs me: what happened, why it matters, the verb."""

    title: str
    why: str
    verb: str
    url: str


@dataclass(frozen=True, slots=True)
class Line:
    """A dated line."""

    when: datetime.date | datetime.datetime
    text: str
    url: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class TodayPage:
    """All that the template of Today may use."""

    greeting: str
    date: str
    attention: list[Attention]
    since: list[Line]
    ahead: list[Line]
    came_of_it: list[Reply]
    steps: list[Step]  # while this place is being set up
    paused: list[str]  # which schools are left in peace, for those who may know
    held: list[owing.HeldSchool]  # which schools an open pulse leaves out, for those who may know

    @property
    def steps_done(self) -> int:
        return sum(step.done for step in self.steps)

    @property
    def share_done(self) -> int:
        """Of the first steps, in percent."""
        return round(100 * self.steps_done / len(self.steps))

    @property
    def next_step(self) -> Step | None:
        return next((step for step in self.steps if not step.done), None)


def today(organisation: Organisation, member: Membership, standing: Standing) -> TodayPage:
    """At most three things that need me, then what changed, then what comes."""
    around = _organisations(organisation, standing)
    at_school = organisation.kind == Organisation.Kind.SCHOOL
    replies = _replies_to_me(member) if at_school or not rules.sees_at_close(member) else []
    replied = {reply.wave_id for reply in replies}
    recent = _seen(reads.recent_results(around, timezone.now() - RECENT), member, replied)
    work = [(entry.school_id, entry.job) for entry in standing.staff if entry.school_id in member.schools_staffed]
    waves = reads.open_waves(around, work, **evidence_reads.read_along(member.person_id, member.schools_led))
    steps = _steps(organisation, member, recent)
    silence = pauses.silencing(standing.pauses)
    attention = _attention(organisation, member, standing, around, recent, waves, silence)[:AT_MOST]
    return TodayPage(
        greeting=_welcome(steps) if steps and not attention else _greeting(len(attention)),
        date=people_date(timezone.localdate()),
        attention=attention,
        since=[_closed(wave) for wave in recent][:5],
        ahead=[_wave_ahead(entry) for entry in waves][:6],
        came_of_it=replies[:1] if at_school else [],
        steps=steps,
        paused=_paused(organisation, member, standing),
        held=owing.held_now([entry.wave for entry in waves if entry.leaves_out], member),
    )


def _organisations(organisation: Organisation, standing: Standing) -> set[int]:
    """Whose pulses concern me here: the place itself, and for a school the networks it belongs to."""
    if organisation.kind == Organisation.Kind.NETWORK:
        return {organisation.pk}
    here = {entry.school_id for entry in standing.staff if entry.organisation_id == organisation.pk}
    here |= {role.school_id for role in standing.roles if role.organisation_id == organisation.pk and role.school_id}
    return {organisation.pk, *(network.pk for school in here for network in standing.networks.get(school, []))}


def _greeting(count: int) -> str:
    hour = timezone.localtime().hour
    part = "Good morning" if hour < 12 else "Good afternoon" if hour < 18 else "Good evening"
    if not count:
        return f"{part}. Nothing needs you."
    return f"{part}. {NUMBERS[count].capitalize()} {'thing needs' if count == 1 else 'things need'} you."


def _welcome(steps: list[Step]) -> str:
    return f"Welcome. Your first hour, in {NUMBERS[len(steps)]} steps"


def _attention(
    organisation: Organisation,
    member: Membership,
    standing: Standing,
    around: set[int],
    recent: list[Wave],
    waves: list[reads.OpenWave],
    silence: Silence,
) -> list[Attention]:
    here = [owed for owed in owing.owed_replies(standing, around) if _of_this_place(owed, organisation)]
    waiting = [owed for owed in here if not _rested(silence, owed)]
    found = [_owed(owed) for owed in sorted(waiting, key=lambda owed: owed.due or datetime.date.max)]
    if organisation.kind == Organisation.Kind.NETWORK and rules.sees_at_close(member) and not _rests(member, silence):
        found += [_fresh(wave, member) for wave in recent if wave.closes_at >= timezone.now() - FRESH][:1]
    views = [(entry.wave, view) for entry in waves if (view := evidence_reads.wanted_by(entry.wave))]
    found += [_view_wanted(view) for wave, view in views if not _silent(silence, view.school, wave)]
    asking = [entry.wave for entry in waves if entry.asks_me]
    found += [_open(wave) for wave in asking if not _all_silent(silence, member.schools_staffed, wave)]
    return found


def _fresh(wave: Wave, member: Membership) -> Attention:
    title = f"The {_month(wave)} results are in: {results.headline(wave, member)}"
    name = wave.pulse.name
    return Attention(title, f"{name}, {_answered(wave)}.", "Look at them", _results(wave))


def _view_wanted(each: evidence_reads.Wanted) -> Attention:
    why = f"{each.statements} statements, two minutes, alone and by name among your leaders."
    return Attention(
        f"How do you see {each.name}?", f"{why} Until {people_date(each.until)}.", "Say how I see it", each.url
    )


def _at_rest(organisation: Organisation, member: Membership, silence: Silence) -> bool:
    """Whether no deadline of this place calls: the school itself is paused, or all that I lead in the network are."""
    if organisation.kind == Organisation.Kind.NETWORK:
        return _rests(member, silence)
    return any((school, None) in silence for school in member.schools_staffed | member.schools_led)


def _due(action: Action) -> Attention:
    days = (action.due_on - timezone.localdate()).days
    when = f"It was due {in_days(days)}." if days < 0 else f"It is due {in_days(days)}."
    why = f"{when} Say how it goes in one tap, or move the day."
    return Attention(action.title, why, "Say how it goes", planning.address(action, "action"))


def _open(wave: Wave) -> Attention:
    pulse = wave.pulse
    why = "Your own link is in your letter. Nobody can see who has answered, so this line stays until the pulse closes."
    url, verb = (
        (reverse("mailbox"), "Open the mailbox") if settings.DEMO else (reverse("promises"), "How we keep it safe")
    )
    return Attention(f"{pulse.question} Open until {people_date(wave.closes_at)}", why, verb, url)


def _of_this_place(owed: owing.OwedReply, organisation: Organisation) -> bool:
    if organisation.kind == Organisation.Kind.NETWORK:
        return True
    return owed.school is not None and owed.school.organisation_id == organisation.pk


def _owed(owed: owing.OwedReply) -> Attention:
    verb = "Go on with it" if owed.drafted else "Say what we will do"
    return Attention(
        f"{owed.waiting} wait for a reply",
        f"{owed.pulse.name}, {_month(owed.wave)}. {owed.by_when} {owed.what_holds}",
        verb,
        owed.url,
    )


def _steps(organisation: Organisation, member: Membership, recent: list[Wave]) -> list[Step]:
    """The first steps, until they are done: of a network with its first pulse, of a school with its staff list in order."""
    if recent or Wave.objects.filter(organisation=organisation).exists():
        return []
    steps = first_steps(organisation, member)
    return [] if all(step.done for step in steps) else steps


def _address(organisation: Organisation) -> dict[str, str]:
    return {"kind": organisation.kind, "slug": organisation.slug}


def _month(wave: Wave) -> str:
    return f"{wave.closes_at:%B}"


def _closed(wave: Wave) -> Line:
    name = wave.pulse.name
    return Line(wave.closes_at, f"{name}: {_answered(wave)}.", _results(wave), "Results")


def _replies_to_me(member: Membership) -> list[Reply]:
    """What the leaders of the schools where I work have posted, newest first."""
    schools = sorted(member.schools_staffed | member.schools_led)
    return reads.posted_replies(member, schools) if schools else []


def _answered(wave: Wave) -> str:
    found = releases.read(wave.release).answered(releases.WHOLE)
    return f"{found.n} of {found.invited} answered" if found else "too few answered to show anything"


def _results(wave: Wave) -> str:
    return reverse("results", kwargs={**_address(wave.organisation), "pk": wave.pk})


def _wave_ahead(entry: reads.OpenWave) -> Line:
    wave = entry.wave
    name = wave.pulse.name
    url = reverse("wave", kwargs={**_address(wave.organisation), "pk": wave.pk})
    if wave.state == Wave.State.PLANNED:
        return Line(wave.opens_at, f"{name} opens", url, "Look")
    return Line(wave.closes_at, f"{name} closes: {reads.about(wave)}", url, "Look")


@dataclass(frozen=True, slots=True)
class DecidePage:
    """Replies that wait for me, and those that were given."""

    owed: list[owing.OwedReply]
    rests: list[owing.OwedReply]  # of schools that are left in peace: nobody waits for them
    posted: list[Reply]
    due: list[Attention]  # my actions here that are late or due within a week


def decide(organisation: Organisation, member: Membership, standing: Standing) -> DecidePage:
    """What people said, and what their leaders said to it."""
    waiting, rests = _waiting(organisation, standing)
    resting = _at_rest(organisation, member, pauses.silencing(standing.pauses))
    mine = [] if resting else planning.due_soon(standing.person, organisation, timezone.localdate())
    return DecidePage(waiting, rests, reads.posted_replies(member), [_due(action) for action in mine])


def _waiting(organisation: Organisation, standing: Standing) -> tuple[list[owing.OwedReply], list[owing.OwedReply]]:
    """Replies that I owe here, and those that can wait because the school is paused."""
    found = owing.owed_replies(standing, _organisations(organisation, standing))
    here = [owed for owed in found if _of_this_place(owed, organisation)]
    silence = pauses.silencing(standing.pauses)
    rests = [owed for owed in here if _rested(silence, owed)]
    return [owed for owed in here if owed not in rests], rests


def _rested(silence: Silence, owed: owing.OwedReply) -> bool:
    return owed.school is not None and _silent(silence, owed.school.pk, owed.wave)


@dataclass(frozen=True, slots=True)
class DoPage:
    """What I owe, by when; and what was promised, with what became of it as far as this member may see."""

    owed: list[owing.OwedReply]
    promises: list[tuple[Reply, str]]


def do(organisation: Organisation, member: Membership, standing: Standing) -> DoPage:
    """Replies that are owed, and what was promised, by the day on which we look."""
    waiting, _ = _waiting(organisation, standing)
    replies = reads.promises_to_look_at(reads.posted_replies(member))
    since = results.told(replies, member)
    return DoPage(waiting, [(reply, since.get(reply.pk, "")) for reply in replies])


def show(organisation: Organisation, member: Membership, standing: Standing) -> list[reads.WaveLine]:
    """Results that this member may see here, newest first."""
    around = _organisations(organisation, standing)
    waves = reads.recent_results(around, timezone.now() - datetime.timedelta(days=800))
    replied = {reply.wave_id for reply in _replies_to_me(member)}
    return [reads.wave_line(wave) for wave in _seen(waves, member, replied)]


type Silence = set[tuple[int, int | None]]  # (school, whose letters it does not get; None: nobody's)


def _silent(silence: Silence, school: int, wave: Wave) -> bool:
    """Whether a pause keeps this wave's calls from this school."""
    return not silence.isdisjoint({(school, None), (school, wave.organisation_id)})


def _all_silent(silence: Silence, schools: frozenset[int], wave: Wave) -> bool:
    return all(_silent(silence, school, wave) for school in schools)


def _rests(member: Membership, silence: Silence) -> bool:
    """A leader of paused schools only, who is nothing else here: nothing needs them."""
    more = member.officer or member.clusters_chaired or member.clusters_coached or member.schools_coached
    return not more and bool(member.schools_led) and {(school, None) for school in member.schools_led} <= silence


def _paused(organisation: Organisation, member: Membership, standing: Standing) -> list[str]:
    """Schools of the network that are left in peace, in a sentence each, for chairs and the officer."""
    if not network_rules.knows_pauses(member):
        return []
    held = pauses.visible(standing.pauses, organisation)
    others = [
        pause for school, pause in held.items() if {school} != member.schools_led
    ]  # that one stands above the page
    return [pauses.said(pause, pause.school) for pause in sorted(others, key=lambda pause: pause.school.name)]


def _seen(waves: list[Wave], member: Membership, replied: set[int]) -> list[Wave]:
    """Leaders at close; staff when their school's reply is posted, or two school days later (R11)."""
    if not waves or rules.sees_at_close(member):
        return waves
    days = school_days_of(wave.organisation for wave in waves)
    return [wave for wave in waves if wave.pk in replied or rules.everybody_sees(wave, days[wave.organisation_id])]
