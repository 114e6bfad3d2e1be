"""Pulses that are opened, closed and answered inside an installation, with the SQL that an answer costs."""

import datetime
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from alongside.bench.stage.filling import NETWORK
from alongside.demo.actions import let_closing_day_come
from alongside.kit.errors import Refused
from alongside.network import actions as network_actions
from alongside.network.models import Cluster, Organisation, School
from alongside.people import actions as people_actions
from alongside.surveys import actions, reads, seal, tickets
from alongside.surveys.instruments import instrument
from alongside.surveys.models import RosterEntry, Wave

NOT_COUNTED = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK", "SELECT set_config")


def open_wave(pulse: str, seconds: float, cluster: str = "", file: str = "") -> Mapping[str, object]:
    """Open a pulse of the network, or of one cluster, for so many seconds; its tokens, in random order, in the file.

    Its letters count as sent: they are not what is measured.
    """
    network = Organisation.objects.get(kind=Organisation.Kind.NETWORK, name=NETWORK)
    asked = Cluster.objects.get(organisation=network, name=cluster) if cluster else None
    wave = _opened(network, pulse, seconds, asked)
    tokens = tokens_of(wave)
    if file:
        Path(file).write_text("".join(f"{token}\n" for token in tokens))
    asks = instrument(pulse)
    items = [item.id for item in asks.items]
    return {"wave": wave.pk, "items": items, "comments": bool(asks.comment), "closes_at": wave.closes_at.timestamp()}


def letters_sent() -> Mapping[str, object]:
    """Let every letter that waits count as sent: a restored pulse has no key to send it with, and would note that."""
    return {"sent": RosterEntry.objects.filter(invited_at__isnull=True).update(invited_at=timezone.now())}


def _opened(network: Organisation, pulse: str, seconds: float, cluster: Cluster | None = None) -> Wave:
    now = timezone.now()
    wave = actions.ask(network, pulse, now, now + datetime.timedelta(seconds=seconds), cluster=cluster)
    actions.open_wave(wave.pk)
    letters_sent()
    wave.refresh_from_db()
    return wave


def tokens_of(wave: Wave) -> list[str]:
    """The tokens of an open wave, in random order."""
    key = tickets.read_key(wave.pk)
    people = RosterEntry.objects.filter(wave=wave).values_list("person_id", flat=True)
    found = [tickets.token(key, person, wave.series.audience) for person in people]
    random.SystemRandom().shuffle(found)
    return found


def close_wave(wave: int, sealed: bool = False) -> Mapping[str, object]:
    """Let the closing time of a pulse come; a worker seals it, or we do."""
    let_closing_day_come(wave)
    if sealed:
        seal.seal(wave)
    return {"wave": wave}


def statements() -> Mapping[str, object]:
    """The SQL of one accepted answer with a comment, whose receipt shows the reply to the pulse before.

    Three answers: the first of a web process, which looks some things up that do not change, and two later ones. The
    wave stays open, with one more token.
    """
    wave, tokens = _wave_with_reply("lead")
    reads.forget()
    return {"answers": [_statements(wave, token) for token in tokens[:3]], "wave": wave.pk, "token": tokens[3]}


@transaction.atomic
def _wave_with_reply(pulse: str) -> tuple[Wave, list[str]]:
    """A pulse that is open, in a network whose schools have replied to the one before; its tokens."""
    network = Organisation.objects.get(kind=Organisation.Kind.NETWORK, name=NETWORK)
    before = _opened(network, pulse, 3600)
    close_wave(before.pk, sealed=True)
    before.refresh_from_db()
    words = actions.ReplyText("do", "We heard you.", "We keep the planning time.", f"{pulse}.1", datetime.date.today())
    for school in School.objects.select_related("organisation"):
        own = network_actions.make_organisation(school)
        leader = people_actions.grant_role("leader", own, f"head{school.pk}@head.example", "Owen Bevan", school=school)
        actions.post_reply(before, school, words, leader.person)
    wave = _opened(network, pulse, 3600)
    return wave, tokens_of(wave)


def _statements(wave: Wave, token: str) -> Mapping[str, Sequence[str]]:
    client, address = Client(SERVER_NAME="127.0.0.1"), f"/a/{wave.pk}/{token}"
    form = {item.id: "4" for item in wave.pulse.items}
    with counted() as looked:
        client.get(address)
    with counted() as sent:
        said = client.post(address, form | {"comment": "Keep the shared planning time, please."})
    if "Your answers are in" not in said.text or "We keep the planning time." not in said.text:
        raise Refused(f"The answer was not accepted: status {said.status_code}.")
    return {"GET": looked, "POST": sent}


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements of a block, as far as they count as SQL of a page."""
    found: list[str] = []

    def note(execute: Callable[..., object], sql: str, params: object, many: bool, context: object) -> object:
        if not sql.startswith(NOT_COUNTED):
            found.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield found
