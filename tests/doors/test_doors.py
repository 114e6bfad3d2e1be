"""What each door shows to each role, from the empty network to the reply that staff read."""

from __future__ import annotations

import datetime
import re

import pytest
from django.test import Client
from django.utils import timezone

from alongside.network.models import Organisation
from alongside.surveys import actions
from alongside.surveys.models import Release, Wave
from tests import make

pytestmark = pytest.mark.django_db

N, S = "/n/harbour-trust/", "/s/ashmead/"


class Place:
    """A cluster of two schools of twelve, and who is who."""

    def __init__(self) -> None:
        self.network = make.network("Harbour Trust")
        self.officer = make.officer(self.network, "officer@harbour.example")

    def settle(self) -> Place:
        self.ashmead, self.birch = make.school("Ashmead"), make.school("Birch")
        self.avon = make.cluster(self.network, "Avon", [self.ashmead, self.birch])
        self.teacher, *_ = make.staff(self.ashmead, 12)
        self.other, *_ = make.staff(self.birch, 12)
        self.head = make.leader(self.ashmead, "head@ashmead.example")
        self.chair = make.chair(self.avon, "chair@harbour.example")
        self.coach = make.coach(self.avon, "coach@harbour.example")
        self.guest = make.stakeholder(self.network, "guest@harbour.example")
        return self

    def close(self, wave: Wave, days_ago: int = 0) -> Wave:
        make.answer(wave, self.ashmead, 12)
        make.answer(wave, self.birch, 12)
        make.close(wave)
        if days_ago:
            past = timezone.now() - days_ago * make.DAY
            Wave.objects.filter(pk=wave.pk).update(opens_at=past - 7 * make.DAY, closes_at=past)
            Release.objects.filter(wave=wave).update(published_at=past)
        return wave

    def reply(self, wave: Wave, school, *, days: int | None = 20, text: str = "We plan together on Tuesdays.") -> None:
        look_on = datetime.date.today() + days * make.DAY if days is not None else None
        words = actions.ReplyText("do", "There is no time to plan together.", text, "well.1", look_on)
        actions.post_reply(wave, school, words, self.head)


@pytest.fixture
def empty() -> Place:
    return Place()


@pytest.fixture
def place(empty) -> Place:
    return empty.settle()


def page(person, path: str) -> str:
    client = Client()
    client.force_login(person)
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def needs(text: str) -> list[tuple[str, str]]:
    """What a page lists as needing me: its first words and its address."""
    return [
        (title, url)
        for url, title in re.findall(r'<li><a href="([^"]+)"><span class="attn__n">\d</span><span><b>(.*?)</b>', text)
    ]


# Today


def steps(text: str) -> list[tuple[str, bool]]:
    """The first steps that a page lists, and whether each is done."""
    return [
        (title, done == "done")
        for done, title in re.findall(r'<li class="(\w*)"><span class="n">.*?<b>(.*?)</b>', text)
    ]


def test_an_officer_is_led_through_the_first_steps(empty):
    first = page(empty.officer, N)
    assert "Welcome. Your first hour, in six steps" in first
    titles = ["register", "cluster", "contacts", "staff", "heads", "pulse"]
    assert [done for _, done in steps(first)] == [False] * 6, titles
    empty.settle()
    second = page(empty.officer, N)
    assert [done for _, done in steps(second)] == [True, True, False, True, True, False]
    assert f'<a class="btn btn-primary" href="{N}contacts/">' in second
    make.open_wave(empty.network)
    assert steps(page(empty.officer, N)) == []


def test_a_head_is_led_until_the_staff_list_is_in_order(place):
    assert [done for _, done in steps(page(place.head, S))] == [True, True, False]
    Organisation.objects.filter(slug="ashmead").update(safeguarding_contact="Room 4")
    assert steps(page(place.head, S)) == []
    assert steps(page(place.teacher, S)) == []


def test_first_steps_are_the_officers_alone(place):
    for person in (place.chair, place.coach, place.guest, place.teacher, place.head):
        text = page(person, N)
        assert "Nothing needs you." in text
        assert needs(text) == []
        assert steps(text) == []


def test_an_open_pulse_stands_before_those_who_are_asked(place):
    wave = make.open_wave(place.network, cluster=place.avon)
    [(title, _)] = needs(page(place.teacher, S))
    assert "Open until" in title
    assert needs(page(place.officer, N)) == []
    assert f"{N}waves/{wave.pk}/" in page(place.officer, N)
    make.answer(wave, place.ashmead, 12)
    assert len(needs(page(place.teacher, S))) == 1  # nobody can see who has answered


def test_leaders_see_results_at_close_and_staff_do_not_yet(place):
    wave = place.close(make.open_wave(place.network))
    results = f"{N}waves/{wave.pk}/results/"
    for person in (place.officer, place.chair, place.coach, place.head):
        text = page(person, N)
        assert any("results are in" in title for title, _ in needs(text)), person
        assert results in text
    for person in (place.teacher, place.guest):
        client = Client()
        client.force_login(person)
        refused = client.get(results)
        assert refused.status_code == 403
        assert "School leaders see results first." in refused.content.decode()
        text = page(person, N)
        assert needs(text) == []
        assert results not in text
        assert results not in page(person, f"{N}show/")


def test_a_head_owes_a_reply_until_it_is_posted(place):
    wave = place.close(make.open_wave(place.network))
    owed = ("Your colleagues at Ashmead wait for a reply", f"{N}waves/{wave.pk}/schools/ashmead/reply/")
    assert needs(page(place.head, S)) == [owed]
    assert needs(page(place.head, N))[0] == owed
    assert owed[1] in page(place.head, f"{S}decide/")
    assert owed[1] not in page(place.chair, f"{N}decide/")
    place.reply(wave, place.ashmead)
    assert owed not in needs(page(place.head, S))
    assert owed[1] not in page(place.head, f"{S}decide/")


@pytest.mark.parametrize(
    ("days_ago", "said"),
    [(0, "by themselves."), (6, "Your colleagues see the results already.")],
)
def test_a_reply_that_waits_says_when_colleagues_see_the_results(place, days_ago, said):
    """The same sentence wherever it waits; of a day that is over nobody says that they will."""
    place.close(make.open_wave(place.network), days_ago)
    for path in (S, f"{S}decide/", f"{S}news/"):
        text = page(place.head, path)
        assert said in text, path
        assert "Your colleagues see the results" in text
        assert "ago by themselves" not in text


def test_staff_see_the_results_with_their_leaders_reply(place):
    wave = place.close(make.open_wave(place.network))
    results = f"{N}waves/{wave.pk}/results/"
    place.reply(wave, place.ashmead)
    text = page(place.teacher, S)
    assert results in text
    assert "What came of your answers" in text
    assert "There is no time to plan together." in text
    assert "We plan together on Tuesdays." in text
    assert results in page(place.teacher, f"{S}show/")
    assert results not in page(place.other, "/s/birch/")  # their own leaders have not replied


def test_results_open_to_staff_by_themselves(place):
    wave = place.close(make.open_wave(place.network), days_ago=6)
    for person in (place.teacher, place.guest):
        assert f"{N}waves/{wave.pk}/results/" in page(person, N)
        assert f"{N}waves/{wave.pk}/results/" in page(person, f"{N}show/")


def test_at_most_three_things_need_anybody(place):
    wave = make.open_wave(place.network)
    schools = [place.ashmead, place.birch, *(make.school(f"School {number}") for number in range(4))]
    make.cluster(place.network, "Brede", schools[2:])
    for pulse in ("well", "lead"):
        wave = wave if pulse == "well" else make.open_wave(place.network, "lead")
        place.close(wave)
    for school in schools[:2]:
        make.leader(school, "busy@harbour.example")
    busy = make.leader(place.birch, "busy@harbour.example")
    text = page(busy, N)
    assert len(needs(text)) == 3
    assert "Three things need you." in text


def test_old_results_are_no_news(place):
    wave = place.close(make.open_wave(place.network), days_ago=40)
    assert f"{N}waves/{wave.pk}/" not in page(place.officer, N)
    assert f"{N}waves/{wave.pk}/results/" in page(place.officer, f"{N}show/")


# Decide and Do


def test_posted_replies_are_read_where_the_schools_results_are_and_drafts_by_nobody_else(place):
    wave = place.close(make.open_wave(place.network))
    words = actions.ReplyText("do", "A draft about planning.", "Not yet.", "", None)
    actions.save_reply(wave, place.birch, words, place.head)
    place.reply(wave, place.ashmead)
    birch_head = make.leader(place.birch, "head@birch.example")
    makers = {"officer": place.officer, "chair": place.chair, "coach": place.coach, "teacher": place.teacher}
    others = {"guest": place.guest, "other school": place.other, "other head": birch_head}
    for who, person in {**makers, "head": place.head, **others}.items():
        for door in ("decide/", "do/"):
            text = page(person, f"{N}{door}")
            assert ("We plan together on Tuesdays." in text) is (who not in others), (who, door)
            assert "A draft about planning." not in text
    assert "We plan together on Tuesdays." in page(place.teacher, f"{S}decide/")
    assert "We plan together on Tuesdays." not in page(place.other, "/s/birch/decide/")


def test_replies_stay_in_the_cluster_and_in_the_network_that_asked(place):
    """Of another cluster's chair and coach, and of another network that shares the school, nobody reads them."""
    copse, dell = make.school("Copse"), make.school("Dell")
    for school in (copse, dell):
        make.staff(school, 12)
    brede = make.cluster(place.network, "Brede", [copse, dell])
    second = make.network("Second Trust")
    make.cluster(second, "Both", [place.ashmead, copse])
    place.reply(place.close(make.open_wave(place.network)), place.ashmead)
    strangers = [
        (make.chair(brede, "chair@brede.example"), N),
        (make.coach(brede, "coach@brede.example"), N),
        (make.officer(second, "officer@second.example"), "/n/second-trust/"),
        (place.teacher, "/n/second-trust/"),
    ]
    for person, where in strangers:
        for door in ("decide/", "do/"):
            assert "We plan together on Tuesdays." not in page(person, f"{where}{door}"), (person.email, door)


def test_whoever_sees_no_schools_results_is_told_where_replies_are(place):
    assert "Replies stay with their schools" in page(place.guest, f"{N}decide/")
    assert "Promises stay with their schools" in page(place.guest, f"{N}do/")
    assert "Replies will be here" in page(place.teacher, f"{N}decide/")
    assert "What you promised will be here" in page(place.teacher, f"{N}do/")


def test_promises_come_up_by_their_day(place):
    first, second = place.close(make.open_wave(place.network)), None
    place.reply(first, place.ashmead, days=30, text="The later one.")
    place.reply(first, place.birch, days=10, text="The nearer one.")
    second = place.close(make.open_wave(place.network, "lead"))
    words = actions.ReplyText("nothing", "All is well.", "The one without a day.", "", None)
    actions.post_reply(second, place.ashmead, words, place.head)
    text = page(place.officer, f"{N}do/")
    assert "2 promises to look at" in text
    assert text.index("The nearer one.") < text.index("The later one.")
    assert "The one without a day." not in text
    own = page(place.teacher, f"{S}do/")
    assert "1 promise to look at" in own
    assert "The nearer one." not in own


# Grow, Show and the frame


@pytest.mark.parametrize(
    ("who", "shown"),
    [
        ("officer", {"clusters/", "roles/", "contacts/", "terms/"}),
        ("chair", {"clusters/", "roles/", "terms/"}),
        ("coach", {"clusters/", "terms/"}),
        ("guest", {"clusters/", "terms/"}),
        ("teacher", {"clusters/", "terms/"}),
        ("head", {"clusters/", "terms/"}),
    ],
)
def test_grow_offers_what_one_may_open(place, who, shown):
    text = page(getattr(place, who), f"{N}grow/")
    offered = {name for name in ("clusters/", "roles/", "contacts/", "terms/") if f'href="{N}{name}"' in text}
    assert offered == shown
    assert "Ashmead and Birch." in text


def test_an_empty_network_says_who_forms_the_first_cluster(empty):
    guest = make.stakeholder(empty.network, "guest@harbour.example")
    assert "Form the first cluster" in page(empty.officer, f"{N}clusters/")
    text = page(guest, f"{N}clusters/")
    assert "No clusters yet" in text
    assert "The network’s officer forms the first from the register." in text
    assert "Form the first cluster" not in text


def test_grow_of_a_school_is_its_leaders(place):
    own, others = page(place.head, f"{S}grow/"), page(place.teacher, f"{S}grow/")
    assert f'href="{S}schools/ashmead/staff/"' in own
    assert f'href="{S}contacts/"' in own
    assert "staff/" not in others
    assert "contacts/" not in others
    assert f'href="{S}terms/"' in own
    assert f'href="{S}terms/"' in others


def test_show_lists_what_is_published_newest_first(place):
    old = place.close(make.open_wave(place.network), days_ago=60)
    new = place.close(make.open_wave(place.network, "lead"), days_ago=30)
    text = page(place.guest, f"{N}show/")
    assert "2 pulses have results" in text
    assert text.index(f"waves/{new.pk}/results/") < text.index(f"waves/{old.pk}/results/")


@pytest.mark.parametrize(
    ("who", "path", "note"),
    [
        ("officer", N, "you are the network’s officer"),
        ("chair", N, "you are chair of Avon"),
        ("coach", N, "you are coach of Avon"),
        ("guest", N, "you are a stakeholder"),
        ("head", N, "you are a leader of Ashmead"),
        ("head", S, "you are a leader of Ashmead"),
        ("teacher", N, ""),
    ],
)
def test_the_frame_says_what_one_is_here(place, who, path, note):
    text = page(getattr(place, who), path).replace("&#x27;", "’").replace("'", "’")
    [said] = re.findall(r"<small>(.*?)</small></span></summary>", text)
    assert said == note


def test_the_frame_leads_through_six_doors_and_every_place_of_mine(place):
    text = page(place.teacher, S)
    for door in ("", "ask/", "decide/", "do/", "grow/", "show/"):
        assert f'href="{S}{door}"' in text
    switcher = re.search(r'<ul class="switch__list">.*?</ul>', text, re.DOTALL)[0]
    assert re.findall(r'href="([^"]+)"', switcher) == [N, S]
    assert switcher.count('aria-current="true"') == 1


@pytest.mark.parametrize("door", ["", "ask/", "decide/", "do/", "grow/", "show/"])
def test_an_empty_place_says_what_will_be_there(empty, door):
    text = page(empty.officer, f"{N}{door}")
    assert re.search(r"will be here|needs you", text)
