"""The demo world from outside and in the dark, and the way a newcomer takes through it. SCREENS are what each role has to see."""

import re

from playwright.sync_api import Page, expect

from tests.browser.looks import look_at
from tests.browser.visitor import PHONE
from tests.installation import Running

NETWORK, SCHOOL = "/n/riverway-trust", "/s/birch-park-secondary"
LAST, LED = f"{NETWORK}/waves/17", f"{NETWORK}/waves/12"
SCREENS = {
    "teacher": {
        "today": f"{SCHOOL}/",
        "show": f"{SCHOOL}/show/",
        "grow": f"{SCHOOL}/grow/",
        "not-yet": f"{LAST}/results/",
    },
    "head": {
        "today": f"{SCHOOL}/",
        "decide": f"{SCHOOL}/decide/",
        "do": f"{SCHOOL}/do/",
        "school": f"{SCHOOL}/schools/birch-park-secondary/",
        "partners": f"{SCHOOL}/schools/birch-park-secondary/partners/?km=40",
        "strengths": f"{SCHOOL}/schools/birch-park-secondary/strengths/",
        "joining": f"{SCHOOL}/joining/",
        "staff-list": f"{SCHOOL}/schools/birch-park-secondary/staff/",
        "contacts": f"{SCHOOL}/contacts/",
        "results-school": f"{LAST}/schools/birch-park-secondary/",
        "reply": f"{LAST}/schools/birch-park-secondary/reply/",
        "statement": f"{LAST}/statements/well.1/schools/birch-park-secondary/",
        "replied": f"{LED}/schools/birch-park-secondary/",
        "themes": f"{LED}/schools/birch-park-secondary/themes/",
        "map-school": f"{NETWORK}/maps/2/schools/birch-park-secondary/",
    },
    "chair": {
        "today": f"{NETWORK}/",
        "results-cluster": f"{LAST}/clusters/avon-cluster/",
        "statement-cluster": f"{LAST}/statements/well.3/clusters/avon-cluster/",
        "replied-cluster": f"{LED}/clusters/avon-cluster/",
        "themes": f"{LED}/clusters/avon-cluster/themes/",
        "replies": f"{LED}/replies/",
        "waive": f"{LED}/schools/holt-primary/waive/",
        "cluster-reply": f"{LAST}/clusters/avon-cluster/reply/",
        "decide": f"{NETWORK}/decide/",
        "do": f"{NETWORK}/do/",
        "cluster": f"{NETWORK}/clusters/avon-cluster/",
        "cluster-change": f"{NETWORK}/clusters/avon-cluster/change/",
        "profile": f"{NETWORK}/clusters/avon-cluster/profile/",
        "profile-then": f"{NETWORK}/clusters/avon-cluster/profile/?then=1",
        "profile-question": f"{NETWORK}/clusters/avon-cluster/profile/1-who/",
        "asks": f"{NETWORK}/asks/?words=holt",
        "cluster-near": f"{NETWORK}/clusters/new/?near=Holt&count=8",
        "flows": f"{NETWORK}/flows/",
        "groups": f"{NETWORK}/groups/",
        "group": f"{NETWORK}/groups/1/",
        "map": f"{NETWORK}/maps/2/",
        "map-new": f"{NETWORK}/maps/new/",
    },
    "coach": {"today": f"{NETWORK}/", "results": f"{LAST}/results/"},
    "officer": {
        "today": f"{NETWORK}/",
        "ask": f"{NETWORK}/ask/",
        "wave-new": f"{NETWORK}/ask/new/",
        "wave-open": f"{NETWORK}/waves/19/",
        "results": f"{LAST}/results/",
        "grow": f"{NETWORK}/grow/",
        "clusters": f"{NETWORK}/clusters/",
        "cluster-new": f"{NETWORK}/clusters/new/?words=primary",
        "roles": f"{NETWORK}/roles/",
    },
    "stakeholder": {"today": f"{NETWORK}/", "show": f"{NETWORK}/show/", "results": f"{NETWORK}/waves/16/results/"},
}
OUTSIDE = [
    "/",
    "/sign-in/",
    "/forgotten/",
    "/promises/",
    "/demo/mailbox/",
    "/demo/components/",
    "/nowhere/",
    "/a/14/x",
    "/a/19/x",
]


def walk_in(page: Page, live: Running, role: str) -> None:
    page.goto(f"{live.url}/")
    page.locator(f'form[action="/demo/enter/{role}/"] button').click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile("Good (morning|afternoon|evening)"))


def test_pages_outside_fit_and_are_accessible(page, live):
    for address in OUTSIDE:
        page.goto(live.url + address)
        look_at(page, f"outside-{address.strip('/').replace('/', '-') or 'first'}")


def test_everything_works_in_the_dark(chromium_browser, live, open_page):
    dark = open_page(width=PHONE)
    dark.emulate_media(color_scheme="dark")
    walk_in(dark, live, "chair")
    for name in ("results-cluster", "statement-cluster", "cluster"):
        dark.goto(live.url + SCREENS["chair"][name])
        look_at(dark, f"dark-{name}")


def test_newcomer_answers_and_the_closing_day_comes(own_demo, open_page):
    """The five steps of the README, each by what its words say."""
    with own_demo.started() as running:
        phone, desk = open_page(width=PHONE), open_page()
        walk_in(phone, running, "teacher")
        phone.get_by_role("link", name=re.compile("How were we led this past month")).click()
        phone.get_by_role("listitem").get_by_role("link").first.click()  # her own letter stands first
        phone.get_by_role("link", name="/a/19/").click()
        for number in range(1, 7):
            phone.locator(f"#q{number}").get_by_text("Agree", exact=True).tap()
        phone.get_by_label(re.compile("keep doing, start or stop")).fill("Mr Smith talks too long")
        expect(phone.get_by_text("This seems to name somebody.")).to_be_visible()
        phone.get_by_label(re.compile("keep doing, start or stop")).fill("Keep the shared planning time.")
        phone.get_by_role("button", name=re.compile("Send my")).tap()
        expect(phone.get_by_role("heading", level=1)).to_contain_text("Thank you")

        walk_in(desk, running, "officer")
        desk.goto(f"{running.url}{NETWORK}/waves/19/")
        desk.get_by_role("button", name="Let the closing day come").click()
        expect(desk).to_have_url(re.compile("/waves/19/results/"), timeout=30_000)
        look_at(desk, "first-lead-results")
        walk_in(phone, running, "head")
        phone.goto(f"{running.url}{NETWORK}/waves/19/schools/birch-park-secondary/")
        look_at(phone, "head-comments")
        phone.goto("about:blank")
        desk.goto("about:blank")


def test_the_chair_replies_for_the_cluster_on_a_phone(own_demo, open_page):
    """From Today to the posted reply, with thumbs; and what a head of the cluster reads of it."""
    with own_demo.started() as running:
        phone, desk = open_page(width=PHONE), open_page()
        walk_in(phone, running, "chair")
        phone.get_by_role("link", name=re.compile("The schools of Avon cluster wait for a reply")).tap()
        expect(phone.get_by_role("heading", level=1)).to_have_text("Say what we will do")
        phone.get_by_text("Nothing to change, because …", exact=True).tap()
        phone.get_by_label("What we heard").fill("Workload, above all where the return is due.")
        phone.get_by_label("What we will do").fill("Nothing new, because the seven returns are being cut already.")
        look_at(phone, "chair-reply-written")
        phone.get_by_role("button", name=re.compile("Post to")).tap()
        expect(phone).to_have_url(re.compile("/waves/17/clusters/avon-cluster/$"))
        expect(phone.get_by_text("Your reply is posted.")).to_be_visible()
        look_at(phone, "chair-reply-posted")
        walk_in(desk, running, "head")
        desk.goto(f"{running.url}{LAST}/schools/birch-park-secondary/")
        expect(desk.get_by_text("Nothing new, because the seven returns are being cut already.")).to_be_visible()
        look_at(desk, "head-reads-the-chair")
        phone.goto("about:blank")
        desk.goto("about:blank")
