"""Taking the second step as a person does: reading secrets off pages, and codes off an app of our own."""

import base64
import hashlib
import hmac
import re
import struct
import time

from django.test import Client


def code(secret: str, *, later: int = 0) -> str:
    """What an authenticator app shows for a secret (RFC 6238), so many half minutes from now."""
    message = struct.pack(">Q", int(time.time()) // 30 + later)
    digest = hmac.new(base64.b32decode(secret), message, hashlib.sha1).digest()
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


def secret_on(page: str) -> str:
    """The secret that the page with the picture offers for typing."""
    return re.search(r"<code data-secret>([A-Z2-7 ]+)</code>", page)[1].replace(" ", "")


def codes_on(page: str) -> list[str]:
    """The recovery codes of the page that shows them."""
    return re.findall(r"<li><code>(\d+)</code></li>", page)


def set_up_app(client: Client) -> tuple[str, list[str]]:
    """Set an authenticator app up in a signed-in browser; its secret and the ten recovery codes."""
    secret = secret_on(client.get("/account/second-step/app/").content.decode())
    done = client.post("/account/second-step/app/", {"code": code(secret)})
    return secret, codes_on(done.content.decode())
