"""No answering token reaches a log, whatever road it takes."""

import io
import logging

import pytest

from alongside.kit.logs import ScrubTokens, scrub

TOKEN = "k3yb0ardC4T_abcdefghij-0"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"GET /a/12/{TOKEN}", "GET /a/12/…"),
        (f"GET /a/12/{TOKEN}/ HTTP/1.1", "GET /a/12/… HTTP/1.1"),
        (f"POST /a/12/{TOKEN}/comment/?again={TOKEN} done", "POST /a/12/… done"),
        (f'"https://cluster.example/a/7/{TOKEN}" was opened', '"https://cluster.example/a/7/…" was opened'),
        (f"/sign-in/?next=%2Fa%2F7%2F{TOKEN}", "/sign-in/?next=%2Fa%2F7%2F…"),
        (f"/a/1/{TOKEN} and /a/2/{TOKEN}", "/a/1/… and /a/2/…"),
        ("/a/12/ has no token, /s/3/staff/ neither", "/a/12/ has no token, /s/3/staff/ neither"),
    ],
)
def test_scrub_takes_out_what_follows_the_wave(text, kept):
    assert scrub(text) == kept


@pytest.fixture
def written():
    """A logger with the filter on its handler, and what it has written."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(ScrubTokens())
    logger = logging.Logger("test")
    logger.addHandler(handler)
    return logger, stream.getvalue


def test_log_line_with_the_token_in_an_argument(written):
    logger, text = written
    logger.error("Internal Server Error: %s", f"/a/3/{TOKEN}")
    assert text() == "Internal Server Error: /a/3/…\n"


def test_log_line_with_the_token_split_over_arguments(written):
    logger, text = written
    logger.error("at /a/%d/%s now", 3, TOKEN)
    assert text() == "at /a/3/… now\n"


def test_log_line_with_named_arguments(written):
    logger, text = written
    logger.error("at %(path)s", {"path": f"/a/3/{TOKEN}"})
    assert text() == "at /a/3/…\n"


def test_log_line_of_a_mapping(written):
    logger, text = written
    logger.error({"event": "failed", "paths": [f"/a/3/{TOKEN}"], "raw": f"/a/3/{TOKEN}".encode(), "status": 500})
    assert text() == "{'event': 'failed', 'paths': ['/a/3/…'], 'raw': '/a/3/…', 'status': 500}\n"


def test_log_line_with_an_exception_and_a_stack(written):
    logger, text = written
    try:
        raise ValueError(f"cannot answer https://cluster.example/a/3/{TOKEN}")
    except ValueError:
        logger.exception("failed", stack_info=True)
    assert TOKEN not in text()
    assert "ValueError: cannot answer https://cluster.example/a/3/…" in text()


def test_log_line_whose_arguments_do_not_fit_is_kept_and_scrubbed(written):
    logger, text = written
    logger.error("one %s two %s", f"/a/3/{TOKEN}")
    assert "one %s two %s" in text()
    assert TOKEN not in text()
