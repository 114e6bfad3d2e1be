"""One statement in one place over all waves: its run chart."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.safestring import SafeString

from alongside.kit.charts.bars import Share, share_bar
from alongside.kit.charts.run import Mark, RunPoint, run_chart, run_table
from alongside.surveys import releases
from alongside.surveys.instruments import Instrument, Item
from alongside.surveys.models import Change, Release, Wave
from alongside.surveys.past.reads import Earlier, of_place, past_url
from alongside.surveys.releases import GROUPING, Score
from alongside.surveys.results.beside import Everyone, everyone
from alongside.surveys.results.findings import CONFIRMED, ENOUGH_TO_HOLD, WATCH
from alongside.surveys.results.seen import View, address, place_name

OTHERS_ANSWERED = "different people may have answered."  # the end of a reason of `compare`
NEEDS_FOUR = "a comparison needs four waves."  # the end of its sentence where fewer could be compared
MARKS: dict[str, Mark] = {CONFIRMED: "confirmed", WATCH: "watch"}


@dataclass(frozen=True, slots=True)
class StatementPage:
    """All that the template of a statement's run chart may use."""

    wave: Wave
    pulse: Instrument
    item: Item
    place: str
    heading: str
    lede: str
    points: list[RunPoint]
    usual: tuple[int, int] | None
    provisional: bool
    sentence: str
    change: Change | None
    answered: str
    shares: list[tuple[int, str]] | None
    coverage: str
    back: str
    everyone: Everyone | None  # how far those who did not answer could move it
    imported: list[tuple[str, str]]  # files of earlier rounds that are drawn along, and where their results are
    apart: int  # earlier pulses in which a grouping held other schools: they are not drawn
    coarse: int  # points to which some pulses are rounded, where others are finer; 0 where all are alike
    reply_url: str

    @property
    def said(self) -> str:
        """What is said of a change; that too few pulses are of the same schools, where enough are drawn for anybody to wonder."""
        if self.change is None:
            return ""
        pulses = [point for point in self.points if point.score is not None and point.mark != "imported"]
        if self.change.sentence.endswith(NEEDS_FOUR) and len(pulses) >= ENOUGH_TO_HOLD:
            return "Too early to say: in fewer than four of these pulses did the same schools count here."
        return self.change.sentence

    @property
    def others_may_have_answered(self) -> bool:
        """Whether the share of people who answered moved by more than 20 points, as `compare` found."""
        return bool(self.change and any(reason.endswith(OTHERS_ANSWERED) for reason in self.change.reasons))

    @property
    def chart(self) -> SafeString:
        """The run chart, wide and narrow."""
        return run_chart(self.points, self.usual, self.provisional, [], self.sentence)

    @property
    def table(self) -> SafeString:
        """The same as a table."""
        return run_table(self.points, self.usual)

    @property
    def bar(self) -> SafeString | None:
        """How the answers were spread, where that may be shown."""
        if self.shares is None:
            return None
        labels = [label for value, label in self.pulse.scale if value != "x"]
        parts = [Share(label, percent, shown) for label, (percent, shown) in zip(labels, self.shares, strict=True)]
        return share_bar(parts)


def statement_page(seen: View, place: str, item: Item, back: str) -> StatementPage:
    """A statement in one place over all waves so far, as published."""
    name = place_name(seen.document, place)
    change = seen.changes.get((item.id, place))
    alone = _is_lent(seen, place) or place.startswith(GROUPING)  # nobody grouped what was asked before
    before = [] if alone else of_place(seen.wave.series, seen.member, seen.days, place, item.id)
    own, apart, coarse = _points(seen, place, item)
    points = _in_order(before, own)
    now = seen.document.score(item.id, place)
    hidden = place in {f"school:{school}" for school in seen.unspread}
    shares = None if hidden else seen.document.shares(item.id, place)
    usual = (
        (change.usual_low, change.usual_high)
        if change and change.usual_low is not None and change.usual_high is not None
        else None
    )
    school = int(place.removeprefix("school:")) if place.startswith("school:") else None
    return StatementPage(
        wave=seen.wave,
        pulse=seen.pulse,
        item=item,
        place=name,
        heading=_statement_heading(name, item, change, usual, now),
        lede=f"Score {now.score} {_month(seen.wave)}"
        + (f", where {usual[0]} to {usual[1]} is usual." if usual else ".")
        if now
        else "",
        points=points,
        usual=usual,
        provisional=bool(change and change.provisional),
        sentence=_chart_sentence(points, usual),
        change=change,
        answered=f"{now.n} answered this statement" if now else "Too few answers to show",
        shares=shares[0] if shares else None,
        coverage=shares[1] if shares else "",
        back=back,
        everyone=everyone(seen.document, item.id, place),
        imported=[(past.name, past_url(past)) for past in dict.fromkeys(past for past, _, _ in before)],
        apart=apart,
        coarse=coarse,
        reply_url=_reply_url(seen, school)
        if school in seen.member.schools_led and not _has_replied(seen, school)
        else "",
    )


def _is_lent(seen: View, place: str) -> bool:
    """Whether these figures are here only because the school shares its series: what was asked before it is not part of it."""
    return place in {f"school:{school}" for school in seen.lent}


def _has_replied(seen: View, school: int | None) -> bool:
    reply = seen.replies.get(school or 0)
    return bool(reply and reply.posted_at)


def _reply_url(seen: View, school: int | None) -> str:
    return reverse("reply", kwargs=address(seen, school=seen.document.slug(f"school:{school}"))) if school else ""


def _statement_heading(
    name: str, item: Item, change: Change | None, usual: tuple[int, int] | None, now: Score | None
) -> str:
    if now is None:
        return f"{item.about} at {name}: too few answers to show"
    if change and change.word == CONFIRMED:
        return f"{item.about} at {name} has {'fallen' if change.direction == 'down' else 'risen'} for two pulses"
    if change and change.word == WATCH:
        return f"{item.about} at {name}: one {'low' if change.direction == 'down' else 'high'} pulse, worth watching"
    return f"{item.about} at {name}: {change.word.lower() if change else 'no clear change'}"


def _month(wave: Wave) -> str:
    return f"in {wave.closes_at:%B %Y}"


def _in_order(before: list[Earlier], own: list[tuple[datetime.date, RunPoint]]) -> list[RunPoint]:
    """Earlier rounds and our own by day; the earlier ones with their own mark."""
    brought = [(day, RunPoint(f"{day:%b}", day.year, score, "imported")) for _, day, score in before]
    return [point for _, point in sorted(brought + own, key=lambda pair: pair[0])]


def _points(seen: View, place: str, item: Item) -> tuple[list[tuple[datetime.date, RunPoint]], int, int]:
    """The published scores of this place, oldest first, with what was said of each at the time; in how many pulses a
    grouping of this name held other schools, which is another place; and how coarsely some are rounded, if not all are. One
    query."""
    said = Change.objects.filter(wave=OuterRef("wave"), item=item.id, place=place).values("word")[:1]
    series = Release.objects.filter(wave__series=seen.wave.series_id, wave__number__lte=seen.wave.number)
    found = list(series.select_related("wave").order_by("wave__number").annotate(said=Subquery(said)))
    documents = {release.pk: releases.read(release) for release in found}
    same = [release for release in found if seen.document.same_members(documents[release.pk], place)]
    apart = sum(place in documents[release.pk].groupings() for release in found if release not in same)
    scores = (documents[release.pk].score(item.id, place) for release in same if item.id in documents[release.pk].items)
    steps = {score.step for score in scores if score}
    return (
        [
            (release.wave.closes_at.date(), _run_point(release, place, item, str(vars(release)["said"] or "")))
            for release in same
        ],
        apart,
        max(steps) if len(steps) > 1 else 0,
    )


def _run_point(release: Release, place: str, item: Item, word: str) -> RunPoint:
    document = releases.read(release)
    score = document.score(item.id, place) if item.id in document.items else None
    closed = release.wave.closes_at
    return RunPoint(f"{closed:%b}", closed.year, score.score if score else None, MARKS.get(word, ""))


def _chart_sentence(points: list[RunPoint], usual: tuple[int, int] | None) -> str:
    brought = sum(point.mark == "imported" for point in points)
    own = [point for point in points if point.mark != "imported"]
    shown = [point.score for point in own if point.score is not None]
    if not shown:
        return "No pulse had enough answers to show."
    first, last = own[0], own[-1]
    spread = f"between {min(shown)} and {max(shown)}" if min(shown) < max(shown) else f"at {shown[0]}"
    band = f" The usual range is {usual[0]} to {usual[1]}." if usual else ""
    apart = (
        f" {brought} earlier {'rounds' if brought > 1 else 'round'}, imported, {'stand' if brought > 1 else 'stands'} apart."
        if brought
        else ""
    )
    pulses = f"{len(own)} pulse{'s' if len(own) > 1 else ''}"
    return f"Run chart of {pulses} from {first.label} {first.year} to {last.label} {last.year}: scores {spread}.{band}{apart}"
