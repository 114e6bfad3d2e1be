"""./start as a newcomer uses it: one command, a page that answers, Ctrl-C, and everything still there the next time."""

import os
import signal
import socket
import time
from contextlib import AbstractContextManager
from pathlib import Path

from tests.installation import Installation, Running

SCRIPT = str(Path(__file__).parent.parent.parent / "start")
TOKEN = "k3yb0ardC4T_abcdefghij-0"


def started(demo: Installation) -> AbstractContextManager[Running]:
    return demo.running("--port", "0", "--no-open", command=(SCRIPT,))


def processes_of(made: Installation) -> list[str]:
    """What still runs on this data folder."""
    mark = f"ALONGSIDE_DATA={made.folder}".encode()
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (each / "environ").read_bytes().split(b"\0"):
                found.append((each / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue  # it ended while we looked
    return found


def none_left(made: Installation, within: float) -> bool:
    deadline = time.monotonic() + within
    while processes_of(made) and time.monotonic() < deadline:
        time.sleep(0.1)
    return processes_of(made) == []


def holdings(made: Installation) -> str:
    """Everything that the demo world is made of, as text."""
    return made.run("manage", "dumpdata", "network", "people")


def send(running: Running, request: bytes) -> bytes:
    host, _, port = running.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(request)
        return connection.recv(4096)


def test_start_serves_the_first_page_and_ctrl_c_ends_all_of_it(own_demo, desk):
    with started(own_demo) as running:
        assert desk.goto(running.url).status == 200
        assert desk.get_by_role("button").count() >= 6
        assert len(processes_of(own_demo)) >= 4
        running.stop(signal.SIGINT)
    assert running.text().splitlines()[-1] == (
        "Alongside has stopped after 0 minutes; 0 processes had to be started again."
    )
    assert none_left(own_demo, within=5)


def test_second_start_keeps_the_data_and_a_killed_one_leaves_nobody(own_demo):
    with started(own_demo):
        before = holdings(own_demo)
    with started(own_demo) as running:
        assert holdings(own_demo) == before
        os.kill(running.process.pid, signal.SIGKILL)
        assert none_left(own_demo, within=15)


def test_token_in_a_broken_request_reaches_no_log(live):
    for request in (b"GET /a/3/%b HTTP/1.1\r\n", b"GET /a/3/%b again HTTP/1.1\r\n", b"GET /a/3/%b\0 HTTP/1.1\r\n"):
        send(live, request % TOKEN.encode() + b"Host: 127.0.0.1\r\nConnection: close\r\n\r\n")
    assert "Invalid HTTP request line: 'GET /a/3/…" in live.text()
    assert TOKEN not in live.text()
