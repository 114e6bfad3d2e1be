"""A pulse of one's own never asks about one person: refused by name, asked about once where it only may be a name."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from alongside.kit import languages
from alongside.kit.errors import Refused
from alongside.network.models import School
from alongside.people.models import Person, StaffEntry
from alongside.surveys import actions, naming, occasions
from alongside.surveys.instruments import instrument
from alongside.surveys.models import OwnInstrument, ReadFile, Rhythm, Wave
from alongside.surveys.naming import Named
from alongside.surveys.schooldays import after
from alongside.surveys.wording import Line, Wording
from tests import make
from tests.surveys import worlds
from tests.surveys_of_ours import Asked, lss, xlsform

KNOWN = naming.known(
    [
        ("Sarah Hill", "S.Hill@alder.example"),
        ("Dr Aoife O’Neill", None),
        ("Maria José de Souza-Lima", None),
        ("Zoë Bright", None),
        ("Ng", None),
    ],
    ["Hill Top Primary School", "St Sarah Bright Academy", "Alder Trust"],
)
NAMES = [
    ("Mr Hill listens to me.", "Mr Hill"),
    ("mr. hill listens to me.", "mr hill"),
    ("I trust MRS HILL.", "MRS HILL"),
    ("I trust Mr S. Hill.", "Mr S Hill"),
    ("Miss Hill’s meetings help me.", "Miss Hill’s"),
    ("Sarah Hill's meetings help me.", "Sarah Hill's"),
    ("I can talk with sarah Hill.", "sarah Hill"),
    ("Hill, Sarah listens to me.", "Hill Sarah"),
    ("Sa\u00adrah Hi\u200bll listens to me.", "Sarah Hill"),
    ("Dr ONeill is fair.", "Dr ONeill"),
    ("Aoife O'Neill is fair.", "Aoife O'Neill"),
    ("Maria Lima is fair.", "Maria Lima"),
    ("Maria Souza-Lima is fair.", "Maria Souza"),
    ("Zoe Bright is fair.", "Zoe Bright"),
    ("Whaea Zoë listens.", "Whaea Zoë"),
    ("Mr Ng listens.", "Mr Ng"),
    ("I write to s.hill@ALDER.example and hear back.", "s.hill@ALDER.example"),
]
DOUBTS = [
    ("Mr Walker listens to me.", "Mr Walker"),
    ("I trust Hill.", "Hill"),
    ("sarah hill listens to me.", "sarah hill"),
    ("My calls to 0800 11 11 22 are answered.", "0800 11 11 22"),
    ("I write to office@elsewhere.example and hear back.", "office@elsewhere.example"),
]
HARMLESS = [
    "Work here is not uphill.",
    "The hill behind the school is used in lessons.",
    "At Hill Top Primary School we listen.",
    "At Hill Top we listen.",
    "St Sarah Bright Academy is a good place to work.",
    "I miss nothing of what is decided.",
    "My head teacher listens to me.",
    "In the last 12 months, 3 of 4 meetings began on time.",
    "Changes of the timetable are explained.",
    "",
    "🙂 ' ’ - @ \0",
    "Mr",
]


@pytest.mark.parametrize(("text", "what"), NAMES)
def test_who_works_here_is_known_by_name_in_any_spelling(text, what):
    assert [found.what for found in naming.named(text, KNOWN) if found.certain] == [what]


@pytest.mark.parametrize(("text", "what"), DOUBTS)
def test_what_may_be_a_name_is_asked_about(text, what):
    assert naming.named(text, KNOWN) == [Named(what, False)]


@pytest.mark.parametrize("text", HARMLESS)
def test_words_that_are_like_a_name_name_nobody(text):
    assert naming.named(text, KNOWN) == []


def test_a_school_called_like_somebody_protects_its_own_name_alone():
    of = naming.known([("Sarah Hill", None)], ["Hill School"])
    assert naming.named("Hill School listens.", of) == []
    assert naming.named("Mr Hill listens.", of) == [Named("Mr Hill", True)]


@pytest.mark.parametrize("where", ["name", "question", "comment"])
def test_each_text_of_a_pulse_is_looked_at(where):
    said = naming.of_wording(Wording(**{where: "How is Mr Hill?"}, lines=(Line("We meet."),)), KNOWN)
    assert [sentence.partition(" names ")[0] for sentence in said.certain] == [
        {"name": "Its name", "question": "The question above it", "comment": "The question for comments"}[where]
    ]
    said = naming.of_wording(Wording(lines=(Line("We meet."), Line("We talk.", "Mr Hill"))), KNOWN)
    assert said.certain == [f'Statement 2 in a word or two names "Mr Hill", who works here. {naming.INSTEAD}']


# In a world


@pytest.fixture
def world(db):
    network, clusters, schools = worlds.network_of({"X": {"A": 12, "B": 11}})
    person = Person.objects.filter(staff_entries__school=schools["A"]).order_by("pk")[0]
    StaffEntry.objects.filter(person=person).update(name="Hill, Sarah (Mrs)")
    Person.objects.filter(pk=person.pk).update(name="Sarah Hill")
    return worlds.World(network, clusters, schools, None)


@pytest.fixture
def officer(world):
    client = Client()
    client.force_login(make.officer(world.network))
    return client


def wording(*statements: str) -> Wording:
    return Wording("How we meet", "How were our meetings?", lines=tuple(map(Line, statements)))


def ask(world, own, **more):
    return actions.ask(world.network, own.code, timezone.now() + make.DAY, timezone.now() + 6 * make.DAY, **more)


def here(world, path: str = "") -> str:
    return f"{world.network.get_absolute_url()}ask/{path}"


def test_a_pulse_that_names_somebody_is_never_asked_whoever_insists(world):
    own = actions.write_pulse(world.network, wording("We meet.", "Mr Hill listens to me."), by=0)
    for anyway in (False, True):
        with pytest.raises(
            naming.NamesSomebody, match=r'Statement 2 names "Mr Hill", who works here\. A pulse never asks'
        ):
            ask(world, own, anyway=anyway)
    turn = occasions.Turn("month", 1, 2, 5, timezone.localdate())
    with pytest.raises(naming.NamesSomebody):
        actions.start(world.network, own.code, turn, cluster=None, by=make.officer(world.network), anyway=True)
    assert (Wave.objects.count(), Rhythm.objects.count()) == (0, 0)


def test_a_school_knows_its_own_people_and_nobody_elses(world):
    """B's own pulse may say “Mr Hill”: nobody there is called so, and it learns nothing of A."""
    a, b = (world.schools[name].organisation for name in "AB")
    assert ("sarah", "hill") in naming.known_in(a).pairs
    assert ("sarah", "hill") not in naming.known_in(b).pairs
    assert naming.of_wording(wording("Mr Hill listens."), naming.known_in(b)).certain == []
    chair = make.chair(world.clusters["X"])
    assert tuple(naming.plain(part) for part in chair.name.split()) in naming.known_in(world.network).pairs


def test_a_school_of_the_network_may_be_named(world):
    School.objects.filter(pk=world.schools["B"].pk).update(name="Sarah Hill Primary School")
    own = actions.write_pulse(world.network, wording("At Sarah Hill Primary we listen.", "I trust Sarah Hill."), by=0)
    with pytest.raises(naming.NamesSomebody):
        naming.require_nobody(world.network, wording("Sarah Hill’s meetings help me, and Mr Hill."))
    assert own.pk


def test_what_may_name_somebody_is_asked_in_a_second_step(world, officer):
    own = actions.write_pulse(world.network, wording("Mr Walker listens to me."), by=0)
    today = timezone.localdate()
    form = {"instrument": own.code, "whom": "whole", "opens_on": today, "closes_on": after(today, 5)}
    first = officer.post(here(world, "new/"), form)
    page = first.content.decode()
    assert first.status_code == 400
    assert "Statement 1 may name somebody: &quot;Mr Walker&quot;." in page
    assert 'name="anyway"' in page
    assert not Wave.objects.exists()
    assert officer.post(here(world, "new/"), form | {"anyway": "1"}).status_code == 302
    assert Wave.objects.get().pulse.name == "How we meet"


def test_a_rhythm_has_the_second_step_too(world, officer):
    own = actions.write_pulse(world.network, wording("Mr Walker listens to me."), by=0)
    form = {"instrument": own.code, "whom": "whole", "every": "month", "week": "1", "weekday": "2", "days": "5"}
    first = officer.post(here(world, "rhythm/"), form)
    assert (first.status_code, 'name="anyway"' in first.content.decode()) == (400, True)
    assert officer.post(here(world, "rhythm/"), form | {"anyway": "1"}).status_code == 302


def test_the_builder_says_so_before_anybody_asks(world, officer):
    own = actions.write_pulse(world.network, wording("Sarah Hill listens to me.", "Mr Walker too."), by=0)
    page = officer.get(here(world, f"pulses/{own.pk}/")).content.decode()
    assert "Statement 1 names &quot;Sarah Hill&quot;, who works here." in page
    assert "Statement 2 may name somebody: &quot;Mr Walker&quot;." in page
    assert ">Ask it</a>" not in page
    kept = actions.keep_wording(own, own.code, wording("Whoever leads listens to me."))
    page = officer.get(here(world, f"pulses/{kept.pk}/")).content.decode()
    assert ("who works here" in page, ">Ask it</a>" in page) == (False, True)


FILES = {
    "survey.lss": lss(Asked("Q1", "x", lines=("Mrs Hill listens to me.", "We meet."))),
    "form.xlsx": xlsform(("select_one agree", "a", "Mrs Hill listens to me.", ""), ("select_one agree", "b", "We meet.", "")),
    "table.csv": b"Part,Text\nname,N\nquestion,Q?\nstatement,Mrs Hill listens to me.\nstatement,We meet.\n",
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_it_holds_for_files(world, officer, name):
    response = officer.post(here(world, "pulses/file/"), {"file": SimpleUploadedFile(name, FILES[name])})
    page = officer.get(response.url).content.decode()
    assert "It names &quot;Mrs Hill&quot;, who works here: as it is, it cannot be asked." in page
    assert page.count(" checked") == 1  # the other statement
    officer.post(response.url, {"statements": ["s0", "s1"]})
    own = OwnInstrument.objects.get()
    made = actions.keep_wording(own, own.code, Wording("N", "Q?", lines=own.words.lines))
    with pytest.raises(naming.NamesSomebody, match="Statement 1 names"):
        ask(world, made)


def test_it_holds_for_the_language_that_is_chosen_of_a_file(world, officer):
    table = Asked("Q1", "x", lines=({"en": "We are listened to.", "de": "Frau Hill hört mir zu."},))
    data = lss(table, languages=("en", "de"))
    response = officer.post(here(world, "pulses/file/"), {"file": SimpleUploadedFile("s.lss", data)})
    assert ReadFile.objects.count() == 1
    officer.post(response.url, {"statements": ["s0"], "language": "de"})
    with pytest.raises(Refused):
        naming.require_nobody(world.network, OwnInstrument.objects.get().words)


@pytest.mark.parametrize("ours", [True, False])
def test_it_holds_for_a_wording_that_a_translation_changes(world, tmp_path, settings, ours):
    code = "lead" if ours else actions.write_pulse(world.network, wording("We meet."), by=0).code
    said = instrument("lead").items[0].statement if ours else "We meet."
    (tmp_path / "languages").mkdir()
    po = f'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "{said}"\nmsgstr "Herr Hill hört mir zu."\n'
    (tmp_path / "languages" / "de.po").write_text(po, encoding="utf-8")
    assert languages.prepare(tmp_path) == []
    settings.LANGUAGES = languages.listed(tmp_path)
    settings.LOCALE_PATHS = [languages.folder(tmp_path)]
    with pytest.raises(naming.NamesSomebody, match='Statement 1, in Deutsch, names "Herr Hill"'):
        actions.ask(world.network, code, timezone.now() + make.DAY, timezone.now() + 6 * make.DAY)
