"""Register files that wait: brought in by an officer, read in the background, previewed, applied exactly or dropped."""

import contextlib
import datetime
import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from alongside.kit import database, journal, queue
from alongside.kit.errors import Conflict, Refused
from alongside.kit.rawfile import opened
from alongside.kit.tabular import MAX_BYTES, clean_text
from alongside.network.actions import registers
from alongside.network.actions.planning import Plan, plan_for
from alongside.network.actions.previews import preview_of
from alongside.network.models import Organisation, School, StagedRegister
from alongside.network.registers import RegisterFile, read_register

READ = queue.named("alongside.network.tasks.read_register_file")
APPLY = queue.named("alongside.network.tasks.apply_register_file")
APPLIED = journal.deed("network.register_applied", "brought the register of schools up to date")
DROPPED = journal.deed("network.register_dropped", "dropped a register file that waited")

KEPT = datetime.timedelta(days=7)
READ_PART = 80  # per cent: the rest is comparing
STEP = 4  # per cent between two tellings
_CHUNK = 1 << 20
_GONE = "The file is not there any more. Bring it in again."
_OUTRUN = (
    "The register was changed by another import since this preview. Nothing of this file was applied. "
    "Bring it in again to see what is new."
)
_OVER = "This file was applied or dropped already. Nothing more was changed."

State = StagedRegister.State


def bring_register(network: Organisation, name: str, chunks: Iterable[bytes], *, by: int) -> StagedRegister:
    """Keep a register file beside the register until somebody applies it; a worker reads it. by: id of the person.

    Raises Refused beyond the limit of 200 MB.
    """
    file = secrets.token_hex(16)
    path = _path(file)
    try:
        size = _write(path, chunks)
        with transaction.atomic():
            staged = StagedRegister.objects.create(
                organisation=network, brought_by=by, name=clean_text(name)[:100] or "register", file=file, size=size
            )
            queue.enqueue(READ, staged.pk)
    except BaseException:  # a sender who hung up too: no file without its row
        path.unlink(missing_ok=True)
        raise
    return staged


def read_staged(pk: int) -> None:
    """Read a file that waits and work out its preview. Twice is once; what cannot be read is refused with its sentence."""
    staged = StagedRegister.objects.filter(pk=pk, state=State.READING).first()
    if staged is None:
        return
    try:
        with _readable(staged) as path:
            file = read_register(path, told=_teller(staged, path))
        after = registers.last_import()
        plan = plan_for(file)
    except Refused as refused:
        _refuse(staged, State.READING, str(refused))
        return
    members = set(School.objects.in_network(staged.organisation_id).values_list("pk", flat=True))
    preview = preview_of(plan, members)
    StagedRegister.objects.filter(pk=pk, state=State.READING).update(
        state=State.READY, percent=100, preview=preview, digest=plan.digest(), after=after
    )


def apply_staged(staged: StagedRegister, *, by: int) -> None:
    """Have a worker do exactly what the preview said. Raises Conflict when it no longer can, or was asked to already."""
    with transaction.atomic():
        ready = StagedRegister.objects.filter(pk=staged.pk, state=State.READY)
        if not ready.update(state=State.APPLYING, percent=0):
            raise Conflict(_OVER)
        if registers.last_import() != staged.after:
            raise Conflict(_OUTRUN)
        queue.enqueue(APPLY, staged.pk, by)


def apply_now(pk: int, by: int) -> None:
    """Apply a file, in one transaction, or refuse it whole where the register has changed. Twice is once."""
    staged = StagedRegister.objects.filter(pk=pk, state=State.APPLYING).first()
    if staged is None:
        return
    try:
        with _readable(staged) as path:
            file, digest = read_register(path, told=_teller(staged, path)), registers.digest_of(path)
        _apply(staged, file, digest, by)
    except Refused as refused:
        _refuse(staged, State.APPLYING, str(refused))
    else:
        _wipe(staged)


def drop_staged(staged: StagedRegister, *, by: int) -> None:
    """Forget a file that waits. Raises Conflict when it was applied or dropped meanwhile."""
    with transaction.atomic():
        waiting = StagedRegister.objects.filter(pk=staged.pk, state__in=[State.READING, State.READY])
        if not waiting.update(state=State.DROPPED, preview={}, finished_at=timezone.now()):
            raise Conflict(_OVER)
        journal.record(
            staged.organisation_id, DROPPED, by=by, about=f"register:{staged.pk}", payload={"file": staged.name}
        )
    _wipe(staged)


def forget_old() -> int:
    """Drop files that nobody applied for seven days, and wipe what was left behind; how many rows were dropped."""
    before = timezone.now() - KEPT
    old = StagedRegister.objects.filter(brought_at__lt=before, state__in=[State.READING, State.READY])
    dropped = old.update(state=State.DROPPED, preview={}, finished_at=timezone.now())
    for staged in StagedRegister.objects.exclude(file="").filter(brought_at__lt=before):
        _wipe(staged)
    for path in _folder().glob("*"):
        if datetime.datetime.fromtimestamp(path.stat().st_mtime, datetime.UTC) < before:
            path.unlink(missing_ok=True)
    return dropped


def _apply(staged: StagedRegister, file: RegisterFile, digest: str, by: int) -> None:
    with database.alone(registers.LOCK, 0):
        applying = StagedRegister.objects.filter(pk=staged.pk, state=State.APPLYING)
        if not applying.update(state=State.APPLIED, percent=100, finished_at=timezone.now()):
            return
        plan = _same_plan(staged, file)
        registers.apply_plan(plan)
        done = registers.record(plan, digest)
        payload = {"file": staged.name, "layout": file.layout, "register": file.register, **done.summary}
        journal.record(staged.organisation_id, APPLIED, by=by, about=f"register:{staged.pk}", payload=payload)


def _same_plan(staged: StagedRegister, file: RegisterFile) -> Plan:
    """The plan as it was previewed; raises Conflict when the register would now be changed otherwise."""
    if registers.last_import() != staged.after:
        raise Conflict(_OUTRUN)
    plan = plan_for(file)
    if plan.digest() != staged.digest:
        raise Conflict(_OUTRUN)
    return plan


def _refuse(staged: StagedRegister, while_: str, reason: str) -> None:
    held = StagedRegister.objects.filter(pk=staged.pk, state=while_)
    held.update(state=State.REFUSED, refusal=reason, preview={}, finished_at=timezone.now())
    _wipe(staged)


def _teller(staged: StagedRegister, path: Path) -> Callable[[int], None]:
    """Write down how far the reading is, in steps, on the row that the page shows."""
    lines, told = _lines(path), 0

    def tell(rows: int) -> None:
        nonlocal told
        percent = min(READ_PART, READ_PART * rows // lines)
        if percent >= told + STEP:
            told = percent
            StagedRegister.objects.filter(pk=staged.pk).update(percent=percent)

    return tell


def _lines(path: Path) -> int:
    """How many lines the file has, at least 1; counted only as far as a table may go."""
    lines, size = 1, 0
    with opened(path) as stream:
        while size <= MAX_BYTES and (chunk := stream.read(_CHUNK)):
            size += len(chunk)
            lines += chunk.count(b"\n")
    return lines


@contextlib.contextmanager
def _readable(staged: StagedRegister) -> Iterator[Path]:
    path = _path(staged.file)
    if not staged.file or not path.is_file():
        raise Refused(_GONE)
    yield path


def _write(path: Path, chunks: Iterable[bytes]) -> int:
    """The file in the data folder, readable by its owner alone; its size in bytes."""
    size = 0
    with open(path, "xb", opener=_private) as stream:
        for chunk in chunks:
            size += len(chunk)
            if size > MAX_BYTES:
                raise Refused(TOO_LARGE)
            stream.write(chunk)
    return size


def _wipe(staged: StagedRegister) -> None:
    if staged.file:
        _path(staged.file).unlink(missing_ok=True)
    StagedRegister.objects.filter(pk=staged.pk).update(file="")


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _path(file: str) -> Path:
    return _folder() / file


def _folder() -> Path:
    folder = Path(settings.DATA) / "registers"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


TOO_LARGE = f"This file is larger than {MAX_BYTES // 1_000_000} MB, the limit for a register. Pack it with gzip, or ask for an extract."
