"""A staff list in whatever file it comes: CSV, Excel, OneRoster 1.1 and 1.2; anything else gets a sentence."""

from __future__ import annotations

import gzip

import pytest

from alongside.kit.errors import Refused
from alongside.kit.rawfile import UnreadableFile
from alongside.people import actions
from alongside.people.models import StaffImport
from alongside.people.oneroster import Asked
from alongside.people.stafffile import read_staff_file
from alongside.people.stafflist import COLUMNS, StaffList, StaffRow
from tests import make
from tests.workbooks_of_ours import HEADING, workbook, zipped

ASHMEAD = Asked("Ashmead School", frozenset({"100001"}))


def read(data: bytes, asked: Asked = ASHMEAD) -> StaffList:
    return read_staff_file(data, asked)


def refused(data: bytes, asked: Asked = ASHMEAD) -> str:
    with pytest.raises(UnreadableFile) as caught:
        read(data, asked)
    return str(caught.value)


# Excel


def test_csv_and_excel_say_the_same():
    lines = [HEADING, ("Ada Lane", "Ada@ashmead.example", "Teacher", 32.5), ("Ben Moss", "", "Caretaker", 20)]
    csv = "\n".join(",".join(str(cell) for cell in line) for line in lines).encode()
    assert (
        read(workbook(lines))
        == read(csv)
        == read(gzip.compress(csv))
        == StaffList(
            rows=[
                StaffRow(2, "Ada Lane", "ada@ashmead.example", "teacher", 32.5),
                StaffRow(3, "Ben Moss", None, "site", 20.0),
            ],
            faults=[],
            rows_read=2,
            without_email=1,
        )
    )


def test_text_that_looks_like_a_formula_is_set_aside_and_shown_as_text():
    listed = read(
        workbook([HEADING, ("'=cmd", "", "Teacher", ""), ("+44 Ada", "", "Teacher", ""), ("Ben", "", "Head", "")])
    )
    assert [row.name for row in listed.rows] == ["'=cmd", "Ben"]
    assert [(fault.row, fault.column, fault.text) for fault in listed.faults] == [
        (3, "Name", '"+44 Ada" looks like a formula. Write plain text.')
    ]


def test_dates_and_hours_of_the_clock():
    listed = read(workbook([HEADING, ("Ada", "", "Teacher", "32:30"), ("Ben", "", "Head", "2026-11-22")]))
    assert [row.hours for row in listed.rows] == [32.5]
    assert [(fault.row, fault.column) for fault in listed.faults] == [(3, "Hours")]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "This is an old Excel or Word file"),
        (b"%PDF-1.7 x", "This is a PDF"),
        (b"<!DOCTYPE html><table><tr><td>Name", "This is a web page, not a table"),
        (b"\xef\xbb\xbf<html>", "This is a web page, not a table"),
        (
            zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "x"}),
            "This is an OpenDocument file; save its table as",
        ),
        (zipped({"Index/Document.iwa": "x"}), "This is a Numbers file; save its table as an Excel workbook (.xlsx)"),
        (zipped({"word/document.xml": "x"}), "This is a Word document; save its table as"),
        (zipped({"staff.csv": "Name,Role"}), "holds no OneRoster files (users.csv is missing)"),
        (b"PK\x03\x04 nonsense", "damaged or was cut off"),
        (zipped({f"{n}.csv": "x" for n in range(1001)}), "more than 1,000 files"),
    ],
    ids=["xls", "pdf", "html", "html with mark", "ods", "numbers", "docx", "zip", "no zip", "many files"],
)
def test_other_files_get_a_sentence(data, words):
    assert words in refused(data)


# OneRoster

MANIFEST = "propertyName,value\nmanifest.version,1.0\noneroster.version,1.2\nfile.users,bulk\nfile.roles,bulk\nfile.orgs,bulk\n"
ORGS = """sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId
d1,active,,River District,district,,
s1,active,,Ashmead School,school,100001,d1
h1,active,,History,department,,s1
s2,active,,Birch School,school,100002,d1
"""
USERS = """sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password,userMasterIdentifier,preferredGivenName,preferredMiddleName,preferredFamilyName,primaryOrgSourcedId,pronouns
u1,active,,true,ada,,Adelaide,Lane,,,Ada@ashmead.example,,,,,secret,,Ada,,,s1,
u2,active,,true,ben,,Ben,Moss,,,ben@ashmead.example,,,,,secret,,,,,s1,
u3,active,,true,cas,,Cas,Ward,,,cas@birch.example,,,,,secret,,,,,s2,
u4,active,,true,kid,,Little,Child,,,kid@ashmead.example,,,,5,secret,,,,,s1,
u5,tobedeleted,,true,dee,,Dee,Hill,,,dee@ashmead.example,,,,,secret,,,,,s1,
u6,active,,true,eve,,Eve,Marsh,,,,,,,,secret,,,,,s1,
u7,active,,true,fay,,Fay,Dunn,,,fay@,,,,,secret,,,,,s1,
u8,active,,true,gus,,Gus,Reed,,,gus@ashmead.example,,,,,secret,,,,,s1,
u9,active,,true,hal,,Hal,Ford,,,hal@ashmead.example,,,,,secret,,,,,s1,
"""
ROLES = """sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId
r1,active,,u1,secondary,proctor,,,s1,
r2,active,,u1,primary,teacher,,,h1,
r3,active,,u1,secondary,principal,,,s2,
r4,active,,u2,primary,principal,2020-01-01,,s1,
r5,active,,u3,primary,teacher,,,s2,
r6,active,,u4,primary,student,,,s1,
r7,active,,u5,primary,teacher,,,s1,
r8,active,,u6,primary,aide,,,s1,
r9,active,,u7,primary,counselor,,,s1,
ra,tobedeleted,,u8,primary,teacher,,,s1,
rb,active,,u9,primary,teacher,2020-01-01,2021-07-31,s1,
rc,active,,u4,secondary,guardian,,,s1,
"""


def archive(**changed: str) -> bytes:
    files = {"manifest": MANIFEST, "orgs": ORGS, "users": USERS, "roles": ROLES} | changed
    return zipped({f"{name}.csv": text for name, text in files.items() if text})


def test_the_staff_of_the_school_asked_for_and_of_its_departments():
    listed = read(archive())
    assert listed.rows == [
        StaffRow(2, "Ada Lane", "ada@ashmead.example", "teacher", None),
        StaffRow(3, "Ben Moss", "ben@ashmead.example", "head", None),
        StaffRow(7, "Eve Marsh", None, "assistant", None),
    ]
    assert [(fault.row, fault.column) for fault in listed.faults] == [(8, "email")]
    assert (listed.complete, listed.leaving) == (True, ["dee@ashmead.example"])
    assert listed.notes == [
        "Children and families were passed over, and nothing of them was kept: 1 × guardian, 1 × student.",
        "1 person who works at another school in this file was passed over.",
    ]
    assert "Little" not in repr(listed)


def test_one_person_at_two_schools_has_the_post_of_the_school_asked_for():
    birch = read(archive(), Asked("Another Name", frozenset({"100002"})))
    assert [(row.name, row.job) for row in birch.rows] == [("Ada Lane", "head"), ("Cas Ward", "teacher")]


def test_a_school_is_found_by_number_by_name_or_by_what_the_file_calls_it():
    for asked in (
        Asked("x", frozenset({"100001"})),
        Asked("ashmead school"),
        Asked("x", called="Ashmead School"),
        Asked("x", frozenset({"100002"}), called="s1"),
    ):
        assert [row.name for row in read(archive(), asked).rows][:1] == ["Ada Lane"], asked


def test_a_school_that_is_not_in_the_file_is_said_with_those_that_are():
    assert refused(archive(), Asked("Copse School", frozenset({"7"}))) == (
        'Copse School (7) is not among the schools of this file: "Ashmead School", "Birch School". '
        "Write below what the file calls the school, and choose the file again."
    )


def test_of_a_delta_nobody_leaves_but_those_it_names():
    listed = read(archive(manifest=MANIFEST.replace("users,bulk", "users,delta")))
    assert (listed.complete, listed.leaving) == (False, ["dee@ashmead.example"])
    assert listed.notes[-1] == "This file lists changes only (delta), so nobody leaves who is merely not in it."


OLD_USERS = """sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password
u1,active,2023-05-01,TRUE,"s1,s2",teacher,ada,"{LDAP:12},{LTI:15}",Ada,Lane,,,ada@ashmead.example,,,,,secret
u2,,,TRUE,h1,administrator,ben,,Ben,Moss,,,ben@ashmead.example,,,,,secret
u3,,,TRUE,s2,teacher,cas,,Cas,Ward,,,,,,,,secret
u4,,,TRUE,s1,student,kid,,Little,Child,,,,,,,,secret
"""


def test_version_1_1_has_roles_and_schools_in_users():
    listed = read(archive(manifest=MANIFEST.replace("1.2", "1.1"), users=OLD_USERS, roles=""))
    assert [(row.row, row.name, row.job) for row in listed.rows] == [
        (2, "Ada Lane", "teacher"),
        (3, "Ben Moss", "office"),
    ]


def test_users_alone_need_one_school_or_its_name():
    assert refused(OLD_USERS.encode()) == (
        'This users.csv speaks of several schools ("h1", "s1", "s2"). Bring the whole zip, or write below which one is meant.'
    )
    assert [row.name for row in read(OLD_USERS.encode(), Asked("x", called="s2")).rows] == ["Ada Lane", "Cas Ward"]
    one = OLD_USERS.replace('"s1,s2"', "s1").replace("h1", "s1").replace("s2", "s1").encode()
    assert [row.name for row in read(one).rows] == ["Ada Lane", "Ben Moss", "Cas Ward"]
    assert "Bring the whole zip" in refused(USERS.encode())


def test_a_role_that_is_not_known_is_a_fault():
    listed = read(archive(roles=ROLES.replace("u2,primary,principal", "u2,primary,ext:wizard")))
    assert next((fault.row, fault.column, fault.text.partition(".")[0]) for fault in listed.faults) == (
        3,
        "role",
        '"ext:wizard" is not a role that is known',
    )


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (archive(manifest=MANIFEST.replace("version,1.2", "version,2.0")), 'This is OneRoster "2.0"'),
        (archive(orgs=""), "has no orgs.csv"),
        (archive(roles='a,"b\n'), "roles.csv in this archive cannot be read."),
        (archive(users=USERS + '"'), "users.csv in this archive cannot be read. Row 11 opens a quotation mark"),
        (archive(users="\0"), "users.csv in this archive cannot be read."),
        (zipped({"users.csv": "x" * 51_000_000}), "unpacks to 51 MB, and the limit is 50 MB"),
    ],
    ids=["version", "no orgs", "quotes in roles", "quotes in users", "zeros", "bomb"],
)
def test_what_is_wrong_with_an_archive_is_said(data, words):
    assert words in refused(data)


def test_a_file_without_people_says_so():
    listed = read(archive(users="sourcedId,givenName,familyName"))
    assert (listed.rows, [fault.text.partition(".")[0] for fault in listed.faults]) == (
        [],
        ["This file has a header and no rows"],
    )


def test_files_may_lie_in_a_folder_of_the_archive():
    files = {"manifest": MANIFEST, "orgs": ORGS, "users": USERS, "roles": ROLES}
    inside = zipped({f"export/{name}.csv": text for name, text in files.items()} | {"__MACOSX/users.csv": b"\0"})
    assert len(read(inside).rows) == 3


def test_the_columns_that_we_hand_out_are_those_that_we_read():
    assert read(workbook([COLUMNS, ("Ada Lane", "", "Teacher", 1)])).faults == []


# The command


@pytest.mark.django_db
def test_the_command_takes_each_format_and_asks_for_a_leader_only_where_it_must(tmp_path):
    school, other = make.school("Ashmead School"), make.school("Birch")
    make.cluster(make.network("Harbour Trust"), "Avon", [school, other])
    number = school.numbers.get().number
    lines = [HEADING, ("Ada Lane", "ada@ashmead.example", "Teacher", 32.5)]
    files = {
        "staff.csv": "\n".join(",".join(map(str, line)) for line in lines).encode(),
        "staff.xlsx": workbook(lines),
        "roster.zip": archive(orgs=ORGS.replace("100001", number)),
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
        said, shown = actions.import_people(tmp_path / name, number, preview_only=True)
        assert (said, shown.joins) == ("Ashmead School", {"roster.zip": 3}.get(name, 1))
    assert actions.import_people(tmp_path / "staff.xlsx", number)[1].joins == 1
    assert actions.import_people(tmp_path / "staff.csv", number)[1].stays == 1
    make.cluster(make.network("Hill Alliance"), "Wye", [school, make.school("Copse")])
    leader = make.leader(school, "head@ashmead.example")
    with pytest.raises(Refused, match="belongs to 2 networks, so one of its own leaders must agree: add --agreed-by"):
        actions.import_people(tmp_path / "staff.csv", number)
    with pytest.raises(Refused, match="is not the address of a leader of Ashmead School"):
        actions.import_people(tmp_path / "staff.csv", number, agreed_by=make.leader(other, "head@birch.example").email)
    assert StaffImport.objects.filter(state="ready").count() == 0
    actions.import_people(tmp_path / "staff.csv", number, agreed_by=" HEAD@ashmead.example")
    assert StaffImport.objects.latest("pk").uploaded_by == leader


@pytest.mark.django_db
def test_of_a_delta_only_those_it_names_leave_and_no_other_address_is_kept():
    school = make.school("Ashmead School")
    make.cluster(make.network("Harbour Trust"), "Avon", [school, make.school("Birch")])
    first = b"Name,E-mail,Role\nDee Hill,dee@ashmead.example,Teacher\nZoe Kay,zoe@ashmead.example,TA\n"
    actions.apply_staff_list(actions.bring_staff_list(first, school, by=None))
    delta = archive(manifest=MANIFEST.replace("users,bulk", "users,delta"), users=USERS.replace("fay@,", ","))
    brought = actions.bring_staff_list(delta, school, by=None)
    done = actions.apply_staff_list(brought)
    assert [change.name for change in done.of("leaves")] == ["Dee Hill"]
    assert sorted(change.name for change in done.of("joins")) == ["Ada Lane", "Ben Moss", "Eve Marsh", "Fay Dunn"]
    stranger = USERS.replace("dee@ashmead.example", "stranger@elsewhere.example")
    kept = actions.bring_staff_list(archive(users=stranger), school, by=None)
    assert "stranger" not in repr(kept.rows)
