"""The whole loop on a real register, from an empty installation: import it, form a cluster, bring in staff, ask a pulse,
answer it on a phone, close it, see results, say what will be done, and read that after the next pulse."""

import datetime
import re
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.browser.letterbox import Letterbox, letterbox
from tests.browser.looks import look_at
from tests.browser.visitor import DESK, PHONE
from tests.installation import Installation, Running
from tests.people.steps import code
from tests.registers_of_ours import in_community, nz_directory, nz_school

OFFICER = "officer@kauri.example"
LEADER = "tumuaki@rimu.example"
PASSWORD = "correct-horse-battery-kauri"
STAFF = {"Rimu School": 14, "Totara School": 7, "Nikau School": 3}
CLOSE = "from alongside.demo.actions import let_closing_day_come; let_closing_day_come({})"


@pytest.fixture
def mail() -> Iterator[Letterbox]:
    with letterbox() as box:
        yield box


@pytest.fixture
def kauri(empty_installation: Installation, mail: Letterbox, tmp_path: Path) -> Installation:
    """A network with its officer and the register, and nothing else."""
    made = empty_installation
    made.environment["ALONGSIDE_SMTP_URL"] = mail.url
    file = tmp_path / "directory.csv"
    community = in_community("99901", "Kauri Coast Community of Learning")
    names = [*STAFF, "Faraway School"]
    schools = [
        nz_school(str(10 + i), Name=name, **(community if name in STAFF else {})) for i, name in enumerate(names)
    ]
    file.write_bytes(nz_directory(schools))
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
    assert "4 schools" in made.run("import-register", str(file))
    made.run("manage", "collectstatic", "--noinput")
    return made


def staff_list(school: str) -> bytes:
    domain = f"{school.split()[0].lower()}.example"
    rows = [f"Person {number} of {school},person{number}@{domain},Teacher" for number in range(1, STAFF[school] + 1)]
    return "\n".join(["Name,E-mail,Role", *rows]).encode()


def set_password(page: Page, url: str) -> None:
    page.goto(url)
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    page.get_by_label(re.compile("confirmation", re.IGNORECASE)).fill(PASSWORD)
    page.get_by_role("button", name="Set my password").click()


def set_up_an_app(page: Page) -> None:
    """Whoever holds a role takes a second step: here with an authenticator app."""
    expect(page.get_by_role("heading", level=1)).to_have_text("Set up a second step")
    page.get_by_role("link", name="Use an app").click()
    secret = (page.locator("[data-secret]").text_content() or "").replace(" ", "")
    page.get_by_label("Code").fill(code(secret))
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Keep these ten codes")
    page.get_by_role("link", name="I have kept them").click()


def accept_the_invitation(page: Page, url: str) -> None:
    page.goto(url)
    look_at(page, "invitation")
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    page.get_by_label(re.compile("confirmation", re.IGNORECASE)).fill(PASSWORD)
    page.get_by_role("button", name="Accept and set my password").click()
    set_up_an_app(page)


def form_a_cluster(page: Page) -> None:
    page.get_by_role("link", name="Form a cluster").click()
    page.get_by_text("Communities that the register knows").click()
    page.get_by_role("link", name="Kauri Coast Community of Learning").click()
    expect(page.get_by_text("3 schools")).to_be_visible()
    look_at(page, "cluster-new")
    page.get_by_role("button", name="Form the cluster").click()
    expect(page.get_by_text("is formed")).to_be_visible()


def bring_in_staff(page: Page, school: str) -> None:
    page.get_by_role("listitem").filter(has_text=school).get_by_role("link", name="Staff list").click()
    file = {"name": "staff.csv", "mimeType": "text/csv", "buffer": staff_list(school)}
    page.get_by_label("Staff list").set_input_files(file)
    page.get_by_role("button", name="Show what would change").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"{STAFF[school]} join")
    page.get_by_role("button", name="Apply exactly this").click()
    page.get_by_role("button", name=re.compile("is ours")).click()
    expect(page.get_by_text("can be asked from now on")).to_be_visible()
    look_at(page, "staff-list")


def ask_a_pulse(page: Page) -> int:
    page.get_by_role("link", name="Ask", exact=False).first.click()
    page.get_by_role("link", name="Ask a pulse").first.click()
    expect(page.get_by_role("button", name="Ask this pulse")).to_be_visible()
    look_at(page, "ask")
    today = datetime.datetime.now(ZoneInfo("Pacific/Auckland")).date()
    page.get_by_label("Opens on", exact=True).fill(today.isoformat())  # at once, also on a Sunday evening
    page.get_by_role("button", name="Ask this pulse").click()
    return int(re.search(r"/waves/(\d+)/", page.url)[1])


def answer_by_keyboard(page: Page, url: str) -> None:
    """Six statements and Send, with nothing but the keyboard and without a script."""
    page.goto(url)
    for number in range(1, 7):
        page.locator(f"#q{number} input").first.focus()
        page.keyboard.press("Space")
        page.keyboard.press("ArrowDown")
    page.get_by_role("button", name=re.compile("Send my")).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")


def answer_by_touch(page: Page, url: str) -> None:
    """Six taps and Send; a statement left out is asked for once more, and nothing is lost."""
    page.goto(url)
    look_at(page, "answer")
    for number in range(1, 6):
        page.locator(f"#q{number}").get_by_text("Disagree", exact=True).tap()
    page.get_by_role("button", name=re.compile("Send my")).tap()
    expect(page.get_by_role("alert")).to_contain_text("1 of 6 statements has no answer")
    look_at(page, "answer-once-more")
    page.locator("#q6").get_by_text("I can’t say").tap()
    page.get_by_role("button", name=re.compile("Send my")).tap()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you")
    look_at(page, "receipt")


def answer_quietly(url: str, value: int) -> str:
    """What a browser would send; the page that came back."""
    data = urllib.parse.urlencode({f"well.{number}": value for number in range(1, 7)}).encode()
    with urllib.request.urlopen(url, data=data, timeout=20) as response:
        return response.read().decode()


def close(running: Running, page: Page, wave: int) -> None:
    """The closing day comes; the page of the wave becomes the page of its results."""
    running.installation.run("manage", "shell", "--no-imports", "-c", CLOSE.format(wave))
    for _ in range(60):
        page.goto(f"{running.url}/n/kauri-coast/waves/{wave}/")
        if page.url.endswith("/results/"):
            return
        page.wait_for_timeout(500)
    raise AssertionError("the results did not come")


def test_the_whole_loop_on_a_register(kauri, mail, open_page):
    with kauri.served() as running:
        officer, phone, leader = open_page(width=DESK), open_page(width=PHONE, javascript=False), open_page(width=PHONE)
        set_password(officer, running.url + kauri.environment["FIRST_LINK"])
        set_up_an_app(officer)
        expect(officer.get_by_role("heading", level=1)).to_contain_text("Welcome")
        form_a_cluster(officer)
        for school in STAFF:
            officer.goto(f"{running.url}/n/kauri-coast/clusters/")
            bring_in_staff(officer, school)
        wave = ask_a_pulse(officer)
        mail.wait_for(24)
        people = [address for address in mail.letters if address.startswith("person")]
        rimu = sorted(address for address in people if address.endswith("rimu.example"))
        answer_by_keyboard(phone, running.url + mail.link(rimu[0]))
        phone.goto(running.url + mail.link(rimu[0]))
        expect(phone.get_by_role("heading", level=1)).to_contain_text("We have your answers already")
        answer_by_touch(leader, running.url + mail.link(rimu[1]))
        for address in rimu[2:12]:
            assert "Thank you" in answer_quietly(running.url + mail.link(address), 2)
        for address in people:
            if address.endswith(("totara.example", "nikau.example")):
                assert "Thank you" in answer_quietly(running.url + mail.link(address), 4)

        close(running, officer, wave)
        look_at(officer, "first-results")
        expect(officer.get_by_role("rowheader", name=re.compile("Rimu School"))).to_be_visible()
        # Nikau's three stand nowhere: fewer than five, and no other small school to count with.
        expect(officer.get_by_text("Nikau School: too few answers to show")).to_be_visible()
        late = urllib.request.Request(running.url + mail.link(rimu[13]))
        with pytest.raises(urllib.error.HTTPError, match="410"):
            urllib.request.urlopen(late, timeout=20)

        appoint_a_leader(officer, running, mail)
        accept_the_invitation(leader, running.url + mail.link(LEADER))
        leader.goto(f"{running.url}/s/rimu-school/schools/rimu-school/accounts/")
        look_at(leader, "staff-accounts")
        leader.goto(f"{running.url}/home/")
        reply_to_staff(leader)
        second = ask_again(officer, running)
        mail.wait_for(24 + 1 + 24)
        assert second == wave + 1
        page = answer_quietly(running.url + mail.link(rimu[0]), 3)
        assert "The hours do not fit the job." in page
        assert "The weekly sheet is gone." in page
        officer.goto("about:blank")  # its page asks the server how far the pulse is, and the server ends here


def appoint_a_leader(page: Page, running: Running, mail: Letterbox) -> None:
    page.goto(f"{running.url}/n/kauri-coast/roles/")
    look_at(page, "roles")
    page.get_by_label("Role", exact=True).select_option("leader")
    page.get_by_label("Where", exact=True).select_option(label="Rimu School")
    page.get_by_label("Name", exact=True).fill("Hemi Ngata")
    page.get_by_label("Work e-mail").fill(LEADER)
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_text("Hemi Ngata is invited.")).to_be_visible()
    look_at(page, "roles-invited")
    mail.wait_for(25)


def reply_to_staff(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_contain_text("One thing needs you")
    look_at(page, "today-leader")
    page.get_by_role("link", name=re.compile("wait for a reply")).click()
    expect(page.get_by_label("What we heard")).to_be_visible()
    look_at(page, "reply-form")
    page.get_by_label("What we heard").fill("The hours do not fit the job.")
    page.get_by_label("What we will do").fill(
        "The weekly sheet is gone. The office takes the figures from the register."
    )
    page.get_by_role("button", name="Keep for later").click()
    expect(page.get_by_text("Your draft is kept")).to_be_visible()
    page.get_by_role("button", name="Post to 14 colleagues").click()
    expect(page.get_by_text("Your reply is posted")).to_be_visible()
    look_at(page, "results-school")


def ask_again(page: Page, running: Running) -> int:
    page.goto(f"{running.url}/n/kauri-coast/")
    return ask_a_pulse(page)
