"""Earlier results: matched by a person, shown under the rules of our own, applied exactly as looked at, and taken back."""

from __future__ import annotations

import csv
import datetime
import io
import json
import re
from dataclasses import dataclass, field

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from alongside.kit.charts.run import RunPoint, run_chart
from alongside.kit.errors import Conflict, Refused
from alongside.kit.models import JournalEntry
from alongside.network import actions as network_actions
from alongside.surveys import actions as survey_actions
from alongside.surveys import compare
from alongside.surveys.models import Change, Past, PastWave
from alongside.surveys.past import actions, standing
from alongside.surveys.past.matching import Choices
from tests import make
from tests.surveys.test_acting import text
from tests.surveys.test_past_files import HEAD, LOAD, TODAY, csv_of

pytestmark = pytest.mark.django_db
DAY = datetime.date(2025, 3, 14)
BELONG = "People here make me feel that this is my school too."
assert TODAY > DAY


@dataclass
class Here:
    network: object
    clusters: dict = field(default_factory=dict)
    schools: dict = field(default_factory=dict)
    people: dict = field(default_factory=dict)


@pytest.fixture
def here(db):
    """X: Ashmead, Birch, Copse, Dell. Y: Elm, Fern."""
    found = Here(make.network())
    for cluster, names in {"X": ("Ashmead", "Birch", "Copse", "Dell"), "Y": ("Elm", "Fern")}.items():
        schools = [make.school(name) for name in names]
        found.clusters[cluster] = make.cluster(found.network, f"Cluster {cluster}", schools)
        found.schools |= dict(zip(names, schools, strict=True))
    for school in found.schools.values():
        school.refresh_from_db()
    found.people = {
        "officer": make.officer(found.network),
        "chair": make.chair(found.clusters["X"]),
        "other chair": make.chair(found.clusters["Y"], "other@x.example"),
        "head": make.leader(found.schools["Ashmead"]),
        "head of birch": make.leader(found.schools["Birch"], "birch@x.example"),
        "teacher": make.staff(found.schools["Ashmead"], 1)[0],
        "stakeholder": make.stakeholder(found.network),
    }
    return found


def rows(**schools):
    """A file in our form: school → how many chose 1 to 5."""
    lines = [f"{name},{LOAD},2025-03-14,{','.join(map(str, counts))},0" for name, counts in schools.items()]
    return "\n".join([HEAD, *lines]).encode()


def bring(here, data, **more):
    given = {"instrument": "well", "day": DAY} | more
    return actions.bring(data, "earlier.csv", here.network, here.people["officer"], **given)


def decided(here, data, statements=("apart",), schools=None, answers=None, **more):
    past = bring(here, data, **more)
    counts = actions.counts_of(past)
    known = [here.schools[name].pk for name in schools] if schools else past.choices["schools"]
    answers = answers or [[*"12345", "x"] for _ in counts.scales]
    return past, actions.decide(past, Choices(list(statements), known, answers))


def applied(here, data, **more):
    past, found = decided(here, data, **more)
    actions.apply(past, standing.digest(found), here.people["officer"].pk)
    past.refresh_from_db()
    return past


def visit(here, who, path, form=None, place=None):
    client = Client()
    client.force_login(here.people[who])
    address = f"{place or f'/n/{here.network.slug}'}{path}"
    return client.get(address) if form is None else client.post(address, form)


def scores(document, item=0):
    return {place: (score["score"], score["n"]) for place, score in document["items"][item]["scores"].items()}


def place(here, name):
    return f"cluster:{here.clusters[name].pk}" if name in here.clusters else f"school:{here.schools[name].pk}"


# --- what stands -----------------------------------------------------------------------------------------------------


def test_blocks_totals_and_rounding_are_those_of_our_own_results(here):
    """Ashmead 5 answers: to ten; Birch 12: to five; Copse 2 and Dell 3 pool; Elm 4 is carried and counts nowhere."""
    past, (found,) = decided(
        here, rows(Ashmead=(0, 0, 0, 3, 2), Birch=(1, 2, 3, 4, 2), Copse=(2, 0, 0, 0, 0), Dell=(0, 0, 0, 0, 3), Elm=(4, 0, 0, 0, 0))
    )  # fmt: skip
    assert scores(found.document) == {
        place(here, "Ashmead"): (90, "5–9"),
        place(here, "Birch"): (60, "12"),
        f"pool:{place(here, 'X')}": (60, "5–9"),
        place(here, "X"): (65, "22"),
        "whole": (65, "22"),
    }
    assert place(here, "Elm") not in json.dumps(found.document["items"])
    assert past.state == "ready"
    assert not PastWave.objects.exists()


def test_what_stands_holds_no_exact_count_of_anybody_under_twenty(here):
    past = applied(here, rows(Ashmead=(0, 0, 0, 3, 2), Birch=(1, 2, 3, 4, 2)))
    assert (past.found, past.choices, past.state) == ({}, {}, "applied")
    (wave,) = past.waves.all()
    document = json.loads(wave.document)
    assert "counts" not in wave.document
    assert document["items"][0]["scores"][place(here, "Ashmead")] == {
        "score": 90, "step": 10, "n": "5–9", "schools": [str(here.schools["Ashmead"].pk)],
    }  # fmt: skip
    assert past.waves.count() == 1


def test_shares_are_shown_from_ten_answers_on(here):
    _, (found,) = decided(here, rows(Ashmead=(0, 0, 0, 3, 6), Birch=(1, 2, 3, 4, 2)))
    assert set(found.document["items"][0]["shares"]) == {place(here, "Birch"), place(here, "X"), "whole"}


def test_a_file_of_which_nothing_may_be_shown_is_refused(here):
    with pytest.raises(Refused, match="Nothing of this would stand: fewer than five answers"):
        decided(here, rows(Ashmead=(1, 1, 1, 1, 0)))


def test_a_statement_that_is_left_out_stands_nowhere(here):
    data = rows(Ashmead=(1, 1, 1, 1, 6)) + f"\nAshmead,{BELONG},2025-03-14,1,1,1,1,6,0\n".encode()
    _, (found,) = decided(here, data, statements=("-", "apart"))
    assert [item["text"] for item in found.document["items"]] == [BELONG]


def test_two_names_of_one_school_never_count_twice(here):
    number = here.schools["Ashmead"].numbers.get().number
    data = rows(Ashmead=(0, 0, 0, 3, 2), **{number: (0, 0, 0, 3, 2)})
    with pytest.raises(Refused, match="are the same school"):
        decided(here, data)


def test_two_statements_cannot_be_the_same_one(here):
    data = rows(Ashmead=(1, 1, 1, 1, 6)) + f"\nAshmead,{BELONG},2025-03-14,1,1,1,1,6,0\n".encode()
    with pytest.raises(Refused, match="cannot both be the same statement"):
        decided(here, data, statements=("well.1", "well.1"))


def replies(*answers, school="Ashmead"):
    return csv_of([["School", "Load"], *[[school, answer] for answer in answers]])


def test_a_scale_of_another_length_stands_only_as_somebody_decided(here):
    data = replies(*"0011223344" * 2)
    past = bring(here, data)
    page = text(visit(here, "officer", f"/past/{past.pk}/match/"))
    assert "A scale of another length becomes ours only as you say here" in page
    refused = visit(here, "officer", f"/past/{past.pk}/match/", {"statement_0": "apart"})
    assert refused.status_code == 400
    assert "Choose what “0” was, or leave these answers out." in text(refused)
    form = {"statement_0": "apart"} | {f"answer_0_{n}": str(n + 1) for n in range(5)}
    assert visit(here, "officer", f"/past/{past.pk}/match/", form).status_code == 302
    (found,) = actions.would_stand(Past.objects.get(pk=past.pk))
    assert scores(found.document)[place(here, "Ashmead")] == (50, "20")
    assert found.document["items"][0]["scale"] == [["0", "1"], ["1", "2"], ["2", "3"], ["3", "4"], ["4", "5"]]


def test_a_label_with_a_typo_is_shown_for_a_decision_and_never_merged(here):
    data = replies(*["Strongly agree"] * 6, *["Strong agree"] * 6, *["Agree"] * 4, *["Disagree"] * 4)
    past = bring(here, data)
    page = visit(here, "officer", f"/past/{past.pk}/match/")
    assert "It looks like “strongly agree”. Is it the same? Nothing is put together unless you say so." in text(page)
    assert re.search(r'name="answer_0_3"[^>]*>\s*<option value="" selected', page.content.decode())
    labels = actions.counts_of(past).scales[0]
    assert labels == ["Disagree", "Agree", "Strongly agree", "Strong agree"]
    left_out = {f"answer_0_{n}": answer for n, answer in enumerate(["2", "4", "5", "-"])}
    visit(here, "officer", f"/past/{past.pk}/match/", {"statement_0": "apart"} | left_out)
    (found,) = actions.would_stand(Past.objects.get(pk=past.pk))
    assert scores(found.document)[place(here, "Ashmead")] == (70, "14")


def test_a_school_that_is_nearly_one_of_ours_is_asked_for(here):
    past = bring(here, rows(Ashmaed=(0, 0, 0, 3, 9), Birch=(0, 0, 0, 3, 9)))
    page = text(visit(here, "officer", f"/past/{past.pk}/match/"))
    assert "“Ashmaed” in the file" in page
    assert "It looks like Ashmead. Is it?" in page
    refused = visit(here, "officer", f"/past/{past.pk}/match/", {"statement_0": "apart", "school_0": ""})
    assert "Choose the school that “Ashmaed” is." in text(refused)
    visit(here, "officer", f"/past/{past.pk}/match/", {"statement_0": "apart", "school_0": "0"})
    (found,) = actions.would_stand(Past.objects.get(pk=past.pk))
    assert set(found.document["schools"]) == {str(here.schools["Birch"].pk)}


# --- apply, once, and take back --------------------------------------------------------------------------------------


def test_the_preview_shows_exactly_what_apply_writes(here):
    past, found = decided(here, rows(Ashmead=(0, 0, 0, 3, 2), Birch=(1, 2, 3, 4, 2), Elm=(4, 0, 0, 0, 0)))
    page = visit(here, "officer", f"/past/{past.pk}/look/")
    shown = re.findall(
        r'<tr><th scope="row">(.*?)</th><td>(.*?)</td><td>(.*?)</td><td[^>]*>(.*?)</td><td[^>]*>(.*?)</td>',
        page.content.decode(),
    )
    assert [(name, score, n) for name, _, _, score, n in shown] == [
        ("Ashmead", "90", "5–9"), ("Birch", "60", "12"), ("Cluster X", "65", "17"), ("Riverway Trust", "65", "17"),
    ]  # fmt: skip
    assert "Elm: fewer than five answered there" in text(page)
    sheet = list(
        csv.reader(io.StringIO(visit(here, "officer", f"/past/{past.pk}/look.csv").content.decode("utf-8-sig")))
    )
    assert [(row[0], row[3], row[4], row[5]) for row in sheet[1:]] == [
        (name, score, n, "Brought in from a file") for name, _, _, score, n in shown
    ]
    seen = re.search(r'name="seen" value="(\w{64})"', page.content.decode())[1]
    assert visit(here, "officer", f"/past/{past.pk}/apply/", {"seen": seen}).status_code == 302
    assert [json.loads(wave.document) for wave in past.waves.all()] == [each.document for each in found]
    entry = JournalEntry.objects.get(deed="surveys.past_applied")
    assert entry.about == f"past:{past.pk}"


def test_applying_twice_is_applying_once(here):
    past = applied(here, rows(Ashmead=(0, 0, 0, 3, 9)))
    again = visit(here, "officer", f"/past/{past.pk}/apply/", {"seen": "x"})
    assert again.status_code == 409
    assert PastWave.objects.count() == 1
    with pytest.raises(Refused, match="stand here already"):
        bring(here, rows(Ashmead=(0, 0, 0, 3, 9)))


def test_what_changed_since_the_look_is_not_applied(here):
    past, found = decided(here, rows(Ashmead=(0, 0, 0, 3, 2), Copse=(3, 0, 0, 0, 0), Dell=(3, 0, 0, 0, 0)))
    last_day = datetime.date.today() - datetime.timedelta(days=1)
    network_actions.remove_school(here.clusters["X"], here.schools["Dell"], last_day, by=here.people["officer"].pk)
    with pytest.raises(Conflict, match="have changed since you looked"):
        actions.apply(past, standing.digest(found), here.people["officer"].pk)
    assert not PastWave.objects.exists()
    past.refresh_from_db()
    assert past.state == "ready"


def test_sums_over_overlapping_schools_are_refused(here):
    """Two files with other small schools together would show what lies between them."""
    applied(here, rows(Ashmead=(0, 0, 0, 3, 9), Copse=(3, 0, 0, 0, 0), Dell=(3, 0, 0, 0, 0)))
    past, found = decided(here, rows(Copse=(3, 0, 0, 0, 0), Birch=(3, 0, 0, 0, 0)))
    with pytest.raises(Conflict, match=r"Copse has answers to .* for 2025-03-14 already"):
        actions.apply(past, standing.digest(found), here.people["officer"].pk)
    assert PastWave.objects.count() == 1


def on(day, data):
    return data.replace(b"2025-03-14", day.encode())


OVERLAPPING = rows(Copse=(3, 0, 0, 0, 0), Birch=(3, 0, 0, 0, 0))


@pytest.mark.parametrize(
    ("day", "refused"),
    [("2025-03-15", True), ("2025-02-12", True), ("2025-04-13", True), ("2025-02-11", False), ("2025-04-14", False)],
)
def test_another_day_in_the_same_weeks_does_not_walk_around_it(here, day, refused):
    applied(here, rows(Ashmead=(0, 0, 0, 3, 9), Copse=(3, 0, 0, 0, 0), Dell=(3, 0, 0, 0, 0)))
    past, found = decided(here, on(day, OVERLAPPING))
    if refused:
        with pytest.raises(Conflict, match=rf"already for|within 30 days of {day} already"):
            actions.apply(past, standing.digest(found), here.people["officer"].pk)
    else:
        actions.apply(past, standing.digest(found), here.people["officer"].pk)
    assert PastWave.objects.count() == (1 if refused else 2)


@pytest.mark.parametrize("first", ["apart", "well.1"])
@pytest.mark.parametrize("again", ["apart", "well.1"])
def test_what_is_linked_in_one_file_and_apart_in_the_next_is_the_same_statement(here, first, again):
    first_past, found = decided(here, rows(Copse=(3, 0, 0, 0, 0), Dell=(3, 0, 0, 0, 0)), statements=(first,))
    actions.apply(first_past, standing.digest(found), here.people["officer"].pk)
    past, found = decided(here, OVERLAPPING, statements=(again,))
    with pytest.raises(Conflict, match="Copse has answers to"):
        actions.apply(past, standing.digest(found), here.people["officer"].pk)
    assert PastWave.objects.count() == 1


def test_other_marks_and_capitals_are_the_same_statement_too(here):
    applied(here, rows(Copse=(3, 0, 0, 0, 0), Dell=(3, 0, 0, 0, 0)))
    past, found = decided(here, OVERLAPPING.replace(LOAD.encode(), LOAD.rstrip(".").upper().encode() + b" !"))
    with pytest.raises(Conflict, match="Copse has answers to"):
        actions.apply(past, standing.digest(found), here.people["officer"].pk)


@pytest.mark.parametrize("choice", ["apart", "well.1"])
@pytest.mark.parametrize(("days", "refused"), [(0, True), (-29, True), (-31, False)])
def test_what_we_published_of_a_school_ourselves_is_not_brought_in_beside_it(here, choice, days, refused):
    """Attack: our own release of Copse and Dell together, then a file with the same answers of Copse and Birch."""
    for name in ("Ashmead", "Birch", "Copse", "Dell"):
        make.staff(here.schools[name], 6)
    wave = make.open_wave(here.network, "well")
    for name in ("Ashmead", "Birch", "Copse", "Dell"):
        make.answer(wave, here.schools[name], 6)
    make.close(wave)
    day = (wave.closes_at.date() + datetime.timedelta(days=days)).isoformat()
    ours = wave.pulse.item("well.1").statement
    data = OVERLAPPING.replace(LOAD.encode(), ours.encode())
    past, found = decided(here, on(day, data), statements=(choice,))
    if not refused:
        assert actions.apply(past, standing.digest(found), here.people["officer"].pk)
        return
    with pytest.raises(Conflict, match=f"(?:Birch|Copse) has answers to .* from the pulse “{wave.pulse.name}”"):
        actions.apply(past, standing.digest(found), here.people["officer"].pk)


def test_what_another_organisation_asked_of_the_school_is_not_told(here):
    other = make.network("Elsewhere")
    make.cluster(other, "Z", [here.schools["Birch"], here.schools["Copse"]])
    for name in ("Birch", "Copse"):
        make.staff(here.schools[name], 6)
    wave = make.open_wave(other, "well")
    for name in ("Birch", "Copse"):
        make.answer(wave, here.schools[name], 6)
    make.close(wave)
    data = on(wave.closes_at.date().isoformat(), OVERLAPPING)
    assert applied(here, data, statements=("well.1",)).state == "applied"


def test_results_are_taken_back_whole_and_once(here):
    past = applied(here, rows(Ashmead=(0, 0, 0, 3, 9)))
    assert visit(here, "officer", f"/past/{past.pk}/all/whole/").status_code == 200
    assert visit(here, "officer", f"/past/{past.pk}/undo/", {}).status_code == 302
    assert not PastWave.objects.exists()
    assert visit(here, "officer", f"/past/{past.pk}/all/whole/").status_code == 404
    assert visit(here, "officer", f"/past/{past.pk}/undo/", {}).status_code == 409
    assert JournalEntry.objects.filter(deed="surveys.past_undone").count() == 1
    applied(here, rows(Ashmead=(0, 0, 0, 3, 9)))
    assert PastWave.objects.count() == 1


def test_a_dropped_file_keeps_no_count(here):
    past = bring(here, rows(Ashmead=(0, 0, 0, 3, 9)))
    assert visit(here, "officer", f"/past/{past.pk}/drop/", {}).status_code == 302
    past.refresh_from_db()
    assert (past.state, past.found, past.choices) == ("dropped", {}, {})
    assert visit(here, "officer", f"/past/{past.pk}/drop/", {}).status_code == 409
    assert "This file was dropped" in text(visit(here, "officer", f"/past/{past.pk}/look/"))


def test_a_file_that_waits_for_a_week_is_forgotten(here):
    old, new = bring(here, rows(Ashmead=(0, 0, 0, 3, 9))), bring(here, rows(Birch=(0, 0, 0, 3, 9)))
    Past.objects.filter(pk=old.pk).update(uploaded_at=timezone.now() - datetime.timedelta(days=7, minutes=1))
    assert actions.forget_waiting() == 1
    assert [Past.objects.get(pk=each.pk).state for each in (old, new)] == ["dropped", "ready"]


def test_no_single_reply_reaches_the_database(here):
    """What is kept while it waits: sums by school, statement and answer; no row, no text, no address."""
    head = ["School", "E-mail", "Q1", "Q2", "Say more"]
    data = csv_of(
        [
            head,
            *[
                [
                    "Ashmead",
                    f"p{n}@x.example",
                    str(n % 5 + 1),
                    str(5 - n % 5),
                    f"Text of {n}, which is rather long to read, and longer still than any scale.",
                ]
                for n in range(10)
            ],
        ]
    )
    past = bring(here, data)
    kept = json.dumps(Past.objects.get(pk=past.pk).found)
    assert json.loads(kept)["cells"] == [[0, 0, 0, [2] * 5], [0, 1, 0, [2] * 5]]
    assert "@" not in kept
    assert "Text of" not in kept
    assert "2 columns were not kept" in text(visit(here, "officer", f"/past/{past.pk}/match/"))


# --- who may ---------------------------------------------------------------------------------------------------------


def upload(here, who, data, name="earlier.csv", place=None, **more):
    whom = {"chair": f"cluster-{here.clusters['X'].pk}"}.get(who, "whole")
    form = {"file": SimpleUploadedFile(name, data), "instrument": "well", "whom": whom, "day": "2025-03-14"} | more
    return visit(here, who, "/past/file/", form, place)


@pytest.mark.parametrize(
    ("who", "done"), [("officer", 302), ("chair", 302), ("head", 403), ("teacher", 403), ("stakeholder", 403)]
)
def test_earlier_results_are_brought_by_whoever_may_ask_there(here, who, done):
    assert upload(here, who, rows(Ashmead=(0, 0, 0, 3, 9))).status_code == done
    assert Past.objects.count() == (done == 302)


def test_a_chair_brings_the_own_cluster_and_nothing_else(here):
    refused = upload(here, "chair", rows(Ashmead=(0, 0, 0, 3, 9)), whom="whole")
    assert refused.status_code == 400
    upload(here, "chair", rows(Elm=(0, 0, 0, 3, 9)))
    past = Past.objects.get()
    assert past.cluster == here.clusters["X"]
    assert past.choices["schools"] == [0]
    assert visit(here, "other chair", f"/past/{past.pk}/match/").status_code == 403
    assert visit(here, "other chair", f"/past/{past.pk}/drop/", {}).status_code == 403


def test_a_school_brings_its_own(here):
    at = f"/s/{here.schools['Ashmead'].organisation.slug}"
    assert upload(here, "head", rows(Ashmead=(0, 0, 0, 3, 9)), place=at).status_code == 302
    past = Past.objects.get()
    assert past.organisation == here.schools["Ashmead"].organisation
    assert visit(here, "officer", f"/past/{past.pk}/match/").status_code == 404


def test_a_refused_file_says_why_and_keeps_what_was_chosen(here):
    found = upload(here, "officer", b"%PDF-1.7")
    assert found.status_code == 400
    assert "This is a PDF" in text(found)
    assert not Past.objects.exists()


@pytest.mark.parametrize("hostile", ["\0", "²", "9" * 400, "😀" * 5000, "' OR 1=1 --"])
def test_hostile_values_get_a_sentence(here, hostile):
    past = bring(here, rows(Ashmaed=(0, 0, 0, 3, 9)))
    form = {"statement_0": hostile, "school_0": hostile, "answer_0_0": hostile}
    assert visit(here, "officer", f"/past/{past.pk}/match/", form).status_code == 400
    assert visit(here, "officer", f"/past/{past.pk}/apply/", {"seen": hostile}).status_code in {400, 409}
    sent = {"day": hostile, "one_school": hostile, "school_column": hostile, "instrument": hostile, "whom": hostile}
    assert upload(here, "officer", rows(Ashmead=(0, 0, 0, 3, 9)), **sent).status_code == 400


# --- who sees --------------------------------------------------------------------------------------------------------


def test_each_sees_the_blocks_that_they_see_of_our_own_results(here):
    past = applied(here, rows(Ashmead=(0, 0, 0, 3, 9), Birch=(1, 2, 3, 4, 2), Elm=(0, 9, 9, 9, 9)))
    seen = {
        who: [
            visit(here, who, f"/past/{past.pk}/{where}/").status_code
            for where in (
                "all/whole",
                f"clusters/{here.clusters['Y'].slug}",
                "schools/ashmead",
                "schools/birch",
                "schools/elm",
            )
        ]
        for who in ("officer", "chair", "other chair", "head", "teacher")
    }
    assert seen == {
        "officer": [200, 200, 200, 200, 200],
        "chair": [200, 200, 200, 200, 404],
        "other chair": [200, 200, 404, 404, 200],
        "head": [200, 200, 200, 404, 404],
        "teacher": [403, 403, 403, 403, 403],
    }
    Past.objects.update(applied_at=timezone.now() - datetime.timedelta(days=9))
    assert visit(here, "teacher", f"/past/{past.pk}/schools/ashmead/").status_code == 200
    assert visit(here, "teacher", f"/past/{past.pk}/schools/birch/").status_code == 404


def test_page_and_files_say_the_same_and_say_imported(here, django_assert_max_num_queries):
    past = applied(here, rows(Ashmead=(0, 0, 0, 3, 9), Copse=(3, 0, 0, 0, 0)))
    client = Client()
    client.force_login(here.people["officer"])
    with django_assert_max_num_queries(12):
        page = client.get(f"/n/{here.network.slug}/past/{past.pk}/schools/ashmead/")
    assert "95" in text(page)
    assert "Imported" in text(page) or "imported" in text(page)
    assert "who was asked, and how, is not known here" in text(page)
    data = visit(here, "officer", f"/past/{past.pk}/schools/ashmead/lines.csv").content.decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(data))) == [
        ["Place", "Statement", "Round", "Score", "Answered", "Where it comes from"],
        ["Ashmead", LOAD, "2025-03-14", "95", "12", "Brought in from a file"],
    ]
    assert visit(here, "officer", f"/past/{past.pk}/schools/ashmead/lines.xlsx").content.startswith(b"PK")


# --- beside our own --------------------------------------------------------------------------------------------------


@pytest.fixture
def pulse(here):
    """One wave of ours, which Ashmead has answered."""
    for school in here.schools.values():
        make.staff(school, 12)
    wave = make.open_wave(here.network, "well")
    make.answer(wave, here.schools["Ashmead"], 12)
    make.close(wave)
    return wave


def chart(here, pulse, who="officer", item="well.1"):
    return visit(here, who, f"/waves/{pulse.pk}/statements/{item}/schools/ashmead/")


def test_a_statement_that_somebody_calls_the_same_stands_in_its_chart_apart(here, pulse):
    before = chart(here, pulse).content.decode()
    applied(here, rows(Ashmead=(0, 0, 0, 3, 9)), statements=("well.1",))
    page = chart(here, pulse)
    assert "1 earlier round, imported, stands apart." in page.content.decode()
    assert (
        '<tr><th scope="row">Mar 2025</th><td class="r">95</td><td>imported, not compared</td></tr>'
        in page.content.decode()
    )
    assert "No line joins them to the pulses, and no verdict on change counts them." in text(page)
    assert page.content.decode().count('class="c-line"') == before.count('class="c-line"')


def test_who_is_lent_a_schools_series_sees_nothing_from_before_it(here, pulse):
    applied(here, rows(Ashmead=(0, 0, 0, 3, 9)), statements=("well.1",))
    assert chart(here, pulse, "head of birch").status_code == 404
    survey_actions.share(pulse.series, here.schools["Ashmead"], {"cluster"}, here.people["head"])
    assert chart(here, pulse, "head of birch").status_code == 200
    assert "imported" not in chart(here, pulse, "head of birch").content.decode()
    assert "imported" in chart(here, pulse, "head").content.decode()


def test_without_that_yes_it_stays_out_of_the_chart(here, pulse):
    applied(here, rows(Ashmead=(0, 0, 0, 3, 9)))
    assert "imported" not in chart(here, pulse).content.decode()


def test_it_moves_no_verdict(here, pulse):
    said = [tuple(row) for row in connection_rows("SELECT item, place, word, sentence FROM surveys_change ORDER BY id")]
    applied(here, rows(Ashmead=(40, 0, 0, 0, 0)), statements=("well.1",))
    Change.objects.all().delete()
    compare.store(pulse.pk)
    again = [
        tuple(row) for row in connection_rows("SELECT item, place, word, sentence FROM surveys_change ORDER BY id")
    ]
    assert again == said
    assert said


def connection_rows(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def test_no_line_joins_what_was_imported():
    points = [RunPoint("Mar", 2025, 95, "imported"), RunPoint("Sep", 2025, 60), RunPoint("Oct", 2025, 62)]
    drawn = run_chart(points, None, False, [], "Scores.")
    lines = [path for path in re.findall(r"<path[^>]*>", drawn) if 'class="c-line"' in path]
    assert [len(re.findall(r"[ML]", path)) for path in lines] == [2, 2], lines  # wide and narrow
    assert drawn.count('class="c-open"') == 2
    assert drawn.count(">imported<") == 2
