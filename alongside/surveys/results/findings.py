"""What stands out in a wave, and the sentences that say so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.text import capfirst

from alongside.kit.words import NUMBERS, people_list
from alongside.people.reads import Membership
from alongside.surveys import releases
from alongside.surveys.instruments import Item
from alongside.surveys.models import Change, Release, Wave
from alongside.surveys.releases import GROUPING, WHOLE, Document, Score
from alongside.surveys.results.seen import View, place_name, statement_url, view

CONFIRMED, WATCH, EARLY = "Confirmed change", "Worth watching", "Too early to say"


ENOUGH_TO_HOLD = 4  # waves before anything can be compared


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that stands out: where, which statement, what to know about it."""

    place: str
    at: str  # the same as releases name it: "school:12"
    item: Item
    score: int | None
    before: str  # the score in the pulse before, "about 55" where it was rounded more coarsely; "" where there is none
    change: Change
    url: str
    grouped: bool  # of a grouping, whose schools have findings of their own

    @property
    def fell(self) -> bool:
        return self.change.direction == "down"

    @property
    def confirmed(self) -> bool:
        return self.change.word == CONFIRMED

    @property
    def title(self) -> str:
        was = f", was {self.before}" if self.before else ""
        return f"{self.place}: {self.item.about.lower()} {self.score}{was}."


def headline(wave: Wave, member: Membership) -> str:
    """The heading of a wave's results for one member, for pages that only point at it. Two queries."""
    seen = view(wave, member, with_replies=False)
    places = [f"school:{school}" for school in seen.mine]
    return heading(seen, findings(seen, [*places, *seen.document.clusters(), WHOLE], None), WHOLE)


def findings(seen: View, places: Iterable[str], earlier: Document | None) -> list[Finding]:
    """What stands out in these places: falls before rises, confirmed before worth watching, at most six."""
    wanted = set(places)
    items = {item.id: item for item in seen.pulse.items}
    found = [
        _finding(seen, earlier, items[item], place, change)
        for (item, place), change in seen.changes.items()
        if place in wanted and change.word in {CONFIRMED, WATCH} and seen.document.score(item, place)
    ]
    return sorted(found, key=lambda f: (not f.confirmed, not f.fell, f.place, f.item.id))[:6]


def before(wave: Wave) -> Document | None:
    """The release before this one in its series."""
    earlier = Release.objects.filter(wave__series=wave.series_id, wave__number__lt=wave.number)
    found = earlier.order_by("-wave__number").first()
    return releases.read(found) if found else None


def _finding(seen: View, before: Document | None, item: Item, place: str, change: Change) -> Finding:
    score, earlier = seen.document.score(item.id, place), None
    if before and item.id in before.items and seen.document.same_members(before, place):
        earlier = before.score(item.id, place)
    return Finding(
        place_name(seen.document, place),
        place,
        item,
        score.score if score else None,
        _was(earlier, score) if earlier and score else "",
        change,
        statement_url(seen, place, item) or "",
        place.startswith(GROUPING),
    )


def _was(earlier: Score, now: Score) -> str:
    return f"about {earlier.score}" if earlier.step > now.step else str(earlier.score)


def heading(seen: View, found: list[Finding], place: str) -> str:
    """The page's one sentence: what fell, what rose, or that nothing clearly changed."""
    loudest = (
        [f for f in found if f.confirmed and f.fell]
        or [f for f in found if f.confirmed]
        or [f for f in found if f.fell]
    )
    if not loudest:
        return first_heading(seen, place) if too_early(seen, place) else "Nothing clearly changed"
    first = loudest[0]
    alike = [f for f in loudest if f.item == first.item and f.fell == first.fell]
    same = list(dict.fromkeys(f.place for f in alike if not f.grouped)) or [first.place]  # a grouping is no school
    verb = "got harder" if first.fell and first.item.about == "Workload" else ("fell" if first.fell else "rose")
    if len(same) == 1:
        return f"{first.item.about} {verb} at {same[0]}"
    return f"{first.item.about} {verb} in {NUMBERS[min(len(same), 12)]} schools"


def first_heading(seen: View, place: str) -> str:
    """Before anything can be compared: what is strongest and what is hardest."""
    scores = [(score.score, item) for item in seen.pulse.items if (score := seen.document.score(item.id, place))]
    return releases.ends(scores)


def too_early(seen: View, place: str) -> bool:
    """Whether there is nothing to compare with yet; a grouping may be younger than its series."""
    if seen.wave.number < ENOUGH_TO_HOLD or not place.startswith(GROUPING):
        return seen.wave.number < ENOUGH_TO_HOLD
    return all(change.word == EARLY for (_, where), change in seen.changes.items() if where == place)


def lede(seen: View, found: list[Finding], place: str = WHOLE) -> str:
    """What to make of it, in a sentence or two."""
    if seen.wave.number < ENOUGH_TO_HOLD:
        return "It is too early to say what has changed: that takes four pulses."
    if too_early(seen, place) and not found:
        return "It is too early to say what has changed: that takes four pulses of the same schools."
    if not found:
        return "No school and no statement moved by more than chance explains."
    sure = [f for f in found if f.confirmed]
    watch = [f for f in found if not f.confirmed]
    parts = [f"{capfirst(people_list(_told(sure)))} {'is' if len(sure) == 1 else 'are'} confirmed."] if sure else []
    parts += (
        [f"{capfirst(people_list(_told(watch)))} {'is' if len(watch) == 1 else 'are'} worth watching."] if watch else []
    )
    return " ".join(parts)


def _told(found: list[Finding]) -> list[str]:
    return [f"the {'fall' if f.fell else 'rise'} in {f.item.about.lower()} at {f.place}" for f in found]
