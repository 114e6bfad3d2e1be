"""What happens in a random network: pulses are asked, answered and sealed one after the other, a hall is asked, earlier results
are brought in, replies are posted, figures lent. All of it through the product's own actions, at the hours of a made-up clock."""

import datetime
import itertools
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from django.utils import timezone

from alongside.bench.stage.auditing.truth import CANT_SAY, Ratings, Round, Row, Survey, Voted
from alongside.bench.stage.auditing.world import LARGE, WINDS, World
from alongside.bench.stage.filling import NETWORK
from alongside.bench.stage.pulses import letters_sent
from alongside.kit.errors import Refused
from alongside.kit.tabular import write_csv
from alongside.network import actions as network_actions
from alongside.network.models import Cluster, Organisation
from alongside.people.models import StaffEntry
from alongside.science.disclosure import K_DISTRIBUTION, K_SCORE
from alongside.surveys import accept, actions, audiences, breakdowns, reads, seal, tickets
from alongside.surveys.actions.fitting import people_asked, taking_part
from alongside.surveys.audiences import STAFF
from alongside.surveys.models import Owed, Past, RosterEntry, Wave, WaveSchool
from alongside.surveys.past import actions as past_actions
from alongside.surveys.past import standing
from alongside.surveys.past.matching import APART, Choices
from alongside.surveys.past.tallyfile import COLUMNS
from alongside.surveys.rooms import closing, door, taking

DAY = datetime.timedelta(days=1)
OPEN_FOR = 7 * DAY
CODES = ("K7MPQR", "K7MPQT", "K7MPQV")  # of sessions in a hall: drawn anew they would differ where nothing else does
ANSWERING = (0, 1, 2, 3, 4, 4, 5, 7, 9, 11, 14, 24)  # people of a school, at most
IN_LARGE = (7, 45, 60, 66)  # the same where a breakdown may show something
HALL = "the hall"
LABELS = ["1", "2", "3", "4", "5", CANT_SAY]

type Rows = Mapping[str, Mapping[str, Sequence[Row]]]  # key of a survey → school → what its people answer


@dataclass(slots=True)
class Clock:
    """The time that the product is told."""

    now: datetime.datetime
    codes: Iterator[str] = field(default_factory=lambda: iter(CODES))

    def wait(self, days: float) -> None:
        self.now += days * DAY


@contextmanager
def clock() -> Iterator[Clock]:
    """A time that stands still unless it is told to go on; words like "in ten minutes" must not tell two worlds apart."""
    kept = Clock(timezone.now().replace(hour=12, minute=0, second=0, microsecond=0))
    with (
        mock.patch.object(timezone, "now", side_effect=lambda: kept.now),
        mock.patch.object(door, "new_code", side_effect=lambda: next(kept.codes)),
    ):
        yield kept


@dataclass(slots=True)
class Story:
    """What came of it. told: what people answer, where it is not drawn but known (key → school → rows)."""

    world: World
    dice: random.Random
    clock: Clock
    told: Rows
    surveys: dict[str, Survey] = field(default_factory=dict)
    waves: list[Wave] = field(default_factory=list)
    rooms: list[tuple[int, Organisation]] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)  # of rooms
    pasts: list[int] = field(default_factory=list)
    past_day: datetime.date = datetime.date.min
    rounds: list[Round] = field(default_factory=list)
    votes: list[Voted] = field(default_factory=list)


def live(world: World, seed: int, clock: Clock, told: Rows, more: Callable[[Story], None]) -> Story:
    """Let all of it happen; ends today. more: what is asked of several seats, and voted on."""
    story, end = Story(world, random.Random(seed), clock, told), clock.now
    clock.now, clock.codes = end - 250 * DAY, iter(CODES)
    _bring_past(story)
    for turn in range(story.dice.choice((2, 2, 3, 3, 5))):
        over(story, _asked(story, world.owner, "lead", breakdown=turn == 0))
        if turn == 0:
            over(story, _asked(story, world.owner, "well", audience="teachers"))
        clock.wait(25)
    for each in (_in_the_other, _in_a_cluster, _in_a_school):
        each(story)
    more(story)
    _lend(story)
    clock.now = end - 2 * DAY
    _open_now(story)
    clock.now = end - DAY / 2
    for network in world.networks.values():
        _hall(story, network, None)
    clock.now = end
    return story


def _asked(
    story: Story,
    owner: Organisation,
    pulse: str,
    *,
    cluster: Cluster | None = None,
    audience: str = "staff",
    breakdown: bool = False,
) -> Wave | None:
    """A pulse that is open now; None where too few can be asked. breakdown: by kind of job, where that can be shown."""
    cut = ""
    if breakdown:
        people = people_asked([school.pk for school in taking_part(owner, cluster)])
        cut = "" if breakdowns.against(STAFF, people) else audiences.JOB
    now = story.clock.now
    try:
        wave = actions.ask(owner, pulse, now, now + OPEN_FOR, cluster=cluster, audience=audience, breakdown=cut)
    except Refused:
        return None
    actions.open_wave(wave.pk)
    letters_sent()
    return Wave.objects.select_related("series", "organisation").get(pk=wave.pk)


def answered(story: Story, wave: Wave) -> None:
    """Those who were asked by letter answer, or some of them."""
    key, audience = tickets.read_key(wave.pk), wave.series.audience
    survey = survey_of(story, wave)
    names = {school.pk: name for name, school in story.world.schools.items()}
    jobs = dict(StaffEntry.objects.current().values_list("person_id", "job"))
    roster = RosterEntry.objects.filter(wave=wave).order_by("pk").values_list("school_id", "person_id")
    asked: dict[str, list[int]] = {}
    for school, person in roster:
        asked.setdefault(names[school], []).append(person)
    for name, people in asked.items():
        kinds = [audiences.kind_of(jobs[person]) for person in people]
        survey.rows[name] = _rows(story, survey, name, kinds)
        for row in survey.rows[name]:
            accept.accept(wave.pk, tickets.token(key, people[row.at], audience), row.ratings, f"Remark of {name}")


def over(story: Story, wave: Wave | None, answer: Callable[[Story, Wave], None] = answered) -> None:
    """Answered, closed and sealed; a few days later some schools have replied."""
    if wave is None:
        return
    answer(story, wave)
    story.clock.wait(OPEN_FOR / DAY)
    seal.seal(wave.pk)
    reads.forget()
    story.clock.wait(1)
    story.waves.append(Wave.objects.select_related("series", "organisation", "release").get(pk=wave.pk))
    _replies(story, story.waves[-1])


def survey_of(story: Story, wave: Wave) -> Survey:
    """A ledger for a wave, with its schools at home where they were frozen."""
    home: dict[str, list[str]] = {}
    invited = {}
    for entry in WaveSchool.objects.filter(wave=wave).select_related("school", "cluster"):
        home.setdefault(entry.cluster.name if entry.cluster else "", []).append(entry.school.name)
        invited[entry.school.name] = entry.invited
    items = {item.id: number for number, item in enumerate(wave.pulse.items, 1)}
    whole = wave.organisation == story.world.owner and not wave.series.cluster_id
    asked = {name: [each for each in of if each in invited] for name, of in story.world.groupings.items() if whole}
    groupings = {name: of for name, of in asked.items() if len(of) > 1}
    survey = Survey(f"wave:{wave.pk}", items, home, {name: [] for name in invited}, wave.k_scores, invited, groupings)
    story.surveys[survey.key] = survey
    return survey


def _rows(story: Story, survey: Survey, school: str, kinds: Sequence[str]) -> list[Row]:
    """What people of a school answer: as many as the dice say, some of whom skip statements or can't say."""
    count = min(len(kinds), story.dice.choice(IN_LARGE if len(kinds) >= LARGE else ANSWERING))
    picked = sorted(story.dice.sample(range(len(kinds)), count))
    drawn = [Row(kinds[at], sheet(survey.items, story.dice), at) for at in picked]
    return list(story.told.get(survey.key, {}).get(school, drawn))


def sheet(items: Iterable[str], dice: random.Random) -> Ratings:
    """What one person answers, drawn; some statements are skipped."""
    return {item: dice.randint(1, 5) if dice.random() > 0.08 else CANT_SAY for item in items if dice.random() > 0.05}


def _replies(story: Story, wave: Wave) -> None:
    """Some schools say what they will do, so that none is held back all the time."""
    item = next(iter(story.surveys[f"wave:{wave.pk}"].items))
    words = actions.ReplyText("do", "We heard you.", "We keep the planning time.", item, None)
    for owed in Owed.objects.filter(wave=wave, school__isnull=False).select_related("school").order_by("school"):
        if owed.school and story.dice.random() < 0.6:
            actions.post_reply(wave, owed.school, words, story.world.heads[owed.school.name])


def _in_the_other(story: Story) -> None:
    """The other network asks as well, at the shared school too."""
    for name, network in story.world.networks.items():
        if name != NETWORK:
            over(story, _asked(story, network, "lead"))


def _in_a_cluster(story: Story) -> None:
    """A chair asks one cluster by itself."""
    wind = story.dice.choice(sorted(story.world.home[NETWORK]))
    over(story, _asked(story, story.world.owner, "well", cluster=story.world.clusters[wind]))


def _in_a_school(story: Story) -> None:
    """A head asks the own staff."""
    name = story.dice.choice(sorted(story.world.home[NETWORK][WINDS[0]]))
    over(story, _asked(story, network_actions.make_organisation(story.world.schools[name]), "lead", breakdown=True))


def _hall(story: Story, owner: Organisation, cluster: Cluster | None) -> None:
    """A session in a hall; enough answer it, or too few."""
    officer = story.world.people[f"officer of {owner.name}"]
    room = actions.open_room(owner, "well", 30, cluster=cluster, by=officer)
    items = {item.id: number for number, item in enumerate(room.pulse.items, 1)}
    survey = Survey(f"room:{room.pk}", items, {"": [HALL]}, {}, K_DISTRIBUTION, {HALL: 30})
    count = story.dice.choice((4, 9, 10, 13, 24))
    drawn = [Row("", sheet(items, story.dice), at) for at in range(count)]
    survey.rows[HALL] = list(story.told.get(survey.key, {}).get(HALL, drawn))
    for row in survey.rows[HALL]:
        taking.take(room.pk, door.new_number(room.pk), row.ratings)
    actions.close_room(room, officer)
    closing.seal(room.pk)
    story.surveys[survey.key] = survey
    story.rooms.append((room.pk, owner))
    story.codes.append(room.code)


def _lend(story: Story) -> None:
    """Some schools lend their figures to others, and some keep them from their own staff."""
    for wave in story.waves[:2]:
        for name in sorted({name for inside in story.surveys[f"wave:{wave.pk}"].home.values() for name in inside}):
            whom = {kind for kind in ("cluster", "network", "kept") if story.dice.random() < 0.4}
            actions.share(wave.series, story.world.schools[name], whom, story.world.heads[name])
    for wave in story.waves:
        name = wave.organisation.name
        if name in story.world.schools:  # a pulse of its own, lent to a network or to none
            networks = [
                n for of, n in story.world.networks.items() if name in itertools.chain(*story.world.home[of].values())
            ]
            lent = [network for network in networks if story.dice.random() < 0.7]
            actions.share(wave.series, story.world.schools[name], set(), story.world.heads[name], lent)


def _open_now(story: Story) -> None:
    """One pulse is open while everybody looks."""
    wave = _asked(story, story.world.owner, "well")
    if wave is not None:
        answered(story, wave)
        story.waves.append(wave)
        actions.refresh_participation()


def _bring_past(story: Story) -> None:
    """A file of earlier results: one statement that is ours, one that is not."""
    day = (story.clock.now - 200 * DAY).date()
    story.past_day, home = day, story.world.home[NETWORK]
    names = [name for inside in home.values() for name in inside]
    items = {"lead.1": 1, "Earlier words": 7}
    drawn = {
        name: [Row("", sheet(items, story.dice), at) for at in range(story.dice.choice((0, 3, 4, 6, 12, 25)))]
        for name in names
    }
    officer = story.world.people[f"officer of {NETWORK}"]
    key = "past:1"
    rows = {name: list(story.told.get(key, {}).get(name, found)) for name, found in drawn.items()}
    lines = [_tallied(story.world, name, item, day, rows[name]) for name in names for item in items if rows[name]]
    past = _brought(story.world.owner, officer, [COLUMNS, *lines])
    if past is not None:
        story.surveys[f"past:{past.pk}"] = Survey(f"past:{past.pk}", items, home, rows, K_SCORE)
        story.pasts.append(past.pk)


def _tallied(world: World, name: str, item: str, day: datetime.date, rows: Sequence[Row]) -> Sequence[object]:
    """One line of the form for earlier results."""
    said = [str(row.ratings.get(item, "")) for row in rows]
    return (
        world.schools[name].numbers.get().number,
        "",
        item,
        day.isoformat(),
        *(said.count(label) for label in LABELS),
    )


def _brought(owner: Organisation, by: Any, rows: Sequence[Sequence[object]]) -> Past | None:
    """Brought in, matched and applied; None where nothing of it may stand."""
    try:
        past = past_actions.bring(write_csv(rows), "earlier.csv", owner, by, instrument="lead", day=None)
        found = past.found["statements"]
        ours = ["lead.1" if text == "lead.1" else APART for text in found]
        seen = standing.digest(past_actions.decide(past, Choices(ours, past.choices["schools"], [LABELS])))
        past_actions.apply(past, seen, by.pk)
    except Refused:
        return None
    return past
