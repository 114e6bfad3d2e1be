"""The parts of a page, the frame around it, and the pages that must stand when nothing else does."""

import gzip
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django import forms
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.http import HttpResponse
from django.template import engines
from django.template.loader import render_to_string
from django.urls import path

import alongside.kit
from alongside.kit.charts.samples import component_samples
from alongside.kit.frame import DOORS, Frame, Place, doors

KIT = Path(alongside.kit.__file__).parent
STATIC = KIT / "static" / "alongside"
NASTY = "<script>alert(1)</script>"
ERROR_PAGES = ["400.html", "403.html", "403_csrf.html", "404.html", "409.html", "500.html", "503.html"]

urlpatterns = [
    path("promises/", lambda request: HttpResponse(), name="promises"),
    path("account/", lambda request: HttpResponse(), name="account"),
]
pytestmark = pytest.mark.urls(__name__)


def show(source, **context):
    return engines["django"].from_string(source).render(context)


def frame(*keys, demo=False):
    places = (
        Place("Riverway Trust", "/n/riverway/"),
        Place("Avon", "/n/riverway/?c=avon", 1, current=True),
        Place("Holt", "/s/holt/", 2),
    )
    return Frame("Avon", "you are the chair", places, doors({key: f"/{key}/" for key in keys}), "Sam Rivers", demo)


def page(source="", keys=tuple(door.key for door in DOORS), door="ask", **context):
    return show(
        '{% extends "kit/page.html" %}' + source,
        frame=frame(*keys, demo=context.pop("demo", False)),
        door=door,
        **context,
    )


class Tags(HTMLParser):
    """All start tags with their attributes, and whether every element that opens also closes."""

    VOID = {"meta", "link", "input", "br", "hr", "img"}

    def __init__(self, markup):
        super().__init__()
        self.found, self.open = [], []
        self.feed(markup)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


# Parts -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        '{% icon "rocket" %}',
        '{% notice "x" "loud" %}',
        '{% notice "x" "info" icon="rocket" %}',
        '{% noticeblock "x" "loud" %}y{% endnoticeblock %}',
        '{% badge "x" "new" %}',
        '{% certainty "maybe" %}',
        '{% slot "footer" %}x{% endslot %}',
        '{% empty "x" "y" picture="cat" %}',
        '{% empty "x" "y" "/go/" %}',
        '{% crumbs "Ask" "/ask/" %}',
    ],
)
def test_part_refuses_what_it_does_not_know(source):
    with pytest.raises(ValueError, match=r"^(icon|notice|noticeblock|badge|certainty|slot|empty|crumbs): "):
        show(source)


def test_notice_to_the_letter():
    drawing = show('{% icon "clock" %}')
    expected = (
        f'<div class="notice notice-needs">{drawing}<div><b>Two places lapse</b><p>After that they go.</p></div></div>'
    )
    assert show('{% notice "After that they go." "warn" title="Two places lapse" %}').strip() == expected
    block = '{% noticeblock "Two places lapse" "warn" %}<p>After that they go.</p>{% endnoticeblock %}'
    assert show(block) == expected


def test_badge_and_certainty_have_a_shape_and_a_word():
    assert show('{% badge "Done" "done" %}') == f'<span class="badge badge-done">{show("{% icon 'tick' %}")}Done</span>'
    for word in ("sure", "likely", "cannot tell"):
        assert re.fullmatch(
            rf'<span class="conf"><svg .*</svg>{word.capitalize()}</span>', show(f'{{% certainty "{word}" %}}')
        )
    shapes = {show(f'{{% certainty "{word}" %}}').split("</svg>")[0] for word in ("sure", "likely", "cannot tell")}
    assert len(shapes) == 3


def test_crumbs_to_the_letter():
    assert show('{% crumbs "Ask" "/ask/" "May 2027" %}') == (
        '<nav class="crumb" aria-label="Where I am"><a href="/ask/">Ask</a><span aria-hidden="true">›</span>'
        '<span aria-current="page">May 2027</span></nav>'
    )


def test_parts_escape_what_people_typed():
    sources = [
        "{% notice x 'info' title=x %}",
        "{% noticeblock x %}{{ x }}{% endnoticeblock %}",
        "{% badge x %}",
        "{% crumbs x x x %}",
        "{% empty x x x x %}",
    ]
    for source in sources:
        assert "<script" not in show(source, x=NASTY)
        assert "&lt;script&gt;" in show(source, x=NASTY)


def test_people_list_is_escaped_in_a_page():
    assert show("{{ names|people_list }}", names=[NASTY]) == "&lt;script&gt;alert(1)&lt;/script&gt;"


def test_empty_page_has_one_button_or_none():
    assert (
        show('{% empty "Soon" "Why" "/go/" "Start" %}').count('<a class="btn btn-primary" href="/go/">Start</a>') == 1
    )
    assert "<a" not in show('{% empty "Soon" "Why" %}')
    pictures = {show(f'{{% empty "Soon" "Why" picture="{name}" %}}') for name in ("heat", "line", "list")}
    assert len(pictures) == 3


class Sample(forms.Form):
    email = forms.EmailField(label="Work <e-mail>", help_text="The school's <b>own</b>.")
    school = forms.ChoiceField(choices=[("holt", "Holt"), ("wick", "Wick")])
    pace = forms.ChoiceField(
        label="How often", widget=forms.RadioSelect, choices=[("month", "Every month"), ("term", "Termly")]
    )
    say = forms.CharField(widget=forms.Textarea(attrs={"class": "voice"}))
    agree = forms.BooleanField(label="I agree", help_text="You can take it back.")
    token = forms.CharField(widget=forms.HiddenInput)

    def clean(self):
        raise forms.ValidationError("Both work at Holt.")


@pytest.fixture
def wrong():
    form = Sample({"school": "holt", "email": "x"})
    assert not form.is_valid()
    return form


def test_field_ties_label_hint_and_error_to_its_control(wrong):
    tags = Tags(show("{% field form.email %}", form=wrong)).found
    control = next(attrs for tag, attrs in tags if tag == "input")
    assert control["aria-describedby"] == "id_email_helptext id_email_error"
    assert control["aria-invalid"] == "true"
    assert control["class"] == "form-control"
    assert [attrs["id"] for _, attrs in tags if attrs.get("id", "").startswith("id_email_")] == control[
        "aria-describedby"
    ].split()
    assert ("label", {"class": "form-label", "for": "id_email"}) in tags
    assert tags[0] == ("div", {"class": "field is-wrong"})
    assert "Work &lt;e-mail&gt;" in show("{% field form.email %}", form=wrong)
    assert "&lt;b&gt;own" in show("{% field form.email %}", form=wrong)
    assert 'class="field"' in show("{% field form.email %}", form=Sample())


def test_field_of_each_kind(wrong):
    assert 'class="form-select"' in show("{% field form.school %}", form=wrong)
    assert 'class="form-control voice"' in show("{% field form.say %}", form=wrong)
    group = show("{% field form.pace %}", form=wrong)
    assert '<fieldset class="field is-wrong" aria-describedby="id_pace_error">' in group
    assert "<legend>How often</legend>" in group
    assert re.findall(r'<label class="check" for="(\w+)"><input type="radio" .*?id="(\w+)"', group) == [
        ("id_pace_0",) * 2,
        ("id_pace_1",) * 2,
    ]
    tick = show("{% field form.agree %}", form=wrong)
    assert 'aria-describedby="id_agree_helptext id_agree_error"' in tick
    assert "<span>I agree</span></label>" in tick
    assert show("{% field form.token %}", form=wrong).strip() == '<input type="hidden" name="token" id="id_token">'


def test_form_errors_lists_all_and_links_to_what_exists(wrong):
    summary = show("{% form_errors form %}", form=wrong)
    assert "<h2>6 things need another look</h2>" in summary
    assert "<li>Both work at Holt.</li>" in summary
    links = re.findall(r'href="#(\w+)"', summary)
    assert links == ["id_email", "id_pace_0", "id_say", "id_agree"]
    fields = show("".join(f"{{% field form.{name} %}}" for name in ("email", "pace", "say", "agree")), form=wrong)
    assert all(f'id="{link}"' in fields for link in links)
    assert show("{% form_errors form %}", form=Sample()).strip() == ""
    one = Sample({"email": "a@b.uk", "school": "holt", "pace": "term", "say": "x", "agree": "on", "token": "t"})
    assert "<h2>One thing needs another look</h2>" in show("{% form_errors form %}", form=one)


@pytest.mark.parametrize(
    ("level", "css"),
    [
        (constants.INFO, "notice"),
        (constants.SUCCESS, "notice"),
        (constants.WARNING, "notice notice-needs"),
        (constants.ERROR, "notice notice-stop"),
    ],
)
def test_messages_become_one_notice_of_the_gravest_tone(level, css):
    shown = show("{% flash messages %}", messages=[Message(constants.INFO, NASTY), Message(level, "Second")])
    assert f'<div class="{css} notice--first" role="status">' in shown
    assert shown.count("<p>") == 2
    assert "<script" not in shown
    assert show("{% flash messages %}").strip() == ""


# The frame -------------------------------------------------------------------------------------------------------


def test_doors_stand_in_their_order_and_unknown_ones_are_refused():
    assert [door.key for door in doors({"show": "/s/", "today": "/t/", "do": "/d/"})] == ["today", "do", "show"]
    assert doors({"ask": "/a/"})[0].nouns == "pulses, maps"
    with pytest.raises(ValueError, match="unknown"):
        doors({"settings": "/x/"})


def test_page_shows_where_i_am_and_each_door_once_per_width():
    shown = page("{% block title %}May{% endblock %}{% block heading %}Belonging held{% endblock %}", door="ask")
    Tags(shown)
    assert "<title>May · Alongside</title>" in shown
    assert "<h1>Belonging held</h1>" in shown
    assert shown.count("<h1") == 1
    for door in DOORS[:5]:
        assert shown.count(f'href="/{door.key}/"') == (2 if door.key == "today" else 1)  # the mark leads to Today too
    assert shown.count('href="/show/"') == 2
    assert shown.count('<a href="/ask/" aria-current="page">') == 1
    assert '<li class="in1"><a href="/n/riverway/?c=avon" aria-current="true">Avon</a></li>' in shown
    assert "My account<small>Sam Rivers</small>" in shown
    assert shown.count('href="/promises/"') == 2  # in the rail, and under More


def test_page_behind_more_says_so():
    assert '<summary aria-current="true">' in page(door="show")
    assert '<summary aria-current="true">' not in page(door="ask")


def test_teacher_sees_fewer_doors_and_still_more():
    shown = page(keys=("today", "show"))
    assert shown.count('href="/show/"') == 1
    assert "/ask/" not in shown
    assert '<details class="more">' in shown


def test_page_leaves_out_boxes_that_are_empty():
    bare = page()
    for box in ('class="lede"', 'class="acts"', 'class="how"', "Made up"):
        assert box not in bare
    full = page(
        "{% block lede %}All well.{% endblock %}{% block acts %}<a>Go</a>{% endblock %}"
        "{% block how %}<p>Counted.</p>{% endblock %}{% block sheet_class %}sheet--wide{% endblock %}",
        demo=True,
    )
    assert '<p class="lede">All well.</p>' in full
    assert '<div class="acts"><a>Go</a></div>' in full
    assert '<details class="how"><summary>How we know this</summary><div><p>Counted.</p></div></details>' in full
    assert '<div class="sheet sheet--wide">' in full
    assert "Made up" in full


def test_names_in_the_frame_are_escaped():
    nasty = Frame(NASTY, NASTY, (Place(NASTY, "/"),), (), NASTY, False)
    assert NASTY not in show('{% extends "kit/page.html" %}', frame=nasty, door="ask")


def test_page_obeys_the_content_security_policy():
    for shown in (page(door="ask"), show('{% extends "kit/door.html" %}'), render_to_string("kit/answer_base.html")):
        for tag, attrs in Tags(shown).found:
            assert "style" not in attrs
            assert not any(name.startswith("on") for name in attrs)
            assert tag != "style"
            if tag == "script":
                assert attrs["src"].startswith("/static/alongside/")
            assert not re.match(r"(https?:)?//", attrs.get("href", "") or attrs.get("src", ""))


def test_htmx_writes_no_style_of_its_own_and_comes_from_us():
    assert '"includeIndicatorCSS": false' in page()
    assert page().count("<script") == page().count("defer></script>") == 5
    vendor = STATIC / "vendor"
    assert "sourceMappingURL" not in (vendor / "htmx-4.0.1.min.js").read_text()
    assert "Zero-Clause BSD" in (vendor / "htmx-4.0.1.LICENSE.txt").read_text()


def test_door_has_no_frame():
    shown = show('{% extends "kit/door.html" %}{% block heading %}Sign in{% endblock %}')
    Tags(shown)
    assert "<h1>Sign in</h1>" in shown
    assert 'class="rail"' not in shown
    assert "htmx" not in shown


def test_answering_page_needs_no_script():
    shown = show(
        '{% extends "kit/answer_base.html" %}{% block school %}Larkfield{% endblock %}{% block aside %}About a minute{% endblock %}'
    )
    Tags(shown)
    assert "<script" not in shown
    assert re.findall(r'rel="stylesheet" href="([^"]+)"', shown) == ["/static/alongside/css/answer.css"]
    assert "<b>Larkfield</b></span><span>About a minute</span></header>" in shown
    assert (STATIC / "js" / "answer.js").stat().st_size <= 7500


# Error pages -----------------------------------------------------------------------------------------------------


@pytest.mark.urls("alongside.kit.frame")  # a module without addresses: looking one up would raise
@pytest.mark.parametrize("name", ERROR_PAGES)
def test_error_page_stands_alone(name):
    shown = render_to_string(name)
    Tags(shown)
    assert len(re.findall(r"<h1>[^<]{10,}</h1>", shown)) == 1
    assert len(re.findall(r'<p class="lede">[^<]{20,}</p>', shown)) == 1
    assert len(re.findall(r'<p class="muted">[^<]{20,}</p>', shown)) == 1
    assert '<a class="btn btn-primary" href="/">' in shown
    assert "<script" not in shown


@pytest.mark.parametrize("name", ["403.html", "409.html"])
def test_error_page_gives_the_reason_escaped(name):
    assert '<p class="lede">Only the chair may &lt;b&gt;.</p>' in render_to_string(
        name, {"exception": "Only the chair may <b>."}
    )


# The sheets and the page of all parts ----------------------------------------------------------------------------


def test_page_of_all_parts_shows_them():
    shown = show(
        '{% include "kit/components.html" %}', frame=frame("today", "show"), door="show", **component_samples()
    )
    Tags(shown)
    assert shown.count("<h1") == 1
    assert "<h2>Run chart</h2>" in shown


def test_raw_colours_stand_in_the_tokens_alone():
    raw = re.compile(r"#[0-9a-fA-F]{3,8}\b|rgb\(|hsl\(")
    for name in ("alongside.css", "pictures.css"):
        assert not raw.search((STATIC / "css" / name).read_text()), name
    tokens = set(re.findall(r"#[0-9a-f]{3,6}", (STATIC / "css" / "tokens.css").read_text()))
    answer = (STATIC / "css" / "answer.css").read_text()
    assert set(re.findall(r"#[0-9a-f]{6}", answer)) <= tokens
    assert not raw.search("\n".join(line for line in answer.splitlines() if ":root" not in line))


def test_every_class_of_our_templates_has_a_rule():
    sheets = "".join(path.read_text() for path in (STATIC / "css").glob("*.css"))
    known = set(re.findall(r"\.([a-zA-Z][\w-]*)", sheets)) | {"in0"}
    used = set()
    for template in (KIT / "templates").rglob("*.*"):
        for names in re.findall(r'class="([^"{%]*)"', template.read_text()):
            used |= set(names.split())
    assert used - known == set()


def test_answering_page_stays_small():
    sheet = (STATIC / "css" / "answer.css").read_bytes()  # of a pulse, a grid and a vote alike: one request
    assert len(sheet) < 8_400
    assert len(gzip.compress(sheet)) < 2_600
