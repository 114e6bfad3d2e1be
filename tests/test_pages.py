"""Every page for every role, and everything that a page takes from outside with everything that people and scanners send."""

from __future__ import annotations

import gzip
from urllib.parse import quote, quote_from_bytes, urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from alongside.people import throttle
from tests import small_world, visits
from tests.small_world import HOSTILE, World, undone
from tests.test_permissions import ACTORS, ASHMEAD, LINES, WIDTHS

pytestmark = pytest.mark.django_db

QUERIES = 12
GETS = [line for line in LINES if line["method"] == "GET"]
POSTS = [
    line for line in LINES if line["method"] == "POST" and any(line[role] != "none" for role, _ in ACTORS.values())
]
FORM = "application/x-www-form-urlencoded"
NAUGHTY: dict[str, bytes] = {
    name: value.encode() if isinstance(value, str) else value
    for name, value in {
        "nothing": "",
        "blanks": " \t\r\n ",
        "quotes": "'\";--`\\",
        "script": HOSTILE,
        "null byte": "a\0b",
        "huge": "x" * 100_000,
        "longer than any column": "Ünïcödé " * 40,
        "right to left": "\u202eevil\u2066 שלום مرحبا",
        "emoji": "🙂👩‍👩‍👧‍👦🏳️‍🌈",
        "not UTF-8": b"\xff\xfe\x80 caf\xe9",
        "template": "{{ 7|add:7 }}{% include 'x' %}%s%n%(x)s",
        "formula": '=HYPERLINK("http://x")',
        "header": "x\r\nSet-Cookie: stolen=1",
        "a digit that is no number": "²",
        "a number without end": "9" * 40,
        "not a number": "NaN",
        "far too early": "0001-01-01",
        "far too late": "9999-12-31",
        "an address that is too long": f"{'a' * 60}@{'.'.join(['b' * 60] * 4)}.example",
    }.items()
}


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
        assert "<script>" not in body.decode()


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
        _sound(client.get(path, headers={"HX-Request": "true"}))


@pytest.mark.parametrize("line", GETS, ids=_name)
def test_page_bears_any_query(world, line):
    path = visits.address(world, line["kind"], line["name"], line["of"], ASHMEAD)
    given = "&".join(
        f"{key}={quote_from_bytes(value)}"
        for key, value in zip("abcdefghijklmnopqrstuvwxyz", NAUGHTY.values(), strict=False)
    )
    client = world.client(_opener(line) if line["done"] else "A officer")
    _sound(client.get(f"{path}?{given}&next={quote(HOSTILE)}&words={quote(HOSTILE)}&{'x=1&' * 900}"))
    _sound(
        client.get(
            path,
            headers={"Accept-Encoding": "gzip", "Accept-Language": HOSTILE, "HX-Request": "\xff", "Referer": HOSTILE},
        )
    )


MANY_WORDS = " ".join("abcdefghijklmnopqrstuvwxyz" * 2)[:99].encode()


@pytest.mark.parametrize("words", [*NAUGHTY.values(), MANY_WORDS])
def test_search_and_sign_in_bear_any_words(world, words):
    path = visits.address(world, "n", "cluster_new", "", ASHMEAD)
    found = visits.address(world, "n", "search", "", ASHMEAD)
    officer = world.client("A officer")
    for client, at in (
        (officer, f"{path}?words="),
        (officer, f"{found}?q="),
        (world.client("nobody"), "/sign-in/?next="),
    ):
        response = client.get(at + quote_from_bytes(words))
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
    "account": ("new_password1",),
    "answer": ("lead.1", "comment", "sure"),
    "cluster_new": ("name", "schools"),
    "contacts": ("safeguarding_contact", "outside_contact", "support_line"),
    "roles": ("kind", "where", "name", "email"),
    "domain_confirm": ("domain",),
    "wave_new": ("instrument", "whom", "opens_on", "closes_on"),
    "wave_extend": ("closes_on",),
    "reply": ("kind", "heard", "text", "moves", "look_on"),
}
WITHOUT_FIELDS = {
    "enter",
    "close_now",
    "sign_out",
    "role_end",
    "staff_apply",
    "staff_drop",
    "wave_call_off",
    "staff_upload",
    "results_papers",
    "digest_stop",
}


def test_every_form_is_tried():
    names = {line["name"] for line in LINES if line["method"] == "POST"}
    assert names == FIELDS.keys() | WITHOUT_FIELDS


@pytest.mark.parametrize(("line", "field"), _fields(), ids=lambda part: part if isinstance(part, str) else _name(part))
def test_field_bears_anything(world, line, field):
    who = _opener(line)
    for name, value in NAUGHTY.items():
        throttle.forget()
        with undone():
            path = visits.address(world, line["kind"], line["name"], line["of"], ASHMEAD)
            visits.prepare(world, line["kind"], line["name"], ASHMEAD)
            response = _post(
                world, who, path, visits.sound_form(world, line["name"], ASHMEAD, kind=line["kind"]), field, value
            )
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


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a\0b.csv", HOSTILE, "🙂" * 500, "", "=cmd|' /C calc'!A0.csv", "con.xlsx"]
)
def test_name_of_an_uploaded_file_is_no_matter(world, name):
    path = visits.address(world, "n", "staff_upload", "", ASHMEAD)
    with undone():
        file = SimpleUploadedFile("staff.csv", b"Name,Role\nAda,Teacher\n")
        file._name = name
        response = world.client("A officer").post(path, {"file": file})
        assert response.status_code in {302, 400}
        _sound(response)
