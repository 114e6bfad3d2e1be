"""Every address of Alongside, where it leads in the small world, and what a sound form sends there."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse
from django.utils import timezone

from alongside.calendar.days import MONDAY_TO_FRIDAY
from alongside.evidence.models import MapRound
from alongside.goals.models import Choice
from alongside.kit import keyfile
from alongside.network import actions as network_actions
from alongside.network.models import School
from alongside.people import actions as people_actions
from alongside.people import digests
from alongside.people.models import Person
from alongside.surveys import actions, codes, outlook, schooldays, stopping
from alongside.surveys.models import Past, SelfCheck, SlipSheet, Wave
from alongside.surveys.past import actions as past_actions
from alongside.surveys.past import standing
from tests import make
from tests.registers_of_ours import gias, gias_school
from tests.small_world import World
from tests.surveys import halls

WORDS = "four words in a row"
COAST = "School by the coast"


@dataclass(frozen=True)
class Target:
    """A school, and the cluster and network in which somebody looks at it."""

    network: str
    cluster: str
    school: str


def patterns(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    """Every address there is."""
    for found in (resolver or get_resolver()).url_patterns:
        if isinstance(found, URLResolver):
            yield from patterns(found)
        else:
            yield found


PARTS = {pattern.name: frozenset(pattern.pattern.converters) for pattern in patterns()}


def address(world: World, kind: str, name: str, of: str, target: Target) -> str:
    """The address of a page for a target. kind: n, s, or - for pages that belong to no organisation."""
    place = {}
    if kind != "-":
        organisation = (
            world.networks[target.network].network if kind == "n" else world.schools[target.school].school.organisation
        )
        place = {"kind": organisation.kind, "slug": organisation.slug}
    wanted = PARTS[name] - place.keys()
    return reverse(name, kwargs=place | {part: _part(world, kind, name, of, target, part) for part in wanted})


def part_of(world: World, line: dict[str, str], part: str, target: Target) -> object:
    """What stands in one part of the address of a line of permissions.csv."""
    if part == "slug":
        return resolve(address(world, line["kind"], "today", "", target)).kwargs["slug"]
    return _part(world, line["kind"], line["name"], line["of"], target, part)


def _part(world: World, kind: str, name: str, of: str, target: Target, part: str) -> object:
    match part:
        case "school":
            return world.schools[target.school].school.slug
        case "cluster":
            return world.networks[target.network].clusters[target.cluster].slug
        case "grouping":
            return world.networks[target.network].grouping.slug
        case "year":
            return datetime.date.today().year
        case "pk":
            return _pk(world, kind, name, target)
        case "item":
            return "lead.1"
        case "where":
            return {"school": "schools", "cluster": "clusters", "grouping": "groupings", "all": "all"}[of]
        case "place":
            return "whole" if of == "all" else _part(world, kind, name, of, target, of)
        case "wave":
            return world.networks[target.network].open[target.cluster].pk
        case "token":
            return _token(world, name, target)
        case "uid":
            return resolve(people_actions.password_path(_own_person(world, target))).kwargs["uid"]
        case "role" | "key":
            return "head"
        case "question":
            return "1-who"
        case "provider_id":
            return "work"
        case "pulse":
            return "lead"
        case "code":
            here = world.networks[target.network]
            return (here.room_closed if name == "room_seen" else here.rooms_open[target.cluster]).code
    raise AssertionError(f"{name}: nobody knows what to put for {part}")


def _pk(world: World, kind: str, name: str, target: Target) -> int:
    school, network = world.schools[target.school], world.networks[target.network]
    if name in {"staff_import", "staff_import_csv", "staff_apply", "staff_drop"}:
        return (school.lists[target.network] if kind == "n" else school.brought).pk
    if name in CALENDAR:
        return (network if kind == "n" else school).calendar[CALENDAR[name]]
    if name in {"work", "work_file"}:
        return (network if kind == "n" else school).work.pk
    if name == "role_end":
        return school.leader.pk
    if name in {"register_import", "register_apply", "register_drop"}:
        return network.register_file.pk
    if name in {"invitation_withdraw", "invitation_again"}:
        return (school.invitations[target.network] if kind == "n" else school.invitation).pk
    if name in {"step_remove", "device_forget"}:
        return world.step if name == "step_remove" else world.device
    if name == "erasure_confirm":
        return school.asked.pk
    if name in {"partner_end", "partner_person_end"}:
        return (network.partner_post.partner if name == "partner_end" else network.partner_post).pk
    if name in {"staff_person", "staff_left", "staff_erase"}:
        return school.school.staff.filter(until=None).order_by("-pk")[0].pk
    if name == "staff_return":
        return school.school.staff.filter(until__isnull=False).order_by("-pk")[0].pk
    if name in {"wave", "wave_extend", "wave_nudge", "wave_people"}:
        return (network.open[target.cluster] if kind == "n" else school.open).pk
    if name == "wave_call_off":
        return (network.planned[target.cluster] if kind == "n" else school.planned).pk
    if name.startswith("rhythm"):
        return (network.rhythms[target.cluster] if kind == "n" else school.rhythm).pk
    if name == "room":
        return (network if kind == "n" else school).room_closed.pk
    if name == "room_close":
        return (network.rooms_open[target.cluster] if kind == "n" else school.room_open).pk
    if name in {"own_pulse", "own_pulse_away", "pulse_read", "pulse_read_drop"}:
        here = network if kind == "n" else school
        return here.own_pulse.pk if name.startswith("own") else here.survey_file.pk
    if name in WAYS_IN:
        return _open_wave(world, kind, target).pk
    if name in COMING_TOGETHER:
        return _coming_together(world, kind, name, target)
    if name.startswith("lent_"):
        return school.closed.pk
    if name.startswith("map"):
        return _map(world, name, target).pk
    if name.startswith("grid"):
        return world.networks[target.network].grid_over.pk
    if name.startswith("past_"):
        return _past(world, kind, name, target)
    if name.startswith("issue"):
        return _issues(world, kind, target)["merged" if name == "issue_apart" else "one"]
    if name.startswith(("goal", "action")):
        plans = network.plans[target.cluster] if kind == "n" else school.plans
        return plans["goal" if name.startswith("goal") else "action"]
    if name.startswith("vote") and name != "vote_new":
        votes = network.votes[target.cluster] if kind == "n" else school.votes
        return votes["ready" if name in {"vote_apply", "vote_drop"} else "applied"]
    return (network.closed if kind == "n" else school.closed).pk


PLANNED_MAPS = {"map_mine", "map_call_off"}


def _map(world: World, name: str, target: Target) -> MapRound:
    """A cluster's round that is planned, for what is possible only then; else the network's that is over."""
    here = world.networks[target.network]
    found = here.maps_planned[target.cluster] if name in PLANNED_MAPS else here.map_over
    assert found
    return found


def _issues(world: World, kind: str, target: Target) -> dict[str, int]:
    return world.networks[target.network].issues[target.cluster] if kind == "n" else world.schools[target.school].issues


COMING_TOGETHER = {"joining_answer", "joining_back", "leave_back", "group", "group_add", "group_leave"}


def _coming_together(world: World, kind: str, name: str, target: Target) -> int:
    school, network = world.schools[target.school], world.networks[target.network]
    if name.startswith("group"):
        return network.group.pk
    if name == "leave_back":
        return school.notice.pk
    asked, invited = (
        (network.asked[target.cluster], network.invited[target.cluster])
        if kind == "n"
        else (school.question, school.asked_in)
    )
    # Each side answers what the other asked, and takes back what it asked itself.
    return (asked if (name == "joining_answer") == (kind == "n") else invited).pk


WAYS_IN = {"wave_poster", "wave_slide", "wave_slips", "wave_slips_decide", "wave_slips_fetch"}


def _past(world: World, kind: str, name: str, target: Target) -> int:
    """Results of the whole stand for everybody; what waits or is taken back is a cluster's, or the school's own."""
    state = "applied" if name.startswith("past_results") or name == "past_undo" else "ready"
    if kind == "s":
        return world.schools[target.school].past[state]
    return world.networks[target.network].past["" if name.startswith("past_results") else target.cluster][state]


def _open_wave(world: World, kind: str, target: Target) -> Wave:
    if kind == "n":
        return world.networks[target.network].open[target.cluster]
    found = world.schools[target.school].open
    assert found, f"{target.school} has no pulse of its own"
    return found


def _slips(world: World, kind: str, name: str, target: Target) -> None:
    """Slips that wait for a second person, or whose sheet lies ready."""
    wave, school = _open_wave(world, kind, target), world.schools[target.school].school
    state = "waiting" if name == "wave_slips_decide" else "ready"
    asked_by = world.people[f"{target.school} staff"]
    sheet = SlipSheet.objects.create(
        organisation=wave.organisation, wave=wave, school=school, count=9, state=state, asked_by=asked_by
    )
    keyfile.write(codes.sheet_path(wave.pk, sheet.pk), b"%PDF-1.7 of nine slips")


def _token(world: World, name: str, target: Target) -> str:
    if name == "pulse_stop":
        return resolve(urlsplit(stopping.stop_url(_own_person(world, target).pk)).path).kwargs["token"]
    if name == "digest_stop":
        return resolve(digests.stop_path(_own_person(world, target))).kwargs["token"]
    if name == "set_password":
        return resolve(people_actions.password_path(_own_person(world, target))).kwargs["token"]
    if name == "invitation":
        return world.tokens[world.schools[target.school].invitations[target.network].pk]
    return make.tokens(world.networks[target.network].open[target.cluster], world.schools[target.school].school)[0]


def _own_person(world: World, target: Target) -> Person:
    return world.people[f"{target.school} staff"]


def prepare(world: World, kind: str, name: str, target: Target) -> None:
    """Make room for what a sound form asks: a pulse of a kind that is planned already cannot be asked again, somebody to
    be added must have joined, and a nudge needs a day of its own."""
    if name == "wave_new":
        place = (
            world.networks[target.network].planned[target.cluster]
            if kind == "n"
            else world.schools[target.school].planned
        )
        actions.call_off(place)
    if name == "wave_people":
        make.staff(world.schools[target.school].school, 1)
    if name == "wave_nudge":  # on no day on which other letters leave
        Wave.objects.filter(pk=_pk(world, kind, name, target)).update(opens_at=timezone.now() - 20 * make.DAY)
    if name in {"grouping_new", "grouping_change"}:  # so many that three of them tell nobody of a single school
        for number in range(6):
            coast = make.school(f"{COAST} {number}")
            network_actions.add_school(world.networks[target.network].clusters[target.cluster], coast, by=None)
    if name == "map_new" and kind == "n":  # a second one of the same schools waits for the first
        actions.call_off(_map(world, "map_mine", target).seats.get().wave)
    if name in {"rhythm_new", "grid_new"}:  # a year of it fits beside what was asked before
        Wave.objects.update(items=[])
    if name in {"wave_slips_decide", "wave_slips_fetch"}:
        _slips(world, kind, name, target)


def _flows(world: World, target: Target) -> bytes:
    """Two schools of the network by their register numbers: their names end in what is no name."""
    network = world.networks[target.network].network
    numbers = [school.numbers.get().number for school in School.objects.in_network(network).order_by("pk")[:2]]
    return f"From,To,Year,Students\n{numbers[0]},{numbers[1]},2024,9\n".encode()


def _elsewhere(world: World, target: Target) -> object:
    """A cluster of the school's networks in which it is not; of a school that is in all of them, its own."""
    home = world.networks["A" if target.school == "dell" else target.network].clusters
    beside = {"ashmead": "brede", "birch": "brede", "copse": "avon", "dell": "avon"}
    return home[beside.get(target.school, target.cluster)]


def sound_form(world: World, name: str, target: Target, *, kind: str = "n") -> dict[str, object]:
    """What a careful person sends there."""
    today = schooldays.local_day(timezone.now(), "Europe/London")
    school = world.schools[target.school].school
    cluster = world.networks[target.network].clusters[target.cluster]
    match name:
        case "sign_in":
            return {"username": world.people["ashmead staff"].email, "password": WORDS}
        case "forgotten":
            return {"email": "somebody@nowhere.example"}
        case "sign_in_code":
            return {"username": "somebody@nowhere.example"}
        case "sign_in_enter" | "second_step" | "step_app":
            return {"code": "000000"}
        case "step_passkey":
            return {"credential": ""}
        case "staff_accounts":
            return {"person": school.staff.order_by("pk")[4].person_id}
        case "set_password" | "new_password" | "invitation":
            return {"new_password1": WORDS, "new_password2": WORDS}
        case "confirm":
            return {"password": WORDS}
        case "language_choose":
            return {"code": "en-gb"}
        case "words":
            return {"word_0": "head of school"}
        case "digest_choose":
            return {"wanted": "no"}
        case "answer" | "answer_slip":
            return {f"lead.{number}": "4" for number in range(1, 7)} | {"comment": "All is well."}
        case "code":
            return {"code": "ac2-3ef"}
        case "wave_slips":
            return {"count": 9}
        case "wave_slips_decide" | "wave_slips_fetch":
            wave = _open_wave(world, kind, target)
            sheet = SlipSheet.objects.filter(wave=wave, school=school).order_by("-pk").first()
            return {"sheet": sheet.pk if sheet else 0, "decision": "yes"}
        case "cluster_new":
            return {"name": "New cluster", "schools": [spare.pk for spare in world.spare]}
        case "contacts":
            return {"safeguarding_contact": "The office", "outside_contact": "The police", "support_line": "A line"}
        case "roles":
            return {
                "kind": "leader",
                "where": f"school-{school.pk}",
                "name": "New Leader",
                "email": "new@leaders.example",
            }
        case "staff_upload":
            return {"file": SimpleUploadedFile("staff.csv", b"Name,Role\nSomebody Else,Teacher\n", "text/csv")}
        case "register_upload":
            return {"file": SimpleUploadedFile("register.csv", gias([gias_school("900009")]), "text/csv")}
        case "staff_add" | "staff_person":
            return {"name": "Somebody New", "email": "", "job": "teacher", "hours": "20"}
        case "erase_me" | "staff_erase":
            return {"sure": "on"}
        case "people_merge":
            keep, drop = list(world.schools[target.school].school.staff.filter(until=None).order_by("-pk")[:2])
            return {"keep": keep.person_id, "drop": drop.person_id}
        case "partners":
            return {"name": "A new partner", "kind": "university", "contact": ""}
        case "partner_person":
            partner = world.networks[target.network].partner_post.partner
            return {"partner": partner.pk, "name": "Some Body", "email": "body@partner.example"}
        case "staff_left":
            return {"last_day": today}
        case "domain_confirm":
            return {"domain": "another.example"}
        case "wave_new":
            whom, pulse = (f"cluster-{cluster.pk}", "well") if kind == "n" else ("whole", "lead")
            return {"instrument": pulse, "whom": whom, "opens_on": today, "closes_on": schooldays.after(today, 5)}
        case "wave_people":
            wave = (
                world.networks[target.network].open[target.cluster]
                if kind == "n"
                else world.schools[target.school].open
            )
            return {"people": [person.pk for person in actions.can_be_added(wave, school)[:1]]}
        case "question_budget":
            return {"statements": 60}
        case "rhythm_new":
            whom, pulse = (f"cluster-{cluster.pk}", "lead") if kind == "n" else ("whole", "well")
            return {"instrument": pulse, "whom": whom, "every": "second", "week": 1, "weekday": 2, "days": 5}
        case "rhythm_skip" | "rhythm_move" | "rhythm_put_back":
            rhythm = (world.networks[target.network].rhythms[target.cluster] if kind == "n" else
                      world.schools[target.school].rhythm)  # fmt: skip
            turn = outlook.shown(rhythm, today)[-1]
            return {"turn": turn.day, "opens_on": turn.opens_on + datetime.timedelta(days=7)}
        case "wave_extend":
            return {"closes_on": schooldays.after(today + datetime.timedelta(days=14), 1)}
        case "reply":
            return {
                "kind": "do",
                "heard": "We heard you",
                "text": "We will do one thing.",
                "moves": "lead.1",
                "look_on": today + 30 * make.DAY,
            }
        case "cluster_reply":
            return {"kind": "nothing", "heard": "We heard you all", "text": "Nothing to change.", "moves": "lead.1"}
        case "cluster_themes":
            return {"theme_1": "Meetings are worth their time.", "theme_2": "", "theme_3": ""}
        case "school_themes":
            return {"theme_1": "Answers come late.", "theme_2": "", "theme_3": "", "shared": "on"}
        case "waive":
            return {"reason": "The school is between two heads."}
        case "cluster_change":
            return {"do": "rename", "name": "Another name"}
        case "past_upload":
            whom, number = f"cluster-{cluster.pk}" if kind == "n" else "whole", school.numbers.get().number
            lines = f"School,Statement,Date,1,2,3,4,5\n{number},Said before,2019-05-01,1,2,3,4,5\n"
            file = SimpleUploadedFile("earlier.csv", lines.encode(), "text/csv")
            return {"file": file, "whom": whom, "instrument": "well"}
        case "sharing":
            return {"staff": "on", "cluster": "on"} if kind == "n" else {}
        case "past_match":
            return {"statement_0": "apart"}
        case "past_apply":
            waiting = Past.objects.get(pk=_past(world, kind, name, target))
            return {"seen": standing.digest(past_actions.would_stand(waiting) or [])}
        case "profile_question":
            return {"text": "We are four schools by a river.", "seen": 1}
        case "strengths":
            return {"strengths": ["science"], "wishes": ["arts"]}
        case "flows":
            beside = {"ashmead": "birch", "birch": "ashmead", "copse": "dell", "elm": "dell", "fern": "gorse"}
            other = beside.get(target.school) or {"A": "copse", "B": "elm"}[target.network]
            return {"source": school.pk, "target": world.schools[other].school.pk, "year": 2025, "students": 7}
        case "flows_bring":
            return {"file": SimpleUploadedFile("flows.csv", _flows(world, target), "text/csv")}
        case "asks":
            return {"school": world.spare[1].pk, "to": f"cluster-{cluster.pk}", "words": "Come and see"}
        case "findable":
            return {"findable": "yes"}
        case "joining":
            return {"to": f"cluster-{_elsewhere(world, target).pk}", "words": "May we?"}
        case "joining_answer":
            return {"answer": "no", "words": "Not this year."}
        case "leave":
            network = world.networks[target.network].network
            return {"what": f"network-{network.pk}", "last_day": today + 30 * make.DAY}
        case "groups":
            return {"name": "Business managers", "purpose": "To share what works"}
        case "group_add":
            return {"who": world.people[f"{target.school} staff"].email}
        case "group_leave":
            return {"person": world.networks[target.network].group.members.get().person_id}
        case "pause":
            return {"how_long": "day", "last_day": today + 3 * make.DAY, "back": ""}
        case "pause_lift":
            return {"back": ""}
        case "terms_year":
            return {"autumn_first": f"{today.year}-09-02", "autumn_last": f"{today.year}-12-18"}
        case "term_add":
            return {"kind": "closed", "name": "A closed day", "starts_on": today, "ends_on": ""}
        case "own_pulses":
            return {"start": "lead"}
        case "own_pulse":
            own = (world.networks[target.network] if kind == "n" else world.schools[target.school]).own_pulse
            return {"seen": own.code, "name": "How we meet", "question": "How are our meetings?", "do": "add",
                    "think": "Think of the past month", "statement_1": "Meetings begin on time."}  # fmt: skip
        case "self_check":
            return {"held_on": today, "note": "Said in the room"} | {f"line_{number}": "4" for number in range(1, 7)}
        case "self_check_share":
            return {"check": SelfCheck.objects.get(school=school).pk, "shared": "no"}
        case "pulse_file":
            return {"file": SimpleUploadedFile("survey.csv", b"Statement\nMeetings begin on time.\n", "text/csv")}
        case "pulse_read":
            return {"statements": ["s0"], "comment": "", "language": ""}
        case "calendar_upload":
            return {"file": SimpleUploadedFile("terms.csv", f"Name,Date\nHalf-term,{today}\n".encode(), "text/csv")}
        case "room_new":
            return {"instrument": "well", "whom": f"cluster-{cluster.pk}" if kind == "n" else "whole", "present": 40}
        case "room_answer":
            return halls.sent(world.networks[target.network].rooms_open[target.cluster])
        case "map_new":
            chosen = f"cluster-{cluster.pk}"
            return {"whom": chosen, "about": "usual", "teams_on": MONDAY_TO_FRIDAY.after(today, 3)}
        case "map_mine":
            return {f"line_{number}": "4" for number in range(1, 9)} | {"agreed": "on"}
        case "map_agree":
            return {"agreed": "no"}
        case "map_note":
            return {"text": "We talked for half an hour."}
        case "map_share":
            return {"shared": "no"}
        case "grid_new":
            return {"whom": f"cluster-{cluster.pk}", "how_many": "ten", "opens_on": MONDAY_TO_FRIDAY.after(today, 3)}
        case "grid_share":
            return {"shared": "no"}
        case "grouping_new" | "grouping_change":
            coast = School.objects.filter(name__startswith=COAST).order_by("pk")[:3]
            return {"name": "By the coast", "schools": [school.pk for school in coast]}
        case "issues":
            where = {"where": "whole"} if kind == "n" else {}
            return {"title": "Quiet corridors", "why": "Lessons begin late."} | where
        case "issue_merge":
            return {"into": _issues(world, kind, target)["other"]}
        case "issue_forward":
            return {"to": f"cluster-{cluster.pk}"}
        case "vision":
            return {"text": "Every child is known.", "sources": "A talk in June.", "seen": "0"}
        case "goal_new" | "goal_change":
            words = {"title": "Calmer mornings", "measure": "Fewer late starts", "owner": "", "seen": "1"}
            return words | {"review_on": today + datetime.timedelta(days=30)}
        case "goal_end":
            return {"state": "reached"}
        case "action_new" | "action_change":
            words = {"title": "Doors open early", "owner": "", "goal": "", "seen": "1"}
            return words | {"due_on": today + datetime.timedelta(days=30)}
        case "action_check_in":
            return {"how": "stuck", "text": "No keys."}
        case "votes":
            where = {"where": f"cluster-{cluster.pk}"} if kind == "n" else {}
            return {"file": SimpleUploadedFile("votes.csv", b"Votes,Marking,Corridors\n12,1,2\n", "text/csv")} | where
        case "vote_new":
            where = {"where": f"cluster-{cluster.pk}"} if kind == "n" else {}
            things = [_issues(world, kind, target)[each] for each in ("one", "other")]
            closes = schooldays.after(today, 5)
            return {"title": "What first?", "issues": things, "audience": "staff", "closes_on": closes} | where
        case "vote_fit":
            return {"hours": "10", "hours_0": "4"}
        case "vote_choice":
            before = Choice.objects.filter(vote=_pk(world, kind, name, target)).latest("pk").pk
            words = {"reasons": "It came first.", "decided_by": "All", "decided_on": today}
            return {"seen": before, "taken": ["0"]} | words
    return {}


CALENDAR = {
    "term_remove": "span",
    "calendar_import": "ready",
    "calendar_apply": "ready",
    "calendar_drop": "ready",
    "calendar_undo": "applied",
}
