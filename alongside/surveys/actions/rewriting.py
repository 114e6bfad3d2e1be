"""All tickets of a school anew, so that the order of storage does not tell an added one from the others."""

from collections.abc import Iterable

from alongside.surveys.models import Ticket, Wave


def rewrite_tickets(wave: Wave, school_id: int, new: Iterable[bytes] = ()) -> None:
    """Write all tickets of a school again, with these digests added: by digest, which is random, `used` as it was.

    To be called while nobody else is at the wave's intake (database.alone), in the same transaction.
    """
    old = Ticket.objects.filter(wave=wave.pk, school=school_id)
    used = {bytes(digest): spent for digest, spent in old.values_list("digest", "used")}
    digests = sorted(used.keys() | set(new))
    old.delete()
    Ticket.objects.bulk_create(
        (
            Ticket(
                wave_id=wave.pk,
                digest=digest,
                organisation_id=wave.organisation_id,
                school_id=school_id,
                audience=wave.series.audience,
                used=used.get(digest, False),
            )
            for digest in digests
        ),
        batch_size=500,
    )
