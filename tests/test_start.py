"""./start refuses with one sentence: busy port, read-only folder, old Python, a folder in use or not ours.

Whole runs of it are journeys: tests/browser/test_start_command.py.
"""

import os
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from alongside import data_folder

ROOT = Path(__file__).parent.parent
PORT = "0"


def start(*arguments: str, script: Path = ROOT / "start", **environment: str) -> tuple[int, str]:
    """Exit code and everything that ./start says."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ALONGSIDE_")}
    done = subprocess.run(
        [script, "--no-open", *arguments],
        env=inherited | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout


def test_busy_port_is_one_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said = start("--port", str(port), "--data", str(tmp_path / "data"))
    assert said == (
        2,
        f"Port {port} on 127.0.0.1 cannot be used (address already in use): choose another with --port, "
        f"for example --port {port + 1}.\n",
    )


def test_folder_that_cannot_be_written_is_one_sentence():
    # Nobody can write there, not even root, for whom permission bits mean nothing.
    code, text = start("--port", PORT, "--data", "/proc/alongside")
    assert code == 2
    assert text == (
        "The data folder /proc/alongside cannot be written (no such file or directory): choose another with --data.\n"
    )


def test_read_only_folder_is_one_sentence(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    folder.chmod(0o500)
    if os.geteuid() == 0:  # a file where the folder should be stands for what root can write anyway
        folder.rmdir()
        folder.write_text("")
    code, text = start("--port", PORT, "--data", str(folder))
    assert code == 2
    assert text.startswith(f"The data folder {folder} cannot be written (")
    assert text.endswith("): choose another with --data.\n")
    assert text.count("\n") == 1


def test_folder_of_somebody_else_is_left_alone(tmp_path):
    (tmp_path / "thesis.odt").write_text("three years of work")
    for fresh in ([], ["--fresh"]):
        assert start("--port", PORT, "--data", str(tmp_path), *fresh) == (
            2,
            f"The folder {tmp_path} holds files that are not Alongside's: choose an empty one with --data, "
            "for example --data var.\n",
        )
    assert [each.name for each in tmp_path.iterdir()] == ["thesis.odt"]


def test_fresh_empties_only_what_carries_the_mark(tmp_path):
    (tmp_path / "secret.key").write_text("of an installation that was not made by ./start")
    assert start("--port", PORT, "--data", str(tmp_path), "--fresh") == (
        2,
        f"--fresh empties only a folder that Alongside made, and {tmp_path} has no file .alongside: "
        "delete it yourself, or choose another with --data.\n",
    )
    assert (tmp_path / "secret.key").exists()


def test_second_start_on_a_folder_in_use_is_one_sentence(tmp_path):
    data_folder.prepare(tmp_path)
    (tmp_path / "kept").write_text("")
    with data_folder.lock(tmp_path, "at http://127.0.0.1:8123 (process 7)"):
        said = start("--port", PORT, "--data", str(tmp_path), "--fresh")
    assert said == (
        2,
        f"Alongside already runs on the data folder {tmp_path}, at http://127.0.0.1:8123 (process 7): use that one, "
        "or choose another folder with --data.\n",
    )
    assert (tmp_path / "kept").exists()


@pytest.fixture
def bare_machine(tmp_path):
    """A copy of the scripts on a machine without uv, with an old Python and nothing to fetch another one with."""
    project, programs = tmp_path / "project", tmp_path / "bin"
    (project / ".ci").mkdir(parents=True)
    programs.mkdir()
    shutil.copy(ROOT / "start", project / "start")
    shutil.copy(ROOT / ".ci" / "uv.sh", project / ".ci" / "uv.sh")
    for name in ("sh", "dirname", "cat"):
        (programs / name).symlink_to(shutil.which(name))
    # An old interpreter: whatever is asked of it, it is not 3.12, and it has neither venv nor pip.
    program(programs / "python3", "exit 1")
    return project / "start", programs


def program(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def on(machine: tuple[Path, Path]) -> tuple[int, str]:
    script, programs = machine
    home = str(programs.parent)
    return start(script=script, PATH=str(programs), HOME=home, PYENV_ROOT=home, XDG_CACHE_HOME=home, UV_PYTHON="")


def test_machine_without_uv_is_told_where_to_get_it(bare_machine):
    assert on(bare_machine) == (
        2,
        "Bringing uv, which installs the rest …\n"
        "Alongside is installed by uv, which is missing and could not be fetched: see https://docs.astral.sh/uv/ "
        "and try again.\n",
    )


def test_old_python_and_none_to_fetch_is_one_sentence(bare_machine):
    program(bare_machine[1] / "uv", '[ "$1" = --version ]')
    assert on(bare_machine) == (
        2,
        "Bringing Python 3.13 …\n"
        "Alongside needs Python 3.12 or newer; none was found here and none could be fetched: install one from "
        "https://www.python.org/downloads/ and try again.\n",
    )


def test_python_of_pyenv_is_found_and_named_to_uv(bare_machine):
    program(bare_machine[1] / "uv", '[ "$1" = --version ] || echo "$UV_PYTHON: $*"')
    found = bare_machine[1].parent / "versions" / "3.12.9" / "bin"
    found.mkdir(parents=True)
    program(found / "python3", f'case "$2" in *executable*) echo {found}/python3;; esac')
    project = bare_machine[0].parent
    assert on(bare_machine) == (
        0,
        f"{found}/python3: run --project {project} --frozen --no-dev alongside start --no-open\n",
    )


def test_python_that_uv_brings_is_enough(bare_machine):
    program(bare_machine[1] / "uv", '[ "$1" = --version ] || [ "$1" = python ] && [ "$2" != find ] || [ "$1" = run ]')
    assert on(bare_machine) == (0, "Bringing Python 3.13 …\n")
