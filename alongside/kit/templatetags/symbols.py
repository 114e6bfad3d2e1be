"""The drawings of all icons: 24 × 24 with a line of 1.75, and the three shapes of certainty: 14 × 14."""

from django.utils.safestring import SafeString, mark_safe

_LINE = (
    '<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75"'
    ' stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">%s</svg>'
)
_SMALL = '<svg viewBox="0 0 14 14" aria-hidden="true">%s</svg>'

_ICONS = {
    # the six doors
    "today": '<circle cx="12" cy="13" r="4"/><path d="M12 4v2M4.6 7.6l1.4 1.4M19.4 7.6 18 9M2.5 14.5H5M19 14.5h2.5M4 20h16"/>',
    "ask": '<path d="M4 5.5h16v11H11l-5 4v-4H4z"/><path d="M8.5 11h.01M12 11h.01M15.5 11h.01" stroke-width="2.4"/>',
    "decide": '<path d="M12 21V3M12 5h6.5l2 2.25-2 2.25H12M12 11.5H5.5l-2 2.25 2 2.25H12"/>',
    "do": '<rect x="4" y="5" width="16" height="15" rx="2"/><path d="M4 9.5h16M8.5 3v4M15.5 3v4M9 14.5l2.2 2.2 4-4"/>',
    "grow": '<path d="M12 21v-9M12 13c0-4 2.5-6.5 7.5-6.5 0 4.5-2.5 6.5-7.5 6.5zM12 16c0-3-2-5-6.5-5 0 3.5 2 5 6.5 5z"/>',
    "show": '<path d="M3.5 4h17M5 4v11h14V4M12 15v3M8 21l4-3 4 3M9 11.5V9.5M12 11.5V7.5M15 11.5v-1"/>',
    # around them
    "more": '<path d="M5 12h.01M12 12h.01M19 12h.01" stroke-width="3"/>',
    "search": '<circle cx="10.5" cy="10.5" r="6"/><path d="M15 15l5.5 5.5"/>',
    "help": '<circle cx="12" cy="12" r="8.5"/><path d="M9.7 9.5a2.4 2.4 0 1 1 3.4 2.2c-.8.4-1.1.9-1.1 1.8M12 16.5h.01"/>',
    "person": '<circle cx="12" cy="8.5" r="3.5"/><path d="M5 20c.8-3.5 3.5-5.5 7-5.5s6.2 2 7 5.5"/>',
    # states
    "tick": '<path d="M5 12.5l4.5 4.5L19 7.5"/>',
    "cross": '<path d="M6 6l12 12M18 6L6 18"/>',
    "pause": '<path d="M9 6v12M15 6v12"/>',
    "info": '<circle cx="12" cy="12" r="8.5"/><path d="M12 11v5M12 7.8h.01"/>',
    "clock": '<circle cx="12" cy="12" r="8.5"/><path d="M12 7.5V12l3 2"/>',
    "warning": '<path d="M12 4l9 16H3z"/><path d="M12 10v4.5M12 17.2h.01"/>',
    "dot": '<circle cx="12" cy="12" r="6" fill="currentColor"/>',
    "ring": '<circle cx="12" cy="12" r="7" stroke-width="2.5"/>',
    "not-yet": '<circle cx="12" cy="12" r="8" stroke-width="2.5" stroke-dasharray="4 3"/>',
}

_CERTAINTIES = {
    "sure": '<circle cx="7" cy="7" r="6" fill="currentColor"/>',
    "likely": (
        '<circle cx="7" cy="7" r="5.2" fill="none" stroke="currentColor" stroke-width="1.6"/>'
        '<path d="M7 1.8a5.2 5.2 0 0 0 0 10.4z" fill="currentColor"/>'
    ),
    "cannot tell": (
        '<circle cx="7" cy="7" r="5.2" fill="none" stroke="currentColor" stroke-width="1.6" stroke-dasharray="2.4 1.7"/>'
    ),
}

ICONS: dict[str, SafeString] = {name: mark_safe(_LINE % drawing) for name, drawing in _ICONS.items()}  # noqa: S308 - drawn above
CERTAINTIES: dict[str, SafeString] = {word: mark_safe(_SMALL % drawing) for word, drawing in _CERTAINTIES.items()}  # noqa: S308 - drawn above

# Fills are attributes too, for mail and PDF; on screen the classes win, so that the mark follows dark mode.
MARK = SafeString(
    '<svg viewBox="0 0 32 32" aria-hidden="true">'
    '<rect class="m-a" x="5" y="9" width="9" height="20" rx="4.5" fill="#e39a2b"/>'
    '<rect class="m-t" x="18" y="3" width="9" height="20" rx="4.5" fill="#0d5f5b"/></svg>'
)
