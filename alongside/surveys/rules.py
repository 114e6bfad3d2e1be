"""Who may ask, see and reply. Results: leaders at close, staff when the reply is posted or two school days later (R11)."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from django.utils import timezone

from alongside.surveys import schooldays

if TYPE_CHECKING:
    from alongside.calendar.days import SchoolDays
    from alongside.kit.access import Member
    from alongside.network.models import Cluster, Organisation
    from alongside.surveys.models import Reply, Room, Wave, WaveSchool
    from alongside.surveys.sharing import Shared

ROOM_PROGRESS_FROM = 20  # people present from which a live session shows how far it is (R8)
NO_CLUSTER = "cluster:0"  # where schools of no cluster are at home, who have nothing in common


def can_ask(member: Member, organisation: Organisation, cluster: Cluster | None = None) -> bool:
    """The officer in the network, a chair in the own cluster, a leader in the own school."""
    if organisation.kind == "school":
        return bool(member.schools_led)
    return member.officer or (cluster is not None and cluster.pk in member.clusters_chaired)


def can_ask_somewhere(member: Member) -> bool:
    """Whether there is anything this member could ask here."""
    return member.officer or bool(member.clusters_chaired)


def can_keep_open(member: Member, wave: Wave) -> bool:
    """Whoever could ask this wave may extend it, or call it off before it opens."""
    return can_ask(member, wave.organisation, wave.series.cluster)


def can_order_slips(member: Member, school_id: int) -> bool:
    """The school's own leaders have slips made, and fetch them."""
    return school_id in member.schools_led


def can_decide_slips(member: Member, entry: WaveSchool) -> bool:
    """Who may be the second person: another leader of the school, the chair of its home cluster, the officer."""
    return member.officer or entry.school_id in member.schools_led or entry.cluster_id in member.clusters_chaired


def can_announce(member: Member) -> bool:
    """Leaders, chairs and officers hang up a poster and show a slide of a pulse that they may know of."""
    return member.officer or bool(member.clusters_chaired or member.schools_led)


def can_reply(member: Member, school_id: int) -> bool:
    """The school's own leaders, nobody else."""
    return school_id in member.schools_led


def can_nudge(member: Member, taking_part: Iterable[WaveSchool]) -> set[int]:
    """The schools (ids) of a wave that this member may have asked again: a leader's own, those of a chair's clusters, an
    officer's all."""
    return {
        row.school_id
        for row in taking_part
        if member.officer or row.school_id in member.schools_led or row.cluster_id in member.clusters_chaired
    }


def can_add_people(member: Member, school_id: int) -> bool:
    """The school's own leaders, nobody else: they know who works there."""
    return school_id in member.schools_led


def reads_replies(member: Member) -> bool:
    """Whether there are replies here that this member may read: whoever may see some school's own results."""
    return sees_at_close(member) or bool(member.schools_staffed)


def can_check_themselves(member: Member, school_id: int) -> bool:
    """The leadership team of the school, nobody else; what it shares is seen with the school's results (R8)."""
    return school_id in member.schools_led


def can_reply_for_cluster(member: Member, place: str) -> bool:
    """Any chair of the cluster (cluster:<id>), nobody else."""
    return place in _chaired(member)


def reads_reply_for_cluster(member: Member, place: str, homes: Collection[str]) -> bool:
    """A posted one is for the people and the coach of the schools that took part in the cluster (cluster:<id>), for its own
    chair and coach, and for the officer. homes: the clusters in which this member's schools took part."""
    coached = {f"cluster:{pk}" for pk in member.clusters_coached}
    return member.officer or place in _chaired(member) | coached or place in homes


def sees_replies_owed(member: Member) -> bool:
    """Who has replied and who owes: the officer for every school, a chair for those of the cluster."""
    return member.officer or bool(member.clusters_chaired)


def can_waive(member: Member, home: str) -> bool:
    """The officer, or a chair of the school's home cluster (cluster:<id>)."""
    return member.officer or home in _chaired(member)


def can_write_themes(member: Member, school_id: int) -> bool:
    """Who reads a school's comments: its own leaders (R7)."""
    return school_id in member.schools_led


def reads_themes(member: Member, place: str) -> bool:
    """What schools shared of their comments goes to the chairs of their cluster (cluster:<id>), and no further (R7)."""
    return place in _chaired(member)


def _chaired(member: Member) -> set[str]:
    return {f"cluster:{pk}" for pk in member.clusters_chaired}


def knows_holds(member: Member) -> bool:
    """Whether there is any school of which this member may know that replies are missing."""
    return member.officer or bool(member.clusters_chaired or member.schools_led or member.schools_staffed)


def holds_known(member: Member, homes: Mapping[int, int | None]) -> set[int]:
    """Of these schools (with their home clusters), those of which this member may know that they are held back: the officer
    all, chairs their cluster's, leaders and staff their own, who wait for the replies and are not asked."""
    if member.officer:
        return set(homes)
    chaired = {school for school, cluster in homes.items() if cluster in member.clusters_chaired}
    return chaired | (homes.keys() & (member.schools_led | member.schools_staffed))


def pauses_known(member: Member, schools: Iterable[int]) -> set[int]:
    """Of these schools, those of which this member may know that they are paused: chairs and officers all, leaders
    their own."""
    every = set(schools)
    return every if member.officer or member.clusters_chaired else every & member.schools_led


def sees_at_close(member: Member) -> bool:
    """Leaders, chairs, coaches and officers see a release when the wave closes."""
    return member.officer or bool(
        member.clusters_chaired or member.clusters_coached or member.schools_led or member.schools_coached
    )


def staff_see_from(
    published_at: datetime.datetime, reply: Reply | None, zone: str, days: SchoolDays
) -> datetime.datetime:
    """The moment from which staff see results: the reply's, or two school days of the organisation after the release."""
    by_itself = schooldays.two_school_days_after(published_at, zone, days)
    posted = reply.posted_at if reply else None
    return min(posted, by_itself) if posted else by_itself


def staff_see_now(published_at: datetime.datetime, reply: Reply | None, zone: str, days: SchoolDays) -> bool:
    return staff_see_from(published_at, reply, zone, days) <= timezone.now()


def everybody_sees(wave: Wave, days: SchoolDays) -> bool:
    """Whether the published results of a wave are open to staff by now, whatever their own school replied."""
    return staff_see_now(wave.release.published_at, None, wave.organisation.zone, days)


def can_run_room(member: Member, room: Room) -> bool:
    """Whoever could ask a pulse of these people runs the session, and closes it."""
    return can_ask(member, room.organisation, room.cluster)


def can_see_room(member: Member, room: Room) -> bool:
    """While it is open, who runs it: the code on its screen is for the hall. Then everybody here, as those present did."""
    return can_run_room(member, room) or room.has_results


def can_share(member: Member, school_id: int) -> bool:
    """The school's own leaders say who sees its figures, nobody else."""
    return school_id in member.schools_led


def sees_lent(member: Member, homes: Mapping[int, str], shared: Shared) -> set[int]:
    """The schools (of homes: school → home cluster, cluster:<id>) whose figures this member may see because those schools
    share them: leaders with leaders, in the same home cluster or in the whole network. Never staff, never who looks on."""
    led = homes.keys() & member.schools_led
    if not led:
        return set()
    mine = {homes[school] for school in led} - {NO_CLUSTER}
    return {
        school
        for school, home in homes.items()
        if school in shared.network or (school in shared.cluster and home in mine)
    }
