"""People of every role, and how long the pages take on which they see results."""

import random
import time
from collections.abc import Mapping

from django.test import Client
from django.urls import reverse

from alongside.bench.stage.filling import NETWORK, SENTENCE
from alongside.bench.stage.pulses import counted
from alongside.kit.errors import Refused
from alongside.network import actions as network_actions
from alongside.network.models import Cluster, Organisation, School
from alongside.people import actions as people_actions
from alongside.people import factors
from alongside.people.models import Person
from alongside.surveys.models import SealedComment, Wave

COMMENTS = 10


def cast(network: str = NETWORK) -> Mapping[str, object]:
    """An officer, a chair, a head and a teacher of a network; sessions in which they are signed in; where they look."""
    wave = newest(network)
    cluster = Cluster.objects.filter(organisation=wave.organisation).order_by("pk")[0]
    school = School.objects.filter(pk__in=wave.schools.filter(cluster=cluster).values("school")).order_by("pk")[0]
    made = {
        "officer": people_actions.grant_role("officer", wave.organisation, "officer@riverway.example", "Emeka Clarke"),
        "chair": people_actions.grant_role(
            "chair", wave.organisation, "chair@riverway.example", "Grace Mensah", cluster=cluster
        ),
        "head": people_actions.grant_role(
            "leader", network_actions.make_organisation(school), "head@riverway.example", "Owen Bevan", school=school
        ),
    }
    _comments(wave, school)
    sessions = {who: signed_in(role.person).session.session_key for who, role in made.items()}
    return {"sessions": sessions, "pages": _pages(wave, cluster, school)}


def _comments(wave: Wave, school: School) -> None:
    """What the head reads on the school's page: as many in every installation."""
    dice = random.Random(3)
    SealedComment.objects.bulk_create(
        SealedComment(
            key=dice.randbytes(16),
            organisation=wave.organisation,
            wave=wave,
            school=school,
            text=f"{SENTENCE} {number}",
        )
        for number in range(COMMENTS)
    )


def newest(network: str = NETWORK) -> Wave:
    """The newest wave of a network that has results."""
    owner = Organisation.objects.get(kind=Organisation.Kind.NETWORK, name=network)
    found = Wave.objects.filter(organisation=owner, release__isnull=False).select_related("organisation")
    wave = found.order_by("-number").first()
    if wave is None:
        raise Refused("There are no results yet.")
    return wave


def _pages(wave: Wave, cluster: Cluster, school: School) -> dict[str, list[str]]:
    """Name of a page → who looks, and where."""
    inside = {"kind": "network", "slug": wave.organisation.slug}
    results, item = {**inside, "pk": wave.pk}, wave.pulse.items[0].id
    chart = {**results, "item": item}
    slug = network_actions.make_organisation(school).slug
    return {
        "network": ["officer", reverse("results", kwargs=results)],
        "network chart": ["officer", reverse("statement", kwargs={**chart, "where": "all", "place": "whole"})],
        "cluster": ["chair", reverse("results_cluster", kwargs={**results, "cluster": cluster.slug})],
        "cluster chart": ["chair", reverse("statement", kwargs={**chart, "where": "clusters", "place": cluster.slug})],
        "school": ["head", reverse("results_school", kwargs={**results, "school": slug})],
        "school chart": ["head", reverse("statement", kwargs={**chart, "where": "schools", "place": slug})],
        "show": ["officer", reverse("show", kwargs=inside)],
        "today": ["officer", reverse("today", kwargs=inside)],
    }


def signed_in(person: Person) -> Client:
    """A browser in which somebody is signed in, the second step included."""
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(person)
    session = client.session
    factors.vouch(session, person, "app")
    session.save()
    return client


def look(sessions: Mapping[str, str], pages: Mapping[str, list[str]], times: int) -> Mapping[str, object]:
    """Each page so many times: milliseconds of each, the most queries, bytes."""
    found = {}
    for name, (who, path) in pages.items():
        client = Client(SERVER_NAME="127.0.0.1")
        client.cookies["session"] = sessions[who]
        visits = [_visit(client, path) for _ in range(times)]
        found[name] = {
            "milliseconds": [visit[0] for visit in visits],
            "queries": max(visit[1] for visit in visits),
            "bytes": visits[-1][2],
        }
    return {"looked": found}


def _visit(client: Client, path: str) -> tuple[float, int, int]:
    with counted() as statements:
        began = time.perf_counter()
        reply = client.get(path)
        milliseconds = 1000 * (time.perf_counter() - began)
    if reply.status_code != 200:
        raise Refused(f"{path} answers {reply.status_code}.")
    return milliseconds, len(statements), len(reply.content)
