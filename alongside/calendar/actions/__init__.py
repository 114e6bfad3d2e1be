"""What changes the calendar of an organisation. Each verb is one transaction."""

from alongside.calendar.actions.imports import (
    Change,
    Preview,
    apply_calendar,
    bring_calendar,
    bring_country,
    drop_calendar,
    preview,
    undo_calendar,
)
from alongside.calendar.actions.spans import add_span, remove_span
from alongside.calendar.actions.years import save_year

__all__ = [
    "Change",
    "Preview",
    "add_span",
    "apply_calendar",
    "bring_calendar",
    "bring_country",
    "drop_calendar",
    "preview",
    "remove_span",
    "save_year",
    "undo_calendar",
]
