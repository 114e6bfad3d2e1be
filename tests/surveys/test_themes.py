"""What leaders make of comments: in their own words, with their own yes, and to nobody but the chair (R7)."""

from __future__ import annotations

import re

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from alongside.kit.errors import Refused
from alongside.kit.models import JournalEntry
from alongside.network.models import Organisation
from alongside.people.models import StaffEntry
from alongside.surveys import actions
from alongside.surveys.models import Reply, SealedComment, Theme
from tests import make
from tests.surveys import worlds
from tests.surveys.test_acting import text, visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db):
    """X: A and B with 12 answers and comments, C with 6, which shows none; Y: E with 12. One wave has closed."""
    world = worlds.open_world({"X": {"A": 12, "B": 12, "C": 6}, "Y": {"E": 12, "F": 3}}, "lead")
    Organisation.objects.filter(pk=world.network.pk).update(outside_contact="THE-HELPLINE")
    for school, n in {"A": 12, "B": 12, "C": 6, "E": 12}.items():
        make.answer(world.wave, world.schools[school], n, comment=f"COMMENT-OF-{school}")
    make.close(world.wave)
    world.people = {
        "officer": make.officer(world.network),
        "chair": make.chair(world.clusters["X"]),
        "other chair": make.chair(world.clusters["Y"], "other@x.example"),
        "coach": make.coach(world.clusters["X"]),
        "teacher": world.schools["A"].staff.select_related("person")[0].person,
        "stakeholder": make.stakeholder(world.network),
    }
    for name in "ABCE":
        world.people[f"head of {name}"] = make.leader(world.schools[name], f"head-{name.lower()}@x.example")
        world.schools[name].refresh_from_db()
    return world


def school_page(world, school="A"):
    return f"/waves/{world.wave.pk}/schools/{world.schools[school].slug}/themes/"


def cluster_page(world, cluster="X"):
    return f"/waves/{world.wave.pk}/clusters/{world.clusters[cluster].slug}/themes/"


def form(*texts, **more):
    return {f"theme_{number}": words for number, words in enumerate((*texts, "", "", "")[:3], start=1)} | more


def keep(world, *texts, school="A", **more):
    return visit(world, world.people[f"head of {school}"], school_page(world, school), form(*texts, **more))


def kept(world, school="A"):
    return list(Theme.objects.filter(school=world.schools[school]).order_by("position").values_list("text", flat=True))


# --- writing ---------------------------------------------------------------------------------------------------------


def test_a_leader_writes_up_to_three_and_puts_others_in_their_place(world):
    assert keep(world, "One.", "", "Three.").status_code == 302
    assert kept(world) == ["One.", "Three."]
    keep(world, "Only this.")
    assert kept(world) == ["Only this."]
    keep(world)
    assert kept(world) == []


def test_three_at_most_hold_in_the_database(world):
    about = {"organisation": world.network, "wave": world.wave, "text": "x", "school": world.schools["A"]}
    Theme.objects.create(**about, position=1)
    for position in (1, 0, 4):
        with pytest.raises(IntegrityError), transaction.atomic():
            Theme.objects.create(**about, position=position)
    both = about | {"position": 2, "cluster": world.clusters["X"]}
    with pytest.raises(IntegrityError), transaction.atomic():
        Theme.objects.create(**both)
    assert len(actions.keep_school_themes(
        world.wave, world.schools["A"], ["1", "2", "3", "4"], world.people["head of A"], shared=False, named=False
    )) == 3  # fmt: skip


def test_themes_come_from_comments_that_may_be_read(world):
    """Fewer than ten answered at C; nobody reads a comment there, and no theme can claim to come of one."""
    with pytest.raises(Refused, match="no comments"):
        actions.keep_school_themes(
            world.wave, world.schools["C"], ["Made up."], world.people["head of C"], shared=True, named=True
        )
    page = visit(world, world.people["head of C"], school_page(world, "C"))
    assert "Comments will be here" in text(page)
    assert "theme_1" not in page.content.decode()
    assert not Theme.objects.exists()


@pytest.mark.parametrize("words", ["Ask Mrs Miller.", "Write to a@b.example.", "Ring 01632 960 100."])
def test_naming_somebody_is_asked_about_once(world, words):
    refused = keep(world, "Fine.", words)
    assert refused.status_code == 400
    assert "This seems to name somebody" in text(refused)
    assert words.partition(" ")[2].split()[0] in refused.content.decode()  # nothing that was written is lost
    assert kept(world) == []
    assert keep(world, "Fine.", words, sure="on").status_code == 302
    assert len(kept(world)) == 2


def test_names_of_the_staff_addresses_and_numbers_are_masked(world):
    StaffEntry.objects.filter(pk=world.schools["A"].staff.first().pk).update(name="Orla Quill")
    StaffEntry.objects.filter(pk=world.schools["B"].staff.first().pk).update(name="Ben Tarn")
    keep(world, "orla quill never listens, nor does Quill.", "Write to a@b.example or 01632 960 100.", sure="on")
    assert kept(world) == ["▒▒▒ never listens, nor does ▒▒▒.", "Write to ▒▒▒ or ▒▒▒."]
    visit(world, world.people["chair"], cluster_page(world), form("Ben Tarn and Orla Quill are praised.", sure="on"))
    assert Theme.objects.get(cluster=world.clusters["X"]).text == "▒▒▒ and ▒▒▒ are praised."


def test_every_box_names_the_safeguarding_and_the_outside_contact(world):
    for who, path in (("head of A", school_page(world)), ("chair", cluster_page(world))):
        page = text(visit(world, world.people[who], path))
        assert "is not the place to report that someone is at risk" in page
        assert "go to your school’s safeguarding lead or THE-HELPLINE today." in page


# --- who reads them --------------------------------------------------------------------------------------------------


def reading(world, words, *more):
    """Who finds these words on any page on which a theme could stand."""
    slug, cluster = world.schools["A"].slug, world.clusters["X"].slug
    wave = f"/waves/{world.wave.pk}"
    paths = ["/", "/decide/", "/do/", "/show/", "/news/", f"{wave}/results/", f"{wave}/replies/"]
    paths += [f"{wave}/schools/{slug}/{page}" for page in ("", "reply/", "themes/")]
    paths += [f"{wave}/clusters/{cluster}/{page}" for page in ("", "reply/", "themes/")]
    paths += [cluster_page(world, "Y"), f"{wave}/results.csv", *more]
    return {
        who
        for who, person in world.people.items()
        if any(words in visit(world, person, path).content.decode() for path in paths)
    }


def test_a_theme_that_is_not_shared_is_its_leaders_alone(world):
    keep(world, "OUR-THEME")
    assert reading(world, "OUR-THEME") == {"head of A"}


def test_a_shared_theme_is_the_chairs_of_the_own_cluster_and_of_nobody_else(world):
    keep(world, "OUR-THEME", shared="on")
    assert reading(world, "OUR-THEME") == {"head of A", "chair"}


def test_a_theme_that_was_taken_back_is_gone_from_the_chairs_page(world):
    keep(world, "OUR-THEME", shared="on")
    keep(world, "OUR-THEME")
    assert reading(world, "OUR-THEME") == {"head of A"}
    deeds = JournalEntry.objects.filter(deed__startswith="surveys.themes").order_by("number")
    assert list(deeds.values_list("deed", flat=True)) == ["surveys.themes_shared", "surveys.themes_unshared"]
    assert all("OUR-THEME" not in str(entry.payload) for entry in deeds)


def test_comments_themselves_stay_in_the_school(world):
    keep(world, "OUR-THEME", shared="on", named="on")
    assert reading(world, "COMMENT-OF-A") == {"head of A"}
    assert SealedComment.objects.filter(school=world.schools["A"]).count() == 12


def test_the_chairs_own_theme_is_read_by_chairs_until_a_reply_answers_it(world):
    visit(world, world.people["chair"], cluster_page(world), form("CLUSTER-THEME"))
    assert reading(world, "CLUSTER-THEME") == {"chair"}


@pytest.mark.parametrize("who", ["officer", "other chair", "coach", "head of A"])
def test_themes_of_a_cluster_are_closed_to_others(world, who):
    assert visit(world, world.people[who], cluster_page(world)).status_code == 403
    assert visit(world, world.people[who], cluster_page(world), form("Mine.")).status_code == 403
    assert not Theme.objects.exists()


@pytest.mark.parametrize(
    ("who", "status"), [("officer", 403), ("chair", 403), ("coach", 403), ("head of B", 404), ("other chair", 404)]
)
def test_themes_of_a_school_are_its_leaders_to_write(world, who, status):
    assert visit(world, world.people[who], school_page(world)).status_code == status
    assert visit(world, world.people[who], school_page(world), form("Mine.", shared="on")).status_code == status
    assert not Theme.objects.exists()


def test_whose_a_theme_is_shows_only_where_the_school_agreed_and_the_order_says_nothing(world):
    keep(world, "Zeal.", "Answers.", school="A", shared="on", named="on")
    keep(world, "Meetings.", "Bulletins.", school="B", shared="on")
    page = visit(world, world.people["chair"], cluster_page(world)).content.decode().partition("<main")[2]
    assert re.findall(r"“(\w+\.)”", page) == ["Answers.", "Bulletins.", "Meetings.", "Zeal."]
    listed = page.partition('<ul class="spots">')[2].partition("</ul>")[0]
    assert listed.count(world.schools["A"].name) == 2
    assert world.schools["B"].name not in page
    assert world.schools["B"].slug not in page
    assert not re.search(r"\d", re.sub(r"\d+ theme|<[^>]+>|" + world.schools["A"].name, "", listed))


def test_naming_without_sharing_says_nothing(world):
    keep(world, "OUR-THEME", named="on")
    assert not Theme.objects.get().named
    assert reading(world, "OUR-THEME") == {"head of A"}


def test_a_schools_own_pulse_offers_nobody_to_share_with(world):
    school = world.schools["A"]
    wave = make.open_wave(school.organisation, "lead")
    make.answer(wave, school, 12, comment="OWN-COMMENT")
    make.close(wave)
    client = Client()
    client.force_login(world.people["head of A"])
    path = f"/s/{school.slug}/waves/{wave.pk}/schools/{school.slug}/themes/"
    page = client.get(path).content.decode()
    assert "OWN-COMMENT" in page
    assert 'name="shared"' not in page
    client.post(path, form("Ours.", shared="on", named="on"))
    theme = Theme.objects.get()
    assert (theme.shared_at, theme.named) == (None, False)


# --- a reply to a theme ----------------------------------------------------------------------------------------------


def test_a_reply_answers_a_theme_of_its_own_place_and_the_thank_you_opens_with_it(world):
    keep(world, "We hear last.", shared="on")
    visit(world, world.people["chair"], cluster_page(world), form("All hear last."))
    slug, cluster = world.schools["A"].slug, world.clusters["X"].slug
    answer = {"kind": "do", "heard": "HEARD", "text": "You hear first.", "moves": "", "theme": "All hear last."}
    path = f"/waves/{world.wave.pk}/schools/{slug}/reply/"
    assert visit(world, world.people["head of A"], path, answer).status_code == 400  # the chair's, not the school's
    assert visit(world, world.people["head of A"], path, answer | {"theme": "We hear last."}).status_code == 302
    path = f"/waves/{world.wave.pk}/clusters/{cluster}/reply/"
    assert visit(world, world.people["chair"], path, answer | {"text": "Seven bulletins."}).status_code == 302
    assert Reply.objects.count() == 2
    keep(world, "Something else.")  # what was posted stays as it was
    wave = make.open_wave(world.network, "lead")
    for school, said, did in (
        ("A", "“We hear last.”", "You hear first."),
        ("B", "“All hear last.”", "Seven bulletins."),
    ):
        token = make.tokens(wave, world.schools[school])[0]
        page = text(Client().post(f"/a/{wave.pk}/{token}", {f"lead.{number}": "4" for number in range(1, 7)}))
        assert f"Last time you said {said}" in page
        assert did in page
        assert "HEARD" not in page


def test_a_theme_that_a_reply_answers_is_on_no_page_of_the_network(world):
    """It stands on the thank-you of its own people; what whoever sees the school's results reads is what its leaders say
    they heard."""
    keep(world, "OUR-THEME")
    words = actions.ReplyText("do", "HEARD", "TEXT", theme="OUR-THEME")
    actions.post_reply(world.wave, world.schools["A"], words, world.people["head of A"])
    assert reading(world, "OUR-THEME") == {"head of A"}
    assert reading(world, "HEARD") == {"officer", "chair", "coach", "head of A", "teacher"}
