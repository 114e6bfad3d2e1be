"""Pulses after a restore: keys that are gone or strange, letters that cannot be sent any more, seals that are overdue."""

import datetime

import pytest
from django.utils import timezone

from alongside.surveys import actions, health, restoring, tickets
from alongside.surveys.models import Release, RosterEntry, Wave
from tests import make
from tests.surveys import worlds

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return worlds.open_world({"X": {"A": 9, "B": 3}})


def unsent():
    return RosterEntry.objects.filter(invited_at__isnull=True).count()


def test_a_wave_with_its_key_goes_on_as_before(world):
    assert restoring.settle() == []
    assert (unsent(), tickets.key_path(world.wave.pk).exists()) == (12, True)


def test_a_wave_without_its_key_says_so_once_and_tries_no_letter(world):
    RosterEntry.objects.filter(pk__in=RosterEntry.objects.order_by("pk").values("pk")[:4]).update(
        invited_at=timezone.now()
    )
    tokens = make.tokens(world.wave)
    tickets.destroy_key(world.wave.pk)
    (said,) = restoring.settle()
    assert said.startswith(f"Pulse {world.wave.pk} is open and its key is not here")
    assert "8 letters had not been sent and cannot be any more. Links that were sent still work" in said
    assert (unsent(), Wave.objects.get().mails_failed) == (0, 8)
    actions.send_invitations(world.wave.pk)
    restoring.settle()
    assert Wave.objects.get().mails_failed == 8
    worlds.take(world.wave, tokens)
    make.close(world.wave)
    assert world.wave.state == "sealed"


def test_a_key_of_another_installation_is_destroyed(world):
    path = tickets.key_path(world.wave.pk)
    path.write_text("a key of the same number from elsewhere, 32 bytes")
    strange = path.with_name("wave-987654.key")
    strange.write_text("x")
    assert len(restoring.settle()) == 1
    assert (path.exists(), strange.exists()) == (False, False)


def test_an_overdue_wave_is_sealed_again(world):
    worlds.take(world.wave, make.tokens(world.wave)[:7])
    past = timezone.now() - datetime.timedelta(days=3)
    Wave.objects.update(opens_at=past - 7 * make.DAY, closes_at=past)
    tickets.destroy_key(world.wave.pk)
    assert restoring.settle() == ["1 overdue pulses were sealed again."]
    world.wave.refresh_from_db()
    assert (world.wave.state, Release.objects.count()) == ("sealed", 1)
    assert restoring.settle() == []


def test_the_doctor_tells_of_open_waves_without_a_key(world):
    assert [f.ok for f in health.findings() if f.name == "Wave keys"] == [True]
    tickets.destroy_key(world.wave.pk)
    (found,) = [f for f in health.findings() if f.name == "Wave keys"]
    assert (found.ok, "1 open pulses have no key here" in found.text) == (False, True)
