"""Backup and restore in one logical format, the same for SQLite and PostgreSQL (docs/decisions/0040-back-up-by-rows.md)."""

from alongside.kit.backup.archive import Archive, opened, write
from alongside.kit.backup.loading import load, require_empty
from alongside.kit.backup.tables import checksums

__all__ = ["Archive", "checksums", "load", "opened", "require_empty", "write"]
