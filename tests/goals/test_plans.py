"""Visions, goals and actions: written by those who keep the plan, told by their owners, and never lost between two writers."""

from __future__ import annotations

import datetime
import threading

import pytest
from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from alongside.goals import actions, planning
from alongside.goals.actions import ActionWords, GoalWords, Overtaken
from alongside.goals.models import Action, CheckIn, Goal, Vision
from alongside.kit import chain
from alongside.kit.errors import Conflict, Refused
from alongside.kit.models import Edge, JournalEntry
from alongside.people import actions as people_actions
from alongside.people.actions.erasing import erase
from alongside.people.models import StaffEntry
from alongside.people.reads import standing
from tests import make
from tests.goals.test_issues import Place, said, signed_in

pytestmark = pytest.mark.django_db
S, N = "/s/ashmead/plan/", "/n/harbour-trust/plan/"
TODAY = timezone.localdate()
SOON = TODAY + datetime.timedelta(days=20)


@pytest.fixture
def place():
    return Place()


def goal(place, title="Calm mornings", cluster=None, organisation=None, **more):
    words = GoalWords(title, "Fewer late starts", place.head.pk, SOON, **more)
    owner = organisation or (place.network if cluster else place.school)
    return actions.set_goal(owner, cluster, words, by=place.head.pk)


def action(place, title="Doors open at 8:30", goal=None, cluster=None, organisation=None, owner=None, due=SOON):
    words = ActionWords(title, (owner or place.head).pk, due, goal.pk if goal else None)
    return actions.plan(organisation or (place.network if cluster else place.school), cluster, words, by=place.head.pk)


def day(when):
    return when.isoformat()


# --- the journey ----------------------------------------------------------------------------------------------------------------


def test_from_something_to_work_on_to_an_action_with_an_owner_in_two_forms(place):
    client, issue = signed_in(place.head), place.issue("Time to plan together")
    page = said(client.get(f"/s/ashmead/issues/{issue.pk}/"))
    assert f'href="{S}actions/new/?source=issue:{issue.pk}"' in page
    form = said(client.get(f"{S}actions/new/?source=issue:{issue.pk}"))
    assert 'value="Time to plan together"' in form
    assert f'<option value="{place.head.pk}" selected>' in form
    sent = {"title": "Shared planning on Tuesdays", "owner": place.head.pk, "due_on": day(SOON), "goal": ""}
    done = client.post(f"{S}actions/new/?source=issue:{issue.pk}", sent, follow=True)
    assert "“Shared planning on Tuesdays” is planned." in said(done)
    made = Action.objects.get()
    assert (made.owner, made.due_on, made.organisation, made.state) == (place.head, SOON, place.school, "open")
    assert Edge.objects.filter(earlier=f"issue:{issue.pk}", later=f"action:{made.pk}").exists()
    why = said(done).split("Why are we doing this?")[1]
    assert "Time to plan together" in why
    assert (
        "Shared planning on Tuesdays" in said(client.get(f"/s/ashmead/issues/{issue.pk}/")).split("What came of it")[1]
    )


def test_the_working_page_shows_goals_with_their_actions_and_what_is_late(place):
    first = goal(place)
    action(place, goal=first)
    action(place, "Ask the children", due=TODAY + datetime.timedelta(days=3))
    done = action(place, "Paint the doors", goal=first)
    actions.check_in(done, CheckIn.How.DONE, "", by=place.head.pk, today=TODAY)
    page = said(signed_in(place.head).get(S))
    assert "One goal and two actions under way" in page
    assert "1 of 2 actions done" in page
    assert page.index("Calm mornings") < page.index("Doors open at 8:30") < page.index("Actions beside the goals")
    Action.objects.filter(title="Ask the children").update(due_on=TODAY - datetime.timedelta(days=1))
    assert "One action is late" in said(signed_in(place.head).get(S))
    assert "Paint the doors" in page.split("Done and stopped")[1]


def test_staff_read_and_leaders_write(place):
    made, reader = goal(place), signed_in(place.teacher)
    page = said(reader.get(S))
    assert "Calm mornings" in page
    assert "Set a goal" not in page
    for path in ("goals/new/", f"goals/{made.pk}/change/", "actions/new/", "vision/"):
        assert reader.get(S + path).status_code == 403
    assert reader.post(f"{S}goals/{made.pk}/end/", {"state": "reached"}).status_code == 403
    assert Goal.objects.get().state == "open"


def test_an_owner_without_a_role_says_how_it_goes(place):
    made = action(place, owner=place.teacher)
    client = signed_in(place.teacher)
    assert "How does it go?" in said(client.get(f"{S}actions/{made.pk}/"))
    assert client.post(f"{S}actions/{made.pk}/check-in/", {"how": "stuck", "text": "No keys."}).status_code == 302
    assert (CheckIn.objects.get().how, CheckIn.objects.get().text, CheckIn.objects.get().by) == (
        "stuck",
        "No keys.",
        place.teacher,
    )
    assert "stuck" in said(client.get(S))
    other = make.staff(place.ashmead, 3)[2]
    assert signed_in(other).post(f"{S}actions/{made.pk}/check-in/", {"how": "on"}).status_code == 403


def test_done_and_taken_up_again(place):
    made = action(place)
    check = {"by": place.head.pk, "today": TODAY}
    actions.check_in(made, CheckIn.How.DONE, "", **check)
    assert (Action.objects.get().state, Action.objects.get().ended_on) == ("done", TODAY)
    with pytest.raises(Conflict, match="done by now"):
        actions.check_in(made, CheckIn.How.ON_COURSE, "", **check)
    actions.check_in(made, CheckIn.How.AGAIN, "", **check)
    assert (Action.objects.get().state, Action.objects.get().ended_on) == ("open", None)
    with pytest.raises(Conflict, match="under way already"):
        actions.check_in(made, CheckIn.How.AGAIN, "", **check)
    assert [each.how for each in made.check_ins.order_by("pk")] == ["done", "again"]


# --- two places, one pathway ----------------------------------------------------------------------------------------------------


def test_a_schools_goal_serves_its_clusters_and_the_cluster_sees_its_title_alone(place):
    wide = goal(place, "Every child is known", cluster=place.avon)
    mine = goal(place, serves=wide.pk, lens_least="SECRET sentence")
    assert chain.walk(f"goal:{mine.pk}", {place.network.pk}).back[0].told.sentence == "Every child is known"
    page = said(signed_in(place.chair).get(f"{N}goals/{wide.pk}/"))
    assert "Ashmead: Calm mornings" in page
    assert "SECRET" not in page
    assert signed_in(place.chair).get(f"/s/ashmead/plan/goals/{mine.pk}/").status_code == 404
    assert "Served by “Calm mornings”" in said(signed_in(place.head).get(S))


def test_a_reason_that_another_place_owns_is_told_to_its_own_people_alone(place):
    """What a school put forward has a reason in the school's own list, which the cluster's chair does not read."""
    own = place.issue("Corridors")
    there = actions.put_forward(own, place.network.pk, place.avon, by=place.head.pk)
    made = actions.set_goal(
        place.network, place.avon, GoalWords("Calm", "", None, SOON), source=f"issue:{there.pk}", by=place.chair.pk
    )
    reasons = {
        who: said(signed_in(who).get(f"{N}goals/{made.pk}/")).split("Why this goal?")[1]
        for who in (place.chair, place.head)
    }
    assert f"/s/ashmead/issues/{own.pk}/" in reasons[place.head]
    assert "/s/ashmead/" not in reasons[place.chair]
    assert f"/issues/{there.pk}/" in reasons[place.chair]


def test_a_goal_serves_neither_itself_nor_one_of_elsewhere(place):
    mine, elsewhere = goal(place), goal(place, "Brede reads", cluster=place.brede)
    words = GoalWords("Calm mornings", "", None, SOON, serves=mine.pk)
    with pytest.raises(Refused, match="cannot serve itself"):
        actions.change_goal(mine, words, seen=1, by=place.head.pk)
    for wrong in (elsewhere.pk, goal(place, "Another of ours").pk, 10**9):
        with pytest.raises(Refused, match="not one of your cluster or network"):
            goal(place, f"Serves {wrong}", serves=wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        Goal.objects.filter(pk=mine.pk).update(serves=mine.pk)


def test_a_clusters_goal_serves_the_networks_and_never_the_other_way_round(place):
    whole = actions.set_goal(place.network, None, GoalWords("One trust", "", None, SOON), by=place.officer.pk)
    avon = goal(place, "Avon reads", cluster=place.avon, serves=whole.pk)
    assert avon.serves == whole
    with pytest.raises(Refused, match="not one of your cluster"):
        actions.change_goal(whole, GoalWords("One trust", "", None, SOON, serves=avon.pk), seen=1, by=place.officer.pk)


def test_what_it_serves_can_change_and_its_reason_stays(place):
    one, other = goal(place, "One", cluster=place.avon), goal(place, "Other", cluster=place.avon)
    issue = place.issue("Corridors")
    words = GoalWords("Calm", "", None, SOON, serves=one.pk)
    mine = actions.set_goal(place.school, None, words, source=f"issue:{issue.pk}", by=place.head.pk)
    actions.change_goal(mine, GoalWords("Calm", "", None, SOON, serves=other.pk), seen=1, by=place.head.pk)
    before = set(Edge.objects.filter(later=f"goal:{mine.pk}").values_list("earlier", flat=True))
    assert before == {f"goal:{other.pk}", f"issue:{issue.pk}"}


def test_an_action_of_another_places_goal_is_refused(place):
    foreign = goal(place, "Avon reads", cluster=place.avon)
    with pytest.raises(Refused, match="not one of this page"):
        action(place, goal=foreign)
    assert not Action.objects.exists()


# --- two writers ---------------------------------------------------------------------------------------------------------------


def test_two_who_edit_one_goal_lose_nothing(place):
    made, client = goal(place), signed_in(place.head)
    page = said(client.get(f"{S}goals/{made.pk}/change/"))
    assert '<input type="hidden" name="seen" value="1"' in page
    actions.change_goal(made, GoalWords("Quiet mornings", "By ear", None, SOON), seen=1, by=place.head.pk)
    mine = {"title": "Calm lunchtimes", "measure": "By eye", "review_on": day(SOON), "owner": "", "seen": "1"}
    late = client.post(f"{S}goals/{made.pk}/change/", mine)
    assert late.status_code == 409
    assert "This changed while you were writing" in said(late)
    assert "Quiet mornings" in said(late)
    assert 'value="Calm lunchtimes"' in said(late)
    assert 'name="seen" value="2"' in said(late)
    assert Goal.objects.get().title == "Quiet mornings"
    assert client.post(f"{S}goals/{made.pk}/change/", mine | {"seen": "2"}).status_code == 302
    assert Goal.objects.get().title == "Calm lunchtimes"


def test_two_who_edit_one_action_or_vision_lose_nothing(place):
    made, client = action(place), signed_in(place.head)
    actions.change_action(made, ActionWords("Doors at 8", None, SOON), seen=1, by=place.head.pk)
    mine = {"title": "Doors at 9", "due_on": day(SOON), "owner": "", "seen": "1"}
    late = client.post(f"{S}actions/{made.pk}/change/", mine)
    assert (late.status_code, "Doors at 8" in said(late), 'value="Doors at 9"' in said(late)) == (409, True, True)
    assert client.post(f"{S}vision/", {"text": "We read.", "seen": "0"}).status_code == 302
    late = client.post(f"{S}vision/", {"text": "We sing.", "seen": "0"})
    assert (late.status_code, "We read." in said(late), "We sing." in said(late)) == (409, True, True)
    assert client.post(f"{S}vision/", {"text": "We sing.", "seen": "1"}).status_code == 302
    assert [vision.text for vision in Vision.objects.order_by("number")] == ["We read.", "We sing."]
    assert "We read." in said(client.get(f"{S}vision/"))
    assert "We sing." in said(client.get(S))


@pytest.mark.django_db(transaction=True)
def test_two_changes_at_once_leave_one_and_tell_the_other():
    place = Place()
    made, told, ready = goal(place), [], threading.Barrier(2)

    def change(title):
        try:
            ready.wait()
            actions.change_goal(made, GoalWords(title, "", None, SOON), seen=1, by=place.head.pk)
            told.append(title)
        except Overtaken:
            told.append("overtaken")
        finally:
            connections.close_all()

    both = [threading.Thread(target=change, args=(title,)) for title in ("One", "Two")]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert sorted(told, key=len)[1] == "overtaken"
    assert Goal.objects.get().title in told
    assert Goal.objects.get().version == 2


# --- people come and go --------------------------------------------------------------------------------------------------------


def test_an_owner_who_leaves_is_said_and_somebody_takes_over(place):
    made = action(place, owner=place.teacher)
    goal_of = goal(place)
    Goal.objects.update(owner=place.teacher)
    entry = StaffEntry.objects.get(person=place.teacher)
    StaffEntry.objects.filter(pk=entry.pk).update(since=TODAY - datetime.timedelta(days=9))
    people_actions.mark_left(entry, TODAY - datetime.timedelta(days=1), place.head)
    client = signed_in(place.head)
    page = said(client.get(S))
    assert f"{place.teacher.name} works here no more: who takes it over?" in page
    assert "One action has nobody who sees to it." in page
    assert "Say who takes it over" in said(client.get(f"{S}actions/{made.pk}/"))
    assert "whose goal is it now?" in said(client.get(f"{S}goals/{goal_of.pk}/"))
    sent = {"title": made.title, "due_on": day(SOON), "owner": place.head.pk, "seen": "1"}
    assert client.post(f"{S}actions/{made.pk}/change/", sent).status_code == 302
    assert "takes it over" not in said(client.get(S))


def test_an_owner_who_is_erased_leaves_the_action(place):
    made = action(place, owner=place.teacher)
    erase(place.teacher, by=place.head.pk)
    made.refresh_from_db()
    assert made.owner is None
    assert "Nobody’s yet" in said(signed_in(place.head).get(S))


def test_only_people_of_the_place_can_own_it(place):
    client, stranger = signed_in(place.head), make.person("stranger@x.example")
    sent = {"title": "Doors", "due_on": day(SOON), "owner": stranger.pk}
    assert client.post(f"{S}actions/new/", sent).status_code == 400
    assert not Action.objects.exists()


# --- words and days ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("days", [-1, 6 * 366])
def test_a_day_that_is_over_or_too_far_is_refused_and_one_that_stood_there_may_stay(place, days):
    client, when = signed_in(place.head), TODAY + datetime.timedelta(days=days)
    sent = {"title": "Doors", "due_on": day(when), "owner": ""}
    page = client.post(f"{S}actions/new/", sent)
    assert page.status_code == 400
    assert "Choose today or a later day" in said(page)
    made = action(place, due=when)
    assert client.post(f"{S}actions/{made.pk}/change/", sent | {"seen": "1"}).status_code == 302


@pytest.mark.parametrize("title", ["", "  \t", "‎​"])
def test_a_title_without_words_is_refused(place, title):
    with pytest.raises(Refused, match="few words"):
        goal(place, title)


def test_the_same_words_stand_once_and_a_full_page_says_so(place, monkeypatch):
    goal(place)
    with pytest.raises(Conflict, match="stands there already"):
        goal(place, "calm   Mornings")
    monkeypatch.setattr(actions.plans, "MOST_GOALS", 1)
    with pytest.raises(Refused, match="fewer get done"):
        goal(place, "Another")


def test_silence_for_six_weeks_is_said(place):
    made = action(place)
    long_ago = timezone.now() - datetime.timedelta(days=50)
    Action.objects.update(made_at=long_ago)
    assert "no word for six weeks" in said(signed_in(place.head).get(S))
    actions.check_in(made, CheckIn.How.ON_COURSE, "", by=place.head.pk, today=TODAY)
    assert "on course" in said(signed_in(place.head).get(S))


def test_a_goal_is_reached_stopped_and_taken_up_again_once_each(place):
    made = goal(place)
    end = {"by": place.head.pk, "today": TODAY}
    actions.end_goal(made, Goal.State.REACHED, **end)
    with pytest.raises(Conflict, match="reached already"):
        actions.end_goal(made, Goal.State.REACHED, **end)
    actions.end_goal(made, Goal.State.OPEN, **end)
    assert (Goal.objects.get().state, Goal.objects.get().ended_on) == ("open", None)
    deeds = list(JournalEntry.objects.filter(about=f"goal:{made.pk}").order_by("number").values_list("deed", flat=True))
    assert deeds == ["goals.goal_set", "goals.goal_ended", "goals.goal_ended"]


@pytest.mark.parametrize("address", ["?source=issue:999999", "?source=wave:1", "?source=issue:²"])
def test_a_reason_that_is_not_there_is_a_404(place, address):
    assert signed_in(place.head).get(f"{S}actions/new/{address}").status_code == 404


def test_a_chair_writes_for_the_own_cluster_alone(place):
    client = signed_in(place.chair)
    assert client.get(f"{N}goals/new/?for=cluster-{place.avon.pk}").status_code == 200
    assert client.get(f"{N}goals/new/?for=cluster-{place.brede.pk}").status_code == 403
    assert client.get(f"{N}goals/new/?for=whole").status_code == 403
    sent = {"title": "Avon reads", "review_on": day(SOON), "owner": place.head.pk}
    assert client.post(f"{N}goals/new/?for=cluster-{place.avon.pk}", sent).status_code == 302
    assert Goal.objects.get().cluster == place.avon


def test_pages_hold_their_queries(place, django_assert_max_num_queries):
    wide = goal(place, "Every child is known", cluster=place.avon)
    issue = place.issue("Corridors")
    words = GoalWords("Calm", "", place.head.pk, SOON, serves=wide.pk)
    mine = actions.set_goal(place.school, None, words, source=f"issue:{issue.pk}", by=place.head.pk)
    made = action(place, goal=mine)
    for number in range(12):
        action(place, f"Number {number}", goal=mine)
    client = signed_in(place.head)
    for path in (S, f"{S}goals/{mine.pk}/", f"{S}actions/{made.pk}/", f"{S}actions/new/", f"{S}goals/new/"):
        client.get(path)
        with django_assert_max_num_queries(18):  # signing in and who asks are six of them
            client.get(path)
    assert planning.plan_page(place.school, standing(place.head).member(place.school), TODAY).actions == 13
