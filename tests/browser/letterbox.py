"""A mail server for a journey: takes every letter in a real SMTP conversation and keeps it until somebody reads it."""

import email
import email.policy
import re
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

PATIENCE = 30.0  # seconds


@dataclass
class Letterbox:
    """Letters by address, in their order of arrival."""

    port: int = 0
    letters: dict[str, list[str]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def keep(self, address: str, data: bytes) -> None:
        message = email.message_from_bytes(data, policy=email.policy.default)
        with self.lock:
            self.letters.setdefault(address, []).append(message.get_content())

    def count(self) -> int:
        with self.lock:
            return sum(map(len, self.letters.values()))

    def wait_for(self, count: int) -> None:
        """Until so many letters have arrived."""
        deadline = time.monotonic() + PATIENCE
        while self.count() < count and time.monotonic() < deadline:
            time.sleep(0.1)
        assert self.count() >= count, f"{self.count()} of {count} letters arrived"

    def link(self, address: str) -> str:
        """The path of the link in the newest letter to that address."""
        found = re.search(r"https?://[^/\s]+(/\S+)", self.letters[address][-1])
        assert found, self.letters[address][-1]
        return found[1]


@contextmanager
def letterbox() -> Iterator[Letterbox]:
    """A mail server on a free port of this machine."""
    box = Letterbox()

    class Conversation(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say("220 letterbox")
            recipients: list[str] = []
            while line := self.rfile.readline().decode().strip():
                verb = line.upper()
                if verb.startswith("RCPT TO:"):
                    recipients.append(line[8:].split()[0].strip("<>"))
                if verb == "DATA":
                    self.take(recipients)
                    recipients = []
                elif verb == "QUIT":
                    return self.say("221 bye")
                else:
                    self.say("250 ok")

        def say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

        def take(self, recipients: list[str]) -> None:
            self.say("354 go on")
            lines = iter(self.rfile.readline, b".\r\n")
            data = b"".join(line.removeprefix(b".") if line.startswith(b"..") else line for line in lines)
            for recipient in recipients:
                box.keep(recipient, data)
            self.say("250 kept")

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address, daemon_threads = True, True

    with Server(("127.0.0.1", 0), Conversation) as server:
        box.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield box
        server.shutdown()
