import atexit
import logging

from django.apps import AppConfig
from django.conf import settings
from django.db import connections

from alongside.kit import languages


class KitConfig(AppConfig):
    name = "alongside.kit"
    label = "kit"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let a process on PostgreSQL end when it is done: an open pool holds it for ten seconds. Compile new languages."""
        atexit.register(_close_pools)
        for fault in languages.prepare(settings.DATA):
            logging.getLogger(__name__).error("A language stays away: %s", fault)


def _close_pools() -> None:
    for connection in connections.all():
        if close := getattr(connection, "close_pool", None):
            close()
