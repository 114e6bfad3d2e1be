"""All papers of a pulse in one archive: the whole on one sheet, and each school's own, as one member may see them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone

from alongside.kit import progress, queue
from alongside.kit.errors import Refused
from alongside.kit.models import Progress
from alongside.network.models import Organisation
from alongside.people import reads as people_reads
from alongside.people.models import Person
from alongside.surveys import documents, results
from alongside.surveys.models import Wave

PAPERS = progress.kind("surveys.papers", "All papers of a pulse")
PACK = queue.named("alongside.surveys.tasks.pack_papers")
AT_MOST = 200
GONE = "These results are not open to you any more, so there is nothing to put together."


def order(seen: results.View, person: Person) -> Progress:
    """Have one archive made of the papers of every school that this member may see.

    Raises Refused for fewer than two schools, whose papers are a click away, and for more than 200.
    """
    if len(seen.mine) < 2:
        raise Refused("There is one school that you see here: take its paper from its own page.")
    if len(seen.mine) > AT_MOST:
        raise Refused(f"These are {len(seen.mine)} schools. At most {AT_MOST} fit into one archive.")
    return progress.start(
        PAPERS,
        PACK,
        organisation=seen.wave.organisation_id,
        person=person.pk,
        about=f"wave:{seen.wave.pk}",
        sentence=f"{seen.pulse.name}: {len(seen.mine) + 1} papers will be drawn, one after the other.",
    )


def pack(pk: int) -> None:
    """Draw the papers and keep the archive. Run again after a kill it begins anew; twice is once."""
    found = progress.take_up(pk)
    if found is None:
        return
    try:
        seen = _seen(found)
        with timezone.override(seen.wave.organisation.zone):  # as on the page
            data = _archive(seen, progress.Meter(pk))
    except (PermissionDenied, Http404, Wave.DoesNotExist, Person.DoesNotExist):
        progress.fail(pk, GONE)
    except Refused as refused:
        progress.fail(pk, str(refused))
    else:
        sentence = f"{seen.pulse.name}: {len(seen.mine) + 1} papers are in one archive."
        progress.finish(pk, sentence, name=f"papers-{seen.wave.pk}.zip", kind="application/zip", data=data)


def _seen(found: Progress) -> results.View:
    """The wave through the eyes of whoever asked, as they are today."""
    person = Person.objects.get(pk=found.person, is_active=True)
    member = people_reads.standing(person).member(Organisation.objects.get(pk=found.organisation))
    if member is None:
        raise Http404
    waves = Wave.objects.seen_by(member).select_related("series__cluster", "organisation", "release")
    return results.view(waves.get(pk=int(found.about.removeprefix("wave:"))), member)


def _archive(seen: results.View, meter: progress.Meter) -> bytes:
    out = io.BytesIO()
    date = seen.release.published_at.timetuple()[:6]
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (name, drawn) in enumerate(_papers(seen), start=1):
            archive.writestr(zipfile.ZipInfo(name, date), drawn)
            meter.at(number, len(seen.mine) + 1, f"{number} of {len(seen.mine) + 1} papers are drawn.")
    return out.getvalue()


def _papers(seen: results.View) -> Iterator[tuple[str, bytes]]:
    yield "00-all-together.pdf", documents.results_pdf(results.page(seen))
    for school in seen.document.school_ids():
        if school in seen.mine:
            name = f"{seen.document.slug(f'school:{school}')}.pdf"
            yield name, documents.school_pdf(results.school_page(seen, school))
