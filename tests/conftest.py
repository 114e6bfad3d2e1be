"""What every test may count on. The data folder and the environment are made in `tests/environment.py`."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client

from alongside.people import factors
from alongside.people.models import Person
from tests import environment, smtp


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Files as bytes make names that nobody can read; and packed ones hold the time, so that no two processes agree."""
    return argname if isinstance(val, bytes) else None


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """SQLite tests use a real file: WAL, locks and threads behave as they do in a school."""
    database = django_settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        database.setdefault("TEST", {})["NAME"] = str(environment.DATA / "test.sqlite3")


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> None:
    """Argon2 costs a fifth of a second and 100 MB each time; what it protects is no matter of these tests."""
    django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session", autouse=True)
def second_step_of_force_login() -> None:
    """`force_login` stands for a whole sign-in, second step included: without that a session of a leader opens nothing.

    `Client.password_only(person)` is a session whose second step was never taken.
    """
    plain = Client.force_login

    def whole(self: Client, user: Person, backend: str | None = None) -> None:
        plain(self, user, backend)
        session = self.session
        factors.vouch(session, user, "app")
        session.save()

    Client.password_only, Client.force_login = plain, whole


@pytest.fixture
def server(settings: Any) -> Iterator[smtp.Server]:
    """A mail server that takes letters by real conversation, and to which they go while a test lasts."""
    with smtp.running() as found:
        settings.MAILERS = found.mailers
        yield found
