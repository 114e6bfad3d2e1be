"""Languages from files: read, compiled, chosen; and everything that a template or a module has marked is found."""

from __future__ import annotations

import gettext

import pytest
from django.core.management import CommandError, call_command
from django.test import RequestFactory

from alongside.kit import doctor, languages
from tests import tongues

PO = """# A comment
msgid ""
msgstr ""
"Language: mi\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"X-Reviewed-By: Aroha Smith\\n"

msgid "Start"
msgstr "Tīmata"

#: where it is
msgctxt "a month"
msgid "May"
msgstr "Haratua"

msgid "One day"
msgid_plural "%(n)s days"
msgstr[0] "Kotahi rā"
msgstr[1] "%(n)s rā"

#, fuzzy
msgid "Back"
msgstr "Whoki"

msgid "Next"
msgstr ""

msgid "Two "
"lines\\n"
msgstr "E rua "
"\\"rārangi\\"\\n"
"""


@pytest.fixture
def data(tmp_path):
    (tmp_path / "languages").mkdir()
    (tmp_path / "languages" / "mi.po").write_text(PO, encoding="utf-8")
    return tmp_path


def test_a_file_is_compiled_so_that_gettext_reads_it(data):
    assert languages.prepare(data) == []
    mo = languages.folder(data) / "mi" / "LC_MESSAGES" / "django.mo"
    with mo.open("rb") as file:
        found = gettext.GNUTranslations(file)
    assert found.gettext("Start") == "Tīmata"
    assert found.pgettext("a month", "May") == "Haratua"
    assert [found.ngettext("One day", "%(n)s days", n) for n in (1, 2)] == ["Kotahi rā", "%(n)s rā"]
    assert found.gettext("Back") == "Back"  # fuzzy
    assert found.gettext("Next") == "Next"  # empty
    assert found.gettext("Two lines\n") == 'E rua "rārangi"\n'


def test_it_is_compiled_again_when_the_file_is_newer(data):
    languages.prepare(data)
    mo = languages.folder(data) / "mi" / "LC_MESSAGES" / "django.mo"
    before = mo.read_bytes()
    file = data / "languages" / "mi.po"
    file.write_text(PO.replace("Tīmata", "Anga"), encoding="utf-8")
    newer = mo.stat().st_mtime + 10
    import os  # noqa: PLC0415

    os.utime(file, (newer, newer))
    languages.prepare(data)
    assert mo.read_bytes() != before


def test_what_is_installed_has_its_own_name_and_its_reviewer(data):
    (data / "languages" / "cy.po").write_text('msgid ""\nmsgstr "Language: cy\\n"\n', encoding="utf-8")
    (data / "languages" / "notes.txt.po").write_text("", encoding="utf-8")
    found = languages.installed(data)
    assert [(each.code, each.reviewed_by) for each in found] == [("cy", ""), ("mi", "Aroha Smith")]
    assert languages.listed(data) == [("en-gb", "English"), ("cy", "Cymraeg"), ("mi", "mi")]
    assert languages.reviewed_codes(data) == {"mi"}


def test_the_doctor_names_what_nobody_reviewed_and_what_cannot_be_read(data, settings):
    settings.DATA = data
    assert doctor.tongues() == doctor.Finding(True, "Languages", "English, mi.")
    (data / "languages" / "cy.po").write_text('msgid ""\nmsgstr "Language: cy\\n"\n', encoding="utf-8")
    assert doctor.tongues().text == "Nobody has reviewed Cymraeg: pages say so. Name the reviewer in X-Reviewed-By."
    (data / "languages" / "cy.po").write_text('msgid "a"\nmsgstr not quoted\n', encoding="utf-8")
    assert "cy.po cannot be read at the line: msgstr not quoted" in doctor.tongues().text
    assert languages.listed(data) == [("en-gb", "English")]


@pytest.mark.parametrize(
    ("query", "cookie", "accept", "found"),
    [
        ("mi", "", "", "mi"),
        ("mi", "cy", "cy", "mi"),
        ("", "cy", "mi", "cy"),
        ("", "", "mi,en;q=0.5", "mi"),
        ("", "", "cy", "en-gb"),  # nobody has reviewed it: it is chosen by hand
        ("", "", "en,mi;q=0.5", "en-gb"),
        ("xx", "", "fr", "en-gb"),
        ("../../etc", "\0", "\0;q=x,,", "en-gb"),
        ("a" * 20_000, "", "a" * 20_000, "en-gb"),
        ("en-gb", "mi", "mi", "en-gb"),
    ],
)
def test_the_reader_gets_what_they_chose(settings, query, cookie, accept, found):
    settings.LANGUAGES = [("en-gb", "English"), ("cy", "Cymraeg"), ("mi", "te reo Māori")]
    settings.LANGUAGES_REVIEWED = frozenset({"mi"})
    request = RequestFactory().get("/", {"in": query}, headers={"Accept-Language": accept})
    request.COOKIES = {languages.COOKIE: cookie}
    assert languages.wanted(request, cookies=True) == found


def test_no_cookie_is_looked_at_where_somebody_answers(settings):
    settings.LANGUAGES = [("en-gb", "English"), ("mi", "te reo Māori")]
    request = RequestFactory().get("/a/1/x")
    request.COOKIES = {languages.COOKIE: "mi"}
    assert languages.wanted(request, cookies=False) == "en-gb"


def test_everything_that_a_template_marks_is_found():
    source = (
        "{% translate \"One\" %}{% translate 'Two' as x %}{% blocktranslate %}Of {{ k }} or 100%{% endblocktranslate %}"
        "{% blocktranslate count n=x with a=b %}{{ n }} has{% plural %}{{ n }} have{% endblocktranslate %}{% translate x.y %}"
    )
    assert list(languages.template_texts(source)) == [
        ("One", None),
        ("Two", None),
        ("Of %(k)s or 100%%", None),
        ("%(n)s has", "%(n)s have"),
    ]


def test_everything_that_a_module_marks_is_found():
    source = 'gettext("A")\nx = gettext_noop("B")\nngettext("C", "D", 2)\nprint("E")\n'
    assert list(languages.code_texts(source)) == [("A", None), ("B", None), ("C", "D")]


def test_a_file_for_translators_has_every_text_once_and_can_be_read_back(tmp_path, settings):
    settings.DATA = tmp_path
    call_command("language", "mi")
    text = (tmp_path / "languages" / "mi.po").read_text(encoding="utf-8")
    assert text.count('msgid "My evenings and days off were my own."') == 1
    assert text.count('msgid "Strongly agree"') == 1
    assert 'msgid "well.1"' not in text
    assert [key for key in languages.read_po(tmp_path / "languages" / "mi.po") if key[1]] == []
    with pytest.raises(CommandError, match="is there already"):
        call_command("language", "mi")
    for odd in ("en", "en-gb", "../x", "MI", ""):
        with pytest.raises(CommandError, match="no code of a language"):
            call_command("language", odd)


def test_the_pretended_language_brackets_every_text(tmp_path, settings):
    tongues.pretend("ar", tmp_path, settings)
    found = languages.read_po(tmp_path / "languages" / "ar.po")
    assert len(found) > 80
    assert all(text == f"⟦{key[1]}⟧" or key[2] for key, [text, *_] in found.items() if key[1])
    assert tongues.outside("a ⟦b ⟦c⟧ d⟧ e") == "a   e"
