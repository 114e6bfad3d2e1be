"""How many minutes pulses ask of a teacher and of a head in a month, counted on the real pages: taps, pages, things to write and to
read, each at a fixed number of seconds. The table of docs/benchmarks.md is this count."""

import datetime
import math
import re
from pathlib import Path

import pytest
from django.test import Client

from tests import make
from tests.surveys import worlds
from tests.surveys.screens import LINK

pytestmark = pytest.mark.django_db
NOW = datetime.datetime(2026, 5, 12, 16, 30, tzinfo=datetime.UTC)  # a Tuesday
TAP, PAGE, TEXT, COMMENT = 3, 10, 60, 5  # seconds: find and tap; look a page over; write a field; read a comment
BENCHMARKS = Path(__file__).parents[2] / "docs" / "benchmarks.md"
COMMENTS = 12


class Month:
    """What somebody does in a month, as their browser counts it."""

    def __init__(self, person=None):
        self.client = Client()
        if person:
            self.client.force_login(person)
        self.taps = self.pages = self.texts = self.comments = 0
        self.page = self.at = ""

    @property
    def seconds(self):
        return TAP * self.taps + PAGE * self.pages + TEXT * self.texts + COMMENT * self.comments

    def open(self, path, taps=1):
        reply = self.client.get(path, follow=True)
        assert reply.status_code == 200, path
        self.saw(reply, taps)

    def saw(self, reply, taps):
        self.page, self.pages, self.taps = reply.text, self.pages + 1, self.taps + taps

    def reach(self, wanted):
        """By links from the page that is open, the shortest way; every page on it is looked over."""
        ways = [[link] for link in LINK.findall(self.page)]
        seen = set()
        for way in ways:  # grows while it is read
            path = way[-1]
            if re.search(wanted, path):
                for step in way:
                    self.open(step)
                self.at = path
                return
            if path not in seen and re.match(r"/[ns]/", path) and len(way) < 4 and not re.search(r"\.\w+$", path):
                seen.add(path)
                ways += [[*way, link] for link in LINK.findall(self.client.get(path, follow=True).text)]
        raise AssertionError(f"nothing leads to {wanted}")

    def answer(self, world, token):
        """The link of the letter, Start, every statement and its Next, Send; the receipt."""
        path = f"/a/{world.wave.pk}/{token}"
        self.open(path)
        groups = sorted(set(re.findall(r'<input type="radio" name="([^"]+)"', self.page)))
        assert len(groups) == self.page.count("<fieldset>") == 6
        taps = len(groups) + len(re.findall(r'<a class="go', self.page)) + self.page.count('type="submit"')
        self.saw(self.client.post(path, dict.fromkeys(groups, "4")), taps)
        assert "Your answers are in" in self.page

    def reply(self, day):
        """The form: a tap for each group of choices, list and day, a text for each field that is written; Post."""
        form = re.search(r'<form method="post" novalidate>(.*?)</form>', self.page, re.DOTALL)[1]
        groups = set(re.findall(r'<input type="radio" name="([^"]+)"', form))
        texts = [
            name for name in re.findall(r'<(?:textarea|input type="text")[^>]*name="([^"]+)"', form) if name != "theme"
        ]
        lists = re.findall(r'<select[^>]*name="([^"]+)"', form)
        days = re.findall(r'<input type="date"[^>]*name="([^"]+)"', form)
        assert (groups, sorted(texts), lists, days) == ({"kind"}, ["heard", "text"], ["moves"], ["look_on"])
        self.texts += len(texts)
        given = {"kind": "do", "heard": "Meetings run late.", "text": "They end at five from June.", "moves": "lead.5"}
        reply = self.client.post(self.at, given | {"look_on": day.isoformat()}, follow=True)
        assert reply.status_code == 200
        self.saw(reply, len(groups) + 2 * len(lists) + 2 * len(days) + 1)


@pytest.fixture
def months(time_machine):
    """A school of 30 in a cluster of two; a teacher and the head answer, read, and the head replies."""
    time_machine.move_to(NOW, tick=False)
    world = worlds.open_world({"X": {"A": 30, "B": 20}}, "lead")
    head = make.leader(world.schools["A"], "head.a@riverway.example")
    tokens = make.tokens(world.wave, world.schools["A"])
    teacher = world.schools["A"].staff.select_related("person")[2].person
    answering = Month()
    answering.answer(world, tokens[0])
    answering_head = Month()
    answering_head.answer(world, tokens[1])
    world.answered["A"] = 2
    worlds.answer(world, "A", [4] * COMMENTS, "Meetings run late.")
    worlds.answer(world, "A", [2] * 10)
    worlds.answer(world, "B", [3] * 15)
    make.close(world.wave)
    leads = Month(head)
    leads.open("/", taps=0)
    leads.reach(r"/waves/\d+/schools/[\w-]+/$")
    leads.comments = leads.page.count('class="quote after"')
    leads.reach(r"/statements/lead\.\d/schools/")
    leads.reach(r"/schools/[\w-]+/reply/$")
    leads.reply(NOW.date() + datetime.timedelta(days=30))
    time_machine.move_to(NOW + datetime.timedelta(days=5), tick=False)
    reads = Month(teacher)
    reads.open("/", taps=0)
    reads.reach(r"/waves/\d+/schools/[\w-]+/$")
    assert "They end at five from June." in reads.page
    return {"teacher": [answering, reads], "head": [answering_head, leads]}


def total(months):
    return sum(month.seconds for month in months)


def row(role, months, most):
    sums = [sum(getattr(month, name) for month in months) for name in ("taps", "pages", "texts", "comments")]
    minutes = math.ceil(total(months) / 6) / 10
    return f"| {role} | {' | '.join(map(str, sums))} | {minutes:.1f} | {most} |"


def test_a_teacher_is_asked_for_two_minutes_a_month_and_a_head_for_eight(months):
    assert months["head"][1].comments == COMMENTS
    assert total(months["teacher"]) <= 2 * 60
    assert total(months["head"]) <= 8 * 60


def test_the_table_of_the_docs_is_what_the_pages_ask(months):
    text = BENCHMARKS.read_text(encoding="utf-8")
    assert row("teacher", months["teacher"], 2) in text
    assert row("head", months["head"], 8) in text
    assert f"{TAP} seconds a tap, {PAGE} a page, {TEXT} a field that is written, {COMMENT} a comment" in text
