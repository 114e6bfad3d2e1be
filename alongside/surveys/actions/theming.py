"""What a leader reads in the comments, in sentences of their own; shared with the cluster's chair by their own yes (R7)."""

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from alongside.kit import journal
from alongside.kit.errors import Refused
from alongside.network.actions import make_organisation
from alongside.network.models import Cluster, School
from alongside.people.models import Person, StaffEntry
from alongside.surveys import releases, results, seal
from alongside.surveys.models import THEMES_AT_MOST, Theme, Wave

SHARED = journal.deed("surveys.themes_shared", "shared themes of a school's comments with its cluster's chair")
UNSHARED = journal.deed("surveys.themes_unshared", "took shared themes of a school's comments back")


@transaction.atomic
def keep_school_themes(
    wave: Wave, school: School, texts: Sequence[str], by: Person, *, shared: bool, named: bool
) -> list[Theme]:
    """Put these in the place of the school's themes: at most three, names masked. shared: its cluster's chair reads them;
    named: with the school's name. Raises Refused where no comment may be read that a theme could come from."""
    wave = _alone(wave)
    if not results.comments_of(wave, school.pk):
        raise Refused("There are no comments to write a theme from: they are shown where ten or more answered.")
    before = (
        Theme.objects.filter(wave=wave, school=school, shared_at__isnull=False)
        .values_list("shared_at", flat=True)
        .first()
    )
    Theme.objects.filter(wave=wave, school=school).delete()
    since = (before or timezone.now()) if shared else None
    mine = {"organisation": make_organisation(school), "school": school, "shared_at": since, "named": shared and named}
    made = _kept(wave, _masked(texts, [school.pk]), by, mine)
    now_shared = shared and bool(made)
    if now_shared != bool(before):
        payload = {"pulse": wave.pulse.name}
        deed = SHARED if now_shared else UNSHARED
        journal.record(make_organisation(school).pk, deed, by=by.pk, about=f"wave:{wave.pk}", payload=payload)
    return made


@transaction.atomic
def keep_cluster_themes(wave: Wave, cluster: Cluster, texts: Sequence[str], by: Person) -> list[Theme]:
    """Put these in the place of the cluster's themes: at most three, names of its schools' staff masked."""
    wave = _alone(wave)
    document = releases.of(wave)
    home = f"cluster:{cluster.pk}"
    schools = [school for school in document.school_ids() if document.cluster_of(school) == home]
    Theme.objects.filter(wave=wave, cluster=cluster).delete()
    mine = {"organisation": wave.organisation, "cluster": cluster}
    return _kept(wave, _masked(texts, schools), by, mine)


def _alone(wave: Wave) -> Wave:
    """Two who write at the same moment come one after the other; the later words stay."""
    return Wave.objects.select_for_update(of=("self",)).select_related("organisation", "series").get(pk=wave.pk)


def _masked(texts: Sequence[str], schools: list[int]) -> list[str]:
    names = StaffEntry.objects.filter(school__in=schools).values_list("name", flat=True)
    masked = seal.masking({name for name in names if name})
    return [masked(text) for text in texts if text.strip()][:THEMES_AT_MOST]


def _kept(wave: Wave, texts: list[str], by: Person, mine: Mapping[str, object]) -> list[Theme]:
    return [
        Theme.objects.create(wave=wave, position=position, text=text, written_by=by, **mine)
        for position, text in enumerate(texts, start=1)
    ]
