"""What a log may say: never an answering token (TRUST 2), nor what the link of an invitation, a password or a stop holds. Free of Django, so that gunicorn uses it too."""

import logging
import re
from collections.abc import Mapping

# The address of a personal link, plain or percent-encoded, up to whatever cannot stand in an address.
_SECRET = re.compile(
    r"(?P<head>(?:/|%2f)(?:a(?:/|%2f)\d+|invitation|letters|password(?:/|%2f)\w+)(?:/|%2f))[^\s\"'<>]+", re.IGNORECASE
)
_PLAIN = logging.Formatter()


def scrub(text: str) -> str:
    """The text with what follows `/a/<wave>/`, `/invitation/`, `/letters/` and `/password/<uid>/` taken out of each address."""
    return _SECRET.sub(r"\g<head>…", text)


class ScrubTokens(logging.Filter):
    """Takes answering tokens out of a record: its message, arguments, exception and stack. Lets every record pass."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record in place; put the filter on handlers, so that records of every logger meet it."""
        if isinstance(record.msg, Mapping):
            record.msg = _scrubbed(record.msg)
        else:
            # A token may be split between message and arguments ("/a/%s/%s"): only the finished line shows it.
            record.msg, record.args = scrub(_message(record)), None
        if 400 <= getattr(record, "status_code", 500) < 500:
            record.exc_info = None  # a page that was refused is no fault of ours: one line will do
        if record.exc_info and not record.exc_text:
            record.exc_text = _PLAIN.formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = scrub(record.exc_text)
        if record.stack_info:
            record.stack_info = scrub(record.stack_info)
        return True


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError):  # arguments that do not fit their message must not cost the record
        return f"{record.msg} {record.args!r}"


def _scrubbed(value: object) -> object:
    """The same structure with its texts scrubbed; structlog hands over mappings."""
    if isinstance(value, str):
        return scrub(value)
    if isinstance(value, bytes):
        return scrub(value.decode(errors="replace"))
    if isinstance(value, Mapping):
        return {key: _scrubbed(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_scrubbed(each) for each in value]
    return value
