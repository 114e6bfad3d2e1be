"""Errors with names. Each carries the sentence that a person reads."""


class Refused(Exception):
    """Something asked for cannot be done; the text says what, where and what to do. Nothing was changed."""


class Conflict(Refused):
    """Somebody else was faster: the page shows how things stand now (409)."""
