"""Why? From every action of the demo world back to what people said, in eight queries at most."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alongside.demo import world
from alongside.goals.models import Action
from alongside.kit import chain
from alongside.people.reads import standing

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("demo")]


def test_every_action_says_why_down_to_what_people_said():
    world.build()
    actions = list(Action.objects.select_related("owner"))
    assert len(actions) == 5
    for action in actions:
        told = {place.pk for place in standing(action.owner).organisations()}
        with CaptureQueriesContext(connection) as queries:
            found = chain.walk(f"action:{action.pk}", told).back
        assert len(queries) <= 8
        assert [link.name.partition(":")[0] for link in found][-1] == "signal", action.title
        assert found[-1].told.url.startswith("/n/riverway-trust/waves/")
