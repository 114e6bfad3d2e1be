"""Signing in with a passkey, in a browser that has one: set up, used, remembered, forgotten."""

import re
import socket

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.looks import look_at
from tests.browser.visitor import DESK, PHONE
from tests.installation import Installation

OFFICER, PASSWORD = "officer@kauri.example", "correct-horse-battery-kauri"


def with_a_passkey(page: Page) -> None:
    """Give the browser an authenticator, as a laptop with a fingerprint reader has one."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    kind = {"protocol": "ctap2", "transport": "internal", "hasUserVerification": True, "isUserVerified": True}
    options = {**kind, "hasResidentKey": True, "automaticPresenceSimulation": True}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def sign_in(page: Page, url: str) -> None:
    page.goto(f"{url}/sign-in/")
    page.get_by_label("Work e-mail").fill(OFFICER)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page: Page, url: str) -> None:
    page.goto(f"{url}/account/")
    page.get_by_role("button", name="Sign out").click()


def arrived(page: Page) -> None:
    expect(page.get_by_role("navigation", name="Doors")).to_be_visible()


def test_a_passkey_is_the_second_step(empty_installation: Installation, open_page: OpenPage) -> None:
    made = empty_installation
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = made.environment["ALONGSIDE_URL"] = f"http://localhost:{port}"
    officer = ["--officer-name", "Aroha Tane", "--officer-email", OFFICER]
    said = made.run("init", "--network", "Kauri Coast", "--country", "nz", *officer)
    first = re.search(r"/password/\S+", said)
    assert first
    made.run("manage", "collectstatic", "--noinput")
    with made.served(port):
        page, other = open_page(width=DESK), open_page(width=PHONE, javascript=False)
        with_a_passkey(page)
        page.goto(url + first[0])
        page.get_by_label("New password", exact=True).fill(PASSWORD)
        page.get_by_label(re.compile("confirmation", re.IGNORECASE)).fill(PASSWORD)
        page.get_by_role("button", name="Set my password").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Set up a second step")
        look_at(page, "second-step-new")
        page.get_by_label("A name for this device").fill("My laptop")
        page.get_by_role("button", name="Make a passkey").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Keep these ten codes")
        look_at(page, "recovery-codes")
        recovery = page.locator("li code").first.text_content() or ""
        page.get_by_role("link", name="I have kept them").click()
        arrived(page)
        sign_out(page, url)

        sign_in(page, url)
        expect(page.get_by_role("heading", level=1)).to_have_text("One more step")
        look_at(page, "second-step")
        page.get_by_label(re.compile("Ask no second step")).first.check()
        page.get_by_role("button", name="Use my passkey").click()
        arrived(page)
        page.goto(f"{url}/account/")
        expect(page.get_by_text("Passkey: My laptop").first).to_be_visible()
        expect(page.get_by_text(re.compile("^Chrome on .*, remembered on"))).to_be_visible()
        look_at(page, "account")
        sign_out(page, url)
        sign_in(page, url)
        arrived(page)

        # Another device, without a script: no passkey, but a recovery code works.
        other.goto(f"{url}/sign-in/")
        look_at(other, "sign-in")
        sign_in(other, url)
        expect(other.get_by_role("heading", level=1)).to_have_text("One more step")
        expect(other.get_by_role("button", name="Use my passkey")).to_be_hidden()
        look_at(other, "second-step-without-script")
        other.get_by_label("Code").fill(recovery)
        other.get_by_role("button", name="Go on").click()
        arrived(other)
        other.goto(f"{url}/account/second-step/app/")
        look_at(other, "second-step-app")
