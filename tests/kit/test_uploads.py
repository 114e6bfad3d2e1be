"""Files from outside: under their limit, on disk under names of ours, wiped; what is larger gets a page that says so."""

from __future__ import annotations

import gc
import http.client
import os
import stat
import time
from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.test.client import FakePayload, encode_multipart
from django.urls import reverse

from alongside.kit import uploads
from alongside.kit.uploads import IN_MEMORY, KINDS, LIMIT
from tests import make
from tests.installation import installation


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.DATA = tmp_path
    return tmp_path / "uploads"


def stored(folder):
    return sorted(folder.iterdir()) if folder.exists() else []


def request_with(*sizes: int, kind: str = "", name: str = "{}.csv"):
    files = {f"file{number}": SimpleUploadedFile(name.format(number), b"x" * size) for number, size in enumerate(sizes)}
    request = RequestFactory().post("/", {"before": "kept", **files})
    request.upload_kind = kind
    return request


def sent(*sizes: int, kind: str = ""):
    request = request_with(*sizes, kind=kind)
    return request.POST, request.FILES


# --- what arrives ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, IN_MEMORY - 1, IN_MEMORY])
def test_a_small_file_stays_in_memory(size, own_folder):
    post, files = sent(size)
    assert (post["before"], files["file0"].size) == ("kept", size)
    assert files["file0"].read() == b"x" * size
    assert not hasattr(files["file0"], "temporary_file_path")
    assert stored(own_folder) == []


@pytest.mark.parametrize("size", [IN_MEMORY + 1, LIMIT - 1, LIMIT])
def test_a_larger_file_lies_on_disk_under_a_name_of_ours_until_the_request_ends(size, own_folder):
    request = request_with(size, name="../../secret staff.csv")
    (file,) = request.FILES.values()
    (path_,) = stored(own_folder)
    assert file.temporary_file_path() == str(path_)
    assert (len(path_.name), path_.name.isalnum(), "staff" in path_.name) == (32, True, False)
    assert (stat.S_IMODE(path_.stat().st_mode), stat.S_IMODE(own_folder.stat().st_mode)) == (0o600, 0o700)
    assert (file.size, file.name) == (size, "secret staff.csv")
    assert file.read() == b"x" * size
    beside = os.link(path_, own_folder.parent / "beside") or own_folder.parent / "beside"
    request.close()
    assert stored(own_folder) == []
    assert set(beside.read_bytes()) == {0}, "its bytes were not wiped"


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_its_limit(kind, monkeypatch):
    limits = {name: (limit // 1000, noun) for name, (limit, noun) in KINDS.items()}
    monkeypatch.setattr(uploads, "KINDS", limits)
    limit = limits[kind][0]
    assert list(sent(limit, kind=kind)[1]) == ["file0"]
    assert list(sent(limit + 1, kind=kind)[1]) == []


def test_the_limits():
    assert {kind: limit for kind, (limit, _) in KINDS.items()} == {
        "": 5_000_000,
        "calendar": 5_000_000,
        "staff": 10_000_000,
        "register": 200_000_000,
        "past": 40_000_000,
        "votes": 5_000_000,
    }
    with pytest.raises(LookupError, match="No kind of upload is called 'film'"):
        uploads.takes("film")


@pytest.mark.parametrize("size", [LIMIT + 1, LIMIT + 70_000, 3 * LIMIT])
def test_a_file_beyond_the_limit_leaves_nothing_and_breaks_nothing(size, own_folder):
    request = request_with(size)
    assert (request.POST["before"], len(request.FILES)) == ("kept", 0)
    assert request.upload_refused.startswith("This file is larger than 5 MB, the limit for a file here.")
    assert stored(own_folder) == []


def test_the_limit_is_for_all_files_of_a_request_together(own_folder):
    """Whoever sends a hundred files may be nobody: they must not fill the memory."""
    assert list(sent(LIMIT - 1, 1)[1]) == ["file0", "file1"]
    assert list(sent(10, LIMIT + 1, 10)[1]) == ["file0"]
    assert list(sent(LIMIT // 2, LIMIT // 2, 1, LIMIT)[1]) == ["file0", "file1"]


def test_a_connection_that_is_dropped_leaves_nothing(own_folder):
    body = encode_multipart("x", {"file": SimpleUploadedFile("staff.csv", b"x" * 4_000_000)})

    class Dropped(FakePayload):
        def read(self, size=None):
            if self.tell_all > 3_500_000:
                raise OSError("gone")
            data = super().read(65536)
            self.tell_all += len(data)
            return data

        tell_all = 0

    payload = Dropped(body)
    sent_to = {"REQUEST_METHOD": "POST", "PATH_INFO": "/sign-in/", "CONTENT_LENGTH": str(len(body))}
    kind = {"CONTENT_TYPE": "multipart/form-data; boundary=x", "wsgi.input": payload}
    gc.disable()
    assert Client(raise_request_exception=False).request(**sent_to, **kind).status_code == 400
    assert payload.tell_all > 3_500_000
    assert stored(own_folder) == []
    gc.enable()


def test_what_a_killed_process_left_is_wiped_later(own_folder):
    own_folder.mkdir()
    old, new = own_folder / "old", own_folder / "new"
    for file in (old, new):
        file.write_bytes(b"a name")
    os.utime(old, (0, time.time() - uploads.FORGOTTEN_AFTER - 60))
    request = request_with(IN_MEMORY + 1)
    assert request.FILES
    assert (old.exists(), new.exists(), len(stored(own_folder))) == (False, True, 2)
    request.close()


# --- what people see -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def bring(db, client):
    network = make.network()
    school = make.school("Ashmead")
    make.cluster(network, "Avon", [school, make.school("Birch")])
    client.force_login(make.officer(network))
    address = {"kind": "network", "slug": network.slug, "school": school.slug}

    def post(size, who=client):
        return who.post(
            reverse("staff_upload", kwargs=address),
            {"file": SimpleUploadedFile("staff.csv", b"Name,Role\n" + b"x" * (size - 10))},
        )

    return post


def test_a_staff_list_that_is_too_large_gets_a_page_with_the_limit(bring, own_folder):
    response = bring(10_000_001)
    said = response.content.decode()
    assert response.status_code == 413
    assert "This file is larger than 10 MB, the limit for a staff list." in said
    assert "Nothing was stored." in said
    assert bring(6_000_000).status_code == 400  # taken, and then refused by whoever reads staff lists
    assert stored(own_folder) == []


def test_who_is_not_signed_in_may_send_little(bring, own_folder):
    response = bring(5_000_001, Client())
    assert response.status_code == 413
    assert "5 MB" in response.content.decode()


def test_too_many_files_and_too_many_fields_get_a_page(bring, client):
    many = {f"f{number}": SimpleUploadedFile("a.csv", b"x") for number in range(101)}
    for data in (many, {f"f{number}": "x" for number in range(1001)}):
        assert client.post("/sign-in/", data).status_code == 400


def test_a_refused_request_is_read_to_its_end_so_that_the_browser_sees_the_page():
    """Through the real server: 30 MB to a page that takes no such thing, and the whole answer arrives."""
    with installation() as made:
        officer = ("--officer-name", "Mere Tau", "--officer-email", "m@h.nz")
        made.run("init", "--network", "Harbour", "--country", "nz", *officer)
        with made.running("serve", "--port", "0") as web:
            for content_type in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
                there = http.client.HTTPConnection(urlsplit(web.url).netloc, timeout=30)
                head = b'--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n'
                there.request(
                    "POST", "/sign-in/", head + b"a" * 30_000_000 + b"\r\n--x--\r\n", {"Content-Type": content_type}
                )
                response = there.getresponse()
                assert (response.status, b"</html>" in response.read()) == (403, True)
                there.close()
