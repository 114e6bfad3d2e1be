"""What stands for what on the pages of a world: its places, its pulses, its statements, its months."""

from alongside.bench.stage.auditing.story import Story
from alongside.bench.stage.reading import Names
from alongside.evidence.statements import BY_ID
from alongside.network import actions as network_actions
from alongside.surveys.instruments import instrument

COHERENCE = "coh"  # begins the ids of all statements of coherence rounds


def names(story: Story) -> Names:
    """Every name that a page of this story may use."""
    world = story.world
    places = {name: f"school:{name}" for name in world.schools} | {wind: f"cluster:{wind}" for wind in world.clusters}
    slugs = {
        ("schools", network_actions.make_organisation(school).slug): f"school:{name}"
        for name, school in world.schools.items()
    }
    slugs |= {("clusters", cluster.slug): f"cluster:{wind}" for wind, cluster in world.clusters.items()}
    places |= {name: f"grouping:{name}" for name in world.groupings}
    slugs |= {("groupings", name.lower()): f"grouping:{name}" for name in world.groupings}
    return Names(
        {**places, **dict.fromkeys(world.networks, "whole")},
        {**slugs, ("all", "whole"): "whole"},
        _addresses(story),
        {key: _items(survey.items) for key, survey in story.surveys.items()} | _things(story),
        {f"wave:{wave.pk}": _months(story, wave.series_id) for wave in story.waves},
        {f"wave:{wave.pk}": _imported(story) for wave in story.waves},
        {
            f"wave:{wave.pk}": f"school:{wave.organisation.name}"
            for wave in story.waves
            if wave.organisation.name in world.schools
        },
    )


def _addresses(story: Story) -> dict[str, str]:
    found = {}
    for wave in story.waves:
        found[f"/{wave.organisation.kind[0]}/{wave.organisation.slug}/waves/{wave.pk}/"] = f"wave:{wave.pk}"
        found |= {f"/n/{network.slug}/lent/{wave.pk}/": f"wave:{wave.pk}" for network in story.world.networks.values()}
    for (room, owner), code in zip(story.rooms, story.codes, strict=True):
        found |= {f"/n/{owner.slug}/rooms/{room}/": f"room:{room}", f"/r/{code}/": f"room:{room}"}
    mine = f"/n/{story.world.owner.slug}"
    found |= {f"{mine}/maps/{asked.pk}/": asked.key for asked in story.rounds}
    found |= {f"{mine}/votes/{vote.pk}/": vote.key for vote in story.votes}
    return found | {f"{mine}/past/{past}/": f"past:{past}" for past in story.pasts}


def _items(ids: dict[str, int]) -> dict[str, int]:
    """Ids, what statements are about, and their words."""
    found = dict(ids)
    for name, number in ids.items():
        key = name.partition(".")[0]
        pulse = instrument(key) if "." in name and key != COHERENCE else None
        item = next((item for item in pulse.items if item.id == name), None) if pulse else None
        if item:
            found |= {item.about: number, item.statement: number}
    return found


def _things(story: Story) -> dict[str, dict[str, int]]:
    """What rounds ask about, in the words of leaders too, and what was voted on."""
    found = {}
    for asked in story.rounds:
        each = [(BY_ID[name], number) for name, number in asked.asks.items()]
        found[asked.key] = {words: number for one, number in each for words in (one.id, one.about, one.leader)}
    for vote in story.votes:
        found[vote.key] = {thing: number for number, thing in enumerate(vote.things, 1)}
    return found


def _months(story: Story, series: int) -> dict[str, str]:
    return {f"{w.closes_at:%b %Y}": f"wave:{w.pk}" for w in story.waves if w.series_id == series}


def _imported(story: Story) -> dict[str, str]:
    return {f"{story.past_day:%b %Y}": f"past:{past}" for past in story.pasts}
