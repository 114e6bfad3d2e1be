"""Every page for every role, and everything that a page takes from outside with everything that people and scanners send."""

from __future__ import annotations

import gzip
import itertools
from urllib.parse import quote, quote_from_bytes, urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils.html import escape

from alongside.people import throttle
from tests import naughty, small_world, visits, watched
from tests.small_world import HOSTILE, World, undone
from tests.test_permissions import ACTORS, ASHMEAD, LINES, WIDTHS

pytestmark = pytest.mark.django_db

QUERIES = 12
GETS = [line for line in LINES if line["method"] == "GET"]
# What a text does above a database it does above the other too.
ELSEWHERE = connection.vendor != "sqlite"
VALUES = {name: text for name, text in naughty.VALUES.items() if not ELSEWHERE or name in naughty.TO_A_DATABASE}
POSTS = [
    line for line in LINES if line["method"] == "POST" and any(line[role] != "none" for role, _ in ACTORS.values())
]
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with small_world.for_a_module(django_db_blocker) as built:
        yield built


@pytest.fixture(autouse=True)
def nobody_is_slowed_down():
    throttle.forget()


def _name(line: dict[str, str]) -> str:
    return " ".join(filter(None, (line["kind"], line["name"], line["of"])))


def _sound(response) -> None:
    """Answered, and nothing that was sent is taken for markup or for a header."""
    assert response.status_code < 500, response.status_code
    assert "stolen" not in response.cookies
    body = gzip.decompress(response.content) if response.headers.get("Content-Encoding") == "gzip" else response.content
    if response.headers["Content-Type"].startswith("text/html"):
        assert naughty.scripts(body.decode()) == []


def _opener(line: dict[str, str]) -> str:
    """Somebody who may, the widest first."""
    allowed = [who for who, (role, _) in ACTORS.items() if line[role] != "none"]
    return max(allowed, key=lambda who: WIDTHS.index(line[ACTORS[who][0]]))


@pytest.mark.parametrize("line", GETS, ids=_name)
def test_page_opens_for_every_role_within_its_queries(world, line, django_assert_max_num_queries):
    path = visits.address(world, line["kind"], line["name"], line["of"], ASHMEAD)
    for who in ACTORS:
        client = world.client(who)
        with django_assert_max_num_queries(QUERIES):
            response = client.get(path)
        _sound(response)
    opener = world.client(_opener(line) if line["done"] else "A officer")
    _sound(opener.get(path, headers={"HX-Request": "true"}))


def test_the_parameters_are_found():
    """A new one joins by itself; this only proves that looking for them works."""
    assert {"next", "words", "before", "deed"} <= set(watched.PARAMETERS)
    assert naughty.COUNT > 80


def test_each_parameter_is_asked_for_somewhere(world):
    """Whatever the sources read is seen to be read when pages are opened: nothing is left out below."""
    seen: set[str] = set()
    for line in GETS:
        path = visits.address(world, line["kind"], line["name"], line["of"], ASHMEAD)
        with watched.asked() as asked:
            world.client(_visitor(line)).get(f"{path}?{TOGETHER}")
        seen |= asked
    assert set(watched.PARAMETERS) <= seen


TOGETHER = "&".join(f"{name}={quote_from_bytes(naughty.VALUES['markup'])}" for name in watched.PARAMETERS)
# Every page is framed by the same few lines, which read these: pages of each kind of frame try them for all others.
IN_EVERY_FRAME = frozenset({"type"})
ONE_OF_EACH_FRAME = frozenset({"today", "promises", "answer", "sign_in"})


def _visitor(line: dict[str, str]) -> str:
    return _opener(line) if line["done"] else "A officer"


@pytest.mark.parametrize("line", GETS, ids=_name)
def test_page_bears_any_query(world, line):
    """Every parameter that it looks at, with every text; and all that any page reads at once.

    One that it does not look at changes nothing, and looking is seen: also where another parameter leads to it.
    """
    path = visits.address(world, line["kind"], line["name"], line["of"], ASHMEAD)
    client = world.client(_visitor(line))
    odd = {"Accept-Language": HOSTILE, "HX-Request": "\xff", "Referer": HOSTILE, "Accept-Encoding": "gzip"}
    with watched.asked() as asked:
        _sound(client.get(f"{path}?{TOGETHER}&{'x=1&' * 900}&%00=%ff"))
        _sound(client.get(path, headers=odd))
        _sound(client.get(f"{path}?{watched.ANY}=1"))
        done = set() if line["name"] in ONE_OF_EACH_FRAME else set(IN_EVERY_FRAME)
        while left := sorted(asked - done):
            done |= set(left)
            for name, value in itertools.product(left, VALUES.values()):
                _sound(client.get(f"{path}?{name}={quote_from_bytes(value[:20_000])}"))


MANY_WORDS = " ".join("abcdefghijklmnopqrstuvwxyz" * 2)[:99].encode()


@pytest.mark.parametrize(
    "words", [*naughty.MARKUP, *naughty.QUERIES, *naughty.TEMPLATES, *naughty.LETTERS, MANY_WORDS.decode()]
)
def test_search_and_sign_in_bear_any_words(world, words):
    path = visits.address(world, "n", "cluster_new", "", ASHMEAD)
    found = visits.address(world, "n", "search", "", ASHMEAD)
    officer = world.client("A officer")
    for client, at in (
        (officer, f"{path}?words="),
        (officer, f"{found}?q="),
        (world.client("nobody"), "/sign-in/?next="),
    ):
        response = client.get(at + quote(words))
        _sound(response)
        assert response.status_code == 200


def _fields() -> list[tuple[dict[str, str], str]]:
    """Every field of every form, once: forms of a school are those of a network."""
    once: dict[tuple[str, str], dict[str, str]] = {}
    for line in POSTS:
        for field in FIELDS.get(line["name"], ()):
            once.setdefault((line["name"], field), line)
    return [(line, field) for (_, field), line in once.items()]


FIELDS = {
    "sign_in": ("username", "password", "next"),
    "forgotten": ("email",),
    "digest_choose": ("wanted",),
    "words": ("word_0",),
    "language_choose": ("code",),
    "set_password": ("new_password1",),
    "new_password": ("new_password1",),
    "confirm": ("password", "code", "credential", "next"),
    "answer": ("lead.1", "comment", "sure"),
    "cluster_new": ("name", "schools"),
    "contacts": ("safeguarding_contact", "outside_contact", "support_line"),
    "roles": ("kind", "where", "name", "email"),
    "domain_confirm": ("domain",),
    "staff_add": ("name", "email", "job", "hours"),
    "staff_person": ("name", "email", "job", "hours"),
    "staff_left": ("last_day",),
    "staff_erase": ("sure",),
    "erase_me": ("sure",),
    "people_merge": ("keep", "drop"),
    "partners": ("name", "kind", "contact"),
    "partner_person": ("partner", "name", "email"),
    "wave_new": ("instrument", "whom", "opens_on", "closes_on"),
    "wave_extend": ("closes_on",),
    "reply": ("kind", "heard", "text", "moves", "look_on"),
    "cluster_change": ("do", "name"),
    "profile_question": ("text", "seen"),
    "strengths": ("strengths", "wishes"),
    "flows": ("source", "target", "year", "students"),
    "asks": ("school", "to", "words"),
    "findable": ("findable",),
    "joining": ("to", "words"),
    "joining_answer": ("answer", "words"),
    "leave": ("what", "last_day"),
    "groups": ("name", "purpose"),
    "group_add": ("who",),
    "sign_in_code": ("username", "next"),
    "sign_in_enter": ("code", "next"),
    "second_step": ("code", "credential", "next"),
    "step_app": ("code",),
    "step_passkey": ("name", "credential"),
    "invitation": ("new_password1",),
    "staff_accounts": ("person",),
    "pause": ("how_long", "last_day", "back"),
    "pause_lift": ("back",),
    "terms_year": ("autumn_first", "autumn_last"),
    "term_add": ("kind", "name", "starts_on", "ends_on"),
    "rhythm_new": ("instrument", "whom", "every", "week", "weekday", "days"),
    "rhythm_skip": ("turn",),
    "rhythm_move": ("turn", "opens_on"),
    "rhythm_put_back": ("turn",),
    "question_budget": ("statements",),
    "wave_people": ("people",),
    "pulse_stop": ("letters",),
    "code": ("code",),
    "answer_slip": ("lead.1", "comment", "sure"),
    "wave_slips": ("count",),
    "wave_slips_decide": ("sheet", "decision"),
    "wave_slips_fetch": ("sheet",),
    "cluster_reply": ("kind", "heard", "theme", "text", "moves", "look_on"),
    "cluster_themes": ("theme_1", "sure"),
    "school_themes": ("theme_1", "shared", "named", "sure"),
    "waive": ("reason",),
    "past_match": ("statement_0",),
    "past_apply": ("seen",),
    "sharing": ("staff", "cluster", "network"),
    "room_new": ("instrument", "whom", "present"),
    "room_answer": ("number", "lead.1", "sure"),
    "self_check": ("held_on", "note", "line_1", "change", "seen"),
    "self_check_share": ("check", "shared"),
    "own_pulses": ("start",),
    "own_pulse": ("name", "think", "statement_1", "about_1", "always_1", "seen", "do"),
    "pulse_read": ("statements", "comment", "language"),
    "grouping_new": ("name", "schools"),
    "grouping_change": ("name", "schools"),
    "map_new": ("whom", "about", "teams_on", "students"),
    "map_mine": ("line_1", "agreed"),
    "map_agree": ("agreed",),
    "map_note": ("text",),
    "map_share": ("shared",),
    "issues": ("title", "why", "where", "sure"),
    "issue_merge": ("into",),
    "issue_close": ("open",),
    "issue_forward": ("to",),
    "heard": ("source",),
    "vision": ("text", "sources", "seen"),
    "goal_new": ("title", "measure", "owner", "review_on", "serves", "lens_serves", "lens_least", "lens_gives"),
    "goal_change": ("title", "owner", "review_on", "seen"),
    "goal_end": ("state",),
    "action_new": ("title", "owner", "due_on", "goal"),
    "action_change": ("title", "owner", "due_on", "goal", "seen"),
    "action_check_in": ("how", "text"),
    "vote_fit": ("hours", "money", "hours_0", "money_0"),
    "vote_choice": ("seen", "reasons", "dissent", "decided_by", "decided_on", "taken"),
    "grid_new": ("whom", "how_many", "opens_on"),
    "grid_share": ("shared",),
    "vote_new": ("where", "title", "audience", "closes_on", "issues"),
}
WITHOUT_FIELDS = {
    "rhythm_end",
    "enter",
    "close_now",
    "mail_again",
    "sign_out",
    "role_end",
    "staff_apply",
    "staff_drop",
    "wave_call_off",
    "register_apply",
    "register_drop",
    "joining_back",
    "leave_back",
    "group_leave",
    "step_remove",
    "recovery_codes",
    "device_forget",
    "invitation_withdraw",
    "invitation_again",
    "staff_return",
    "term_remove",
    "calendar_apply",
    "calendar_drop",
    "calendar_undo",
    "results_papers",
    "digest_stop",
    "stay",
    "everything",
    "erasure_confirm",
    "partner_end",
    "partner_person_end",
    "wave_nudge",
    "waive_undo",
    "room_close",
    "past_drop",
    "past_undo",
    "own_pulse_away",
    "pulse_read_drop",
    "grouping_end",
    "map_call_off",
    "issue_apart",
    "vote_apply",
    "vote_drop",
}


WITH_FILES = {"staff_upload", "register_upload", "calendar_upload", "flows_bring", "pulse_file", "past_upload", "votes"}


def test_every_form_is_tried():
    names = {line["name"] for line in LINES if line["method"] == "POST"}
    assert names == FIELDS.keys() | WITHOUT_FIELDS | WITH_FILES


@pytest.mark.parametrize(("line", "field"), _fields(), ids=lambda part: part if isinstance(part, str) else _name(part))
def test_field_bears_anything(world, line, field):
    who = _opener(line)
    with undone():
        path = visits.address(world, line["kind"], line["name"], line["of"], ASHMEAD)
        visits.prepare(world, line["kind"], line["name"], ASHMEAD)
        for name in naughty.IN_FIELDS.keys() & VALUES.keys():
            throttle.forget()
            with undone():
                form = visits.sound_form(world, line["name"], ASHMEAD, kind=line["kind"])
                response = _post(world, who, path, form, field, VALUES[name])
                assert response.status_code < 500, f"{name} in {field}: {response.status_code}"
                _sound(response)
                if response.status_code == 302:
                    _sound(world.client(who).get(response.url))


def _post(world: World, who: str, path: str, form: dict[str, object], field: str, value: bytes):
    """The form with those bytes in one field, and once more added to it."""
    rest = urlencode({key: each for key, each in form.items() if key != field}, doseq=True)
    return world.client(who).post(path, f"{rest}&{field}={quote_from_bytes(value)}", content_type=FORM)


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (b"", FORM),
        (b"&&&===;;%zz%", FORM),
        (b"a=1&" * 2000, FORM),
        (b"name=x", "application/x-www-form-urlencoded; charset=utf-7"),
        (b"name=x", "application/x-www-form-urlencoded; charset=no-such"),
        (b"{}", "application/json"),
        (b"no parts at all", "multipart/form-data; boundary=x"),
        (b"no boundary", "multipart/form-data"),
        (b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--", "multipart/form-data; boundary=x"),
        (
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="a\0b"\r\n\r\n\0\r\n--x--',
            "multipart/form-data; boundary=x",
        ),
        (b"x" * 2_600_000, FORM),
    ],
    ids=range(11),
)
def test_any_body_is_borne_by_every_form(world, data, content_type):
    seen = set()
    for line in POSTS:
        if line["name"] in seen:
            continue
        seen.add(line["name"])
        throttle.forget()
        with undone():
            path = visits.address(world, line["kind"], line["name"], line["of"], ASHMEAD)
            response = world.client(_opener(line)).generic("POST", path, data, content_type)
            assert response.status_code < 500, f"{path}: {response.status_code}"


NUMBERS = ("0", str(2**31), str(2**63), "9" * 30)
SLUGS = ("a" * 300, "-", "_", "0")
TEXTS = ("%00", "%ff%fe", quote(HOSTILE), quote("🙂"), "a" * 3000, "%2e%2e", "=", "MQ")


@pytest.mark.parametrize(
    "pattern", [found for found in visits.patterns() if found.pattern.converters], ids=lambda found: found.name
)
def test_address_bears_anything(world, pattern):
    """Each part of an address in turn, with the others as they should be."""
    lines = [line for line in LINES if line["name"] == pattern.name]
    for line in {line["kind"]: line for line in lines}.values():
        who = _opener(line) if line["done"] else "A officer"
        sound = visits.address(world, line["kind"], line["name"], line["of"], ASHMEAD)
        values = {
            part: str(visits.part_of(world, line, part, ASHMEAD))
            for part in pattern.pattern.converters
            if part != "kind"
        }
        for part, value in values.items():
            converter = type(pattern.pattern.converters[part]).__name__
            for odd in {"IntConverter": NUMBERS, "SlugConverter": SLUGS}.get(converter, TEXTS):
                path = "/".join(odd if piece == value else piece for piece in sound.split("/"))
                with undone():
                    response = world.client(who).generic(line["method"], path)
                    assert response.status_code < 500, f"{line['method']} {path[:200]}: {response.status_code}"
                    _sound(response)


NAMES_OF_FILES = [
    *naughty.QUERIES,
    *naughty.MARKUP,
    "a\0b.csv",
    "🙂" * 500,
    "",
    "=cmd|' /C calc'!A0.csv",
    "con.xlsx",
    "..",
    "/",
]


# The forms of a school are those of a network.
FILES = list({line["name"]: line for line in POSTS if line["name"] in WITH_FILES}.values())


@pytest.mark.parametrize("line", FILES, ids=_name)
def test_file_bears_anything(world, line):
    """Any bytes under any name, alone and behind the first row of a sound file; and what was taken can be looked at."""
    path = visits.address(world, line["kind"], line["name"], line["of"], ASHMEAD)
    form = visits.sound_form(world, line["name"], ASHMEAD, kind=line["kind"])
    (field, sound), *_ = ((name, value) for name, value in form.items() if isinstance(value, SimpleUploadedFile))
    first = sound.read().partition(b"\n")[0]
    contents = [*VALUES.values(), *(first + b"\n" + value + b",Teacher\n" for value in VALUES.values())]
    names = itertools.cycle(NAMES_OF_FILES)
    for content in contents:
        with undone():
            file = SimpleUploadedFile("file.csv", content)
            file._name = next(names)
            client = world.client(_opener(line))
            response = client.post(path, {**form, field: file})
            assert response.status_code in {302, 400}, (file._name, content[:40])
            _sound(response)
            if response.status_code == 302:
                _sound(client.get(response.url))


def test_every_form_with_a_file_is_tried(world):
    with_files = {
        line["name"]
        for line in POSTS
        if any(
            isinstance(value, SimpleUploadedFile)
            for value in visits.sound_form(world, line["name"], ASHMEAD, kind=line["kind"]).values()
        )
    }
    assert with_files == WITH_FILES


@pytest.mark.parametrize(
    ("html", "runs"),
    [
        (f"<p title='{escape(HOSTILE)}'>{escape(HOSTILE)} onerror=1</p>", []),
        ('<script src="/static/a.js" defer></script>', []),
        (f"<p>{HOSTILE}</p>", ["script"]),
        ("<p><img src=x onerror=alert(1)></p>", ["img onerror"]),
        ('<a href="javascript:alert(1)">', ["a href"]),
        ('<input value="" onmouseover="alert(1)">', ["input onmouseover"]),
    ],
)
def test_what_would_run_is_seen(html, runs):
    assert naughty.scripts(html) == runs
