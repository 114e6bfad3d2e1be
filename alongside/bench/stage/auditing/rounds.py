"""Coherence rounds in a random network: leaders say how they see it, teams answer letters and students slips, schools say yes
or not. All of it through the product's own actions; who said what stands in the audit's own ledger."""

from collections.abc import Iterator

from alongside.bench.stage.auditing.story import OPEN_FOR, Story, over, sheet, survey_of
from alongside.bench.stage.auditing.truth import CANT_SAY, Leader, Ratings, Round, Row
from alongside.bench.stage.filling import NETWORK
from alongside.bench.stage.pulses import letters_sent
from alongside.evidence import actions
from alongside.evidence.actions import Hours
from alongside.evidence.models import MapRound
from alongside.evidence.statements import STATEMENTS, STUDENTS, TEAMS, USUAL
from alongside.kit.errors import Refused
from alongside.kit.models import Progress
from alongside.network import actions as network_actions
from alongside.network.models import Cluster, School
from alongside.people import actions as people_actions
from alongside.people.models import Person
from alongside.surveys import accept, codes, tickets
from alongside.surveys import actions as surveys_actions
from alongside.surveys.models import SlipSheet, Wave, WaveSchool

ROLL = 40  # students of each school, as the register has it
CLASS = (0, 4, 9, 10, 13, 19, 26)  # students of a school who are given slips
AGAIN = 0.4  # of rounds have one before them


def held(story: Story) -> None:
    """A round of the network or of a cluster in it, sometimes a second one after it; none where too few can be asked."""
    School.objects.filter(pk__in=[school.pk for school in story.world.schools.values()]).update(roll=ROLL)
    leaders = _leaders(story)
    wind = story.dice.choice(["", "", "", *story.world.home[NETWORK]])
    cluster = story.world.clusters[wind] if wind else None
    before = None
    for _ in range(1 + (story.dice.random() < AGAIN)):
        before = _held(story, cluster, leaders, before) or before


def _leaders(story: Story) -> dict[str, list[Person]]:
    """The head of each school, and in half of them somebody who leads it as well."""
    found = {}
    for name, school in sorted(story.world.schools.items()):
        found[name] = [story.world.heads[name]]
        if story.dice.random() < 0.5:
            where, email = network_actions.make_organisation(school), f"deputy.{name.lower()}@riverway.example"
            found[name].append(people_actions.grant_role("leader", where, email, "Anna Bevan", school=school).person)
    return found


def _held(
    story: Story, cluster: Cluster | None, leaders: dict[str, list[Person]], before: Round | None
) -> Round | None:
    made = _started(story, cluster)
    if made is None:
        return None
    home = {name: wind for wind, inside in story.world.home[NETWORK].items() for name in inside}
    inside = {name: wind for name, wind in home.items() if cluster is None or wind == cluster.name}
    asked = Round(made.pk, {each.id: number for number, each in enumerate(made.asks, 1)}, inside, before)
    story.rounds.append(asked)
    _say(story, made, asked, leaders)
    for seat in made.seats.order_by("pk").values_list("seat", "wave"):
        _seat(story, asked, *seat)
    for name in sorted(inside):
        if story.dice.random() < 0.6:
            asked.yes.add(name)
            actions.share(made, story.world.schools[name], shared=True, by=story.world.heads[name].pk)
    for key in asked.seats.values():
        story.surveys[key].kept = frozenset(inside) - asked.yes
    return asked


def _started(story: Story, cluster: Cluster | None) -> MapRound | None:
    """With students where they can be asked as well."""
    asks = [each.id for each in STATEMENTS[: story.dice.choice((USUAL, len(STATEMENTS)))]]
    first = story.clock.now
    teams: Hours = (first, first + OPEN_FOR)
    after = first + OPEN_FOR + OPEN_FOR / 7
    officer = story.world.people[f"officer of {NETWORK}"]
    for hours in ({TEAMS: teams, STUDENTS: (after, after + OPEN_FOR)}, {TEAMS: teams}):
        try:
            return actions.start(story.world.owner, asks, hours, cluster=cluster, by=officer)
        except Refused:
            continue
    return None


def _say(story: Story, made: MapRound, asked: Round, leaders: dict[str, list[Person]]) -> None:
    """Most leaders say how they see it; not each agrees that others see it."""
    for name in sorted(asked.home):
        told = {row.at: row for row in story.told.get(asked.views, {}).get(name, ())}
        for at, person in enumerate(leaders[name]):
            drawn = Row("", dict(_view(story, asked)), at)
            speaks, agreed = story.dice.random() < 0.85, story.dice.random() < 0.75
            if speaks:
                row = told.get(at, drawn)
                asked.leaders.setdefault(name, []).append(Leader(at, agreed, row))
                school = story.world.schools[name]
                actions.keep_view(made, school, person, row.ratings, head=at == 0, agreed=agreed)


def _view(story: Story, asked: Round) -> Iterator[tuple[str, int | str]]:
    """Something to each statement."""
    for item in asked.asks:
        yield item, sheet([item], story.dice).get(item, CANT_SAY)


def _seat(story: Story, asked: Round, seat: str, wave: int) -> None:
    """One seat is asked, answers, and is published."""
    made = Wave.objects.get(pk=wave)
    story.clock.now = max(story.clock.now, made.opens_at)
    surveys_actions.open_wave(wave)
    letters_sent()
    opened = Wave.objects.select_related("series", "organisation").get(pk=wave)
    over(story, opened, *([_by_slips] if seat == STUDENTS else []))
    asked.seats[seat] = f"wave:{wave}"
    story.surveys[f"wave:{wave}"].mapped = True


def _by_slips(story: Story, wave: Wave) -> None:
    """Each school has slips made for a class, whose students answer, or some of them."""
    officer = story.world.people[f"officer of {NETWORK}"]
    survey = survey_of(story, wave)
    for name in sorted(survey.rows):
        count = story.dice.choice(CLASS)
        coming = story.dice.randint(count * 3 // 4, count)
        drawn = [Row("", _drawn(story, survey.items), at) for at in range(coming)]
        survey.rows[name] = list(story.told.get(survey.key, {}).get(name, drawn))
        if not count:
            continue
        sheet_of = surveys_actions.order_slips(wave, story.world.schools[name], count, story.world.heads[name], "Oak")
        surveys_actions.decide_slips(sheet_of, officer, confirmed=True)
        surveys_actions.make_slips(Progress.objects.latest("pk").pk, draw=lambda *_: b"a sheet that nobody prints")
        tokens = _tokens(SlipSheet.objects.get(pk=sheet_of.pk))
        for row, token in zip(survey.rows[name], tokens, strict=False):
            accept.accept(wave.pk, token, row.ratings)
    invited = WaveSchool.objects.filter(wave=wave).values_list("school__name", "invited")
    survey.invited.update(dict(invited))


def _drawn(story: Story, items: dict[str, int]) -> Ratings:
    return sheet(items, story.dice)


def _tokens(sheet_of: SlipSheet) -> list[str]:
    """What the codes of a sheet open."""
    key, wave = codes.read_key(sheet_of.wave_id), sheet_of.wave_id
    found = codes.of_sheet(tickets.read_key(wave), sheet_of.first or 0, sheet_of.count)
    return [codes.token(key, wave, code) for code in found]
