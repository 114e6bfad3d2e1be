"""What leaders and workers do with a pulse. Answers, tickets, letters and reminders never enter the journal (TRUST 6)."""

from alongside.kit import journal
from alongside.people.models import Person
from alongside.surveys.audiences import STAFF
from alongside.surveys.models import Wave


def record(deed: str, wave: Wave, by: Person | None) -> None:
    """One line of the journal about a wave, in the transaction that did it."""
    series, payload = wave.series, {"pulse": wave.pulse.name}
    if series.asks != STAFF:
        payload["asked"] = series.asks.people
    if series.breakdown:
        payload["shown_by"] = "kind of job"
    journal.record(wave.organisation_id, deed, by=by.pk if by else None, about=f"wave:{wave.pk}", payload=payload)
