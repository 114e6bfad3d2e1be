"""The way in with a code, as somebody with a slip, a shared tablet and a guesser meet it."""

from __future__ import annotations

import base64
import datetime
import gzip
import logging
import os
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.utils import timezone

from alongside.kit.documents import pdf
from alongside.kit.logs import ScrubTokens
from alongside.surveys import actions, codes, guessing, reads, tickets
from alongside.surveys.models import Answer, SlipSheet, Ticket, Wave, WrongCode
from tests import make
from tests.surveys import slips, worlds
from tests.surveys.test_unlinkable import _files as everything_in_files

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def plain(monkeypatch):
    monkeypatch.setattr(pdf, "pages", lambda html: html.encode())


@pytest.fixture(autouse=True)
def naps(monkeypatch):
    """How long somebody had to wait; nobody does."""
    taken = []
    monkeypatch.setattr(guessing.time, "sleep", taken.append)
    return taken


@pytest.fixture
def world(db):
    return worlds.open_world({"X": {"A": 120, "B": 12}}, "lead")


@pytest.fixture
def sheet(world):
    return slips.made(world.wave, world.schools["A"], 12, make.leader(world.schools["A"]))


@pytest.fixture
def made(sheet):
    return slips.codes_of(sheet)


@pytest.fixture
def visitor():
    return Client(enforce_csrf_checks=True, raise_request_exception=False)


@pytest.fixture
def at(world):
    return f"/a/{world.wave.pk}/"


def body(response) -> str:
    packed = response.headers.get("Content-Encoding") == "gzip"
    return re.sub(r"\s+", " ", (gzip.decompress(response.content) if packed else response.content).decode())


def ratings():
    return {f"lead.{number}": "4" for number in range(1, 7)}


def spent(visitor, at, code):
    """Answer with a code, as its holder does."""
    visitor.post(type_in(visitor, at, code).url, ratings())


def type_in(visitor, at, code, address="10.1.2.3"):
    return visitor.post(at, {"code": code}, REMOTE_ADDR=address)


# --- a right code ------------------------------------------------------------------------------------------------------------


def test_a_code_leads_to_the_form_and_its_answer_is_stored_once(visitor, at, made, world):
    found = type_in(visitor, at, made[0])
    assert (found.status_code, found.content) == (302, b"")
    assert re.fullmatch(rf"{at}slip/[\w-]{{22}}", found.url)
    form = visitor.get(found.url)
    assert "School A" in body(form)
    assert body(form).count("<fieldset>") == 6
    assert "Thank you. Your answers are in." in body(visitor.post(found.url, ratings()))
    assert (Answer.objects.count(), Ticket.objects.filter(used=True).count()) == (1, 1)
    again = visitor.post(found.url, ratings())
    assert "We have your answers already" in body(again)
    assert Answer.objects.count() == 1


def test_the_form_is_the_one_that_a_letter_leads_to(visitor, at, made, world):
    by_letter = body(visitor.get(f"{at}{make.tokens(world.wave, world.schools['A'])[0]}"))
    by_slip = body(visitor.get(type_in(visitor, at, made[0]).url))
    assert ' autocomplete="off"' in by_slip
    assert by_slip.replace(' autocomplete="off"', "") == by_letter


def test_each_page_on_this_way_asks_for_a_sheet_and_a_script(visitor, at, made):
    """Three requests with the page itself, on a line where each takes a second."""
    form = type_in(visitor, at, made[0]).url
    pages = [visitor.get(at), type_in(visitor, at, "AC23EF"), visitor.get(form), visitor.post(form, {})]
    pages += [visitor.post(form, ratings()), visitor.post(form, ratings())]
    for page in pages:
        assert len(re.findall(r'<(?:script|link|img)[^>]*(?:src|href)="/', body(page))) == 2


def test_the_form_behind_a_slip_and_all_it_loads_weigh_less_than_twenty_kilobytes(visitor, at, made):
    form = visitor.get(type_in(visitor, at, made[0]).url, headers={"accept-encoding": "gzip"})
    loaded = re.findall(r'<(?:script|link)[^>]*(?:src|href)="/static/([^"]+)"', gzip.decompress(form.content).decode())
    weights = [len(gzip.compress(Path(finders.find(name)).read_bytes(), 9)) for name in loaded]
    assert len(weights) == 2
    assert len(form.content) + sum(weights) < 20_000 - 3 * 1_000  # heads


@pytest.mark.parametrize(
    "written",
    [
        str.lower,
        lambda code: f" {code[:3]} {code[3:]} ",
        lambda code: "-".join(code),
        lambda code: f"{code[:3]}–{code[3:]}.",
        lambda code: "".join(chr(ord(letter) + 0xFEE0) for letter in code),  # as a Japanese keyboard writes it
        lambda code: f"{code}\0",
    ],
)
def test_a_code_is_understood_however_it_is_written(written, visitor, at, made):
    assert type_in(visitor, at, written(made[0])).status_code == 302


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("o0o0o0", "QQQQQQ"), ("bBbBbB", "888888"), ("sssSSS", "555555"), ("uvUVuv", "VVVVVV"), ("zz22zz", "222222")],
)
def test_a_letter_that_looks_like_another_is_taken_as_it_was_meant(typed, meant):
    assert codes.normal(typed) == meant


@pytest.mark.parametrize("none", ["", "ABC", "1234567", "AC23EI", "AC23E1", "ÄÖÜÄÖÜ", "🙂🙂🙂🙂🙂🙂", "A" * 20_000])
def test_what_cannot_be_a_code_is_none(none):
    assert codes.normal(none) == ""


def test_no_two_letters_of_a_code_look_alike():
    for pair in ("0O", "0Q", "1I", "1L", "IL", "8B", "5S", "2Z", "UV", "OQ"):
        assert not set(pair) <= set(codes.ALPHABET)
    assert len(set(codes.ALPHABET)) == len(codes.ALPHABET) == 27


@pytest.mark.parametrize(("before", "count", "characters"), [(0, 300, 6), (1700, 300, 6), (1701, 300, 8), (9000, 1, 8)])
def test_codes_have_six_characters_and_eight_above_two_thousand_slips(before, count, characters):
    key, first = b"k" * 43, codes.number(before, count)
    made = codes.of_sheet(key, first, count)
    assert {len(code) for code in made} == {characters}
    assert 0 < first < first + count < 2**31
    assert codes.of_sheet(key, first, count) == made
    assert codes.of_sheet(b"l" * 43, first, count) != made


def test_two_slips_never_get_one_code(monkeypatch):
    monkeypatch.setattr(codes, "ALPHABET", "AC")  # 64 codes there are: 60 slips meet each other often
    first = codes.of_sheet(b"k" * 43, 1, 30)
    second = codes.of_sheet(b"k" * 43, 31, 30, first)
    assert len({*first, *second}) == 60
    assert codes.of_sheet(b"k" * 43, 1, 30) == first


def test_a_code_works_at_its_own_waves_address_only(visitor, at, made, world):
    other = worlds.open_world({"Y": {"C": 30, "D": 12}}, "lead")
    slips.made(other.wave, other.schools["C"], 2, make.leader(other.schools["C"], "c@other.example"))
    assert "We do not know this code" in body(type_in(visitor, f"/a/{other.wave.pk}/", made[0]))
    token = type_in(visitor, at, made[0]).url.rpartition("/")[2]
    assert visitor.get(f"/a/{other.wave.pk}/slip/{token}").status_code == 404
    assert visitor.post(f"/a/{other.wave.pk}/slip/{token}", ratings()).status_code == 404
    assert Answer.objects.count() == 0


# --- no way in -----------------------------------------------------------------------------------------------------------------


def test_a_used_code_says_what_a_used_link_says_and_offers_the_field_again(visitor, at, made):
    visitor.post(type_in(visitor, at, made[0]).url, ratings())
    page = type_in(visitor, at, made[0])
    assert (page.status_code, "We have your answers already" in body(page)) == (200, True)
    assert f'<a class="btn next" data-next href="{at}">Type another code</a>' in body(page)
    assert WrongCode.objects.count() == guessing.SPENT  # who asks many times which codes are spent is slowed down


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "No code has arrived."),
        ("   ", "No code has arrived."),
        ("AC2", "This cannot be a code."),
        ("WRONG!", "This cannot be a code."),
        ("AC23EF", "We do not know this code."),
        ("\0", "No code has arrived."),
    ],
)
def test_a_wrong_code_gets_its_sentence_and_the_field_with_what_was_typed(typed, said, visitor, at, made):
    assert "AC23EF" not in made
    page = type_in(visitor, at, typed)
    assert page.status_code == 422
    assert said in body(page)
    assert f'value="{typed.strip(chr(0)).strip()}"' in body(page)
    assert 'aria-invalid="true"' in body(page)


@pytest.mark.parametrize(
    ("change", "status", "said"),
    [
        ({"closes_at": -1}, 410, "This survey has closed"),
        ({"opens_at": +1}, 425, "This survey is not open yet"),
        ({"state": "sealed"}, 410, "This survey has closed"),
        ({"state": "planned", "opens_at": +1}, 425, "This survey is not open yet"),
    ],
    ids=["closed", "early", "sealed", "planned"],
)
def test_closed_and_not_yet_open_say_what_a_link_says(change, status, said, visitor, at, made, world):
    moments = {key: timezone.now() + value * worlds.MINUTE for key, value in change.items() if isinstance(value, int)}
    if "closes_at" in moments:
        moments["opens_at"] = timezone.now() - make.DAY
    Wave.objects.filter(pk=world.wave.pk).update(**{**change, **moments})
    for page in (visitor.get(at), type_in(visitor, at, made[0])):
        assert (page.status_code, said in body(page)) == (status, True)
    assert Answer.objects.count() == 0


@pytest.mark.parametrize("wave", [0, 987654, 2**63, 10**40])
def test_an_address_of_no_wave_is_not_known(wave, visitor, db):
    for page in (
        visitor.get(f"/a/{wave}/"),
        visitor.post(f"/a/{wave}/", {"code": "AC23EF"}),
        visitor.get(f"/a/{wave}/slip/x"),
    ):
        assert (page.status_code, "We do not know this link" in body(page)) == (404, True)


def test_where_no_slips_were_made_every_code_is_unknown_and_nothing_is_counted(visitor, at):
    assert "We do not know this code" in body(type_in(visitor, at, "AC23EF"))
    assert WrongCode.objects.count() == 0


def test_where_the_key_was_lost_it_says_so_and_not_that_the_code_is_wrong(visitor, at, made, world):
    codes.destroy(world.wave.pk)
    page = body(type_in(visitor, at, made[0]))
    assert "The codes of this pulse do not work any more." in page
    assert "A link from a letter still works" in page


def test_a_sealed_wave_has_no_code_page_and_nothing_is_left(visitor, at, made, world):
    type_in(visitor, at, "AC23EF")
    assert WrongCode.objects.count() == 1
    worlds.take(world.wave, slips.tokens_of(SlipSheet.objects.get()))
    make.close(world.wave)
    assert (WrongCode.objects.count(), type_in(visitor, at, made[0]).status_code) == (0, 410)


# --- guessing ------------------------------------------------------------------------------------------------------------------


def test_a_whole_school_answers_behind_one_address(visitor, at, world, naps):
    head, chair = make.leader(world.schools["A"]), make.chair(world.clusters["X"])
    many = slips.codes_of(slips.made(world.wave, world.schools["A"], 100, head, chair))
    for code in many:
        assert type_in(visitor, at, code).status_code == 302
    assert (naps, WrongCode.objects.count()) == ([], 0)


def guessed(world, times: int, address: str = "10.1.2.3") -> None:
    """So many wrong codes came from there."""
    guessing.note(world.wave, codes.read_key(world.wave.pk), address, times)


def test_whoever_mistypes_or_plays_keeps_nobody_behind_the_same_address_waiting(visitor, at, world, made, naps):
    """A class, and a child who types anything: right codes pass at once, and nobody is asked to press again."""
    for number in range(40):
        assert type_in(visitor, at, f"AC23E{codes.ALPHABET[number % 27]}").status_code == 422
    guessed(world, guessing.LIMIT - 41)
    assert {type_in(visitor, at, code).status_code for code in made} == {302}
    assert naps == []


def test_after_many_wrong_codes_each_code_from_there_waits_and_a_right_one_still_opens(visitor, at, world, made, naps):
    guessed(world, guessing.LIMIT - 1)
    assert type_in(visitor, at, "AC23EF").status_code == 422
    assert naps == []
    assert type_in(visitor, at, "AC23EF").status_code == 422
    assert naps == [guessing.WAIT]
    assert type_in(visitor, at, made[0]).status_code == 302
    assert naps == [guessing.WAIT] * 2
    assert type_in(visitor, at, made[1], address="10.9.9.9").status_code == 302
    assert naps == [guessing.WAIT] * 2


def test_a_guesser_with_many_addresses_has_one_budget_for_all_of_them(visitor, at, world, made, naps):
    for number in range(guessing.EVERYWHERE // guessing.MISTYPED):
        guessed(world, guessing.MISTYPED, f"10.1.0.{number}")
    assert type_in(visitor, at, "AC23EF", address="10.1.0.7").status_code == 422
    assert naps == [guessing.WAIT]
    guessed(world, guessing.MISTYPED - 1, "10.2.0.1")  # people who mistype elsewhere meanwhile
    assert type_in(visitor, at, made[0], address="10.2.0.1").status_code == 302
    assert naps == [guessing.WAIT]


def test_the_budget_holds_a_guesser_to_what_the_decision_says():
    """A week of guessing from one address in time, at two processes, and all addresses before each is held to a few."""
    an_hour = datetime.timedelta(hours=1) / guessing.WINDOW
    one_by_one = 3600 / guessing.WAIT
    assert (guessing.LIMIT * an_hour, one_by_one, guessing.EVERYWHERE * an_hour) == (1800, 1800, 3600)


def test_codes_of_another_wave_are_counted_apart(visitor, at, made, world, naps):
    other = worlds.open_world({"Y": {"C": 30, "D": 12}}, "lead")
    sheet = slips.made(other.wave, other.schools["C"], 2, make.leader(other.schools["C"], "c@other.example"))
    guessed(world, guessing.LIMIT)
    assert type_in(visitor, f"/a/{other.wave.pk}/", slips.codes_of(sheet)[0]).status_code == 302
    assert naps == []


def test_wrong_codes_are_forgotten_after_ten_minutes(visitor, at, world, made, naps, time_machine):
    guessed(world, guessing.LIMIT)
    time_machine.move_to(timezone.now() + guessing.WINDOW + datetime.timedelta(seconds=1))
    assert type_in(visitor, at, "AC23EF").status_code == 422
    assert (naps, WrongCode.objects.count()) == ([], 1)


def test_whoever_comes_while_another_one_waits_is_asked_to_press_again(visitor, at, world, made, monkeypatch):
    """Only from the same address: whoever waits elsewhere keeps nobody out, until many wait at once."""
    for address in ("10.1.2.3", "10.9.9.9"):
        guessed(world, guessing.LIMIT, address)
    seen = {}

    def meanwhile(seconds):
        monkeypatch.setattr(guessing.time, "sleep", lambda _: None)
        seen["here"] = type_in(visitor, at, made[0])
        seen["elsewhere"] = type_in(visitor, at, made[0], address="10.9.9.9")
        monkeypatch.setattr(guessing, "AT_ONCE", 1)
        seen["too many"] = type_in(visitor, at, made[0], address="10.9.9.9")

    monkeypatch.setattr(guessing.time, "sleep", meanwhile)
    assert type_in(visitor, at, made[0]).status_code == 302
    assert {where: page.status_code for where, page in seen.items()} == {
        "here": 429, "elsewhere": 302, "too many": 429
    }  # fmt: skip
    assert "Many wrong codes came from here." in body(seen["here"])
    assert f'value="{made[0]}"' in body(seen["here"])
    assert type_in(visitor, at, made[0]).status_code == 302


def test_asking_again_and_again_which_codes_are_spent_is_slowed_like_guessing(visitor, at, made, naps):
    """Whoever holds a copy of a sheet and knows who had which slip would learn who has answered."""
    spent(visitor, at, made[0])
    for _ in range(guessing.MISTYPED):
        type_in(visitor, at, made[0])
    assert naps == []
    type_in(visitor, at, made[1])
    assert naps == [guessing.WAIT]


def test_a_wrong_code_that_comes_while_the_pulse_closes_leaves_nothing(visitor, at, made, world):
    Wave.objects.filter(pk=world.wave.pk).update(state="closed")
    guessing.note(world.wave, codes.read_key(world.wave.pk), "10.0.0.1")
    assert not WrongCode.objects.exists()


def test_the_database_knows_no_address_and_whoever_has_it_cannot_try_them_all(visitor, at, made, world):
    type_in(visitor, at, "AC23EF", address="203.0.113.77")
    (row,) = WrongCode.objects.all()
    assert "203.0.113" not in row.address
    assert row.address == guessing.digest(codes.read_key(world.wave.pk), "203.0.113.77")
    assert row.address != guessing.digest(b"", "203.0.113.77")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8:0:1::1", "2001:db8::1", False),
        ("::ffff:10.1.2.3", "10.1.2.3", True),
        ("10.1.2.3", "10.1.2.4", False),
        ("unix:", "", False),
    ],
)
def test_a_network_of_version_six_counts_as_one_address(one, other, same):
    assert (guessing.digest(b"k", one) == guessing.digest(b"k", other)) is same


# --- a shared tablet -----------------------------------------------------------------------------------------------------------


def test_the_receipt_hands_the_tablet_on_and_a_letters_receipt_does_not(visitor, at, made, world):
    receipt = body(visitor.post(type_in(visitor, at, made[0]).url, ratings()))
    assert '<a class="btn next" data-next href="../">Next person</a>' in receipt
    own = body(visitor.post(f"{at}{make.tokens(world.wave, world.schools['A'])[0]}", ratings()))
    assert "Next person" not in own
    assert "You can close this page." in own


def test_whoever_goes_back_to_a_spent_form_finds_the_page_for_the_next_code(visitor, at, made):
    url = type_in(visitor, at, made[0]).url
    visitor.post(url, ratings())
    back = visitor.get(url)
    assert (back.status_code, back.url) == (302, at)
    assert "School A" not in body(visitor.get(at))


def test_no_page_on_this_way_is_kept_sets_a_cookie_or_tells_where_it_leads_from(visitor, at, made):
    found = type_in(visitor, at, made[0])
    pages = [
        visitor.get(at),
        type_in(visitor, at, "AC23EF"),
        found,
        visitor.get(found.url),
        visitor.post(found.url, ratings()),
    ]
    for page in [*pages, visitor.get(found.url), type_in(visitor, at, made[0])]:
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert not page.cookies
        assert made[0] not in body(page)


def test_the_form_is_never_filled_in_by_the_browser(visitor, at, made):
    assert '<form id="answers" method="post" novalidate autocomplete="off">' in body(
        visitor.get(type_in(visitor, at, made[0]).url)
    )


# --- weight, speed, logs -------------------------------------------------------------------------------------------------------


def test_the_page_is_light_and_asks_for_nothing_but_its_sheet_and_a_script(visitor, at, made):
    page = visitor.get(at).content.decode()
    wanted = re.findall(r'(?:src|href)="(/static/[^"]+)"', page)
    assert [Path(path).suffix for path in wanted] == [".css", ".js"]
    named = [re.sub(r"\.[0-9a-f]{12}(?=\.)", "", path.removeprefix("/static/")) for path in wanted]
    parts = [page.encode(), *(Path(finders.find(name)).read_bytes() for name in named)]
    assert sum(len(gzip.compress(part)) for part in parts) < 20_000


def test_the_form_behind_a_slip_asks_the_database_once_as_a_letters_does(
    visitor, at, made, world, django_assert_num_queries
):
    url, letter = type_in(visitor, at, made[0]).url, f"{at}{make.tokens(world.wave, world.schools['A'])[0]}"
    for path in (url, letter, url, letter):
        with django_assert_num_queries(1):
            visitor.get(path)


def test_a_right_code_writes_nothing(visitor, at, made):
    told = []

    def watch(execute, sql, *rest):
        told.append(sql.split()[0])
        return execute(sql, *rest)

    with connection.execute_wrapper(watch):
        type_in(visitor, at, made[0])
    assert set(told) == {"SELECT"}
    assert len(told) <= 4


def test_no_code_and_no_token_reaches_a_log(visitor, at, made, caplog, monkeypatch):
    monkeypatch.setattr(caplog.handler, "filters", [ScrubTokens()])
    with caplog.at_level(logging.DEBUG):
        token = type_in(visitor, at, made[0]).url.rpartition("/")[2]
        monkeypatch.setattr(reads, "door", lambda *_: 1 / 0)
        type_in(visitor, at, made[1])
        visitor.get(f"{at}slip/{token}x")
    assert "ZeroDivisionError" in caplog.text
    for secret in (token, made[0], made[1], tickets.digest(token).hex()):
        assert secret not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_no_byte_of_a_code_is_ever_in_the_files_of_the_database_and_none_of_its_ticket_after_the_seal(visitor):
    world = worlds.open_world({"X": {"A": 120, "B": 12}}, "lead")
    head, chair = make.leader(world.schools["A"]), make.chair(world.clusters["X"])
    sheet = slips.made(world.wave, world.schools["A"], 40, head, chair)
    made, tokens, key = slips.codes_of(sheet), slips.tokens_of(sheet), codes.read_key(world.wave.pk)
    shown = [text.encode() for code in made for text in (codes.shown(code), f"{code}\n", f'"{code}"')]
    raw = [part for token in tokens for part in (token.encode(), base64.urlsafe_b64decode(token + "=="))]
    digests = [tickets.digest(token) for token in tokens]
    at = f"/a/{world.wave.pk}/"
    for code in made[:20]:
        visitor.post(type_in(visitor, at, code).url, ratings())
    files = everything_in_files()
    assert [value for value in [*shown, *raw, key] if value in files] == []
    if connection.vendor == "sqlite" or os.environ.get("ALONGSIDE_TEST_POSTGRES_DATA"):
        assert [digest for digest in digests if digest in files] == digests, "the search does not find what is there"
    actions.fetch_slips(sheet, head)
    make.close(world.wave)
    files = everything_in_files()
    assert [value for value in [*shown, *raw, *digests, key] if value in files] == []
