"""All tickets of a school anew, so that the order of storage does not tell an added one from the others."""

from collections.abc import Mapping

from alongside.surveys.models import Ticket, Wave


def rewrite_tickets(wave: Wave, school_id: int, new: Mapping[bytes, str] | None = None) -> None:
    """Write all tickets of a school again, with these digests (and the category of each) added: by digest, which is random,
    `used` and category as they were.

    To be called while nobody else is at the wave's intake (database.alone), in the same transaction.
    """
    old = Ticket.objects.filter(wave=wave.pk, school=school_id)
    known = {bytes(row[0]): (row[1], row[2]) for row in old.values_list("digest", "category", "used")}
    added = {digest: (category, False) for digest, category in (new or {}).items()}
    tickets = added | known
    old.delete()
    Ticket.objects.bulk_create(
        (
            Ticket(
                wave_id=wave.pk,
                digest=digest,
                organisation_id=wave.organisation_id,
                school_id=school_id,
                audience=wave.series.audience,
                category=tickets[digest][0],
                used=tickets[digest][1],
            )
            for digest in sorted(tickets)
        ),
        batch_size=500,
    )
