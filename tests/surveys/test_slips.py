"""Slips: how many, who confirms them, made once, fetched once, and nothing of them left."""

from __future__ import annotations

import os
import re
import stat

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_ox.testing import run_tasks

from alongside.kit import keyfile, progress
from alongside.kit.documents import pdf
from alongside.kit.errors import Conflict, Refused
from alongside.kit.models import JournalEntry, Progress, ProgressFile
from alongside.surveys import actions, codes, handouts, reads, restoring, seal, tickets
from alongside.surveys.accept import Spent, accept
from alongside.surveys.models import Answer, RosterEntry, SlipSheet, Ticket, Wave, WaveSchool, WrongCode
from tests import make, pdfs
from tests.surveys import slips, worlds
from tests.surveys.killed import Killed, killed_at, statements_of
from tests.surveys.test_tickets import everything_stored
from tests.surveys.threads import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def plain(monkeypatch):
    """Sheets are not drawn: what would be drawn is the file."""
    monkeypatch.setattr(pdf, "pages", lambda html: html.encode())


@pytest.fixture
def world(db):
    return worlds.open_world({"X": {"A": 40, "B": 12}}, "lead")


@pytest.fixture
def head(world):
    return make.leader(world.schools["A"])


@pytest.fixture
def chair(world):
    return make.chair(world.clusters["X"])


def entry(world, school="A"):
    return WaveSchool.objects.get(wave=world.wave, school=world.schools[school])


def path(sheet):
    return codes.sheet_path(sheet.wave_id, sheet.pk)


# --- how many, and who says so ----------------------------------------------------------------------------------------------


def test_up_to_a_tenth_of_the_roster_one_person_is_enough_and_above_it_two_are_needed(world, head):
    assert actions.order_slips(world.wave, world.schools["A"], 4, head).state == "making"
    assert actions.order_slips(world.wave, world.schools["B"], 2, head).state == "waiting"


def test_two_small_sheets_need_the_second_person_that_one_large_one_needs(world, head, chair, plain):
    first = slips.made(world.wave, world.schools["A"], 3, head)
    actions.fetch_slips(first, head)
    second = actions.order_slips(world.wave, world.schools["A"], 2, head)
    assert second.state == "waiting"
    actions.decide_slips(second, chair, confirmed=False)
    assert actions.order_slips(world.wave, world.schools["A"], 1, head).state == "making"


def test_nothing_is_made_before_a_second_person_confirms(world, head, chair, plain):
    sheet = actions.order_slips(world.wave, world.schools["A"], 9, head)
    actions.due_work()
    run_tasks()
    assert Ticket.objects.count() == 52
    assert not path(sheet).exists()
    actions.decide_slips(sheet, chair, confirmed=True)
    run_tasks()
    assert Ticket.objects.count() == 61
    assert path(sheet).exists()


def test_whoever_asked_is_no_second_person_under_any_name(world, head, chair):
    sheet = actions.order_slips(world.wave, world.schools["A"], 9, head)
    with pytest.raises(Refused, match="You asked for these slips yourself"):
        actions.decide_slips(sheet, head, confirmed=True)
    type(head).objects.filter(pk=head.pk).update(merged_into=chair)
    with pytest.raises(Refused, match="A second person"):
        actions.decide_slips(sheet, chair, confirmed=True)
    SlipSheet.objects.update(asked_by=None)
    with pytest.raises(Refused):
        actions.decide_slips(sheet, chair, confirmed=True)
    assert SlipSheet.objects.get().state == "waiting"


def test_slips_that_are_not_confirmed_are_never_made(world, head, chair, plain):
    sheet = actions.order_slips(world.wave, world.schools["A"], 9, head)
    actions.decide_slips(sheet, chair, confirmed=False)
    with pytest.raises(Conflict, match="decided this already"):
        actions.decide_slips(sheet, chair, confirmed=True)
    actions.due_work()
    run_tasks()
    assert (Ticket.objects.count(), SlipSheet.objects.get().state) == (52, "refused")


def test_both_names_stand_in_the_journal_and_no_code(world, head, chair, plain):
    sheet = slips.made(world.wave, world.schools["A"], 9, head, chair)
    actions.fetch_slips(sheet, head)
    told = JournalEntry.objects.filter(deed__contains="slips").order_by("number")
    assert [(each.deed, each.by, each.payload["slips"]) for each in told] == [
        ("surveys.slips_asked", head.pk, 9),
        ("surveys.slips_confirmed", chair.pk, 9),
        ("surveys.slips_fetched", head.pk, 9),
    ]


@pytest.mark.parametrize("count", [0, -1, 301, 10**6])
def test_no_sheet_is_empty_or_endless(world, head, count):
    with pytest.raises(Refused, match="Between 1 and 300 slips"):
        actions.order_slips(world.wave, world.schools["A"], count, head)


def test_one_sheet_of_a_school_is_under_way_at_a_time(world, head, plain):
    first = actions.order_slips(world.wave, world.schools["A"], 1, head)
    with pytest.raises(Conflict, match="on its way already"):
        actions.order_slips(world.wave, world.schools["A"], 1, head)
    run_tasks()
    with pytest.raises(Conflict, match="on its way already"):
        actions.order_slips(world.wave, world.schools["A"], 1, head)
    actions.fetch_slips(first, head)
    actions.order_slips(world.wave, world.schools["A"], 1, head)


def test_no_slips_for_a_pulse_that_has_closed_or_lost_its_key(world, head):
    tickets.key_path(world.wave.pk).unlink()
    with pytest.raises(Refused, match="The key of this pulse is not here"):
        actions.order_slips(world.wave, world.schools["A"], 1, head)
    Wave.objects.update(opens_at=timezone.now() - make.DAY, closes_at=timezone.now())
    with pytest.raises(Conflict, match="This pulse has closed"):
        actions.order_slips(world.wave, world.schools["A"], 1, head)


# --- who is invited ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("slips_made", "without", "counted"), [(4, 0, 0), (4, 3, 3), (2, 3, 2), (4, 9, 4)])
def test_slips_invite_people_of_the_staff_list_who_are_on_no_roster_and_nobody_else(
    slips_made, without, counted, world, head, plain
):
    slips.no_link(world.schools["A"], without)
    slips.made(world.wave, world.schools["A"], slips_made, head)
    row = entry(world)
    assert (row.invited, row.by_slip) == (40 + counted, counted)
    assert Wave.objects.get().invited == 52 + counted
    assert RosterEntry.objects.count() == 52


def test_a_second_sheet_invites_only_whom_the_first_left(world, head, chair, plain):
    slips.no_link(world.schools["A"], 5)
    for count in (3, 3, 3):
        actions.fetch_slips(slips.made(world.wave, world.schools["A"], count, head, chair), head)
    assert (entry(world).invited, entry(world).by_slip, Ticket.objects.count()) == (45, 5, 61)


def test_slips_open_no_comment_box_where_fewer_than_ten_have_a_link(plain):
    """A box that is there only since slips were made would tell that a comment is from one of the few who came after."""
    world = worlds.open_world({"Y": {"C": 8, "D": 12}}, "lead")
    slips.no_link(world.schools["C"], 4)
    sheet = slips.made(
        world.wave, world.schools["C"], 4, make.leader(world.schools["C"]), make.chair(world.clusters["Y"])
    )
    token = slips.tokens_of(sheet)[0]
    assert entry(world, "C").invited == 12
    assert reads.door(world.wave.pk, tickets.digest(token)).comments is False
    assert "textarea" not in Client().get(f"/a/{world.wave.pk}/{token}").content.decode()


# --- made ------------------------------------------------------------------------------------------------------------------------


def test_a_sheet_is_private_in_the_key_folder_and_holds_every_code(world, head, plain, settings):
    before = os.umask(0)
    try:
        sheet = slips.made(world.wave, world.schools["A"], 4, head)
    finally:
        os.umask(before)
    assert (sheet.state, path(sheet).parent, stat.S_IMODE(path(sheet).stat().st_mode)) == (
        "ready",
        settings.KEYS,
        0o600,
    )
    assert stat.S_IMODE(codes.key_path(world.wave.pk).stat().st_mode) == 0o600
    printed = path(sheet).read_text()
    assert re.findall(r'slip__code">([^<]+)<', printed) == [codes.shown(code) for code in slips.codes_of(sheet)]
    told = progress.newest(actions.SLIPS, f"slips:{sheet.pk}")
    assert (told.state, told.person, told.sentence) == (
        "done",
        head.pk,
        "4 slips are ready. Fetch the sheet, once, from the pulse’s page.",
    )
    assert not ProgressFile.objects.exists()


def test_every_code_takes_one_answer_for_its_school(world, head, plain):
    sheet = slips.made(world.wave, world.schools["A"], 4, head)
    for token in slips.tokens_of(sheet):
        assert accept(world.wave.pk, token, make.ratings(world.wave)).school_id == world.schools["A"].pk
        with pytest.raises(Spent):
            accept(world.wave.pk, token, make.ratings(world.wave))
    assert Answer.objects.count() == 4


def test_what_was_spent_stays_spent_and_links_still_open(world, head, plain):
    letters = make.tokens(world.wave, world.schools["A"])
    worlds.take(world.wave, letters[:7])
    slips.made(world.wave, world.schools["A"], 4, head)
    assert Ticket.objects.filter(used=True).count() == 7
    for token in letters[:7]:
        with pytest.raises(Spent):
            accept(world.wave.pk, token, make.ratings(world.wave))
    worlds.take(world.wave, letters[7:])
    assert Answer.objects.count() == 40


def test_no_sheet_repeats_a_code_of_one_that_a_restored_backup_does_not_know(world, head, plain):
    """The keys stay in their folder; the database goes back to before the first sheet, whose slips are in people's hands."""
    before = set(Ticket.objects.values_list("digest", flat=True))
    given_out = slips.codes_of(slips.made(world.wave, world.schools["A"], 4, head))
    SlipSheet.objects.all().delete()
    Ticket.objects.exclude(digest__in=before).delete()
    again = slips.codes_of(slips.made(world.wave, world.schools["A"], 4, head))
    assert not set(given_out) & set(again)
    key = codes.read_key(world.wave.pk)
    opened = [reads.door(world.wave.pk, tickets.digest(codes.token(key, world.wave.pk, code))) for code in given_out]
    assert opened == [None] * 4


def test_codes_that_another_sheet_has_are_passed_over(world, head, chair, plain, monkeypatch):
    """All numbers alike: whatever chance does, each slip is a ticket of its own."""
    monkeypatch.setattr(codes, "number", lambda before, count: 7 if not before else 9)
    first = slips.made(world.wave, world.schools["A"], 4, head)
    second = slips.made(world.wave, world.schools["B"], 12, head, chair)
    printed = [set(re.findall(r"\b[2-9A-Y]{3} [2-9A-Y]{3}\b", path(sheet).read_text())) for sheet in (first, second)]
    assert [len(found) for found in printed] == [4, 12]
    assert not printed[0] & printed[1]
    assert Ticket.objects.count() == 52 + 4 + 12


def test_a_sheet_that_cannot_be_drawn_makes_no_ticket_and_says_why(world, head, monkeypatch):
    def no_pango(html):
        raise Refused(pdf.MISSING)

    monkeypatch.setattr(pdf, "pages", no_pango)
    sheet = slips.made(world.wave, world.schools["A"], 4, head)
    assert (sheet.state, sheet.said, Ticket.objects.count(), entry(world).invited) == ("failed", pdf.MISSING, 52, 40)
    assert Progress.objects.get().sentence == pdf.MISSING
    actions.due_work()
    assert Progress.objects.count() == 1
    assert actions.order_slips(world.wave, world.schools["A"], 4, head).state == "making"


def test_a_lost_task_is_made_up_for_and_twice_is_once(world, head, plain):
    sheet = actions.order_slips(world.wave, world.schools["A"], 4, head)
    Progress.objects.all().delete()
    run_tasks()
    assert not path(sheet).exists()
    for _ in range(2):
        actions.due_work()
        run_tasks()
    before = path(sheet).read_bytes()
    actions.make_slips(progress.newest(actions.SLIPS, f"slips:{sheet.pk}").pk)
    assert (path(sheet).read_bytes(), Ticket.objects.count()) == (before, 56)


def test_killed_anywhere_and_run_again_slips_are_neither_doubled_nor_lost(world, head, plain):
    sheet = slips.ordered(world.wave, world.schools["A"], 4, head)
    work = progress.newest(actions.SLIPS, f"slips:{sheet.pk}").pk
    steps = statements_of(lambda: actions.make_slips(work))
    assert steps > 12
    expected = sorted(tickets.digest(token) for token in make.tokens(world.wave))
    for nth in range(1, steps + 1):
        with worlds.undone():
            with pytest.raises(Killed), killed_at(nth):
                actions.make_slips(work)
            actions.due_work()
            run_tasks()
            actions.make_slips(work)
            held = SlipSheet.objects.get()
            digests = [tickets.digest(token) for token in slips.tokens_of(held)]
            assert (held.state, entry(world).invited) == ("ready", 40)
            assert sorted(bytes(each) for each in Ticket.objects.values_list("digest", flat=True)) == sorted(
                expected + digests
            )
            assert all(codes.shown(code) in path(held).read_text() for code in slips.codes_of(held))


def test_killed_between_the_file_and_the_commit_there_is_no_ticket_and_the_next_run_writes_the_same_codes(
    world, head, plain, monkeypatch
):
    sheet = slips.ordered(world.wave, world.schools["A"], 4, head)
    work = progress.newest(actions.SLIPS, f"slips:{sheet.pk}").pk
    real = keyfile.write

    def killed(*args):
        real(*args)
        raise Killed

    monkeypatch.setattr(keyfile, "write", killed)
    with pytest.raises(Killed):
        actions.make_slips(work)
    first = path(sheet).read_bytes()
    assert (Ticket.objects.count(), SlipSheet.objects.get().state) == (52, "making")
    with pytest.raises(Conflict, match="no sheet to fetch yet"):
        actions.fetch_slips(sheet, head)
    monkeypatch.setattr(keyfile, "write", real)
    actions.make_slips(work)
    assert (Ticket.objects.count(), path(sheet).read_bytes()) == (56, first)


# --- fetched ---------------------------------------------------------------------------------------------------------------------


def test_a_sheet_is_fetched_once_and_then_wiped(world, head, plain, tmp_path):
    sheet = slips.made(world.wave, world.schools["A"], 4, head)
    os.link(path(sheet), tmp_path / "the same bytes on the disk")
    printed = path(sheet).read_bytes()
    assert actions.fetch_slips(sheet, head) == printed
    assert not path(sheet).exists()
    assert set((tmp_path / "the same bytes on the disk").read_bytes()) == {0}
    with pytest.raises(Conflict, match="This sheet was fetched before, and was wiped then"):
        actions.fetch_slips(sheet, head)


def test_a_sheet_is_not_handed_out_after_the_closing(world, head, plain):
    sheet = slips.made(world.wave, world.schools["A"], 4, head)
    Wave.objects.filter(pk=world.wave.pk).update(state="closed")
    with pytest.raises(Conflict, match="closed"):
        actions.fetch_slips(sheet, head)
    assert path(sheet).exists()  # the seal wipes it


def test_a_sheet_whose_making_was_killed_after_it_was_laid_down_is_said_to_be_ready(world, head, plain, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(progress, "end", lambda *_: (_ for _ in ()).throw(Killed()))
        slips.made(world.wave, world.schools["A"], 4, head)
    assert Progress.objects.get().state == "running"
    actions.make_slips(Progress.objects.get().pk)
    assert "4 slips are ready" in Progress.objects.get().sentence


def test_a_sheet_that_is_not_there_is_lost_and_says_so(world, head, plain):
    sheet = slips.made(world.wave, world.schools["A"], 4, head)
    path(sheet).unlink()
    for _ in range(2):
        with pytest.raises(Conflict, match="This sheet is not here any more"):
            actions.fetch_slips(sheet, head)
    assert SlipSheet.objects.get().state == "lost"


def test_a_sheet_whose_fetching_was_killed_before_it_was_wiped_is_wiped(world, head, plain, monkeypatch):
    sheet = slips.made(world.wave, world.schools["A"], 4, head)
    with monkeypatch.context() as patch:
        patch.setattr(keyfile, "destroy", lambda path: (_ for _ in ()).throw(Killed()))
        with pytest.raises(Killed):
            actions.fetch_slips(sheet, head)
    assert path(sheet).exists()
    with pytest.raises(Conflict):
        actions.fetch_slips(sheet, head)
    actions.due_work()
    assert not path(sheet).exists()


# --- the seal, backups, and whoever reads the database -----------------------------------------------------------------------


def test_at_the_seal_every_sheet_every_key_and_every_wrong_code_goes(world, head, plain):
    sheet = slips.made(world.wave, world.schools["A"], 4, head)
    WrongCode.objects.create(organisation=world.network, wave=world.wave, address="x", at=timezone.now())
    worlds.take(world.wave, slips.tokens_of(sheet))
    assert len(codes.left(world.wave.pk)) == 2
    make.close(world.wave)
    assert world.wave.state == "sealed"
    assert list(codes.key_path(world.wave.pk).parent.glob("wave-*")) == []
    assert (SlipSheet.objects.count(), WrongCode.objects.count(), Ticket.objects.count()) == (0, 0, 0)


def test_a_wave_is_not_sealed_while_a_sheet_lies_there(world, head, plain, monkeypatch):
    slips.made(world.wave, world.schools["A"], 4, head)
    with monkeypatch.context() as patch:
        patch.setattr(codes, "destroy", lambda wave: None)
        with pytest.raises(seal.NotClean, match="or its slips"):
            make.close(world.wave)
    seal.seal(world.wave.pk)
    assert Wave.objects.get().state == "sealed"


def test_the_worker_lays_no_sheet_down_after_the_close(world, head, monkeypatch):
    def close_meanwhile(html):
        make.close(world.wave)
        return html.encode()

    monkeypatch.setattr(pdf, "pages", close_meanwhile)
    slips.ordered(world.wave, world.schools["A"], 4, head)
    run_tasks()
    assert codes.left(world.wave.pk) == []
    assert (Ticket.objects.count(), Progress.objects.get().state) == (0, "failed")


def test_files_of_other_waves_are_left_alone(world, settings):
    settings.KEYS.mkdir(exist_ok=True)
    names = [f"wave-{world.wave.pk}0.slips", f"wave-{world.wave.pk}0-slips-1.pdf", f"wave-{world.wave.pk}.key"]
    for name in names:
        (settings.KEYS / name).write_text("x")
    codes.destroy(world.wave.pk)
    assert sorted(file.name for file in settings.KEYS.glob("wave-*")) == sorted(names)


def test_the_database_holds_no_code_no_token_and_no_key(world, head, plain):
    sheet = slips.made(world.wave, world.schools["A"], 4, head)
    key = codes.read_key(world.wave.pk)
    made, opened = slips.codes_of(sheet), slips.tokens_of(sheet)
    secret = [
        key,
        *(form.encode() for code in made for form in (code, codes.shown(code))),
        *(t.encode() for t in opened),
    ]
    for table, rows in everything_stored().items():
        assert [value for value in secret if value in rows] == [], f"{table} holds a code, a token or the key"
    actions.fetch_slips(sheet, head)
    for table, rows in everything_stored().items():
        assert [value for value in secret if value in rows] == [], table


def test_a_copy_of_the_database_does_not_say_which_code_opens_a_ticket(world, head, plain):
    """All codes there are could be tried in a second: without K_slips the digest of none of them is there."""
    sheet = slips.made(world.wave, world.schools["A"], 4, head)
    held = {bytes(digest) for digest in Ticket.objects.values_list("digest", flat=True)}
    for code in slips.codes_of(sheet):
        for text in (code, codes.shown(code), f"{world.wave.pk}:{code}", codes.token(b"", world.wave.pk, code)):
            assert tickets.digest(text) not in held
    assert {tickets.digest(token) for token in slips.tokens_of(sheet)} < held


def test_tickets_of_slips_lie_among_the_others_in_an_order_that_says_nothing(world, head, plain):
    sheet = slips.made(world.wave, world.schools["A"], 4, head)
    order = "rowid" if connection.vendor == "sqlite" else "ctid"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT digest FROM surveys_ticket WHERE school_id = %s ORDER BY {order}", [sheet.school_id])
        stored = [bytes(digest) for (digest,) in cursor.fetchall()]
    assert len(stored) == 44
    assert stored == sorted(stored)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT DISTINCT xmin::text FROM surveys_ticket WHERE school_id = %s", [sheet.school_id])
            assert len(cursor.fetchall()) == 1


def test_a_ticket_of_a_slip_has_no_mark(world, head, plain):
    sheet = slips.made(world.wave, world.schools["A"], 4, head)
    mine = {tickets.digest(token) for token in slips.tokens_of(sheet)}
    rows = Ticket.objects.filter(school=sheet.school).values_list("digest", "organisation", "audience", "used")
    assert len({(tuple(rest), len(bytes(digest))) for digest, *rest in rows}) == 1
    assert len(mine) == 4


def test_after_a_restore_without_keys_codes_open_nothing_and_it_is_said(world, head, plain):
    slips.made(world.wave, world.schools["A"], 4, head)
    tickets.destroy_key(world.wave.pk)
    codes.destroy(world.wave.pk)
    (said,) = restoring.settle()
    assert "4 slips had been printed, and their codes open nothing any more" in said
    assert not codes.left(world.wave.pk)


def test_a_restore_wipes_keys_and_sheets_of_another_installation(world, head, plain, settings):
    slips.made(world.wave, world.schools["A"], 4, head)
    tickets.key_path(world.wave.pk).write_text("a key of the same number from elsewhere, 32 bytes")
    (settings.KEYS / "wave-987654.slips").write_text("x")
    (settings.KEYS / "wave-987654-slips-3.pdf").write_text("x")
    restoring.settle()
    assert list(settings.KEYS.glob("wave-*")) == []


def test_a_restore_on_the_same_machine_leaves_slips_as_they_were(world, head, plain):
    sheet = slips.made(world.wave, world.schools["A"], 4, head)
    assert restoring.settle() == []
    worlds.take(world.wave, slips.tokens_of(sheet))
    assert path(sheet).exists()


# --- on paper --------------------------------------------------------------------------------------------------------------------


def test_a_sheet_is_a_tagged_pdf_of_ten_slips_a_page_with_all_that_somebody_needs(world, head, settings):
    settings.PUBLIC_URL = "https://alongside.example"
    sheet = slips.made(world.wave, world.schools["A"], 4, head)
    paper = pdfs.read(actions.fetch_slips(sheet, head))
    words = paper.text()
    assert "/StructTreeRoot" in paper.catalog
    assert len(paper.pages) == 1
    for code in slips.codes_of(sheet):
        assert codes.shown(code) in words
    assert words.count(f"alongside.example/a/{world.wave.pk}/") == 4
    assert words.count("Nobody sees who answered or what one person said") == 4
    assert words.count("Works once.") == 4
    assert set(paper.strings("Alt")) == {f"Opens https://alongside.example/a/{world.wave.pk}/"}


def test_eleven_slips_take_two_pages_in_full_size(world):
    paper = pdfs.read(handouts.sheet(world.wave, world.schools["A"], ["AC23EF"] * 11))
    assert len(paper.pages) == 2
    assert all("/MediaBox [0 0 595.2" in paper.objects[page] for page in paper.pages)


def test_a_drawn_sheet_is_kept_in_no_memory(world):
    before = dict(pdf.DRAWN._papers)  # what other tests have drawn in this process
    handouts.sheet(world.wave, world.schools["A"], ["AC23EF"])
    assert pdf.DRAWN._papers == before


def test_a_sheet_of_a_wave_that_was_sealed_meanwhile_is_a_conflict(world, head, plain):
    sheet = slips.made(world.wave, world.schools["A"], 2, head)
    worlds.closed(world)
    with pytest.raises(Conflict, match="has closed"):
        actions.fetch_slips(sheet, head)


# --- many at once ----------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_two_posts_of_one_code_exactly_one_is_stored(plain):
    world = worlds.open_world({"X": {"A": 40, "B": 12}}, "lead")
    sheet = slips.made(world.wave, world.schools["A"], 4, make.leader(world.schools["A"]))
    token = slips.tokens_of(sheet)[0]

    def post(_):
        try:
            accept(world.wave.pk, token, make.ratings(world.wave))
        except Spent:
            return "spent"
        return "taken"

    assert sorted(together(6, post)) == ["spent"] * 5 + ["taken"]
    assert Answer.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_answers_that_come_while_slips_are_made_are_all_stored(plain):
    world = worlds.open_world({"X": {"A": 40, "B": 12}}, "lead")
    head = make.leader(world.schools["A"])
    letters = make.tokens(world.wave, world.schools["A"])
    sheet = slips.ordered(world.wave, world.schools["A"], 4, head)
    work = progress.newest(actions.SLIPS, f"slips:{sheet.pk}").pk

    def act(number):
        if number == 0:
            return actions.make_slips(work)
        return worlds.take(world.wave, letters[(number - 1) * 10 : number * 10])

    together(5, act)
    assert (Answer.objects.count(), Ticket.objects.filter(used=True).count(), Ticket.objects.count()) == (40, 40, 56)
    worlds.take(world.wave, slips.tokens_of(sheet))


@pytest.mark.django_db(transaction=True)
def test_of_two_leaders_who_fetch_at_once_one_gets_the_sheet(plain):
    world = worlds.open_world({"X": {"A": 40, "B": 12}}, "lead")
    head = make.leader(world.schools["A"])
    sheet = slips.made(world.wave, world.schools["A"], 4, head)

    def fetch(_):
        try:
            return bool(actions.fetch_slips(sheet, head))
        except Conflict:
            return False

    assert sorted(together(4, fetch)) == [False, False, False, True]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_ask_at_once_one_gets_slips(plain):
    world = worlds.open_world({"X": {"A": 40, "B": 12}}, "lead")
    head = make.leader(world.schools["A"])

    def ask(_):
        try:
            return bool(actions.order_slips(world.wave, world.schools["A"], 2, head))
        except Conflict:
            return False

    assert sorted(together(4, ask)) == [False, False, False, True]
