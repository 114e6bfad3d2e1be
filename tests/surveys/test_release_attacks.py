"""Twenty ways to get at one person's answers from what is published, each tried by everyone at once: every role's screens are
put together, and what still differs when a hidden answer differs would be a leak.

`same_screens` is the strongest of them: two worlds that differ in hidden answers only must look the same to everybody, to
the last byte of every page, sheet and header.
"""

import csv
import datetime
import io
import itertools
import re

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from alongside.bench.methods.audit import derivable_below
from alongside.kit.errors import Conflict
from alongside.network.models import Cluster, ClusterMembership, School
from alongside.science.disclosure import shown_participation
from alongside.science.tallies import from_answers, score
from alongside.surveys import actions, releases
from alongside.surveys.instruments import instrument
from alongside.surveys.models import Change, Release, Wave
from tests import make
from tests.surveys import screens, worlds

pytestmark = pytest.mark.django_db
NOW = datetime.datetime(2026, 5, 12, 16, 30, tzinfo=datetime.UTC)  # a Tuesday
WAIT = datetime.timedelta(days=5)  # by then the results are open to everyone who may ever see them


@pytest.fixture(autouse=True)
def _one_moment(time_machine):
    time_machine.move_to(NOW, tick=False)


def standing(clusters, spare=1, groupings=None):
    """An open world; each school has so many more people than will answer. groupings: name → letters of its schools."""
    sizes = {name: {s: n + spare for s, n in inside.items()} for name, inside in clusters.items()}
    return worlds.open_world(sizes, groupings=groupings or {})


def screens_after(world, people, answers, time_machine, **kwargs):
    """What everybody sees in the end if these people answer so; undone afterwards."""
    with worlds.undone():
        world.answered.clear()
        for school, rows in answers.items():
            worlds.answer(world, school, rows)
        make.close(world.wave)
        time_machine.move_to(NOW + WAIT, tick=False)
        seen = screens.walk(world, people, **kwargs)
        time_machine.move_to(NOW, tick=False)
    return seen


def assert_same_screens(world, hidden, worlds_of_answers, time_machine):
    """The officer, the chair, and head and teacher of the school with the hidden answers see no difference."""
    everyone = screens.roles(world, hidden)
    people = {who: person for who, person in everyone.items() if not who.startswith(("coach", "stakeholder"))}
    first, *others = (screens_after(world, people, answers, time_machine) for answers in worlds_of_answers)
    assert any("Scores from 0" in screen.body for screen in first.values())
    for other in others:
        assert other.keys() == first.keys()
        assert [key for key in first if other[key] != first[key]] == []


def closed(clusters, answers, *schools, groupings=None):
    """A closed world, its release, and somebody of every role; head and teacher of these schools."""
    world = standing(clusters, groupings=groupings)
    people = screens.roles(world, *schools)
    for school, rows in answers.items():
        worlds.answer(world, school, rows)
    return world, worlds.closed(world), people


def everyones(world, people, time_machine, **kwargs):
    time_machine.move_to(NOW + WAIT, tick=False)
    return screens.walk(world, people, **kwargs)


E1 = {"X": {"A": 12, "B": 8, "C": 3}}
E2 = {"X": {"A": 12, "B": 8, "C": 3, "D": 2}}
E4 = {"X": {"A": 2, "B": 2}, "Y": {"C": 12, "D": 6}}
E15 = {"X": {"A": 30, "B": 6}}


# --- 1–3: sums and differences ------------------------------------------------------------------------------------------------


def test_total_minus_siblings(time_machine):
    """C is held back: whatever its three people said, no screen of anybody changes."""
    world = standing(E1)
    steady = {"A": [4] * 12, "B": [3] * 8}
    hidden = ([1, 1, 1], ["x", 5, 5])
    assert_same_screens(world, "C", [steady | {"C": said} for said in hidden], time_machine)


def test_network_minus_clusters(time_machine):
    """All of cluster X is too small to count anywhere."""
    world = standing(E4)
    steady = {"C": [4] * 12, "D": [3] * 6}
    hidden = ({"A": [1, 1], "B": [1, 1]}, {"A": [5, 1], "B": ["x", 5]})
    assert_same_screens(world, "A", [steady | said for said in hidden], time_machine)


def test_total_minus_siblings_inside_a_pool(time_machine):
    """C and D count together: who of them said what changes no screen, their heads' own included."""
    world = standing(E2)
    steady = {"A": [4] * 12, "B": [3] * 8}
    hidden = ({"C": [1, 1, 1], "D": [5, 5]}, {"C": [5, 5, 1], "D": [1, 1]})
    assert_same_screens(world, "D", [steady | said for said in hidden], time_machine)


def test_total_minus_siblings_inside_the_carried_pool(time_machine):
    world = standing({"X": {"A": 12, "C": 3}, "Y": {"D": 10, "E": 2}})
    steady = {"A": [4] * 12, "D": [3] * 10}
    hidden = ({"C": [1, 1, 1], "E": [5, 5]}, {"C": [5, 5, 1], "E": [1, 1]})
    assert_same_screens(world, "E", [steady | said for said in hidden], time_machine)


# Of X, C and D count together; of Y, F counts together with nobody. The groupings take each pool apart, as somebody would
# who wants to know what is in it.
E5 = {"X": {"A": 12, "B": 8, "C": 3, "D": 2}, "Y": {"E": 12, "F": 3}}
APART = {"All but C": "ABDEF", "Coast": "ABCE"}


def test_another_groupings_total_minus_the_clusters(time_machine):
    """Coast less A, B and E would be C, all less “All but C” too: but C counts with D or not at all, so neither holds it."""
    world = standing(E5, groupings=APART)
    steady = {"A": [4] * 12, "B": [3] * 8, "E": [2] * 12}
    hidden = ({"C": [1, 1, 1], "D": [5, 5], "F": [1] * 3}, {"C": [5, 5, 1], "D": [1, 1], "F": [1, "x", 5]})
    assert_same_screens(world, "C", [steady | said for said in hidden], time_machine)


def test_what_a_grouping_is_the_sum_of(time_machine):
    """Whole groups that are wholly inside, on the page of everybody; nobody can be worked out from all of them together."""
    answers = {"A": [4] * 12, "B": [3] * 8, "C": [2] * 3, "D": [5] * 2, "E": [2] * 12, "F": [1] * 3}
    world, document, people = closed(E5, answers, "C", groupings=APART)
    for name in APART:
        assert world.names(document.score("well.1", world.place(name)).schools) == "ABE"
        assert document.answered(world.place(name)) == releases.Answered("32", 35)
    n = {school: len(rows) for school, rows in answers.items()}
    for item in document.data["items"]:
        for kind, k in (("scores", 5), ("shares", 10)):
            shown = [frozenset(world.names(figure["schools"])) for figure in item[kind].values()]
            assert derivable_below(n, shown, k) == []
    seen = everyones(world, people, time_machine)
    page = f"/n/{world.network.slug}/waves/{world.wave.pk}/groupings/coast/"
    assert {who for who, path in seen if path == page} == set(people)
    whole = str(document.score("well.1", world.place("Coast")).score)
    for who in people:
        rows = {row[0]: row[1:] for row in seen[who, page].rows() if len(row) == 7}
        total = next(cells for name, cells in rows.items() if name.startswith("Coast"))
        assert _figure(total[0]) == whole, who
        assert "School C" not in {name[:8] for name in rows}


def test_no_other_grouping_can_be_asked_for(time_machine):
    """Addresses name what was frozen at opening, and nothing else."""
    world, document, _ = closed(E5, {"A": [4] * 12, "B": [3] * 8, "E": [2] * 12}, groupings=APART)
    kinds = {place.partition(":")[0] for item in document.data["items"] for place in (*item["scores"], *item["shares"])}
    assert kinds <= {"school", "pool", "network", "cluster", "grouping", "whole"}
    late = make.grouping(world.network, "Late", [world.schools["D"], world.schools["F"]])
    officer = Client()
    officer.force_login(make.officer(world.network))
    at = f"/n/{world.network.slug}/waves/{world.wave.pk}"
    for place in (
        *("trusts/x", "groups/x", "phases/primary", "jobs/teacher", "pools/cluster-x", "all/network", "all/x"),
        *(f"groupings/{late.slug}", "groupings/cluster-x", "clusters/coast", "schools/coast", "groupings/whole"),
    ):
        assert officer.get(f"{at}/statements/well.1/{place}/").status_code == 404, place
    for place in ("late", "cluster-x", "whole", str(world.groupings["Coast"].pk)):
        assert officer.get(f"{at}/groupings/{place}/").status_code == 404
    assert officer.get(f"{at}/groupings/coast/").status_code == 200


def test_an_ad_hoc_group_all_but_one_school(time_machine):
    """C is held back: the grouping that leaves it out gives nothing away, though every other figure is there."""
    world = standing({"X": {"A": 12, "B": 8, "C": 3}, "Y": {"D": 12, "E": 10}}, groupings={"All but C": "ABDE"})
    steady = {"A": [4] * 12, "B": [3] * 8, "D": [2] * 12, "E": [3] * 10}
    hidden = ([1, 1, 1], ["x", 5, 5])
    assert_same_screens(world, "C", [steady | {"C": said} for said in hidden], time_machine)


def test_what_is_added_to_an_address_makes_no_group(time_machine):
    """Nothing can be asked for but what is there."""
    answers = {"A": [4] * 12, "B": [3] * 8, "C": [2] * 3, "D": [5] * 2, "E": [2] * 12}
    world, _, people = closed(E5, answers, groupings=APART)
    people = {"officer": people["officer"]}
    seen = everyones(world, people, time_machine)
    officer = Client()
    officer.force_login(people["officer"])
    pages = {
        path: screen for (who, path), screen in seen.items() if "/results" in path or path.endswith("groupings/coast/")
    }
    assert len(pages) >= 5
    for path, screen in pages.items():
        for more in (
            "schools=A,B",
            f"exclude={world.schools['C'].pk}",
            "cluster=x&school=y",
            "grouping=coast&without=C",
            "n__lt=5",
            "job=teacher",
            "hours=32",
        ):
            assert screens.look(officer, f"{path}?{more}").body == screen.body


# --- 4–5: breakdowns and cuts ----------------------------------------------------------------------------------------------------


def test_breakdown_minus_total_and_two_cuts():
    """No breakdown is published, so there is none to subtract and no second one to cross it with."""
    _, document, _ = closed(E1, {"A": [4] * 12, "B": [3] * 8})
    assert set(document.data) == {
        *("wave", "series", "number", "instrument", "opens_at", "closes_at", "k_scores", "k_shares", "owner"),
        *("clusters", "schools", "answered", "items"),
    }
    assert {key for item in document.data["items"] for key in item} == {"id", "scores", "shares"}
    scores = [figure for item in document.data["items"] for figure in item["scores"].values()]
    assert {key for figure in scores for key in figure} == {"score", "step", "n", "schools"}


# --- 6–7: time -----------------------------------------------------------------------------------------------------------------


def test_polling_while_open(time_machine):
    """Somebody looks at every page after every answer: nothing moves within the hour, and then in steps of five."""
    world = standing({"X": {"A": 12, "B": 8}})
    people = {who: person for who, person in screens.roles(world, "A").items() if who in {"officer", "head of A"}}
    whole, known = {}, set()
    for answered in range(1, 13):
        worlds.answer(world, "A", [1 + answered % 5])
        time_machine.move_to(NOW + answered // 3 * actions.COUNT_EVERY, tick=False)
        actions.due_work()
        now = {key: screen.body for key, screen in screens.walk(world, people).items()}
        about = Wave.objects.get(pk=world.wave.pk).answered_about
        known.add(about)
        assert about <= answered
        assert shown_participation(about) == about
        assert now == whole.setdefault(timezone.now(), now)
    assert known == {0, 5, 10}
    for body in (body for pages in whole.values() for body in pages.values()):
        assert {int(n) for n in re.findall(r"about (\d+) of \d+ have answered", body)} <= known


def test_no_results_while_open(time_machine):
    world = standing(E1)
    people = screens.roles(world, "A")
    worlds.answer_all(world, {"A": 12, "B": 8})
    for state in ("open", "closed"):
        Wave.objects.filter(pk=world.wave.pk).update(state=state)
        for who, person in people.items():
            client = Client()
            client.force_login(person)
            for page in ("results/", "results.csv", "clusters/cluster-x/", f"schools/{world.schools['A'].slug}/"):
                found = client.get(f"/n/{world.network.slug}/waves/{world.wave.pk}/{page}")
                assert found.status_code == 404, f"{who} sees {page} of a wave that is {state}"


def test_a_late_answer_or_a_reopened_wave(time_machine):
    world, _, people = closed(E1, {"A": [4] * 12, "B": [3] * 8})
    late = make.person("late@nowhere.example")
    before = everyones(world, {"officer": people["officer"]}, time_machine)
    client = Client()
    for token in ("A" * 22, f"{late.pk}"):
        assert client.post(f"/a/{world.wave.pk}/{token}", {"well.1": "1"}).status_code == 410
    with pytest.raises(Conflict):
        actions.extend(world.wave, timezone.now() + 9 * make.DAY)
    actions.open_wave(world.wave.pk)
    actions.due_work()
    assert everyones(world, {"officer": people["officer"]}, time_machine) == before


# --- 8: the register changes ----------------------------------------------------------------------------------------------------


def test_moving_merging_or_renaming_a_school_after_close(time_machine):
    answers = {"A": [4] * 12, "B": [3] * 8, "C": [2] * 3, "D": [5] * 2}
    world, _, people = closed(E2, answers, "B", "C")
    watching = {who: people[who] for who in ("officer", "head of B", "head of C")}
    before = everyones(world, watching, time_machine)
    release = Release.objects.values().get()
    _move_merge_rename(world)
    after = everyones(world, watching, time_machine)
    assert Release.objects.values().get() == release
    # What is planned for a cluster bears today's name of it, and a new cluster may be planned for: no results stand there.
    plans = {key for key in after.keys() | before.keys() if "/plan/" in key[1]}
    assert after.keys() - plans == before.keys() - plans
    assert [key for key in before.keys() - plans if figures(after[key]) != figures(before[key])] == []


def figures(screen):
    """Every table of a page, and its heading with all figures in it."""
    heading = re.search(r"<h1>.*?</h1>", screen.body, re.DOTALL)
    return (
        screen.status,
        screen.rows(),
        heading and screens.clean(heading.group()),
        re.findall(r"\d+ of \d+|5–9", screen.text),
    )


def _move_merge_rename(world):
    elsewhere = Cluster.objects.create(organisation=world.network, name="Elsewhere", slug="elsewhere")
    ClusterMembership.objects.filter(school=world.schools["B"]).update(until=datetime.date.today())
    ClusterMembership.objects.create(cluster=elsewhere, school=world.schools["B"], since=datetime.date.today())
    School.objects.filter(pk=world.schools["C"].pk).update(status="closed")
    School.objects.filter(pk=world.schools["A"].pk).update(name="Quite Another Name")
    Cluster.objects.filter(pk=world.clusters["X"].pk).update(name="Quite Another Cluster")


# --- 9–12: other channels ---------------------------------------------------------------------------------------------------------


def test_index_minus_items():
    """No figure over several statements is published anywhere; what one would be is in test_publish."""
    _, document, _ = closed(E1, {"A": [4] * 12, "B": [3] * 8})
    assert [item["id"] for item in document.data["items"]] == [f"well.{number}" for number in range(1, 7)]


def test_csv_chart_attributes_headers_or_row_order_saying_more_than_the_page(time_machine):
    counts = E2 | {"Y": {"E": 12, "F": 3}}  # C and D pool, F counts nowhere
    answers = {"A": [2] * 12, "B": [5] * 8, "C": [1] * 3, "D": [5] * 2, "E": [3] * 12, "F": [1] * 3}
    world, _, people = closed(counts, answers, "C", "F")
    seen = everyones(world, people, time_machine)
    sheets = {who: screen for (who, path), screen in seen.items() if path.endswith(".csv") and screen.status == 200}
    assert set(sheets) == set(people)
    for who, sheet in sheets.items():
        page = seen[who, f"/n/{world.network.slug}/waves/{world.wave.pk}/results/"]
        lines = list(csv.reader(io.StringIO(sheet.body.removeprefix("\ufeff"))))
        shown = [row for row in page.rows() if len(row) == 7]
        assert lines[0] == ["Place", "Answered", *(item.about for item in instrument("well").items)]
        assert [[line[0], *line[2:]] for line in lines[1:]] == [
            [_name(row, lines), *map(_figure, row[1:])] for row in shown[1:]
        ]
    for screen in seen.values():
        names = {name for name, _ in screen.headers}
        assert not names & {"ETag", "Last-Modified", "X-Count", "Server-Timing"}
        assert dict(screen.headers)["Cache-Control"] in {
            "no-store",
            "max-age=0, no-cache, no-store, must-revalidate, private",
        }


def _name(row, lines):
    """A row's heading holds the place's name and, under it, how many answered."""
    return next(line[0] for line in lines[1:] if row[0] == f"{line[0]} {line[1]}")


def _figure(cell):
    return re.sub(r"[^\d]", "", cell) or "too few"


def test_n_in_a_tooltip_label_sort_order_or_axis(time_machine):
    """What an attribute says in figures, the page says in print; and rows stand by name whatever the figures are."""
    orders = []
    world = standing(E2)
    people = {"officer": screens.roles(world)["officer"]}
    for high, low in ((5, 1), (1, 5)):
        answers = {"A": [high] * 12, "B": [low] * 8, "C": [high] * 3, "D": [low] * 2}
        seen = screens_after(world, people, answers, time_machine)
        results = seen["officer", f"/n/{world.network.slug}/waves/{world.wave.pk}/results/"]
        orders.append([row[0] for row in results.rows()])
        for screen in seen.values():
            said = [
                v
                for name, v in screen.attributes()
                if name in {"title", "aria-label", "alt"} or name.startswith("data-")
            ]
            # How many pulses a chart has is no figure; and digits within a digest are no print.
            figures_said = {n for value in said for n in re.findall(r"\b\d+\b(?! pulses?\b)", value)}
            assert figures_said <= set(re.findall(r"\b\d+\b", screen.text))
    assert orders[0] == orders[1]


def test_sorting_or_searching_hidden_values(time_machine):
    world, _, people = closed(E2, {"A": [4] * 12, "B": [3] * 8, "C": [2] * 3, "D": [5] * 2}, "C")
    time_machine.move_to(NOW + WAIT, tick=False)
    for who in ("officer", "chair of X", "head of C"):
        client = Client()
        client.force_login(people[who])
        for page in ("results/", "results.csv"):
            path = f"/n/{world.network.slug}/waves/{world.wave.pk}/{page}"
            plain = screens.look(client, path)
            for more in (
                "sort=score",
                "sort=-well.1",
                "order=n",
                "q=School+C",
                "min=0&max=20",
                "show=all",
                "format=json",
                "k=1",
            ):
                assert screens.look(client, f"{path}?{more}").body == plain.body


def test_response_time_on_hidden_groups(time_machine):
    """A page asks the database the same, whether a hidden group has nobody in it or four."""
    world = standing({"X": {"A": 12, "B": 8, "C": 4}})
    people = {who: person for who, person in screens.roles(world, "C").items() if who in {"officer", "head of C"}}
    steady = {"A": [4] * 12, "B": [3] * 8}
    nobody, four = (screens_after(world, people, steady | {"C": said}, time_machine) for said in ([], [1, 5, 2, 4]))
    assert {key: screen.queries for key, screen in nobody.items()} == {
        key: screen.queries for key, screen in four.items()
    }
    assert [key for key in nobody if nobody[key].body != four[key].body] == []


# --- 13: two users comparing screens ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "counts", [E1, E2, E4, E15, {"X": {"A": 12, "C": 3}, "Y": {"D": 10, "E": 2}}], ids=["E1", "E2", "E4", "E15", "E3"]
)
def test_all_users_comparing_screens(counts, time_machine):
    """All figures on all screens of all roles are those of the release, and of groups from which nobody can be singled out."""
    n = {school: count for inside in counts.values() for school, count in inside.items()}
    answers = {school: [1 + (i * i + count) % 5 for i in range(count)] for school, count in n.items()}
    world, document, people = closed(counts, answers, *sorted(n)[-2:])
    groups = {item: set() for item in document.items}
    for (who, path), screen in everyones(world, people, time_machine).items():
        for name, cells in heat_rows(world, document, screen):
            for item, cell in zip(document.items, cells, strict=True):
                published = document.score(item, name)
                assert cell == ("too few" if published is None else str(published.score)), (
                    f"{who} on {path}: {name} {item}"
                )
                if published:
                    groups[item].add(frozenset(world.names(published.schools)))
    for shown in groups.values():
        assert shown
        assert derivable_below(n, shown, 5) == []


def heat_rows(world, document, screen):
    """(place, cells) of each row of a results table."""
    names = {document.school_name(school): f"school:{school}" for school in document.school_ids()}
    names |= {name: place for place, name in document.clusters().items()} | {
        world.network.name: "whole",
        "Other schools": "network",
    }
    names |= {name: place for place, name in document.groupings().items()}
    names |= {f"Other schools of {name}": f"pool:{place}" for place, name in document.clusters().items()}
    for row in screen.rows():
        if len(row) == 7 and row[0] != "School Workload":
            place = max((name for name in names if row[0].startswith(name)), key=len, default=None)
            if place:
                yield names[place], [_figure(cell) for cell in row[1:]]


def test_a_school_in_a_pool_is_on_no_screen_by_itself(time_machine):
    """Not its head's either: no role sees below a block."""
    world, _, people = closed(E2, {"A": [4] * 12, "B": [3] * 8, "C": [1] * 3, "D": [5] * 2}, "B", "C")
    seen = everyones(world, people, time_machine)
    own = {school.name for name, school in world.schools.items() if name in "CD"}
    for screen in seen.values():
        assert not [row for row in screen.rows() if len(row) == 7 and any(row[0].startswith(name) for name in own)]
    head = seen["head of C", f"/n/{world.network.slug}/waves/{world.wave.pk}/schools/{world.schools['C'].slug}/"]
    assert "counts together with others" in head.text
    assert "Statement by statement" not in head.text
    pools = {who for (who, _), screen in seen.items() if "Other schools of Cluster X" in screen.body}
    assert pools == {"officer", "chair of X", "coach of X"}


def test_comments_are_on_no_screen_but_that_of_the_schools_own_leader(time_machine):
    world = worlds.open_world({"X": {"A": 13, "B": 9}}, "lead")
    people = screens.roles(world, "A", "B")
    worlds.answer(world, "A", [4] * 11)
    worlds.answer(world, "A", [4], "MARKED-A of ten or more")
    worlds.answer(world, "B", [4] * 8)
    worlds.answer(world, "B", [4], "MARKED-B of fewer than ten")
    make.close(world.wave)
    seen = everyones(world, people, time_machine)
    assert {who for (who, _), screen in seen.items() if "MARKED-A" in screen.body} == {"head of A"}
    assert {who for (who, _), screen in seen.items() if "MARKED-B" in screen.body} == set()


# --- 14: sock puppets ----------------------------------------------------------------------------------------------------------------


def what_puppets_learn(puppets):
    """The answers of a fifth person, grouped by what is then shown of a block of five."""
    classes = {}
    world = standing({"X": {"A": 5, "B": 12}}, spare=0)
    for target in range(1, 6):
        with worlds.undone():
            world.answered.clear()
            worlds.answer(world, "A", [*puppets, target])
            shown = worlds.closed(world).score("well.1", world.place("A"))
            classes.setdefault((shown.score, shown.n), set()).add(target)
    return sorted(classes.values(), key=min)


@pytest.mark.parametrize("puppets", [(1, 1, 1, 1), (5, 5, 5, 5), (3, 3, 3, 3), (1, 5, 1, 5), (2, 2, 3, 3)])
def test_four_sock_puppets_and_one_target(puppets):
    """Rounding leaves neighbouring answers together: of five possible answers at most three kinds can be told apart."""
    learnt = what_puppets_learn(puppets)
    assert 2 <= len(learnt) <= 3
    assert [answers for answers in learnt if len(answers) == 1] in ([], [{1}], [{5}])


def test_sock_puppets_cannot_join_a_wave_that_is_open():
    world = standing({"X": {"A": 1, "B": 12}})
    before = Wave.objects.get(pk=world.wave.pk).invited
    make.staff(world.schools["A"], 4)
    actions.open_wave(world.wave.pk)
    actions.due_work()
    assert Wave.objects.get(pk=world.wave.pk).invited == before
    assert world.wave.roster.filter(school=world.schools["A"]).count() == 2


def test_sock_puppets_who_say_nothing_leave_their_target_in_the_pool(time_machine):
    """Being on the roster is not enough: a block is made of answers."""
    world = worlds.open_world({"X": {"A": 5, "B": 12}})
    variants = [{"A": [said], "B": [4] * 12} for said in (1, 5)]
    assert_same_screens(world, "A", variants, time_machine)


# --- 15: the threshold ------------------------------------------------------------------------------------------------------------


def test_a_threshold_changed_after_close(time_machine):
    world, _, everyone = closed(E1, {"A": [4] * 12, "B": [3] * 8, "C": [1] * 3}, "C")
    people = {who: everyone[who] for who in ("officer", "head of C")}
    before = everyones(world, people, time_machine)
    for lowered in ({"k_scores": 3}, {"k_shares": 5}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Wave.objects.update(**lowered)
    Wave.objects.update(k_scores=20, k_shares=50)
    actions.due_work()
    assert everyones(world, people, time_machine) == before


# --- 17: rolling averages ------------------------------------------------------------------------------------------------------------


def test_a_rolling_average_minus_published_waves(time_machine):
    """No page prints a figure over several waves: every figure in every table is a release's own, of one wave. (The usual
    range, rounded outwards, is in test_compare.)"""
    world = standing({"X": {"A": 12, "B": 8}})
    people = {who: person for who, person in screens.roles(world, "A").items() if who in {"officer", "head of A"}}
    waves = []
    for number in range(5):
        world.answered.clear()
        worlds.answer(world, "A", [1 + (number + i) % 5 for i in range(12)])
        worlds.answer(world, "B", [1 + (number * i) % 5 for i in range(8)])
        make.close(world.wave)
        waves.append(world.wave)
        if number < 4:
            world.wave = make.open_wave(world.network)
    published = {
        figure["score"]
        for wave in waves
        for item in releases.of(wave).data["items"]
        for figure in item["scores"].values()
    }
    assert Change.objects.filter(wave=waves[-1], usual_low__isnull=False).count() == 0
    for (who, path), screen in everyones(world, people, time_machine).items():
        if "/statements/" in path and screen.status == 200:
            figures = {int(row[1]) for row in screen.rows() if len(row) > 1 and re.fullmatch(r"\d+", row[1])}
            assert figures <= published, f"{who} on {path}"
            assert len(figures) >= 1


# --- 19–20: distributions and rounding ------------------------------------------------------------------------------------------------


def test_distribution_of_a_total_minus_that_of_a_block(time_machine):
    """B has six answers: how they were spread changes no screen while their score is the same."""
    world = standing(E15)
    hidden = ([3] * 6, [1, 1, 1, 5, 5, 5])
    steady = {"A": [2] * 4 + [3] * 9 + [4] * 11 + [5] * 6}
    assert_same_screens(world, "B", [steady | {"B": said} for said in hidden], time_machine)


@pytest.mark.parametrize("sizes", [(30, 6), (20, 9), (41, 9), (15, 5)])
def test_rounding_amplified_by_n(sizes):
    """The total minus its large block, both as shown: what that leaves of the small block is wider than ± 5 points."""
    large, small = sizes
    world = standing({"X": {"A": large, "B": small}}, spare=0)
    worst = None
    for total in range(small, 5 * small + 1, max(1, small)):
        with worlds.undone():
            world.answered.clear()
            given = [min(5, max(1, total // small + (place < total % small))) for place in range(small)]
            worlds.answer(world, "A", [1 + i % 5 for i in range(large)])
            worlds.answer(world, "B", given)
            document = worlds.closed(world)
            whole, sibling = (document.score("well.1", world.place(name)) for name in ("X", "A"))
            width = (whole.step * (large + small) + sibling.step * large) / small
            worst = min(width, worst or width)
            between = (whole.score * (large + small) - sibling.score * large) / small
            assert abs(between - float(score(from_answers(given)))) <= width / 2
    assert worst > 10


def test_every_block_has_at_least_five_and_every_distribution_ten():
    """For all small networks of two clusters: the audit over everything published finds nobody."""
    sizes = list(itertools.product((0, 2, 4, 7), repeat=3))
    world = worlds.open_world({"X": {"A": 12, "B": 7, "C": 7}, "Y": {"D": 7, "E": 12}})
    for b, c, d in sizes[:: max(1, len(sizes) // 16)]:
        n = {"A": 11, "B": b, "C": c, "D": d, "E": 10}
        with worlds.undone():
            world.answered.clear()
            worlds.answer_all(world, n)
            document = worlds.closed(world)
            for item in document.data["items"][:1]:
                shown = [frozenset(world.names(figure["schools"])) for figure in item["scores"].values()]
                assert derivable_below(n, shown, 5) == []
                spread = [frozenset(world.names(figure["schools"])) for figure in item["shares"].values()]
                assert derivable_below(n, spread, 10) == []
