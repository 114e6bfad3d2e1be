"""Result pages: what a release says to one member, in a finding, a table and a few sentences.

Everything shown comes from the release document and from what `compare` stored; here it is only chosen and worded.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.http import Http404
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from alongside.kit.access import require
from alongside.kit.charts.bars import Share, share_bar
from alongside.kit.charts.heat import HeatCell, HeatColumn, HeatRow, heat_key, heat_table
from alongside.kit.charts.run import RunPoint, run_chart, run_table
from alongside.kit.words import NUMBERS, people_date, people_list
from alongside.people.reads import Membership
from alongside.surveys import releases, rules, schooldays
from alongside.surveys.instruments import SCALE, Instrument, Item, instrument
from alongside.surveys.models import Change, Release, Reply, SealedComment, Wave
from alongside.surveys.releases import WHOLE, Document, Score

CONFIRMED, WATCH = "Confirmed change", "Worth watching"
ENOUGH_TO_HOLD = 4  # waves before anything can be compared


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that stands out: where, which statement, what to know about it."""

    place: str
    item: Item
    score: int | None
    before: int | None
    change: Change
    url: str

    @property
    def fell(self) -> bool:
        return self.change.direction == "down"

    @property
    def confirmed(self) -> bool:
        return self.change.word == CONFIRMED

    @property
    def title(self) -> str:
        was = f", was {self.before}" if self.before is not None else ""
        return f"{self.place}: {self.item.about.lower()} {self.score}{was}."


@dataclass(frozen=True, slots=True)
class ResultsPage:
    """All that the template of a results page may use."""

    wave: Wave
    pulse: Instrument
    place: str  # its name in words
    heading: str
    lede: str
    answered: str
    columns: list[HeatColumn]
    rows: list[HeatRow]
    caption: str
    findings: list[Finding]
    held: list[str]  # schools too small to count anywhere
    hidden: list[str]  # schools that count in a pool only
    release: Release

    @property
    def table(self) -> SafeString:
        """The heatmap with its key."""
        return heat_table(self.columns, self.rows, self.caption) + heat_key(self.rows)


@dataclass(frozen=True, slots=True)
class View:
    """What one member may see of one wave."""

    wave: Wave
    release: Release
    document: Document
    member: Membership
    pulse: Instrument
    changes: dict[tuple[str, str], Change]  # (item, place)
    replies: dict[int, Reply]  # posted ones, and the drafts of schools I lead
    mine: frozenset[int]  # schools whose own block I may see


def view(wave: Wave, member: Membership) -> View:
    """The wave through the eyes of a member; 404 while there are no results, 403 while they are their leaders' alone.

    Two queries."""
    release: Release | None = getattr(wave, "release", None)
    if release is None:
        raise Http404
    document = releases.read(release)
    replies = {reply.school_id: reply for reply in Reply.objects.filter(wave=wave)}
    posted = {school: reply for school, reply in replies.items() if reply.posted_at}
    mine = _visible_schools(wave, release, document, member, posted)
    require(
        bool(rules.sees_at_close(member) or mine or _public(wave, release)),
        f"School leaders see results first. You see them with their reply, or by yourself from {_public_from(wave, release)} on.",
    )
    changes = {(change.item, change.place): change for change in Change.objects.filter(wave=wave)}
    own = {school: reply for school, reply in replies.items() if reply.posted_at or school in member.schools_led}
    return View(wave, release, document, member, instrument(wave.series.instrument), changes, own, mine)


def _public_from(wave: Wave, release: Release) -> str:
    zone = wave.organisation.zone
    return people_date(schooldays.local_day(rules.staff_see_from(release.published_at, None, zone), zone))


def _public(wave: Wave, release: Release) -> bool:
    """Totals open to everyone in the network two school days after the release."""
    return rules.staff_see_now(release.published_at, None, wave.organisation.zone)


def _visible_schools(
    wave: Wave, release: Release, document: Document, member: Membership, replies: dict[int, Reply]
) -> frozenset[int]:
    every = set(document.school_ids())
    if member.officer:
        return frozenset(every)
    clusters = {f"cluster:{pk}" for pk in member.clusters_chaired | member.clusters_coached}
    found = {school for school in every if document.cluster_of(school) in clusters}
    found |= every & (member.schools_led | member.schools_coached)
    staffed = every & member.schools_staffed
    zone = wave.organisation.zone
    found |= {school for school in staffed if rules.staff_see_now(release.published_at, replies.get(school), zone)}
    return frozenset(found)


def cluster_of_wave(seen: View, slug: str) -> str:
    """cluster:<id> of an address, if it took part in the wave."""
    place = seen.document.place_of("cluster", slug)
    if place is None:
        raise Http404
    return place


def school_of_wave(seen: View, slug: str) -> int:
    """The school of an address, if it took part and this member may see its results."""
    place = seen.document.place_of("school", slug)
    school = int(place.removeprefix("school:")) if place else 0
    if school not in seen.mine:
        raise Http404
    return school


def page(seen: View, place: str = WHOLE) -> ResultsPage:
    """The wave as a whole, or one cluster of it, with every school that this member may see."""
    schools = [s for s in seen.document.school_ids() if s in seen.mine and _inside(seen.document, s, place)]
    rows = [row for school in schools if (row := _school_row(seen, school))]
    rows += _pool_rows(seen, schools, place)
    shown = [f"school:{school}" for school in schools]
    rows += _total_rows(seen, place)
    findings = _findings(seen, [*shown, place], _before(seen.wave))
    return ResultsPage(
        wave=seen.wave,
        pulse=seen.pulse,
        place=place_name(seen.document, place),
        heading=heading(seen, findings, place),
        lede=lede(seen, findings),
        answered=answered(seen.document, place),
        columns=[HeatColumn(item.about, item.short) for item in seen.pulse.items],
        rows=rows,
        caption="Scores from 0 (all strongly disagree) to 100 (all strongly agree). Higher is better.",
        findings=findings,
        held=[
            seen.document.school_name(s)
            for s in seen.document.nowhere()
            if s in seen.mine and _inside(seen.document, s, place)
        ],
        hidden=[
            seen.document.school_name(s)
            for s in schools
            if (seen.document.block_of(s) or "").startswith(("pool", "network"))
        ],
        release=seen.release,
    )


def _inside(document: Document, school: int, place: str) -> bool:
    return place == WHOLE or document.cluster_of(school) == place


def _cell(seen: View, item: Item, place: str) -> HeatCell:
    score = seen.document.score(item.id, place)
    if score is None:
        return HeatCell(None, why="too few answers to show")
    change = seen.changes.get((item.id, place))
    url = statement_url(seen, place, item)
    if change is None or change.word not in {CONFIRMED, WATCH}:
        return HeatCell(score.score, url=url)
    direction = -1 if change.direction == "down" else 1
    return HeatCell(score.score, "sure" if change.word == CONFIRMED else "watch", direction, url=url)  # type: ignore[arg-type]


def _row(seen: View, name: str, note: str, place: str, *, total: bool = False, url: str | None = None) -> HeatRow:
    return HeatRow(name, note, [_cell(seen, item, place) for item in seen.pulse.items], total, url)


def _school_row(seen: View, school: int) -> HeatRow | None:
    place = f"school:{school}"
    if seen.document.block_of(school) != place:
        return None
    return _row(
        seen, seen.document.school_name(school), answered(seen.document, place), place, url=school_url(seen, school)
    )


def _pool_rows(seen: View, schools: list[int], place: str) -> list[HeatRow]:
    """Pools are open to those who see all the schools of a cluster; the carried pool to whoever sees the whole."""
    member = seen.member
    rows = []
    for pool in seen.document.pools(schools):
        cluster = pool.removeprefix("pool:")
        chaired = {f"cluster:{pk}" for pk in member.clusters_chaired | member.clusters_coached}
        if not (member.officer or cluster in chaired) or (pool == "network" and place != WHOLE):
            continue
        members = _pool_members(seen, pool)
        where = (
            f"Other schools of {seen.document.clusters()[cluster]}"
            if cluster in seen.document.clusters()
            else "Other schools"
        )
        note = f"{answered(seen.document, pool)} · {people_list(members)}"
        rows.append(_row(seen, where, note, pool))
    return rows


def _pool_members(seen: View, pool: str) -> list[str]:
    found = seen.document.answered(pool)
    return sorted(seen.document.school_name(school) for school in (found.schools if found else ()))


def _total_rows(seen: View, place: str) -> list[HeatRow]:
    names = seen.document.clusters()
    clusters = [place] if place in names else sorted(names, key=lambda key: names[key])
    rows = [
        _row(seen, names[key], answered(seen.document, key), key, total=True, url=cluster_url(seen, key))
        for key in clusters
        if seen.document.answered(key)
    ]
    return [*rows, _row(seen, seen.document.data["owner"], answered(seen.document, WHOLE), WHOLE, total=True)]


def answered(document: Document, place: str) -> str:
    """ "124 of 154 answered", "5–9 answered", or that too few did."""
    found = document.answered(place)
    if found is None:
        return "too few answered"
    return f"{found.n} of {found.invited} answered"


def headline(wave: Wave, member: Membership) -> str:
    """The heading of a wave's results for one member, for pages that only point at it. Two queries."""
    seen = view(wave, member)
    places = [f"school:{school}" for school in seen.mine]
    return heading(seen, _findings(seen, [*places, WHOLE], None), WHOLE)


def _findings(seen: View, places: Iterable[str], before: Document | None) -> list[Finding]:
    """What stands out in these places: falls before rises, confirmed before worth watching, at most six."""
    wanted = set(places)
    items = {item.id: item for item in seen.pulse.items}
    found = [
        _finding(seen, before, items[item], place, change)
        for (item, place), change in seen.changes.items()
        if place in wanted and change.word in {CONFIRMED, WATCH} and seen.document.score(item, place)
    ]
    return sorted(found, key=lambda f: (not f.confirmed, not f.fell, f.place, f.item.id))[:6]


def _before(wave: Wave) -> Document | None:
    """The release before this one in its series."""
    earlier = Release.objects.filter(wave__series=wave.series_id, wave__number__lt=wave.number)
    found = earlier.order_by("-wave__number").first()
    return releases.read(found) if found else None


def _finding(seen: View, before: Document | None, item: Item, place: str, change: Change) -> Finding:
    score, earlier = seen.document.score(item.id, place), None
    if before and item.id in before.items:
        earlier = before.score(item.id, place)
    return Finding(
        place_name(seen.document, place),
        item,
        score.score if score else None,
        earlier.score if earlier else None,
        change,
        statement_url(seen, place, item) or "",
    )


def place_name(document: Document, place: str) -> str:
    """A place in words."""
    kind, _, key = place.partition(":")
    if kind == "school":
        return document.school_name(int(key))
    return document.clusters().get(place) or (document.data["owner"] if place == WHOLE else "Other schools")


def heading(seen: View, findings: list[Finding], place: str) -> str:
    """The page's one sentence: what fell, what rose, or that nothing clearly changed."""
    loudest = (
        [f for f in findings if f.confirmed and f.fell]
        or [f for f in findings if f.confirmed]
        or [f for f in findings if f.fell]
    )
    if not loudest:
        return "Nothing clearly changed" if seen.wave.number > ENOUGH_TO_HOLD - 1 else first_heading(seen, place)
    first = loudest[0]
    same = list(dict.fromkeys(f.place for f in loudest if f.item == first.item and f.fell == first.fell))
    verb = "got harder" if first.fell and first.item.about == "Workload" else ("fell" if first.fell else "rose")
    if len(same) == 1:
        return f"{first.item.about} {verb} at {same[0]}"
    return f"{first.item.about} {verb} in {NUMBERS[min(len(same), 12)]} schools"


def first_heading(seen: View, place: str) -> str:
    """Before anything can be compared: what is strongest and what is hardest."""
    scores = [(score.score, item) for item in seen.pulse.items if (score := seen.document.score(item.id, place))]
    if not scores:
        return "Too few answers to show"
    low, high = min(scores, key=lambda s: s[0]), max(scores, key=lambda s: s[0])
    if low[0] == high[0]:
        return f"All six statements stand near {low[0]}"
    return f"{high[1].about} is strongest, {low[1].about.lower()} is hardest"


def lede(seen: View, findings: list[Finding]) -> str:
    """What to make of it, in a sentence or two."""
    if seen.wave.number < ENOUGH_TO_HOLD:
        return "It is too early to say what has changed: that takes four pulses."
    if not findings:
        return "No school and no statement moved by more than chance explains."
    sure = [f for f in findings if f.confirmed]
    watch = [f for f in findings if not f.confirmed]
    parts = [f"{capfirst(people_list(_told(sure)))} {'is' if len(sure) == 1 else 'are'} confirmed."] if sure else []
    parts += (
        [f"{capfirst(people_list(_told(watch)))} {'is' if len(watch) == 1 else 'are'} worth watching."] if watch else []
    )
    return " ".join(parts)


def _told(findings: list[Finding]) -> list[str]:
    return [f"the {'fall' if f.fell else 'rise'} in {f.item.about.lower()} at {f.place}" for f in findings]


def _address(seen: View, **more: object) -> dict[str, object]:
    organisation = seen.wave.organisation
    return {"kind": organisation.kind, "slug": organisation.slug, "pk": seen.wave.pk, **more}


def school_url(seen: View, school: int) -> str:
    return reverse("results_school", kwargs=_address(seen, school=seen.document.slug(f"school:{school}")))


def cluster_url(seen: View, place: str) -> str:
    return reverse("results_cluster", kwargs=_address(seen, cluster=seen.document.slug(place)))


def statement_url(seen: View, place: str, item: Item) -> str | None:
    """The run chart of a statement in a place; pools have none."""
    kind = place.partition(":")[0]
    if kind in {"school", "cluster"}:
        where = {"school": "schools", "cluster": "clusters"}[kind]
        return reverse("statement", kwargs=_address(seen, place=seen.document.slug(place), where=where, item=item.id))
    return (
        reverse("statement", kwargs=_address(seen, place=WHOLE, where="all", item=item.id)) if kind == WHOLE else None
    )


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One statement on a school's page."""

    item: Item
    score: int | None
    note: str  # how many answered, and how it stands against the cluster
    word: str
    direction: str
    url: str
    shares: list[tuple[int, str]] | None
    coverage: str


@dataclass(frozen=True, slots=True)
class SchoolPage:
    """All that the template of a school's results may use."""

    wave: Wave
    pulse: Instrument
    school: str
    slug: str
    heading: str
    lede: str
    answered: str
    lines: list[StatementLine]
    findings: list[Finding]
    counts_alone: bool  # False: the school's answers count in a pool, or nowhere
    counts_where: str
    reply: Reply | None
    may_reply: bool
    staff_see: datetime.datetime
    comments: list[str] | None  # None: not for this member, or fewer than ten answered
    release: Release


def school_page(seen: View, school: int) -> SchoolPage:
    """One school's own block: its statements, its findings, its reply; comments for its leaders alone (R7)."""
    place = f"school:{school}"
    block, name = seen.document.block_of(school), seen.document.school_name(school)
    findings = _findings(seen, [place], _before(seen.wave))
    leads = school in seen.member.schools_led
    reply = seen.replies.get(school)
    posted = reply if reply and reply.posted_at else None
    return SchoolPage(
        wave=seen.wave,
        pulse=seen.pulse,
        school=name,
        slug=seen.document.slug(place),
        heading=heading(seen, findings, place) if block == place else f"{name} counts together with others",
        lede=lede(seen, findings) if block == place else "",
        answered=answered(seen.document, place),
        lines=[_line(seen, item, school) for item in seen.pulse.items] if block == place else [],
        findings=findings,
        counts_alone=block == place,
        counts_where=_counts_where(seen, block),
        reply=reply,
        may_reply=leads and posted is None,
        staff_see=rules.staff_see_from(seen.release.published_at, posted, seen.wave.organisation.zone),
        comments=_comments(seen, school) if leads else None,
        release=seen.release,
    )


def _counts_where(seen: View, block: str | None) -> str:
    if block is None:
        return "nowhere: too few people answered, here and in the schools it could be put together with"
    cluster = seen.document.clusters().get(block.removeprefix("pool:"))
    return f"in “other schools” of {cluster}" if cluster else f"in “other schools” of {seen.document.data['owner']}"


def _line(seen: View, item: Item, school: int) -> StatementLine:
    place, cluster = f"school:{school}", seen.document.cluster_of(school)
    score, around = seen.document.score(item.id, place), seen.document.score(item.id, cluster)
    change = seen.changes.get((item.id, place))
    shares = seen.document.shares(item.id, place)
    name = seen.document.clusters().get(cluster)
    note = f"{score.n} answered" if score else "too few answers to show"
    return StatementLine(
        item,
        score.score if score else None,
        f"{note}; {name} together {around.score}" if score and around and name else note,
        change.word if change else "",
        change.direction if change else "level",
        statement_url(seen, place, item) or "",
        shares[0] if shares else None,
        shares[1] if shares else "",
    )


def _comments(seen: View, school: int) -> list[str] | None:
    if not seen.pulse.comment:
        return None
    rows = SealedComment.objects.filter(wave=seen.wave, school=school).order_by("key").values_list("text", flat=True)
    return list(rows)


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
    reply_url: str

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
        labels = [label for value, label in SCALE if value != "x"]
        parts = [Share(label, percent, shown) for label, (percent, shown) in zip(labels, self.shares, strict=True)]
        return share_bar(parts)


def statement_page(seen: View, place: str, item: Item, back: str) -> StatementPage:
    """A statement in one place over all waves so far, as published."""
    name = place_name(seen.document, place)
    change = seen.changes.get((item.id, place))
    points = _points(seen, place, item)
    now = seen.document.score(item.id, place)
    shares = seen.document.shares(item.id, place)
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
        reply_url=_reply_url(seen, school)
        if school in seen.member.schools_led and not _has_replied(seen, school)
        else "",
    )


def _has_replied(seen: View, school: int | None) -> bool:
    reply = seen.replies.get(school or 0)
    return bool(reply and reply.posted_at)


def _reply_url(seen: View, school: int | None) -> str:
    return reverse("reply", kwargs=_address(seen, school=seen.document.slug(f"school:{school}"))) if school else ""


def _statement_heading(
    name: str, item: Item, change: Change | None, usual: tuple[int, int] | None, now: Score | None
) -> str:
    if now is None:
        return f"{item.about} at {name}: too few answers to show"
    if change and change.word == CONFIRMED:
        return f"{item.about} at {name} has {'fallen' if change.direction == 'down' else 'risen'} for two pulses"
    if change and change.word == WATCH:
        return f"{item.about} at {name}: one {'low' if change.direction == 'down' else 'high'} pulse, worth watching"
    return f"{item.about} at {name}: no clear change"


def _month(wave: Wave) -> str:
    return f"in {wave.closes_at:%B %Y}"


def _points(seen: View, place: str, item: Item) -> list[RunPoint]:
    """The published scores of this place, oldest first, with what was said of each at the time. Two queries."""
    series = Release.objects.filter(wave__series=seen.wave.series_id, wave__number__lte=seen.wave.number)
    found = series.select_related("wave").order_by("wave__number")
    said = dict(
        Change.objects.filter(wave__series=seen.wave.series_id, item=item.id, place=place).values_list("wave", "word")
    )
    return [_run_point(release, place, item, said.get(release.wave_id, "")) for release in found]


def _run_point(release: Release, place: str, item: Item, word: str) -> RunPoint:
    document = releases.read(release)
    score = document.score(item.id, place) if item.id in document.items else None
    mark = {CONFIRMED: "confirmed", WATCH: "watch"}.get(word, "")
    closed = release.wave.closes_at
    return RunPoint(f"{closed:%b}", closed.year, score.score if score else None, mark)  # type: ignore[arg-type]


def _chart_sentence(points: list[RunPoint], usual: tuple[int, int] | None) -> str:
    shown = [point.score for point in points if point.score is not None]
    if not shown:
        return "No pulse had enough answers to show."
    first, last = points[0], points[-1]
    spread = f"between {min(shown)} and {max(shown)}" if min(shown) < max(shown) else f"at {shown[0]}"
    band = f" The usual range is {usual[0]} to {usual[1]}." if usual else ""
    return f"Run chart of {len(points)} pulses from {first.label} {first.year} to {last.label} {last.year}: scores {spread}.{band}"
