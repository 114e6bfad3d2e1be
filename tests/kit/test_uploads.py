"""Files from outside stay in memory and under their limit; what is larger never arrives."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import InMemoryUploadedFile, SimpleUploadedFile
from django.test import RequestFactory

from alongside.kit.uploads import LIMIT


def sent(*sizes: int):
    files = {f"file{number}": SimpleUploadedFile(f"{number}.csv", b"x" * size) for number, size in enumerate(sizes)}
    request = RequestFactory().post("/", {"before": "kept", **files})
    return request.POST, request.FILES


@pytest.mark.parametrize("size", [1, 3_000_000, LIMIT])
def test_a_file_up_to_the_limit_arrives_whole_and_in_memory(size):
    post, files = sent(size)
    assert (post["before"], files["file0"].size) == ("kept", size)
    assert isinstance(files["file0"], InMemoryUploadedFile)
    assert files["file0"].read() == b"x" * size


@pytest.mark.parametrize("size", [LIMIT + 1, LIMIT + 70_000, 3 * LIMIT])
def test_a_file_beyond_the_limit_does_not_arrive_and_breaks_nothing(size):
    post, files = sent(size)
    assert (post["before"], len(files)) == ("kept", 0)


def test_no_file_after_one_beyond_the_limit_arrives():
    assert list(sent(10, LIMIT + 1, 10)[1]) == ["file0"]


def test_the_limit_is_for_all_files_of_a_request_together():
    """Whoever sends a hundred files may be nobody: they must not fill the memory."""
    assert list(sent(LIMIT - 1, 1)[1]) == ["file0", "file1"]
    assert list(sent(LIMIT // 2, LIMIT // 2, 1, LIMIT)[1]) == ["file0", "file1"]


def test_the_limit_is_that_of_a_staff_list():
    assert LIMIT == 5_000_000
