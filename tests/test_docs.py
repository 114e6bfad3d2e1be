"""The documentation cannot rot: what can be set, asked for, opened, chosen or imported has its line, and no link is dead."""

import argparse
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from alongside import cli
from alongside.bench import command

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
DECISIONS = DOCS / "decisions"
PACKAGES = sorted(file.parent for file in (ROOT / "alongside").glob("*/__init__.py"))
PARTS = ("## Context", "## Decision", "## Consequences", "## We will know it was wrong if")
# What an administrator never sees: settings of test runs stand in the tests.
VARIABLE = re.compile(r"\bALONGSIDE_(?!TEST_)[A-Z]+(?:_[A-Z]+)*")
INSIDE = "<kind:kind>/<slug:slug>"
LINK = re.compile(r"!?\[[^\]]*\]\(<?([^)\s>]+)>?[^)]*\)")
CODE = re.compile(r"(?ms:^```.*?^```)|`[^`\n]*`|(?m:^ {4}.*$)")


def text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


# --- settings ------------------------------------------------------------------------------------------------------


def variables_read() -> set[str]:
    """Every variable of the environment that the program or ./start knows."""
    files = [*(ROOT / "alongside").rglob("*.py"), ROOT / "start", ROOT / "check", *(ROOT / ".ci").iterdir()]
    return {name for file in files for name in VARIABLE.findall(text(file))}


def variables_described() -> set[str]:
    """The first cell of each line of the table."""
    return set(re.findall(r"^\| `(ALONGSIDE_\w+)` \|", text(DOCS / "settings.md"), re.MULTILINE))


def test_every_setting_has_its_line():
    assert variables_read() - variables_described() == set()


def test_every_setting_described_is_read():
    assert variables_described() - variables_read() == set()


# --- commands ------------------------------------------------------------------------------------------------------


def subcommands() -> dict[str, argparse.ArgumentParser]:
    parser = cli._parser()
    (commands,) = (action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    return dict(commands.choices)


def options(parser: argparse.ArgumentParser) -> set[str]:
    """Its own long options; --help and --data belong to all and stand above them."""
    found = {option for action in parser._actions for option in action.option_strings if option.startswith("--")}
    return found - {"--help", "--data"}


def sections() -> dict[str, str]:
    """Command → what stands under its heading."""
    parts = re.split(r"^## `([a-z-]+)`\n", text(DOCS / "commands.md"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def options_described(section: str) -> set[str]:
    lines = "\n".join(re.findall(r"^- .*$", section, re.MULTILINE))
    return set(re.findall(r"`(--[a-z-]+)", lines))


def test_every_command_has_its_section():
    assert sorted(sections()) == sorted(subcommands())


@pytest.mark.parametrize("name", sorted(subcommands()))
def test_every_option_of_a_command_has_its_line(name):
    assert options_described(sections()[name]) == options(subcommands()[name])


@pytest.mark.parametrize("name", sorted(subcommands()))
def test_every_command_has_an_example(name):
    assert f"Example: `alongside {name}" in sections()[name]


def test_options_of_all_commands_stand_above_them():
    above = text(DOCS / "commands.md").partition("\n## ")[0]
    assert [option for option in ("`--data DIR`", "`--help`") if option not in above] == []


def test_every_benchmark_is_named():
    (named,) = (action for action in command._parser()._actions if isinstance(action, argparse._SubParsersAction))
    shown = [action.dest for action in named._choices_actions]  # those with a line in --help
    assert [name for name in shown if f"`{name}`" not in sections()["bench"].replace("`alongside bench ", "`")] == []


# --- pages ---------------------------------------------------------------------------------------------------------


def pages(resolver: URLResolver, before: str = "/") -> Iterator[tuple[str, str]]:
    """(name, address) of every page, the address as docs/pages.md writes it."""
    for each in resolver.url_patterns:
        address = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from pages(each, address)
        elif isinstance(each, URLPattern):
            yield str(each.name), plain(address)


def plain(address: str) -> str:
    """/<kind:kind>/<slug:slug>/waves/<int:pk>/ → …/waves/<pk>/"""
    return re.sub(r"<\w+:(\w+)>", r"<\1>", address.replace(f"/{INSIDE}", "…"))


def pages_described() -> list[tuple[str, str]]:
    """(name, address) of each line; a line without its four cells is no line."""
    return re.findall(
        r"^\| `(\w+)` \| `([^`]+)` \| [^|]*\w[^|]* \| [^|]*\w[^|]* \|$", text(DOCS / "pages.md"), re.MULTILINE
    )


def test_every_page_has_its_line_with_its_address():
    assert sorted(pages_described()) == sorted(pages(get_resolver()))


# --- decisions -----------------------------------------------------------------------------------------------------


def decisions() -> list[Path]:
    return sorted(DECISIONS.glob("[0-9]*.md"))


@pytest.mark.parametrize("page", decisions(), ids=lambda page: page.stem)
def test_decision_has_its_four_parts_in_order(page):
    found = [line for line in text(page).splitlines() if line.startswith("## ")]
    assert found == list(PARTS)
    empty = re.findall(r"^(## .*)\n+(?=## |\Z)", text(page), re.MULTILINE)
    assert empty == []


@pytest.mark.parametrize("page", decisions(), ids=lambda page: page.stem)
def test_decision_is_listed_with_its_title(page):
    number, title = re.match(r"# (\d+)\. (.+)\n", text(page)).groups()
    assert f"| [{page.stem[:4]}]({page.name}) | {title} |" in text(DECISIONS / "README.md")
    assert int(number) == int(page.stem[:4])


def test_decisions_are_numbered_without_gaps():
    assert [int(page.stem[:4]) for page in decisions()] == list(range(1, len(decisions()) + 1))


def dependencies() -> set[str]:
    """What is needed to run, to build and to check, as pyproject.toml names it."""
    project = tomllib.loads(text(ROOT / "pyproject.toml"))
    groups = project["dependency-groups"].values()
    wanted = [
        *project["project"]["dependencies"],
        *project["build-system"]["requires"],
        *(one for group in groups for one in group),
    ]
    return {re.match(r"[A-Za-z0-9._-]+", one)[0].lower() for one in wanted}


def test_every_dependency_has_a_decision_that_names_it():
    named = {name for page in decisions() for name in re.findall(r"`([^`\n]+)`", text(page))}
    assert dependencies() - named == set()


# --- packages and links --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_package_says_in_ten_lines_what_is_in_it(package):
    lines = text(package / "README.md").splitlines()
    assert lines[0] == f"# {package.name}"
    assert 5 <= len(lines) <= 18


def markdown() -> list[Path]:
    """Every page of ours; not those of an environment, a cache or a data folder."""
    ours = (ROOT, DOCS, ROOT / "alongside", ROOT / "tests")
    return sorted(
        {file for folder in ours for file in (folder.glob("*.md") if folder == ROOT else folder.rglob("*.md"))}
    )


def links(page: Path) -> Iterable[str]:
    """Where it leads inside the project; what stands in code is no link."""
    found = LINK.findall(CODE.sub("", text(page)))
    return [link for link in found if not re.match(r"[a-z]+:", link)]


@pytest.mark.parametrize("page", markdown(), ids=lambda page: str(page.relative_to(ROOT)))
def test_no_link_leads_nowhere(page):
    dead = []
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or ROOT not in [target, *target.parents] or (anchor and anchor not in anchors(target)):
            dead.append(link)
    assert dead == []


def anchors(page: Path) -> set[str]:
    """The names by which headings can be linked to."""
    headings = re.findall(r"^#+ (.+)$", text(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_decisions_and_pages_named_in_the_code_exist():
    named = {
        (file, name)
        for file in [*(ROOT / "alongside").rglob("*.py"), *(ROOT / "alongside").rglob("*.md")]
        for name in re.findall(r"\bdocs/[\w./-]+\.md\b", text(file))
    }
    assert sorted(f"{file.relative_to(ROOT)}: {name}" for file, name in named if not (ROOT / name).is_file()) == []
