"""What a web server loads: `gunicorn alongside.wsgi:application`.

Before its first answer each process looks once whether the database keeps what it accepts. `alongside serve` looks before
it starts; this is for a server that somebody starts by hand.
"""

import logging
import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

from alongside.kit import database
from alongside.kit.errors import Refused

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alongside.settings")

Start = Callable[..., Any]


class OnceDurable:
    """The application, closed until the database is known to be durable."""

    def __init__(self, application: Callable[[dict[str, Any], Start], Iterable[bytes]]) -> None:
        self.application = application
        self.durable = False

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        if not self.durable and not self._look():
            start("503 Service Unavailable", [("Content-Type", "text/plain; charset=utf-8")])
            return [
                "The database does not keep what it accepts, so nothing is accepted. See the server’s log.".encode()
            ]
        return self.application(environ, start)

    def _look(self) -> bool:
        try:
            database.require_durable()
        except Refused as refused:
            logging.getLogger(__name__).critical("%s", refused)
            return False
        except database.AWAY:
            return True  # it is down: the application has a page for that, and we look again at the next request
        self.durable = True
        return True


application = OnceDurable(get_wsgi_application())
