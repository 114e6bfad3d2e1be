"""A chair's first hour from an empty installation: the register, a cluster of eight, three staff lists, a pulse that is
open. And the pictures of the guide, which are these very screens."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page

from tests.browser.letterbox import Letterbox, letterbox
from tests.browser.looks import for_the_guide
from tests.installation import Installation
from tests.registers_of_ours import nz_directory, nz_school

OFFICER = "officer@kauri.example"
PASSWORD = "correct-horse-battery-kauri"
SCHOOLS = ["Rimu", "Totara", "Nikau", "Matai", "Kowhai", "Rata", "Puriri", "Miro"]
WITH_STAFF = SCHOOLS[:3]
CLICKS = 60
SLOW = 150.0  # milliseconds, the median of all pages


class Hour:
    """The page of somebody who sets Alongside up: counts the clicks and how long each page takes to come."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url, self.clicks = page, url, 0
        self.times: list[float] = []
        page.on("requestfinished", self._count)

    def _count(self, request: object) -> None:
        if request.resource_type == "document":  # type: ignore[attr-defined]
            self.times.append(request.timing["responseEnd"])  # type: ignore[attr-defined]

    def click(self, what: Locator) -> None:
        self.clicks += 1
        what.click()

    def button(self, name: str | re.Pattern[str]) -> None:
        self.click(self.page.get_by_role("button", name=name))

    def link(self, name: str | re.Pattern[str]) -> None:
        self.click(self.page.get_by_role("link", name=name).first)

    def fill(self, label: str, text: str) -> None:
        self.clicks += 1  # nobody types into a field without going there
        self.page.get_by_label(label, exact=True).fill(text)

    def picture(self, name: str) -> None:
        for_the_guide(self.page, f"first-hour-{name}")


@pytest.fixture
def mail() -> Iterator[Letterbox]:
    with letterbox() as box:
        yield box


@pytest.fixture
def empty(empty_installation: Installation, mail: Letterbox) -> Installation:
    made = empty_installation
    made.environment["ALONGSIDE_SMTP_URL"] = mail.url
    said = made.run(
        "init",
        "--network",
        "Kauri Coast",
        "--country",
        "nz",
        "--officer-name",
        "Aroha Tane",
        "--officer-email",
        OFFICER,
    )
    made.environment["FIRST_LINK"] = re.search(r"/password/\S+", said)[0]
    made.run("manage", "collectstatic", "--noinput")
    return made


@pytest.fixture
def register(tmp_path: Path) -> Path:
    names = [f"{name} School" for name in SCHOOLS] + ["Faraway College"]
    file = tmp_path / "directory.csv"
    file.write_bytes(nz_directory([nz_school(str(10 + number), Name=name) for number, name in enumerate(names)]))
    return file


def staff_list(school: str) -> bytes:
    rows = [f"Person {number} of {school},person{number}@{school.lower()}.example,Teacher" for number in range(1, 9)]
    return "\n".join(["Name,E-mail,Role", *rows]).encode()
