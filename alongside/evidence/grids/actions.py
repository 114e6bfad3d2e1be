"""A grid is started; a school says yes."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from alongside.evidence.actions import say_yes
from alongside.evidence.models import GridSharing
from alongside.kit import journal
from alongside.kit.errors import Conflict, Refused
from alongside.network.models import Cluster, Organisation, School
from alongside.people.models import Person
from alongside.surveys import actions as surveys_actions
from alongside.surveys.instruments import GRID, instrument
from alongside.surveys.models import Wave

SHARED = journal.deed("evidence.grid_shared", "let the cluster count the school’s reflection grid")
UNSHARED = journal.deed("evidence.grid_unshared", "took the school’s reflection grid back")
TEN, TWENTY = "ten", "twenty"


def statements(how_many: str) -> list[str]:
    """Ids of what is asked: all twenty, or the first of each principle."""
    return [item.id for item in instrument(GRID).items if how_many == TWENTY or item.id.endswith("a")]


def start(
    organisation: Organisation,
    items: Sequence[str],
    opens_at: datetime.datetime,
    closes_at: datetime.datetime,
    *,
    cluster: Cluster | None = None,
    by: Person | None = None,
) -> Wave:
    """Plan a grid for everybody who works in these schools. Raises Refused and Conflict as `surveys.actions.ask` does, and
    Refused for a school alone: a grid asks about the network too."""
    if organisation.kind != Organisation.Kind.NETWORK:
        raise Refused("A reflection grid asks about the network too, so a network or a cluster asks it.")
    return surveys_actions.ask(organisation, GRID, opens_at, closes_at, cluster=cluster, by=by, items=items)


def share(wave: Wave, school: School, *, shared: bool, by: int) -> None:
    """Let the cluster count the school's grid and see it, or take that back. Safe twice. Raises Conflict before it is out."""
    if shared and not wave.has_results:
        raise Conflict("There is no portrait yet. Look at your own first, then let the cluster see it.")
    deed = SHARED if shared else UNSHARED
    say_yes(GridSharing(wave=wave), school, deed, shared=shared, by=by, about=f"wave:{wave.pk}")
