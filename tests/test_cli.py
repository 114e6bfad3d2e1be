"""The command `alongside`: what it says, what it refuses, and that it never shows a traceback for what can be expected."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from alongside import cli
from tests.installation import installation

COMMANDS = [
    "init",
    "found-network",
    "demo",
    "start",
    "serve",
    "worker",
    "live",
    "ready",
    "import-register",
    "import-people",
    "import-calendar",
    "backup",
    "restore",
    "doctor",
    "bench",
    "manage",
]
FOUND = ("init", "--network", "Harbour", "--country", "nz", "--officer-name", "Mere Tau", "--officer-email", "m@h.nz")


pytestmark = pytest.mark.xdist_group("cli")  # one installation for all of them


@pytest.fixture(scope="module")
def empty():
    with installation() as made:
        yield made


@pytest.fixture(scope="module")
def founded():
    """An installation with its first network, and what `init` said."""
    with installation() as made:
        yield made, made.run(*FOUND)


def test_help_names_every_command(capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["--help"])
    assert ended.value.code == 0
    assert re.findall(r"^    (\S+)  ", capsys.readouterr().out, re.MULTILINE) == COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_has_an_example_and_the_data_folder(capsys, command):
    with pytest.raises(SystemExit) as ended:
        cli.main([command, "--help"])
    text = capsys.readouterr().out
    assert ended.value.code == 0
    assert f"\nExample: alongside {command}" in text
    assert "--data DIR" in text


def test_module_starts_without_settings_or_database():
    """The process that watches must stay small: neither Django's settings nor any model may come with it."""
    program = "import alongside.cli, sys; print([m for m in sys.modules if m in ('alongside.settings', 'django.db')])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("import-register", "x.csv"),
        ("import-people", "x", "--school", "1"),
        ("import-calendar", "x", "--country", "gb"),
    ],
)
def test_import_before_there_is_an_installation_is_refused(empty, arguments):
    assert empty.run(*arguments, code=2) == (
        f"There is no installation in {empty.folder} yet: run `alongside init` first.\n"
    )


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_serving_before_there_is_an_installation_is_refused(empty, command):
    arguments = ("--port", "0") if command == "serve" else ()
    assert empty.run(command, *arguments, code=2) == (
        f"There is no installation in {empty.folder} yet: run `alongside init` first.\n"
    )


def test_init_without_anybody_to_ask_is_refused(empty):
    assert empty.run("init", "--network", "Harbour", code=2) == "Nobody is there to ask: give --country.\n"


@pytest.mark.parametrize(
    ("place", "wrong", "sentence"),
    [
        (4, "New Zealand", "A country is two letters, such as nz or gb, and not 'New Zealand'.\n"),
        (8, "mere", "'mere' is not an e-mail address.\n"),
    ],
)
def test_init_with_a_wrong_value_is_refused(empty, place, wrong, sentence):
    arguments = list(FOUND)
    arguments[place] = wrong
    assert empty.run(*arguments, code=2) == sentence


def test_init_founds_and_hands_out_a_link(founded):
    made, said = founded
    assert re.fullmatch(
        r"Mere Tau sets a password here, once, within three days:\n"
        r"  http://127\.0\.0\.1:8000/\S+\n"
        rf"Founded the network Harbour with Mere Tau as its officer, in {re.escape(str(made.folder))}\.\n",
        said,
    )


def test_found_network_founds_another_beside_the_first_once(founded):
    other = ("found-network", "--network", "Coast Maths", *FOUND[3:])
    said = founded[0].run(*other)
    assert "Founded the network Coast Maths with Mere Tau as its officer, beside those of" in said
    again = founded[0].run(*other, code=2)
    assert "A network is called Coast Maths already." in again


def test_init_twice_is_refused(founded):
    said = founded[0].run(*FOUND, code=2)
    assert said.startswith("This installation has its first network already: Harbour.")
    assert said.count("\n") == 1


def test_import_of_a_missing_file_is_one_sentence(founded):
    assert founded[0].run("import-register", "nowhere.csv", code=2) == (
        "The file nowhere.csv cannot be read (no such file or directory).\n"
    )


def test_import_of_a_file_that_is_no_register_is_one_sentence(founded, tmp_path):
    file = tmp_path / "shopping.csv"
    file.write_text("apples,pears\n1,2\n")
    said = founded[0].run("import-register", str(file), code=2)
    assert said.count("\n") == 1
    assert "Traceback" not in said


def test_manage_passes_on_and_sums_up(founded):
    assert founded[0].run("manage", "migrate", "--check") == "Done: manage migrate --check.\n"


def test_doctor_sums_up(founded):
    assert re.search(
        r"^\d+ things looked at, (all well|\d+ need you)\.$", _any_code(founded[0], "doctor"), re.MULTILINE
    )


def test_serving_without_https_beyond_this_machine_is_refused(founded):
    assert founded[0].run("serve", "--port", "0", "--host", "0.0.0.0", code=2) == (
        "Answers may not travel in the open: to serve on 0.0.0.0, set ALONGSIDE_URL to an address that begins with "
        "https:// and let a proxy hold its certificate.\n"
    )


def test_demo_beyond_this_machine_is_refused(founded):
    made = founded[0]
    made.environment.update(ALONGSIDE_DEMO="1", ALONGSIDE_URL="https://demo.example")
    try:
        said = made.run("serve", "--port", "0", "--host", "0.0.0.0", code=2)
    finally:
        del made.environment["ALONGSIDE_DEMO"], made.environment["ALONGSIDE_URL"]
    assert said == "The demo lets anybody in as anybody: it answers on 127.0.0.1 only, so leave --host out.\n"


def test_demo_on_the_data_of_a_real_network_is_refused(founded):
    assert founded[0].run("demo", code=2) == (
        "This is the installation of Harbour, and the demo lets anybody in: give the demo a data folder of its own with "
        "--data.\n"
    )


def test_serving_a_real_network_as_a_demo_is_refused(founded):
    made = founded[0]
    made.environment["ALONGSIDE_DEMO"] = "1"
    try:
        said = made.run("serve", "--port", "0", code=2)
    finally:
        del made.environment["ALONGSIDE_DEMO"]
    assert said.startswith("This is the installation of Harbour, and the demo lets anybody in: ")


def test_database_that_is_down_is_one_sentence(tmp_path):
    environment = os.environ | {"ALONGSIDE_DATABASE_URL": "postgres://nobody:pw@127.0.0.1:1/none"}
    done = subprocess.run(
        [sys.executable, "-m", "alongside.cli", "import-register", "x.csv", "--data", str(tmp_path / "data")],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("The database cannot be used: connection")
    assert done.stderr.count("\n") == 1
    assert "pw" not in done.stderr


def test_served_and_worked_on(founded):
    """The two processes of a real installation come up, answer, and end with a line that sums up."""
    with founded[0].served() as running:
        assert running.stop() == 0
    assert re.search(
        r"^Alongside has stopped after 0 minutes; 0 processes had to be started again\.$", running.text(), re.M
    )


def _any_code(made, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "alongside.cli", *arguments],
        env=made.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def test_packaged_command_is_there():
    assert (Path(sys.executable).parent / "alongside").is_file()
