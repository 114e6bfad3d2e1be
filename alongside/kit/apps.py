import atexit

from django.apps import AppConfig
from django.db import connections


class KitConfig(AppConfig):
    name = "alongside.kit"
    label = "kit"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Arrange for a process on PostgreSQL to end when it is done: the threads of an open pool hold it for ten seconds."""
        atexit.register(_close_pools)


def _close_pools() -> None:
    for connection in connections.all():
        if close := getattr(connection, "close_pool", None):
            close()
