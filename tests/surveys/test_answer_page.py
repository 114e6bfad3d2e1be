"""The page behind a personal link, as a browser, a mail scanner and an attacker meet it."""

import datetime
import gzip
import re

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from alongside.kit.words import people_date
from alongside.surveys import actions, answering, reads, schooldays
from alongside.surveys.accept import COMMENT_LIMIT
from alongside.surveys.instruments import SCALE, instrument
from alongside.surveys.models import Answer, Comment, Ticket, Wave
from tests import make
from tests.surveys import worlds

KINDS = {
    "repeated": (200, "We have your answers already"),
    "closed": (410, "This survey has closed"),
    "early": (425, "This survey is not open yet"),
    "unknown": (404, "We do not know this link"),
}
PROMISES = (
    "No leader, chair or officer ever sees who answered",
    "Results appear only for groups of 5 or more",
    "Once sent, an answer cannot be changed",
    "Never used for appraisal, pay or competence",
)


@pytest.fixture
def world(db):
    return worlds.open_world({"X": {"A": 12, "B": 3}}, "lead")


@pytest.fixture
def path(world):
    return link(world, make.tokens(world.wave, world.schools["A"])[0])


@pytest.fixture
def visitor():
    """A browser that has never been here, on a server that checks CSRF tokens."""
    return Client(enforce_csrf_checks=True, raise_request_exception=False)


def link(world, token):
    return f"/a/{world.wave.pk}/{token}"


def sent(value="4", **more):
    """What the form sends when everything is given the same answer."""
    return {item.id: value for item in instrument("lead").items} | more


def stored():
    return Answer.objects.count(), Comment.objects.count(), Ticket.objects.filter(used=True).count()


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


# --- looking -----------------------------------------------------------------------------------------------------------------


def test_looking_never_spends_a_ticket(world, path, visitor):
    for _ in range(5):
        assert visitor.get(path).status_code == 200
        head = visitor.head(path)
        assert (head.status_code, head.content) == (200, b"")
    assert stored() == (0, 0, 0)


def test_the_page_asks_every_statement_and_says_the_promises_before_the_button(world, path, visitor):
    page = text(visitor.get(path))
    asked = instrument("lead")
    assert all(item.statement in page for item in asked.items)
    assert page.count('type="radio"') == len(asked.items) * len(SCALE)
    button = page.index("Send my six answers")
    assert all(page.index(promise) < button for promise in PROMISES)
    closing = schooldays.local_day(world.wave.closes_at, world.network.zone)
    assert f"Confidential until {people_date(closing)}, anonymous after." in page


def test_the_page_holds_nothing_of_the_person_and_not_their_token(world, visitor):
    first, second = make.tokens(world.wave, world.schools["A"])[:2]
    pages = [visitor.get(link(world, token)).content for token in (first, second)]
    assert pages[0] == pages[1]
    assert first.encode() not in pages[0]
    person = world.wave.roster.order_by("person_id").first().person
    assert person.name.encode() not in pages[0]
    assert person.email.encode() not in pages[0]


@pytest.mark.parametrize("kind", ["form", "receipt", "again", *KINDS])
def test_every_answering_response_keeps_its_address_and_itself_private(kind, world, path, visitor):
    response = _response(kind, world, path, visitor)
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["Cache-Control"] == "no-store"
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "ETag" not in response.headers
    assert "Last-Modified" not in response.headers
    assert not response.cookies
    assert "style=" not in response.content.decode()
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=", response.content.decode())
    assert not re.search(r"""(?:src|href|action)=["']?(?:https?:)?//""", response.content.decode())


def _response(kind, world, path, visitor):
    if kind in {"form", "receipt", "again"}:
        return {
            "form": lambda: visitor.get(path),
            "receipt": lambda: visitor.post(path, sent()),
            "again": lambda: visitor.post(path, {}),
        }[kind]()
    if kind == "repeated":
        visitor.post(path, sent())
    if kind == "closed":
        Wave.objects.update(state="sealed")
    if kind == "early":
        Wave.objects.update(opens_at=timezone.now() + make.DAY)
    return visitor.get(path + "x" if kind == "unknown" else path)


def test_no_cookie_is_needed_and_none_of_another_sign_in_matters(world, path):
    """Somebody signed in as a head answers like anybody else: the token is the authority."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(make.leader(world.schools["A"]))
    assert browser.get(path).status_code == 200
    assert "Your answers are in" in text(browser.post(path, sent()))
    assert stored() == (1, 0, 1)


def test_a_compressed_page_says_the_same(path, visitor):
    plain, small = visitor.get(path), visitor.get(path, headers={"Accept-Encoding": "gzip, br"})
    assert gzip.decompress(small.content) == plain.content
    assert (small.headers["Content-Encoding"], "Content-Encoding" in plain.headers) == ("gzip", False)
    assert plain.headers["Vary"] == small.headers["Vary"] == "Accept-Encoding"


def test_an_extended_wave_shows_its_new_day_at_once(world, path, visitor):
    before = text(visitor.get(path))
    later = schooldays.closing(schooldays.after(datetime.date.today(), 15), world.network.zone)
    actions.extend(world.wave, later)
    after = text(visitor.get(path))
    old_day = people_date(schooldays.local_day(world.wave.closes_at, world.network.zone))
    new_day = people_date(schooldays.local_day(later, world.network.zone))
    assert [old_day in before, new_day in before, old_day in after, new_day in after] == [True, False, False, True]


def test_the_closing_day_is_that_of_the_organisation(world, path, visitor):
    """18:00 in Auckland on the 12th is the 12th, whatever the server's zone; 11:00 in UTC is the next day there."""
    world.network.zone = "Pacific/Auckland"
    world.network.save()
    closes = datetime.datetime.now(datetime.UTC).replace(hour=12) + datetime.timedelta(days=9)
    Wave.objects.update(closes_at=closes)
    assert people_date(closes.date() + datetime.timedelta(days=1)) in text(visitor.get(path))


def test_the_comment_box_is_offered_only_where_ten_or_more_are_invited(world, visitor):
    large, small = (make.tokens(world.wave, world.schools[name])[0] for name in "AB")
    assert 'name="comment"' in text(visitor.get(link(world, large)))
    assert 'name="comment"' not in text(visitor.get(link(world, small)))


def test_a_comment_box_names_the_contacts_of_the_school_then_of_the_network(world, path, visitor):
    school, network = world.schools["A"].organisation, world.network
    assert "your school’s safeguarding lead or the police or children’s services today" in text(visitor.get(path))
    network.safeguarding_contact, network.outside_contact = "Ada Nwosu, 0113 496 0000", "the county’s duty desk"
    network.save()
    assert "Ada Nwosu, 0113 496 0000 or the county’s duty desk today" in text(visitor.get(path))
    school.safeguarding_contact = "Mr Tan in room 4"
    school.save()
    assert "Mr Tan in room 4 or the county’s duty desk today" in text(visitor.get(path))


# --- sending ------------------------------------------------------------------------------------------------------------------


def test_the_receipt_is_the_response_and_tells_what_came_of_the_last_answers(world, path, visitor):
    leader = make.leader(world.schools["A"])
    worlds.answer_all(world, {"A": 10})
    make.close(world.wave)
    look_on = datetime.date.today() + datetime.timedelta(days=20)
    words = actions.ReplyText("do", "Meetings run over.", "They end at four.", "lead.5", look_on)
    actions.post_reply(world.wave, world.schools["A"], words, leader)
    wave = make.open_wave(world.network, "lead")
    page = text(visitor.post(f"/a/{wave.pk}/{make.tokens(wave, world.schools['A'])[0]}", sent()))
    for said in (
        "Your answers are in",
        "“Meetings run over.”",
        "They end at four.",
        "Our staff meetings are worth the time they take.",
        people_date(look_on),
    ):
        assert said in page
    other = text(visitor.post(f"/a/{wave.pk}/{make.tokens(wave, world.schools['B'])[0]}", sent()))
    assert "Your answers are in" in other
    assert "Meetings run over" not in other


def test_a_draft_reply_is_not_on_the_receipt(world, path, visitor):
    leader = make.leader(world.schools["A"])
    worlds.answer_all(world, {"A": 10})
    make.close(world.wave)
    actions.save_reply(world.wave, world.schools["A"], actions.ReplyText("do", "A draft.", "Not yet."), leader)
    wave = make.open_wave(world.network, "lead")
    page = text(visitor.post(f"/a/{wave.pk}/{make.tokens(wave, world.schools['A'])[0]}", sent()))
    assert "A draft." not in page


def test_answering_with_a_comment_costs_at_most_eight_queries(world, path, visitor):
    queries = []

    def note(execute, sql, params, many, context):
        if not sql.startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")) and "set_config" not in sql:
            queries.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        assert visitor.get(path).status_code == 200
        looked = len(queries)
        assert "Your answers are in" in text(visitor.post(path, sent(comment="Shorter meetings.")))
    assert looked == 1
    assert len(queries) <= 8
    assert stored() == (1, 1, 1)


def test_missing_answers_are_asked_for_once_and_nothing_given_is_lost(world, path, visitor):
    given = {"lead.1": "5", "lead.3": "x", "comment": "Less mail, please & thanks"}
    again = visitor.post(path, given)
    page = text(again)
    assert again.status_code == 422
    assert stored() == (0, 0, 0)
    assert "4 of 6 statements have no answer." in page
    assert re.findall(r'href="#q(\d)">\1</a>', page) == ["2", "4", "5", "6"]
    assert re.findall(r'name="(lead\.\d)" value="(.)" checked', page) == [("lead.1", "5"), ("lead.3", "x")]
    assert "Less mail, please &amp; thanks</textarea>" in page
    assert '<input type="hidden" name="sure" value="1">' in page
    assert "Your answers are in" in text(visitor.post(path, given | {"sure": "1"}))
    assert Answer.objects.get().ratings == {"lead.1": 5, "lead.3": "x"}
    assert Comment.objects.get().text == "Less mail, please & thanks"


def test_an_empty_form_is_never_taken_however_often_it_is_sent(world, path, visitor):
    for form in ({}, {"sure": "1"}, {"comment": "only words", "sure": "1"}, {"lead.1": "9", "sure": "1"}):
        again = visitor.post(path, form)
        assert again.status_code == 422
        assert "No answer has arrived yet." in text(again)
        assert 'name="sure"' not in text(again)
    assert stored() == (0, 0, 0)


@pytest.mark.parametrize(
    "comment",
    ["Ask Mr Okafor.", "mail jo@school.example", "ring 07700 900123", "ring +44 (0)113 496 0000", "Dr. Webb knows"],
)
def test_naming_somebody_in_a_comment_is_asked_about_once(comment, world, path, visitor):
    again = visitor.post(path, sent(comment=comment))
    assert again.status_code == 422
    assert "Your comment seems to name somebody" in text(again)
    assert stored() == (0, 0, 0)
    assert "Your answers are in" in text(visitor.post(path, sent(comment=comment, sure="1")))
    assert Comment.objects.get().text == comment


@pytest.mark.parametrize(
    "value", ["0", "6", "-1", "4.0", "４", "true", "4 ", "x" * 100_000, "4\x00", "", "' OR 1=1 --"]
)
def test_a_rating_off_the_scale_is_ignored_and_never_stored(value, world, path, visitor):
    form = sent() | {"lead.2": value, "lead.99": "4", "well.1": "4", "school": "1"}
    assert visitor.post(path, form).status_code == 422
    assert stored() == (0, 0, 0)
    visitor.post(path, form | {"sure": "1"})
    assert Answer.objects.get().ratings == {f"lead.{number}": 4 for number in (1, 3, 4, 5, 6)}


def test_a_comment_is_kept_up_to_its_limit_as_the_browser_counts_it(world, path, visitor):
    """Browsers count a line end as one character and send two."""
    lines = "\r\n".join(["twelve chars"] * 92)
    as_typed = lines.replace("\r\n", "\n")
    assert len(as_typed) < COMMENT_LIMIT < len(lines) + 20
    visitor.post(path, sent(comment=lines + "\r\n" * 3))
    assert Comment.objects.get().text == as_typed


def test_a_longer_comment_than_the_form_allows_is_cut_and_nothing_breaks(world, path, visitor):
    visitor.post(path, sent(comment="ä" * (COMMENT_LIMIT + 500)))
    assert Comment.objects.get().text == "ä" * COMMENT_LIMIT


def test_a_null_character_in_a_comment_breaks_nothing(world, path, visitor):
    assert "Your answers are in" in text(visitor.post(path, sent(comment="a\x00b")))
    assert Comment.objects.get().text == "ab"


def test_a_pulse_without_comments_stores_none(visitor, db):
    world = worlds.open_world({"X": {"A": 12, "B": 3}}, "well")
    form = {item.id: "4" for item in instrument("well").items} | {"comment": "hello"}
    visitor.post(link(world, make.tokens(world.wave)[0]), form)
    assert stored() == (1, 0, 1)


def test_other_methods_are_refused(path, visitor):
    assert {visitor.generic(method, path).status_code for method in ("PUT", "DELETE", "PATCH", "OPTIONS")} == {405}


def test_several_values_of_one_statement_count_as_one_answer(world, path, visitor):
    body = "&".join(f"{key}={value}" for key in sent() for value in ("1", "5"))
    visitor.generic("POST", path, body, content_type="application/x-www-form-urlencoded")
    assert Answer.objects.get().ratings == dict.fromkeys(sent(), 5)


def test_a_body_that_is_no_form_is_asked_for_again(world, path, visitor):
    for body, kind in (
        (b"{}", "application/json"),
        (b"\xff\xfe", "text/plain"),
        (b"%ff=%ff", "application/x-www-form-urlencoded"),
    ):
        assert visitor.generic("POST", path, body, content_type=kind).status_code == 422
    assert stored() == (0, 0, 0)


# --- links that do not lead to a form ---------------------------------------------------------------------------------------------


def assert_kind_page(response, kind):
    status, heading = KINDS[kind]
    assert (response.status_code, heading in text(response)) == (status, True)
    assert 'type="radio"' not in text(response)


def test_a_repeat_meets_a_kind_page_and_stores_nothing(world, path, visitor):
    visitor.post(path, sent(comment="first"))
    assert_kind_page(visitor.get(path), "repeated")
    assert_kind_page(visitor.post(path, sent("1", comment="second")), "repeated")
    assert_kind_page(visitor.post(path, {}), "repeated")
    assert stored() == (1, 1, 1)


@pytest.mark.parametrize("state", ["open", "closed", "published", "sealed"])
def test_a_late_answer_meets_a_kind_page_and_stores_nothing(state, world, path, visitor):
    Wave.objects.update(state=state, opens_at=timezone.now() - 2 * make.DAY, closes_at=timezone.now())
    for response in (visitor.get(path), visitor.post(path, sent()), visitor.post(path, {})):
        assert_kind_page(response, "closed")
    assert stored() == (0, 0, 0)


def test_after_the_seal_closed_and_mistyped_can_still_be_told_apart(world, path, visitor):
    worlds.answer_all(world, {"A": 10})
    make.close(world.wave)
    assert_kind_page(visitor.get(path), "closed")
    assert_kind_page(visitor.post(path, sent()), "closed")
    assert_kind_page(visitor.get(path.replace(f"/{world.wave.pk}/", "/9999999/")), "unknown")


def test_an_early_answer_meets_a_kind_page_and_stores_nothing(world, path, visitor):
    Wave.objects.update(opens_at=timezone.now() + make.DAY)
    for response in (visitor.get(path), visitor.post(path, sent())):
        assert_kind_page(response, "early")
    assert stored() == (0, 0, 0)


@pytest.mark.parametrize(
    "token",
    [
        "A" * 22,
        "a",
        "é日本語🙂",
        "%F0%28%8C%28",
        "%00",
        "x" * 5000,
        "..%5C..%5Cetc",
        "';DROP TABLE surveys_ticket;--",
        "<script>alert(1)</script>".replace("/", "%5C"),
    ],
    ids=["forged", "short", "unicode", "bad-utf8", "null", "long", "path", "sql", "script"],
)
def test_a_mistyped_token_meets_a_kind_page_and_stores_nothing(token, world, visitor):
    for response in (
        visitor.get(link(world, token)),
        visitor.post(link(world, token), sent()),
        visitor.post(link(world, token), {}),
    ):
        assert_kind_page(response, "unknown")
        assert "<script>alert" not in text(response)
    assert stored() == (0, 0, 0)


def test_a_link_that_lost_its_end_or_gained_one_meets_a_kind_page(world, path, visitor):
    for wrong in (path[:-1], path + ".", path + ")", path.lower() if path.lower() != path else path.upper()):
        assert_kind_page(visitor.get(wrong), "unknown")


def test_a_token_of_another_wave_meets_a_kind_page_and_stores_nothing(world, visitor):
    other = worlds.open_world({"Y": {"C": 12, "D": 3}}, "lead")
    foreign = make.tokens(other.wave)[0]
    for response in (visitor.get(link(world, foreign)), visitor.post(link(world, foreign), sent())):
        assert_kind_page(response, "unknown")
    assert stored() == (0, 0, 0)


@pytest.mark.parametrize("wave", ["0", "9223372036854775807", "9223372036854775808", "9" * 60])
def test_a_wave_that_never_was_meets_a_kind_page(wave, world, visitor):
    for response in (visitor.get(f"/a/{wave}/abc"), visitor.post(f"/a/{wave}/abc", sent())):
        assert_kind_page(response, "unknown")


def test_an_address_without_wave_or_token_is_not_found(visitor, db):
    for wrong in ("/a/", "/a/1/", "/a/one/abc", "/a/-1/abc", "/a/1/abc/def"):
        assert visitor.get(wrong).status_code == 404


# --- when the database is away ------------------------------------------------------------------------------------------------------


def test_a_database_that_is_down_never_gets_a_thank_you(world, path, visitor):
    def down(execute, sql, params, many, context):
        raise OperationalError("the server closed the connection")

    with connection.execute_wrapper(down):
        responses = [visitor.get(path), visitor.post(path, sent())]
    for response in responses:
        assert (response.status_code, response.headers["Retry-After"]) == (503, "30")
        assert "Nothing that you just sent was stored" in text(response)
    assert stored() == (0, 0, 0)
    assert "Your answers are in" in text(visitor.post(path, sent()))


def test_a_disk_that_is_full_never_gets_a_thank_you(world, path, visitor):
    def full(execute, sql, params, many, context):
        if sql.startswith("INSERT"):
            raise OperationalError("database or disk is full")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(full):
        response = visitor.post(path, sent())
    assert response.status_code == 503
    assert stored() == (0, 0, 0)


def test_an_answer_that_was_stored_is_never_said_to_be_lost(world, path, visitor):
    """The database goes away between the answer and its receipt."""

    def gone(execute, sql, params, many, context):
        if "surveys_reply" in sql:
            raise OperationalError("the server closed the connection")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(gone):
        response = visitor.post(path, sent())
    assert (response.status_code, stored()) == (200, (1, 0, 1))
    assert "Your answers are in" in text(response)
    assert response.headers["Referrer-Policy"] == "no-referrer"


# --- the pages that are kept ------------------------------------------------------------------------------------------------------


def test_pages_are_written_once_for_a_school_and_the_oldest_goes_first(monkeypatch):
    monkeypatch.setattr(answering, "KEPT", 2)
    pages, written = answering.Pages(), []

    def page(name):
        return pages.get((name,), lambda: written.append(name) or name)

    for name in ("a", "b", "a", "c", "b", "a"):
        assert gzip.decompress(page(name)) == name.encode()
    assert written == ["a", "b", "c", "a"]


def test_the_instrument_of_a_wave_is_looked_up_once(world, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert reads.instrument_of(world.wave.pk) is reads.instrument_of(world.wave.pk) is instrument("lead")
    assert reads.instrument_of(10**9) is None
