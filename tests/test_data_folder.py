"""The data folder: taken only when it is ours or empty, emptied only when it carries the mark, held by one process."""

import pytest

from alongside import data_folder
from alongside.kit.errors import Refused


def test_prepare_marks_a_new_folder(tmp_path):
    data_folder.prepare(tmp_path / "a" / "b")
    assert [each.name for each in (tmp_path / "a" / "b").iterdir()] == [".alongside"]


def test_prepare_takes_an_installation_without_the_mark_and_does_not_mark_it(tmp_path):
    (tmp_path / "alongside.sqlite3").write_text("")
    data_folder.prepare(tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["alongside.sqlite3"]


def test_prepare_refuses_what_holds_other_things(tmp_path):
    (tmp_path / "thesis.odt").write_text("")
    with pytest.raises(Refused, match=r"holds files that are not Alongside's"):
        data_folder.prepare(tmp_path)


def test_empty_keeps_mark_and_lock_and_follows_no_link(tmp_path):
    folder, outside = tmp_path / "data", tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("")
    data_folder.prepare(folder)
    (folder / "keys").mkdir()
    (folder / "keys" / "wave-1").write_text("")
    (folder / "secret.key").write_text("")
    (folder / "link").symlink_to(outside)
    with data_folder.lock(folder, "here"):
        data_folder.empty(folder)
    assert sorted(each.name for each in folder.iterdir()) == [".alongside", ".lock"]
    assert [each.name for each in outside.iterdir()] == ["kept"]


def test_lock_is_held_once_and_freed(tmp_path):
    data_folder.prepare(tmp_path)
    with (
        data_folder.lock(tmp_path, "at http://127.0.0.1:1 (process 7)"),
        pytest.raises(Refused, match=r"at http://127\.0\.0\.1:1 \(process 7\): use that one"),
    ):
        data_folder.lock(tmp_path, "elsewhere")
    data_folder.lock(tmp_path, "again").close()
    assert (tmp_path / ".lock").read_text() == "again"
