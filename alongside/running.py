"""The subcommands that keep running: `start`, `serve`, `worker`. Free of Django: each child sets it up for itself."""

import ipaddress
import os
import signal
import socket
import subprocess
import sys
import time
from argparse import Namespace
from collections.abc import Callable

from alongside import data_folder
from alongside.kit.errors import Refused
from alongside.serving import Child, Supervisor, answers, die_with_parent, listen, web_command, worker_command

DEMO_HOST = "127.0.0.1"
NOWHERE = ("192.0.2.1", 9)  # an address of documentations: asking the way there sends nothing


def start(options: Namespace) -> int:
    """The demo in one command: prepare the folder, serve it, do its work, say where, open it."""
    _follow_parent()
    data_folder.prepare(options.data)
    with listen(DEMO_HOST, options.port) as listener:
        url = f"http://{DEMO_HOST}:{listener.getsockname()[1]}"
        with data_folder.lock(options.data, f"at {url} (process {os.getpid()})"):
            if options.fresh:
                _empty(options)
            os.environ |= {"ALONGSIDE_DEMO": "1", "ALONGSIDE_URL": url}
            supervisor = Supervisor(_say)
            if code := supervisor.run_to_end([sys.executable, "-m", "alongside.cli", "demo"]):
                return _not_prepared(supervisor, code)
            children = [_web(listener, options), _worker(options)]
            return _watch(supervisor, children, lambda: answers(listener, url), lambda: _ready(url, options.no_open))


def serve(options: Namespace) -> int:
    """The web process only; refuses what `ready` refuses."""
    _follow_parent()
    with listen(options.host, options.port) as listener:
        host, port = listener.getsockname()[:2]
        url = os.environ.setdefault("ALONGSIDE_URL", f"http://{host}:{port}")
        supervisor = Supervisor(_say)
        if code := supervisor.run_to_end(_ready_command(options.host)):
            return _not_prepared(supervisor, code)
        return _watch(supervisor, [_web(listener, options)], lambda: answers(listener, url), lambda: _ready(url, True))


def live(options: Namespace) -> int:
    """A laptop and its own Wi-Fi, without internet: the site on this machine alone, and for the phones of a hall the pages
    on which they answer, in plain http at an address of that Wi-Fi."""
    _follow_parent()
    address = _of_this_wifi(options.address)
    with listen(DEMO_HOST, options.port) as desk, listen(address, options.room_port) as hall:
        url, room = f"http://{DEMO_HOST}:{desk.getsockname()[1]}", f"http://{address}:{hall.getsockname()[1]}"
        os.environ |= {"ALONGSIDE_URL": url, "ALONGSIDE_ROOM_URL": room}
        supervisor = Supervisor(_say)
        if code := supervisor.run_to_end(_ready_command(DEMO_HOST)):
            return _not_prepared(supervisor, code)
        argv = web_command(hall, workers=1, threads=options.threads, environment="ALONGSIDE_ROOM_ONLY=1")
        phones = Child("process for the phones", argv, pass_fds=(hall.fileno(),))
        children = [_web(desk, options), phones, _worker(options)]
        return _watch(
            supervisor,
            children,
            lambda: answers(desk, url) and answers(hall, room),
            lambda: _live_ready(url, room, options.no_open),
        )


def _of_this_wifi(given: str) -> str:
    """The address of this machine that phones on its Wi-Fi reach. Raises Refused where it is none of a private network:
    in the open internet nothing may be answered in plain http."""
    address = given or _own_address()
    try:
        private = ipaddress.ip_address(address).is_private
    except ValueError:
        raise Refused(
            f"{address!r} is no address such as 192.168.1.20: give this machine's own with --address."
        ) from None
    if not private or address in {"0.0.0.0", "::"}:  # noqa: S104 - it is refused
        raise Refused(
            f"{address} is not an address of a Wi-Fi of your own: phones answer in plain http, so only one that begins "
            "with 10., 172.16. to 172.31., 192.168. or 169.254. may be given with --address."
        )
    return address


def _own_address() -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(NOWHERE)
            found: str = probe.getsockname()[0]
        except OSError:
            raise Refused(
                "The address of this machine on its Wi-Fi could not be found out. Look it up in the network settings, "
                "and give it with --address, for example --address 192.168.137.1."
            ) from None
    return found


def _live_ready(url: str, room: str, no_open: bool) -> None:
    _say(f"Phones on this Wi-Fi answer at {room}/r/ and the code on your screen; nothing else is there.")
    _ready(url, no_open)


def worker(options: Namespace) -> int:
    """The worker process only; refuses what `ready` refuses."""
    _follow_parent()
    supervisor = Supervisor(_say)
    if code := supervisor.run_to_end(_ready_command(DEMO_HOST)):
        return _not_prepared(supervisor, code)
    text = f"The worker takes {options.concurrency} tasks at a time."
    return _watch(supervisor, [_worker(options)], lambda: True, lambda: _say(text))


def _watch(
    supervisor: Supervisor, children: list[Child], answers: Callable[[], bool], ready: Callable[[], None]
) -> int:
    began = time.monotonic()
    code = supervisor.run(children, answers=answers, ready=ready)
    again = sum(max(0, child.starts - 1) for child in children)
    minutes = (time.monotonic() - began) / 60
    _say(f"Alongside has stopped after {minutes:.0f} minutes; {again} processes had to be started again.")
    return code


def _web(listener: socket.socket, options: Namespace) -> Child:
    workers = options.workers or (1 if _on_sqlite() else 2)
    argv = web_command(listener, workers=workers, threads=options.threads)
    return Child("web process", argv, pass_fds=(listener.fileno(),))


def _worker(options: Namespace) -> Child:
    return Child("worker", worker_command(concurrency=options.concurrency))


def _on_sqlite() -> bool:
    return os.environ.get("ALONGSIDE_DATABASE_URL", "sqlite:").startswith("sqlite:")


def _ready_command(host: str) -> list[str]:
    return [sys.executable, "-m", "alongside.cli", "ready", "--host", host]


def _not_prepared(supervisor: Supervisor, code: int) -> int:
    """The child has said why, except when it was asked to stop."""
    if supervisor.stopping:
        _say("Stopped before it was ready; what was done so far is kept.")
        return 0
    return 2 if code == 2 else 1


def _empty(options: Namespace) -> None:
    if not _on_sqlite():
        raise Refused(
            "--fresh empties a data folder, never a database server: leave it out, or unset ALONGSIDE_DATABASE_URL."
        )
    data_folder.empty(options.data)


def _ready(url: str, no_open: bool) -> None:
    _say(f"Alongside is ready at {url}")
    if not no_open and _has_a_screen():
        # A process of its own: whatever the browser prints or returns is no concern of the demo.
        subprocess.Popen(
            [sys.executable, "-m", "webbrowser", url],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )


def _has_a_screen() -> bool:
    # Without one, Python would open a text browser inside the terminal that Ctrl-C belongs to.
    return sys.platform in {"darwin", "win32"} or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def _follow_parent() -> None:
    """./start runs this below uv, the tests below pytest: when those are killed, nobody else would stop us."""
    if parent := os.environ.pop("ALONGSIDE_STARTED_BY", ""):
        die_with_parent()
        if int(parent) not in (os.getppid(), os.getpid()):
            os.kill(os.getpid(), signal.SIGTERM)


def _say(text: str) -> None:
    print(text, flush=True)
