"""Is this installation as it should be? One finding for each thing that an administrator would want to know."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from alongside.kit import database, journal, languages
from alongside.kit.documents import pdf


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: whether it is well, what it is, and what to do when it is not."""

    ok: bool
    name: str
    text: str


def run() -> list[Finding]:
    """Look at everything below the packages; nothing is changed."""
    found = [_python(), _durable(), _migrations(), _keys(), _secret(), _mail(), _web(), papers(), tongues()]
    found += [_journal()] if found[2].ok else []
    return [*found, *(_postgresql() if connection.vendor == "postgresql" else _sqlite())]


def _python() -> Finding:
    version = ".".join(str(part) for part in sys.version_info[:3])
    return Finding(sys.version_info >= (3, 12), "Python", f"{version}; 3.12 or newer is needed.")


def _durable() -> Finding:
    weak = database.weaknesses()
    return Finding(not weak, "Durability", " ".join(weak) or "An accepted answer survives a power cut.")


def _migrations() -> Finding:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    text = f"{len(waiting)} are waiting. Run: alongside manage migrate" if waiting else "All are applied."
    return Finding(not waiting, "Migrations", text)


def _journal() -> Finding:
    verdicts = [journal.verify(organisation) for organisation in journal.organisations()]
    if broken := next((verdict.fault for verdict in verdicts if verdict.fault), None):
        return Finding(
            False, "Journal", f"{broken.words[0].upper()}{broken.words[1:]} Run: alongside manage verify_journal"
        )
    entries = sum(verdict.entries for verdict in verdicts)
    return Finding(True, "Journal", f"{len(verdicts)} journals, {entries} entries: each follows from the one before.")


def _keys() -> Finding:
    folder = Path(settings.KEYS)
    open_to_others = (
        [path.name for path in folder.glob("*.key") if path.stat().st_mode & 0o077] if folder.exists() else []
    )
    if open_to_others:
        return Finding(False, "Key folder", f"{open_to_others[0]} can be read by others. Run: chmod 600 {folder}/*.key")
    return Finding(True, "Key folder", f"{folder}: only its owner reads it. Keep it out of every backup.")


def _secret() -> Finding:
    return Finding(
        len(settings.SECRET_KEY) >= 40,
        "Secret key",
        "Long enough." if len(settings.SECRET_KEY) >= 40 else "Use 40 characters or more.",
    )


def _mail() -> Finding:
    backend = str(settings.MAILERS["default"]["BACKEND"])
    if backend.endswith("NoServer"):
        return Finding(False, "Mail", "No server is set, so letters wait. Set ALONGSIDE_SMTP_URL.")
    return Finding(True, "Mail", "The demo’s mailbox." if settings.DEMO else "A server is set.")


def _web() -> Finding:
    if settings.DEMO:
        return Finding(True, "Web", "Demo mode: this machine only.")
    return Finding(
        settings.SECURE,
        "Web",
        "https." if settings.SECURE else "ALONGSIDE_URL is not https: browsers will not keep anyone signed in safely.",
    )


def _sqlite() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        (version,) = cursor.execute("SELECT sqlite_version()").fetchone()
        (check,) = cursor.execute("PRAGMA quick_check").fetchone()
    yield Finding(check == "ok", "Database", f"SQLite {version}, {settings.DATABASES['default']['NAME']}: {check}.")


def _postgresql() -> Iterator[Finding]:
    """What TRUST 2 promises to report: whatever keeps copies of an open wave beyond this database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('archive_mode'), current_setting('server_version'), (SELECT count(*) FROM pg_stat_replication)"
        )
        archive, version, standbys = cursor.fetchone()
        cursor.execute(
            "SELECT count(*) FROM pg_tables WHERE tablename LIKE 'surveys\\_%%' AND tableowner = current_user", []
        )
        (owned,) = cursor.fetchone()
    yield Finding(True, "Database", f"PostgreSQL {version}.")
    archiving = "Write-ahead logs are archived: they keep what the seal removed, for as long as you keep them."
    yield Finding(archive == "off", "Archiving", archiving if archive != "off" else "Off.")
    copies = f"{standbys} standbys hold a copy of open waves." if standbys else "No standbys."
    yield Finding(not standbys, "Standbys", copies)
    role = (
        "The web connects as the owner of the tables; let it connect as a member of alongside_app."
        if owned
        else "The web owns no table."
    )
    yield Finding(not owned, "Role", role)


def papers() -> Finding:
    """Whether pages can be drawn as PDF here: that needs pango from the system."""
    trouble = pdf.trouble()
    return Finding(not trouble, "PDF", trouble or "Pages can be drawn as PDF.")


def tongues() -> Finding:
    """Which languages are there, which nobody has reviewed, and which file cannot be read."""
    try:
        found = languages.installed(settings.DATA)
    except ValueError as fault:
        return Finding(False, "Languages", f"{fault} Mend the file, or take it away.")
    waiting = [language.name for language in found if not language.reviewed_by]
    if waiting:
        names = ", ".join(waiting)
        return Finding(
            False, "Languages", f"Nobody has reviewed {names}: pages say so. Name the reviewer in X-Reviewed-By."
        )
    return Finding(True, "Languages", ", ".join(["English", *(language.name for language in found)]) + ".")
