"""One school's own results: its statements, its reply, and for its leaders its comments."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.utils.safestring import SafeString

from alongside.kit.charts.bars import DotRow, dot_interval
from alongside.kit.words import NUMBERS
from alongside.surveys import rules
from alongside.surveys.audiences import Audience
from alongside.surveys.instruments import Instrument, Item
from alongside.surveys.models import Release, Reply, SealedComment, Wave
from alongside.surveys.results.beside import Everyone, Rest, everyone, rest_of_cluster
from alongside.surveys.results.findings import Finding, before, findings, heading, lede
from alongside.surveys.results.kinds import KindTable, kind_table
from alongside.surveys.results.promises import Promise, promise
from alongside.surveys.results.seen import View, answered, statement_url


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
    everyone: Everyone | None
    rest: Rest | None  # of the home cluster


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
    cluster_reply: Reply | None  # what the chair said for the school's cluster, once it is posted
    waived: str  # for its leaders: why no reply is owed; "" where one is
    cluster: str
    promise: Promise | None  # what the school said to an earlier pulse, and what became of it
    lent: bool  # seen only because the school shares it
    may_share: bool
    may_write_themes: bool
    staff_see: datetime.datetime
    comments: list[str] | None  # None: not for this member, or fewer than ten answered
    release: Release
    k: int  # how many must answer
    by_kind: KindTable | None  # None: this pulse has no breakdown, or the school does not count alone

    @property
    def fewest(self) -> str:
        """How many must answer, in words: "five"."""
        return NUMBERS[self.k] if self.k < len(NUMBERS) else str(self.k)

    @property
    def asks(self) -> Audience:
        """Whom it asked."""
        return self.wave.series.asks

    @property
    def rest(self) -> bool:
        """Whether the rest of the cluster can be said for any statement."""
        return any(line.rest for line in self.lines)

    @property
    def silent(self) -> bool:
        """Whether fewer than half have answered, so that nothing is compared."""
        return any(line.everyone and line.everyone.silent for line in self.lines)

    @property
    def ranges(self) -> SafeString | None:
        """Each score, and how far those who did not answer could move it."""
        known = [(line.item.about, line.everyone) for line in self.lines if line.everyone]
        rows = [
            DotRow(about, e.score, e.low, e.high, f"{e.score}; everyone asked: {e.low} to {e.high}")
            for about, e in known
        ]
        return dot_interval(rows) if rows else None


def school_page(seen: View, school: int) -> SchoolPage:
    """One school's own block: its statements, its findings, its reply; comments for its leaders alone (R7)."""
    place = f"school:{school}"
    block, name = seen.document.block_of(school), seen.document.school_name(school)
    found = findings(seen, [place], before(seen.wave))
    leads = school in seen.member.schools_led
    reply = seen.replies.get(school) if school not in seen.lent else None  # a school lends figures, not what it said
    posted = reply if reply and reply.posted_at else None
    together = seen.cluster_replies.get(seen.document.cluster_of(school))
    comments = comments_of(seen.wave, school) if leads else None
    return SchoolPage(
        wave=seen.wave,
        pulse=seen.pulse,
        school=name,
        slug=seen.document.slug(place),
        heading=heading(seen, found, place) if block == place else f"{name} counts together with others",
        lede=lede(seen, found) if block == place else "",
        answered=answered(seen.document, place),
        lines=[_line(seen, item, school) for item in seen.pulse.items] if block == place else [],
        findings=found,
        counts_alone=block == place,
        counts_where=_counts_where(seen, block),
        reply=reply,
        may_reply=leads and posted is None,
        cluster_reply=together if together and together.posted_at else None,
        waived=vars(seen.wave).get("waived_because") or "" if leads else "",
        cluster=seen.document.clusters().get(seen.document.cluster_of(school), ""),
        promise=promise(seen, place) if school not in seen.lent else None,
        lent=school in seen.lent,
        may_share=leads,
        may_write_themes=bool(comments),
        staff_see=rules.staff_see_from(seen.release.published_at, posted, seen.wave.organisation.zone, seen.days),
        comments=comments,
        release=seen.release,
        k=seen.document.k,
        by_kind=kind_table(seen, place) if block == place else None,
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
    shares = None if school in seen.unspread else seen.document.shares(item.id, place)
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
        everyone(seen.document, item.id, place),
        rest_of_cluster(seen.document, item.id, school),
    )


def comments_of(wave: Wave, school: int) -> list[str] | None:
    """A school's comments on a wave, for its own leaders alone (R7); None where the pulse asks for none."""
    if not wave.pulse.comment:
        return None
    rows = SealedComment.objects.filter(wave=wave, school=school).order_by("key").values_list("text", flat=True)
    return list(rows)
