"""Coherence rounds of the small world: one of each network that is over and shared, one of each cluster that is planned."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils import timezone

from alongside.evidence import actions
from alongside.evidence.grids import actions as grid_actions
from alongside.evidence.models import MapRound
from alongside.evidence.statements import STATEMENTS, TEAMS, USUAL
from alongside.network.models import Cluster, Organisation, School
from alongside.people.models import Person
from alongside.surveys import actions as surveys_actions
from alongside.surveys.models import Wave
from tests import make

STATEMENTS_ASKED = [statement.id for statement in STATEMENTS[:USUAL]]


def over(network: Organisation, schools: Mapping[str, School], leaders: Mapping[str, Person], note: str) -> MapRound:
    """Leaders have answered, teams too; each school has noted its talk and said yes. leaders: of each school, by its name."""
    now = timezone.now()
    found = actions.start(network, STATEMENTS_ASKED, {TEAMS: (now, now + 7 * make.DAY)})
    wave = found.seats.get().wave
    surveys_actions.open_wave(wave.pk)
    wave.refresh_from_db()
    for name, school in schools.items():
        make.answer(wave, school, wave.invited)
        ratings = dict.fromkeys(STATEMENTS_ASKED, 5)
        actions.keep_view(found, school, leaders[name], ratings, head=True, agreed=True)
        actions.note(found, school, leaders[name], note)
    wave.refresh_from_db()
    make.close(wave)
    for name, school in schools.items():
        actions.share(found, school, shared=True, by=leaders[name].pk)
    _leave_room(found)
    return found


def _leave_room(found: MapRound) -> None:
    """Nothing of it counts in the budget of questions: this world asks more of its people than any real one."""
    Wave.objects.filter(seat__round=found).update(items=[])


def planned(network: Organisation, cluster: Cluster) -> MapRound:
    """Leaders may say how they see it; teams are asked in three days."""
    opens = timezone.now() + 3 * make.DAY
    found = actions.start(network, STATEMENTS_ASKED, {TEAMS: (opens, opens + 7 * make.DAY)}, cluster=cluster)
    _leave_room(found)
    return found


def grid_over(network: Organisation, schools: Mapping[str, School], leaders: Mapping[str, Person]) -> Wave:
    """A reflection grid in which everybody has answered and each school said yes."""
    now = timezone.now()
    wave = grid_actions.start(network, grid_actions.statements(grid_actions.TEN), now, now + 7 * make.DAY)
    surveys_actions.open_wave(wave.pk)
    wave.refresh_from_db()
    for school in schools.values():
        make.answer(wave, school, wave.invited, 6)
    make.close(wave)
    wave.refresh_from_db()
    for name, school in schools.items():
        grid_actions.share(wave, school, shared=True, by=leaders[name].pk)
    Wave.objects.filter(pk=wave.pk).update(items=[])  # as `_leave_room`
    return wave
