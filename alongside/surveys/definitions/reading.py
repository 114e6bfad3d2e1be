"""Which kind of file it is, and its reader."""

from __future__ import annotations

from alongside.kit import archives
from alongside.kit.workbooks import is_workbook
from alongside.surveys.definitions import limesurvey, sheet, xlsform
from alongside.surveys.definitions.parts import Found, UnreadableFile
from alongside.surveys.wording import LONGEST


def read(data: bytes) -> Found:
    """What a survey file holds, by what is in it and whatever it is called.

    Raises UnreadableFile with one sentence that says what is wrong, where, and what to do; then nothing was read.
    """
    if archives.is_archive(data):
        found = _archive(data)
    elif _is_xml(data):
        found = limesurvey.read(data)
    elif data.lstrip(b"\xef\xbb\xbf").startswith(b"id\trelated_id\tclass"):
        raise UnreadableFile("This is LimeSurvey’s tab-separated form. Export the survey’s structure as .lss instead.")
    elif data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
        raise UnreadableFile(
            "This is JSON, as Qualtrics (.qsf) and SurveyJS write it. Bring the survey as LimeSurvey’s structure (.lss), as an "
            "XLSForm (.xlsx), or its statements as CSV."
        )
    elif data.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableFile("This is a workbook of the old kind (.xls). Save it as .xlsx, or as CSV, and bring that.")
    else:
        found = sheet.read(data)
    if not found.questions and not found.comments and not found.left:
        raise UnreadableFile("There are no questions in this file. Choose the file that holds the survey.")
    _without_long(found)
    _without_doubles(found)
    return found


def _without_long(found: Found) -> None:
    """What is longer than a phone shows is left out and named."""
    for kept in (found.questions, found.comments):
        for question in list(kept):
            letters = max(map(len, question.texts.values()))
            if letters > LONGEST:
                kept.remove(question)
                found.leave(question.where, f"it has {letters} letters, and here it may have {LONGEST} at most")


def _is_xml(data: bytes) -> bool:
    start = data[:200].lstrip(b"\xef\xbb\xbf \t\r\n")
    wide = data[:4] in {b"\xff\xfe<\0", b"\xfe\xff\0<"}
    return wide or start.startswith((b"<?xml", b"<document", b"<!DOCTYPE document"))


def _archive(data: bytes) -> Found:
    names = archives.names(data)
    if is_workbook(names):
        return xlsform.read(data)
    if any(name.lower().endswith(".lss") for name in names):
        raise UnreadableFile(
            "This is LimeSurvey’s archive with people’s answers (.lsa). Bring the survey’s structure alone (.lss)."
        )
    raise UnreadableFile(
        "This is a zip archive and no survey. Unpack it and choose the .lss, .xlsx or .csv file inside."
    )


def _without_doubles(found: Found) -> None:
    """The same words twice are one statement; the second is left out and named."""
    seen: set[str] = set()
    kept = []
    for question in found.questions:
        words = next(iter(question.texts.values()), "").casefold()
        if words in seen:
            found.leave(question.where, "the same words stand in the file before")
        else:
            seen.add(words)
            kept.append(question)
    found.questions = kept
