"""All papers of a pulse in one archive: made by the worker, as whoever asked may see them today."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.test import Client

from alongside.kit.documents import pdf
from alongside.kit.errors import Refused
from alongside.kit.models import Progress
from alongside.people.models import Role
from alongside.surveys import papers, tasks
from tests import make, pdfs
from tests.surveys import worlds
from tests.surveys.killed import Killed
from tests.surveys.worlds import World

pytestmark = pytest.mark.django_db
SIZES = {"X": {"A": 13, "B": 9, "C": 4}, "Y": {"D": 12, "E": 1}}


@pytest.fixture
def world() -> World:
    world = worlds.open_world(SIZES)
    worlds.answer_all(world, {"A": 12, "B": 8, "C": 3, "D": 11})
    make.close(world.wave)
    return world


def _client(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def _order(world: World, client: Client) -> Progress:
    response = client.post(f"/n/{world.network.slug}/waves/{world.wave.pk}/results/papers/")
    assert response.status_code == 302, response.content
    work = Progress.objects.get()
    assert response.url == f"/n/{world.network.slug}/work/{work.pk}/"
    return work


def _names(world: World, *schools: str) -> list[str]:
    return ["00-all-together.pdf", *sorted(f"{world.schools[name].slug}.pdf" for name in schools)]


def _archive(client: Client, world: World, work: Progress) -> zipfile.ZipFile:
    response = client.get(f"/n/{world.network.slug}/work/{work.pk}/file/")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/zip"
    return zipfile.ZipFile(io.BytesIO(response.content))


def test_a_chair_gets_the_papers_of_the_own_cluster_and_no_others(world):
    client = _client(make.chair(world.clusters["X"]))
    work = _order(world, client)
    page = client.get(f"/n/{world.network.slug}/work/{work.pk}/").content.decode()
    assert "Waits for its turn" in page
    tasks.pack_papers.call(work.pk)
    work.refresh_from_db()
    assert (work.state, work.done, work.of) == ("done", 4, 4)
    with _archive(client, world, work) as archive:
        assert archive.namelist() == _names(world, "A", "B", "C")
        words = pdfs.read(archive.read(f"{world.schools['A'].slug}.pdf")).text()
        below = pdfs.read(archive.read(f"{world.schools['C'].slug}.pdf")).text()
    document, place = worlds.releases.of(world.wave), f"school:{world.schools['A'].pk}"
    assert f"{document.answered(place).n} of 13 answered" in words
    assert "Fewer than five people answered" in below


def test_the_page_says_how_far_it_is_and_the_part_alone_is_sent_to_htmx(world):
    client = _client(make.officer(world.network))
    work = _order(world, client)
    Progress.objects.filter(pk=work.pk).update(state="running", done=2, of=5, sentence="2 of 5 papers are drawn.")
    at = f"/n/{world.network.slug}/work/{work.pk}/"
    whole, part = client.get(at).content.decode(), client.get(at, headers={"HX-Request": "true"}).content.decode()
    for text in (whole, part):
        assert '<progress max="5" value="2"' in text
        assert "2 of 5 papers are drawn." in text
        assert f'href="{at}">Look again</a>' in text  # without a script
        assert 'hx-trigger="load delay:1s"' in text
    assert "<!doctype" in whole
    assert "<!doctype" not in part
    Progress.objects.filter(pk=work.pk).update(state="done")
    assert "hx-trigger" not in client.get(at, headers={"HX-Request": "true"}).content.decode()


def test_it_is_found_again_in_the_account_by_whoever_asked(world):
    officer, chair = _client(make.officer(world.network)), _client(make.chair(world.clusters["X"]))
    work = _order(world, officer)
    at = f"/n/{world.network.slug}/work/{work.pk}/"
    assert f'href="{at}"' in officer.get("/account/").content.decode()
    assert at not in chair.get("/account/").content.decode()
    assert chair.get(at).status_code == 404
    assert chair.get(f"{at}file/").status_code == 404
    assert officer.get(f"{at}file/").status_code == 404  # nothing is there yet


def test_a_worker_killed_half_way_leaves_nothing_and_the_next_makes_it_whole(world, monkeypatch):
    client = _client(make.officer(world.network))
    work, draw, drawn = _order(world, client), pdf.draw, []

    def killed_at_the_third(html: str) -> bytes:
        drawn.append(html)
        if len(drawn) == 3:
            raise Killed
        return draw(html)

    monkeypatch.setattr(pdf, "draw", killed_at_the_third)
    with pytest.raises(Killed):
        tasks.pack_papers.call(work.pk)
    work.refresh_from_db()
    assert work.state == "running"
    assert client.get(f"/n/{world.network.slug}/work/{work.pk}/file/").status_code == 404
    tasks.pack_papers.call(work.pk)
    with _archive(client, world, work) as archive:
        assert archive.namelist() == _names(world, "A", "B", "C", "D", "E")
    count = len(drawn)
    tasks.pack_papers.call(work.pk)
    assert len(drawn) == count  # over is over


def test_who_lost_their_role_before_the_worker_came_gets_a_sentence_and_no_file(world):
    chair = make.chair(world.clusters["X"])
    work = _order(world, _client(chair))
    Role.objects.filter(person=chair).delete()
    tasks.pack_papers.call(work.pk)
    work.refresh_from_db()
    assert (work.state, work.sentence) == ("failed", papers.GONE)
    assert not hasattr(work, "file")


def test_where_pdfs_cannot_be_drawn_the_page_says_why(world, monkeypatch):
    def missing(html: str) -> bytes:
        raise Refused(pdf.MISSING)

    monkeypatch.setattr(pdf, "draw", missing)
    client = _client(make.officer(world.network))
    work = _order(world, client)
    tasks.pack_papers.call(work.pk)
    page = client.get(f"/n/{world.network.slug}/work/{work.pk}/").content.decode()
    assert "the library pango is missing" in page
    assert "Not done" in page


def test_who_sees_one_school_is_sent_to_its_own_page(world):
    head = _client(make.leader(world.schools["A"]))
    response = head.post(f"/n/{world.network.slug}/waves/{world.wave.pk}/results/papers/")
    assert response.status_code == 400
    assert "take its paper from its own page" in response.content.decode()
    page = head.get(f"/n/{world.network.slug}/waves/{world.wave.pk}/results/").content.decode()
    assert "in one archive" not in page
    assert not Progress.objects.exists()


def test_more_schools_than_an_archive_holds_are_refused(world, monkeypatch):
    monkeypatch.setattr(papers, "AT_MOST", 3)
    response = _client(make.officer(world.network)).post(
        f"/n/{world.network.slug}/waves/{world.wave.pk}/results/papers/"
    )
    assert response.status_code == 400
    assert "At most 3 fit into one archive" in response.content.decode()
