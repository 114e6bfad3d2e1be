"""A small mail server for tests: speaks SMTP over a real socket, keeps what it is given, refuses what it is told to."""

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP


@dataclass
class Server:
    """The address, and what has happened so far. Each refusal is a whole reply, such as "550 5.1.1 No such person"."""

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)  # of the letters that were taken, in order
    refused_recipients: dict[str, str] = field(default_factory=dict)  # address → reply to RCPT
    refused_letters: dict[str, str] = field(default_factory=dict)  # address → reply to the end of DATA
    hang_up_after: int | None = None  # letters, counted from now; the last of them is kept and never acknowledged
    lines: list[str] = field(default_factory=list)

    @property
    def mailers(self) -> dict[str, object]:
        """The setting MAILERS that leads here."""
        options = {"host": "127.0.0.1", "port": self.port, "timeout": 5}
        return {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}}

    def texts(self) -> list[str]:
        """The letters as people read them."""
        return [letter.get_content().replace("\r\n", "\n") for letter in self.letters]


@contextmanager
def running() -> Iterator[Server]:
    """A server on a free port of this machine, gone afterwards."""
    server = Server()
    with _Listener(("127.0.0.1", 0), _Conversation) as listener:
        listener.kept = server
        server.port = listener.server_address[1]
        thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            listener.shutdown()
            thread.join()


def nobody() -> Server:
    """The address of a port on which nobody listens."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        return Server(port=closed.getsockname()[1])


class _Listener(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    kept: Server


class _Conversation(socketserver.StreamRequestHandler):
    server: _Listener

    def handle(self) -> None:
        self.to: list[str] = []
        self._say("220 letterbox.example ESMTP")
        while line := self.rfile.readline():
            text = line.decode().rstrip("\r\n")
            self.server.kept.lines.append(text)
            verb = text.split(":")[0].split(" ")[0].upper()
            if not getattr(self, f"do_{verb.lower()}", self._unknown)(text):
                return

    def _say(self, reply: str) -> bool:
        self.wfile.write(f"{reply}\r\n".encode())
        return True

    def _unknown(self, _: str) -> bool:
        return self._say("502 5.5.1 Unknown command")

    def do_ehlo(self, _: str) -> bool:
        return self._say("250-letterbox.example\r\n250 8BITMIME")

    def do_mail(self, _: str) -> bool:
        self.to = []
        return self._say("250 OK")

    def do_rcpt(self, text: str) -> bool:
        address = text.partition("<")[2].partition(">")[0]
        refusal = self.server.kept.refused_recipients.get(address)
        if refusal is None:
            self.to.append(address)
        return self._say(refusal or "250 OK")

    def do_data(self, _: str) -> bool:
        self._say("354 Go on")
        body = b""
        while not body.endswith(b"\r\n.\r\n"):
            body += self.rfile.readline()
        kept = self.server.kept
        refusal = next((kept.refused_letters[to] for to in self.to if to in kept.refused_letters), None)
        if refusal:
            return self._say(refusal)
        kept.letters.append(message_from_bytes(body[:-3].replace(b"\r\n..", b"\r\n."), EmailMessage, policy=SMTP))
        kept.recipients += self.to
        if kept.hang_up_after is not None:
            kept.hang_up_after -= 1
            if kept.hang_up_after <= 0:
                return False
        return self._say("250 OK")

    def do_rset(self, _: str) -> bool:
        return self._say("250 OK")

    def do_quit(self, _: str) -> bool:
        self._say("221 Bye")
        return False
