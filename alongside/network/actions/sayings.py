"""What clusters and schools say of themselves, and where students go on to."""

from collections.abc import Collection, Iterable

from django.db import IntegrityError, transaction

from alongside.kit import journal
from alongside.kit.errors import Conflict, Refused
from alongside.network import profile, topics
from alongside.network.actions.clusters import make_organisation
from alongside.network.models import Cluster, FeederFlow, Offer, Organisation, ProfileAnswer, School

WROTE = journal.deed("network.profile_written", "wrote to a cluster’s profile")
STATED = journal.deed("network.offers_stated", "said what a school is strong in and looks for")
FLOWED = journal.deed("network.flows_entered", "entered where students went on to")
MOST_STUDENTS = 9_999
YEARS = range(1990, 2101)


@transaction.atomic
def write_answer(cluster: Cluster, question: str, text: str, *, seen: int, by: int) -> ProfileAnswer:
    """A new version of an answer. seen: the number of the version that the author had before them, 0 for none.

    The same text again is no new version. Raises Conflict when somebody else wrote meanwhile, Refused for what is too
    long and for no question.
    """
    if question not in profile.BY_KEY:
        raise Refused("There is no such question.")
    if len(text) > profile.LONGEST:
        raise Refused(f"This is longer than {profile.LONGEST:,} characters. About 120 words are enough; shorten it.")
    rows = ProfileAnswer.objects.filter(cluster=cluster, question=question).order_by("number")
    last = rows.last()
    if last and last.text == text:
        return last
    if seen != (last.number if last else 0):
        raise Conflict("Somebody else wrote to this answer while you did. Both texts are below.")
    try:
        with transaction.atomic():
            answer = ProfileAnswer.objects.create(
                organisation_id=cluster.organisation_id,
                cluster=cluster,
                question=question,
                number=seen + 1,
                text=text,
                written_by=by,
            )
    except IntegrityError:
        raise Conflict("Somebody else wrote to this answer while you did. Both texts are below.") from None
    payload = {"question": question, "version": seen + 1}
    journal.record(cluster.organisation_id, WROTE, by=by, about=f"cluster:{cluster.pk}", payload=payload)
    return answer


@transaction.atomic
def state_offers(school: School, strengths: Collection[str], wishes: Collection[str], *, by: int) -> None:
    """What the school is strong in and looks for, in place of what it said before.

    Raises Refused for more than three of one kind, for a topic that is not on the list, and for one that is both.
    """
    for chosen, kind in ((strengths, "strengths"), (wishes, "wishes")):
        if len(set(chosen)) > topics.AT_MOST:
            raise Refused(f"Choose up to three {kind}: whoever is good at everything is found by nobody.")
    if unknown := {*strengths, *wishes} - topics.TOPICS.keys():
        raise Refused(f"There is no topic {sorted(unknown)[0][:40]} on the list.")
    if both := set(strengths) & set(wishes):
        raise Refused(f"{topics.TOPICS[min(both)].capitalize()} cannot be both. Keep it on one side.")
    organisation = make_organisation(school)
    School.objects.select_for_update().get(pk=school.pk)
    Offer.objects.filter(school=school).delete()
    wanted = [(Offer.Kind.STRENGTH, topic) for topic in set(strengths)]
    wanted += [(Offer.Kind.WISH, topic) for topic in set(wishes)]
    Offer.objects.bulk_create(
        Offer(organisation=organisation, school=school, kind=kind, topic=topic) for kind, topic in sorted(wanted)
    )
    payload = {"strengths": sorted(set(strengths)), "wishes": sorted(set(wishes))}
    journal.record(organisation.pk, STATED, by=by, about=f"school:{school.pk}", payload=payload)


type Flow = tuple[School, School, int, int]


@transaction.atomic
def enter_flows(network: Organisation, rows: Iterable[Flow], *, by: int) -> int:
    """How many students went on from one school to another in a year; a later figure takes the place of an earlier one.

    rows: (from, to, year, students); 0 students takes a figure away. Returns how many rows. Raises Refused, and changes
    nothing, for a figure that cannot be.
    """
    Organisation.objects.select_for_update().get(pk=network.pk)
    count = 0
    for source, target, year, students in rows:
        _check_flow(source, target, year, students)
        earlier = FeederFlow.objects.filter(organisation=network, source=source, target=target, year=year)
        earlier.delete()
        if students:
            FeederFlow.objects.create(organisation=network, source=source, target=target, year=year, students=students)
        count += 1
    journal.record(network.pk, FLOWED, by=by, payload={"rows": count})
    return count


def _check_flow(source: School, target: School, year: int, students: int) -> None:
    if source.pk == target.pk:
        raise Refused(f"{source.name} cannot send students to itself. Choose two schools.")
    if year not in YEARS:
        raise Refused(f"The year must lie between {YEARS[0]} and {YEARS[-1]}.")
    if not 0 <= students <= MOST_STUDENTS:
        raise Refused(f"The number of students must lie between 0 and {MOST_STUDENTS:,}.")
