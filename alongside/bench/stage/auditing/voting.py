"""Things to work on, and a vote on them that was cast elsewhere: everybody in it is one group, of ten or more."""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from alongside.bench.stage.auditing.story import Story
from alongside.bench.stage.auditing.truth import Voted
from alongside.bench.stage.filling import NETWORK
from alongside.bench.stage.reading import Page, Said
from alongside.goals import actions
from alongside.science.disclosure import FINE_FROM, K_DISTRIBUTION
from alongside.science.results import nearest

THINGS = ("Time to plan", "Marking", "Corridors", "Cover")
VOTERS = (10, 13, 19, 20, 31)


def voted(story: Story) -> None:
    """Everything is proposed, and voted on: ranked by each person in some order."""
    officer = story.world.people[f"officer of {NETWORK}"]
    for thing in THINGS:
        actions.propose(story.world.owner, None, thing, "Said in many rooms.", by=officer.pk)
    count = story.dice.choice(VOTERS)
    numbers = list(range(1, len(THINGS) + 1))
    orders = tuple((1, tuple(story.dice.sample(numbers, len(numbers)))) for _ in range(count))
    header = [
        str(len(THINGS)),
        *(f"{number},{name}" for number, name in enumerate(THINGS, 1)),
        f"{count},{count},{count}",
    ]
    lines = [",".join(map(str, (times, *order))) for times, order in orders]
    data = ("\n".join([*header, *lines]) + "\n").encode()
    made = actions.bring_vote(data, "vote.soc", "What first?", story.world.owner, None, officer)
    actions.apply_vote(made, by=officer.pk)
    story.votes.append(Voted(made.pk, THINGS, orders))


def faults(story: Story, pages: Mapping[tuple[str, str], Page]) -> list[str]:
    """What pages say of votes that does not follow from all votes together."""
    known = {f"vote:{vote.pk}": set(_known(vote)) for vote in story.votes}
    return [
        f"{who} on {path}: {said} does not follow"
        for (who, path), page in pages.items()
        for said in page.said
        if page.survey in known and said not in known[page.survey]
    ]


def _known(vote: Voted) -> Iterator[Said]:
    voters = sum(times for times, _ in vote.orders)
    if voters < K_DISTRIBUTION:
        return
    yield Said("voters", 0, "", (voters, len(vote.things)))
    shares = {item: _share(vote, item, voters) for item in range(1, len(vote.things) + 1)}
    for item, share in shares.items():
        for place in range(1, len(vote.things) + 1):
            yield Said("share", item, str(place), (nearest(share, 1 if voters >= FINE_FROM else 5),))


def _share(vote: Voted, item: int, voters: int) -> Fraction:
    """How often it stands before another, in 100 times."""
    others = len(vote.things) - 1
    wins = sum(times * (others - order.index(item)) for times, order in vote.orders)
    return Fraction(100 * wins, voters * others)
