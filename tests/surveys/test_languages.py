"""Everything that somebody without an account reads, in a language that nobody speaks and that runs from right to left."""

from __future__ import annotations

import datetime
import gzip
import html
import re

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone, translation

from alongside.surveys import actions, letters
from alongside.surveys.models import Wave
from tests import make, tongues
from tests.surveys import worlds

pytestmark = pytest.mark.django_db
LATIN = re.compile(r"[A-Za-z]{2,}")
SWITCH = re.compile(r'<nav class="tongues".*?</nav>', re.DOTALL)
SPOKEN = re.compile(r'(?:aria-label|title|placeholder|alt)="([^"]*)"')


@pytest.fixture
def arabic(tmp_path, settings):
    tongues.pretend("ar", tmp_path, settings)


@pytest.fixture
def world(db):
    world = worlds.open_world({"X": {"A": 12, "B": 3}}, "lead")
    type(world.schools["A"]).objects.filter(pk=world.schools["A"].pk).update(name="7")  # a name that is no word
    return world


def _tokens(world) -> list[str]:
    return make.tokens(world.wave, world.schools["A"])


def _at(world, token: str) -> str:
    return f"/a/{world.wave.pk}/{token}?in=ar"


def _whole(values: str = "4", **more: str) -> dict[str, str]:
    return {f"lead.{number}": values for number in range(1, 7)} | more


def _left(body: str) -> list[str]:
    """Words that are left in English on a page, or in what a screen reader says of it."""
    body = SWITCH.sub("", body)
    spoken = " ".join(SPOKEN.findall(body))
    body = re.sub(r"<(style|script)\b.*?</\1>", " ", body, flags=re.DOTALL)
    text = html.unescape(f"{re.sub(r'<[^>]+>', ' ', body)} {spoken}")
    return [word for word in LATIN.findall(tongues.outside(text)) if word != "Alongside"]


def _page(response) -> str:
    body = response.content
    return (gzip.decompress(body) if response.headers.get("Content-Encoding") == "gzip" else body).decode()


def _pages(world):
    """Every page that the holder of a link can meet, by what it is."""
    client, tokens = Client(), _tokens(world)
    yield "form", client.get(_at(world, tokens[0]))
    yield "nothing chosen", client.post(_at(world, tokens[0]), {})
    yield "something left out", client.post(_at(world, tokens[0]), {"lead.1": "4"})
    yield "a name", client.post(_at(world, tokens[0]), _whole(comment="0 Dr Xy a@b.cd 0123456789"))
    yield "receipt", client.post(_at(world, tokens[0]), _whole())
    yield "again", client.get(_at(world, tokens[0]))
    yield "mistyped", client.get(_at(world, "x" * 22))
    yield "promises", client.get("/promises/?in=ar")
    Wave.objects.filter(pk=world.wave.pk).update(opens_at=timezone.now() + datetime.timedelta(hours=1))
    yield "early", client.get(_at(world, tokens[1]))
    past = timezone.now() - datetime.timedelta(hours=1)
    Wave.objects.filter(pk=world.wave.pk).update(opens_at=past - datetime.timedelta(days=7), closes_at=past)
    yield "closed", client.get(_at(world, tokens[1]))


def test_nothing_on_the_answering_path_is_left_in_english_and_all_of_it_runs_from_right_to_left(world, arabic):
    seen = {}
    for name, response in _pages(world):
        body = _page(response)
        seen[name] = response.status_code
        assert '<html lang="ar" dir="rtl">' in body, name
        left = _left(body.replace("0 Dr Xy a@b.cd 0123456789", ""))
        assert left == [], f"{name}: {left}"
        assert "⟦This translation has not been reviewed yet.⟧" in body, name
        assert len(gzip.compress(body.encode(), 9)) < 20_000
    assert list(seen.values()) == [200, 422, 422, 422, 200, 200, 404, 200, 425, 410]


def test_the_receipt_with_a_reply_and_the_one_without_figures_too(world, arabic):
    worlds.answer_all(world, {"A": 11})
    make.close(world.wave)
    head = make.leader(world.schools["A"])
    day = datetime.date.today() + 30 * make.DAY
    words = actions.ReplyText("do", "1", "2", "lead.1", day)
    actions.post_reply(world.wave, world.schools["A"], words, head)
    wave = make.open_wave(world.network, "lead")
    token = make.tokens(wave, world.schools["A"])[0]
    body = _page(Client().post(f"/a/{wave.pk}/{token}?in=ar", _whole()))
    assert "⟦Since then⟧" in body
    assert _left(body) == []
    with translation.override("ar"):
        assert _left(render_to_string("surveys/received.html")) == []


@pytest.mark.parametrize("kind", ["invitation", "reminder", "nudge"])
def test_each_letter_is_translated_whole(kind, world, arabic):
    given = (world.wave, world.schools["A"], "5", "http://", "http://")
    with translation.override("ar"):
        if kind == "invitation":
            letter = letters.invitation(*given)
        else:
            letter = letters.again(*given, nudge=kind == "nudge")
    names = world.network.name, world.schools["A"].name
    text = f"{letter.subject} {letter.text}".replace("http://", "")
    for name in names:
        text = text.replace(name, "")
    assert LATIN.findall(tongues.outside(text)) == []


def test_each_language_has_its_own_page_and_takes_no_query_more(world, arabic, django_assert_num_queries):
    client, token = Client(), _tokens(world)[0]
    at = f"/a/{world.wave.pk}/{token}"
    english = client.get(at).content
    for _ in range(2):
        with django_assert_num_queries(1):
            assert "⟦Start⟧" in client.get(f"{at}?in=ar").content.decode()
        with django_assert_num_queries(1):
            assert client.get(at).content == english
    assert b'<html lang="en-GB">' in english
    assert b"not been reviewed" not in english
    assert 'href="?in=ar" lang="ar"' in english.decode()


def test_the_language_stays_from_the_form_to_the_receipt_without_a_cookie(world, arabic):
    client, at = Client(), _at(world, _tokens(world)[0])
    form = client.get(at)
    assert '<form id="answers" method="post" novalidate>' in form.content.decode()  # it posts to its own address
    assert "⟦Thank you. Your answers are in.⟧" in _page(client.post(at, _whole()))
    assert not client.cookies


def test_a_browser_gets_its_language_by_itself_once_somebody_has_reviewed_it(world, tmp_path, settings):
    at = f"/a/{world.wave.pk}/{_tokens(world)[0]}"
    tongues.pretend("ar", tmp_path, settings)
    assert "⟦" not in _page(Client().get(at, headers={"Accept-Language": "ar"}))
    tongues.pretend("ar", tmp_path / "more", settings, reviewed_by="Amal")
    page = Client().get(at, headers={"Accept-Language": "ar"})
    assert "⟦Start⟧" in _page(page)
    assert "not been reviewed" not in _page(page)
    assert "Accept-Language" in page.headers["Vary"]


def test_with_english_alone_the_page_offers_no_choice(world):
    page = Client().get(f"/a/{world.wave.pk}/{_tokens(world)[0]}?in=ar", headers={"Accept-Language": "ar"})
    assert "tongues" not in _page(page)
    assert "Accept-Language" not in page.headers["Vary"]


def test_a_signed_in_person_chooses_in_the_account(world, arabic):
    client = Client()
    client.force_login(make.officer(world.network))
    assert 'name="code" value="ar"' in client.get("/account/").content.decode()
    assert client.post("/account/language/", {"code": "ar"}).status_code == 302
    assert '<html lang="ar" dir="rtl">' in client.get("/account/").content.decode()
    assert '<html lang="en-GB">' in Client().get("/promises/").content.decode()
    client.post("/account/language/", {"code": "en-gb"})
    assert '<html lang="en-GB">' in client.get("/account/").content.decode()
    for odd in ("xx", "", "a\0b", "x" * 20_000, "ar; Path=/"):
        assert client.post("/account/language/", {"code": odd}).status_code == 302
        assert client.cookies["language"].value == "en-gb"
