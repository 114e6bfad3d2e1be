"""The process that watches: restarts what dies, stops all of it, leaves nobody behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from alongside import serving
from alongside.kit.errors import Refused

WATCH = """
import sys, time
from alongside import serving
serving.FIRST_PAUSE, serving.STOP_WITHIN = 0.01, {stop_within}
supervisor = serving.Supervisor(lambda text: print(text, flush=True))
child = serving.Child("web process", [sys.executable, "-c", {child!r}])
sys.exit(supervisor.run([child], answers=lambda: {answers}, ready=lambda: print("ready", flush=True)))
"""
# Says its number and goes on, deaf to SIGTERM when asked to be.
LASTING = "import os, signal, time; {deaf} print(os.getpid(), flush=True); time.sleep(60)"
DEAF = "signal.signal(signal.SIGTERM, signal.SIG_IGN);"


def watch(child: str, *, stop_within: float = 10, answers: str = "True") -> subprocess.Popen[str]:
    program = WATCH.format(child=child, stop_within=stop_within, answers=answers)
    return subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)


def child_of(watching: subprocess.Popen[str]) -> int:
    """The number that the child says once it is there."""
    lines = (watching.stdout.readline() for _ in range(2))
    return next(int(line) for line in lines if line.strip() != "ready")


def gone(pid: int, within: float = 5.0) -> bool:
    deadline = time.monotonic() + within
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
            return True  # dead; whoever adopted it has not yet taken note
        time.sleep(0.02)
    return not Path(f"/proc/{pid}").exists()


def test_busy_port_is_refused_with_another_one():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(Refused) as refused:
            serving.listen("127.0.0.1", port)
    assert str(refused.value) == (
        f"Port {port} on 127.0.0.1 cannot be used (address already in use): choose another with --port, "
        f"for example --port {port + 1}."
    )


def test_port_zero_takes_a_free_one():
    with serving.listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()) as caller:
        assert caller.getpeername() == listener.getsockname()


def test_child_that_keeps_dying_is_given_up_after_five_restarts():
    watching = watch("raise SystemExit(3)")
    lines = watching.communicate(timeout=20)[0].splitlines()
    assert watching.returncode == 1
    assert lines == [
        "ready",
        "The web process ended (exit code 3); starting it again in 0.01 s.",
        "The web process ended (exit code 3); starting it again in 0.02 s.",
        "The web process ended (exit code 3); starting it again in 0.04 s.",
        "The web process ended (exit code 3); starting it again in 0.08 s.",
        "The web process ended (exit code 3); starting it again in 0.16 s.",
        "The web process ended 6 times in a row (exit code 3 at last); stopping.",
    ]


def test_child_that_is_killed_is_started_again():
    watching = watch(LASTING.format(deaf=""))
    first = child_of(watching)
    os.kill(first, signal.SIGKILL)
    assert watching.stdout.readline() == "The web process ended (by signal 9); starting it again in 0.01 s.\n"
    second = int(watching.stdout.readline())
    assert second != first
    watching.terminate()
    assert watching.wait(timeout=10) == 0
    assert gone(second)


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signal_stops_watcher_and_child(by):
    watching = watch(LASTING.format(deaf=""))
    child = child_of(watching)
    watching.send_signal(by)
    assert watching.wait(timeout=10) == 0
    assert gone(child)


def test_child_that_will_not_stop_is_killed():
    watching = watch(LASTING.format(deaf=DEAF), stop_within=0.3)
    child = child_of(watching)
    watching.terminate()
    assert watching.wait(timeout=10) == 0
    assert gone(child)


def test_second_signal_stops_at_once():
    watching = watch(LASTING.format(deaf=DEAF), stop_within=30)
    child = child_of(watching)
    watching.send_signal(signal.SIGINT)
    time.sleep(0.3)
    watching.send_signal(signal.SIGINT)
    assert watching.wait(timeout=10) == 0
    assert gone(child)


def test_watcher_killed_at_once_leaves_no_child():
    watching = watch(LASTING.format(deaf=""))
    child = child_of(watching)
    watching.kill()
    watching.wait(timeout=10)
    assert gone(child)


def test_ready_is_said_once_and_only_after_it_answers(tmp_path):
    sign = tmp_path / "answers"
    watching = watch(LASTING.format(deaf=""), answers=f"__import__('os').path.exists({str(sign)!r})")
    assert watching.stdout.readline().strip().isdigit()
    time.sleep(0.3)
    sign.touch()
    assert watching.stdout.readline() == "ready\n"
    watching.terminate()
    assert watching.communicate(timeout=10)[0] == ""
