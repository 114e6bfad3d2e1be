"""./check itself: it runs everything, skips nothing, and says so in its last line."""

import pytest

from tests import check, chromium
from tests.check import Step

GOOD, BAD = ("python", "-c", "print('all is well')"), ("python", "-c", "print('no good'); raise SystemExit(3)")


@pytest.fixture
def steps(monkeypatch):
    """Replace the steps: `steps(static, runs, journeys)`."""

    def replace(static=(), runs=(), journeys=()):
        monkeypatch.setattr(check, "STATIC", static)
        monkeypatch.setattr(check, "RUNS", runs)
        monkeypatch.setattr(check, "JOURNEYS", journeys)

    return replace


def test_check_goes_on_after_a_failure_and_counts(steps, capfd):
    steps((Step("one", BAD), Step("two", GOOD)), (Step("three", BAD), Step("four", GOOD)))
    assert check.main([]) == 1
    lines = capfd.readouterr().out.splitlines()
    assert lines[-1] == "2 passed, 2 failed"
    assert [line.split()[:2] for line in lines[-6:-2]] == [
        ["FAILED", "one"],
        ["passed", "two"],
        ["FAILED", "three"],
        ["passed", "four"],
    ]
    assert "no good" in lines


def test_check_passes_when_all_pass(steps, capfd):
    steps((Step("one", GOOD),))
    assert check.main([]) == 0
    assert capfd.readouterr().out.splitlines()[-1] == "1 passed, 0 failed"


def test_check_runs_only_what_is_named(steps, capfd):
    steps((Step("one", BAD), Step("two", GOOD)))
    assert check.main(["two"]) == 0
    assert capfd.readouterr().out.splitlines()[-1] == "1 passed, 0 failed"


def test_check_refuses_a_name_that_is_none(capfd):
    with pytest.raises(SystemExit) as ended:
        check.main(["everything"])
    assert ended.value.code == 2


def test_what_cannot_be_had_has_failed_and_was_not_skipped(steps, monkeypatch, capfd):
    def nothing():
        raise RuntimeError("no Chromium on the PATH.")

    monkeypatch.setattr(chromium, "find_or_install", nothing)
    steps((), (Step("journeys", GOOD, frozenset({"chromium"})), Step("tests", GOOD)))
    assert check.main([]) == 1
    text = capfd.readouterr().out
    assert "chromium cannot be had: no Chromium on the PATH." in text
    assert text.splitlines()[-1] == "1 passed, 1 failed"


def test_database_is_there_for_every_step_that_needs_it(steps, capfd):
    ask = "import os, psycopg; psycopg.connect(os.environ['ALONGSIDE_DATABASE_URL']).execute('SELECT 1')"
    needing = [Step(name, ("python", "-c", ask), frozenset({"postgres"})) for name in ("tests", "walk", "other")]
    steps((), tuple(needing[:1]), tuple(needing[1:]))
    assert check.main([]) == 0
    assert capfd.readouterr().out.splitlines()[-1] == "3 passed, 0 failed"


def test_what_runs_above_one_database_is_there():
    """A name that is no longer a file or a test would leave nothing out, and a reason that nobody needs."""
    assert [place for place in check.PURE if not (check.ROOT / place).exists()] == []
    named = [name.partition("::") for name in check.ABOVE]
    assert [test for file, _, test in named if f"\ndef {test}(" not in (check.ROOT / file).read_text()] == []


def test_tool_that_is_missing_has_failed(steps, capfd):
    steps((Step("one", ("no-such-tool",)),))
    assert check.main([]) == 1
    text = capfd.readouterr().out
    assert "no-such-tool is not installed." in text
    assert text.splitlines()[-1] == "0 passed, 1 failed"


def test_step_that_hangs_is_ended_and_has_failed(steps, monkeypatch, capfd):
    monkeypatch.setattr(check, "LIMIT", 0.5)
    steps((), (Step("endless", ("python", "-c", "import time; time.sleep(60)")),))
    assert check.main([]) == 1
    text = capfd.readouterr().out
    assert "endless did not end within 0 s." in text
    assert text.splitlines()[-1] == "0 passed, 1 failed"


def test_step_sees_no_setting_of_an_installation_that_runs_here(steps, monkeypatch, capfd):
    monkeypatch.setenv("ALONGSIDE_DATABASE_URL", "postgres://real")
    program = (
        "import os; print(sorted(name for name in os.environ if name.startswith('ALONGSIDE_'))); raise SystemExit(1)"
    )
    steps((Step("one", ("python", "-c", program)),))
    check.main([])
    assert "['ALONGSIDE_DATA']" in capfd.readouterr().out


def test_chromium_that_is_missing_and_cannot_be_installed_is_named(monkeypatch, tmp_path):
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RuntimeError, match="no Chromium on the PATH"):
        chromium.find_or_install()


def test_chromium_that_does_not_start_is_named(monkeypatch, tmp_path):
    (tmp_path / "chromium").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "chromium").chmod(0o755)
    monkeypatch.setenv("CHROMIUM", str(tmp_path / "chromium"))
    with pytest.raises(RuntimeError, match="does not start"):
        chromium.find_or_install()
