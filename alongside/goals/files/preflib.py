"""PrefLib's files of orders, with the header of today ("# TITLE: …", then "12: 1,{2,3}") and with the older one
("4", "1,Name" four times, "475,475,41", then "12,1,{2,3}"). See https://preflib.github.io/PrefLib-Jekyll/format.
"""

from __future__ import annotations

import io
import itertools
import re
from collections.abc import Iterator
from typing import Final

from alongside.goals.files.shape import MOST_BYTES, MOST_ISSUES, ReadVote, names, not_so_many
from alongside.kit.rawfile import Source, UnreadableFile, opened, text_encoding
from alongside.kit.tabular import clean_text, shown

KINDS: Final = frozenset(["soc", "soi", "toc", "toi"])
LONGEST_LINE: Final = 4_000
MOST_COUNT: Final = 9  # digits
NUMBER = re.compile(rf"[0-9]{{1,{MOST_COUNT}}}", re.ASCII)
KEY = re.compile(r"#\s*([A-Z][A-Z ]*[A-Z])(?:\s+([0-9]{1,9}))?\s*:(.*)")
TODAY = re.compile(r"\s*([0-9]{1,9})\s*:(.*)")
OLDER = re.compile(r"\s*([0-9]{1,9})\s*,(.*)")
PIECE = re.compile(r"\{[^{}]*\}|[^,{}]+")
AROUND = re.compile(r"\s*([,{}])\s*")
WHOLE = re.compile(r"(?:\{[^{}]*\}|[^,{}]+)(?:,(?:\{[^{}]*\}|[^,{}]+))*")
SAVE_AGAIN = "Fetch it from PrefLib again."

type Lines = Iterator[tuple[int, str]]


def looks_like_preflib(data: Source) -> bool:
    """Whether the first line with content is one of PrefLib's: a key of today's header, or a number alone."""
    try:
        _, first = next(_lines(data))
    except StopIteration:
        return False
    return bool(KEY.match(first) or NUMBER.fullmatch(first.strip()))


def read_preflib(data: Source) -> ReadVote:
    """All orders of the file. A line that cannot be is set aside with its row.

    Raises UnreadableFile for what is no file of orders, for a header that contradicts itself, for both layouts in one file.
    """
    lines = _lines(data)
    number, first = next(lines)
    again = itertools.chain([(number, first)], lines)
    return _read_today(again) if first.lstrip().startswith("#") else _read_older(again)


def _lines(data: Source) -> Lines:
    """Lines with content, each with its number."""
    encoding = text_encoding(data, MOST_BYTES)
    with opened(data) as stream, io.TextIOWrapper(stream, encoding=encoding) as text:
        for number in itertools.count(1):
            line = text.readline(LONGEST_LINE + 1)
            if not line:
                return
            if len(line) > LONGEST_LINE:
                raise UnreadableFile(f"Row {number} is longer than {LONGEST_LINE:,} characters; no order of votes is.")
            if line.strip():
                yield number, line.rstrip("\r\n")


def _read_today(lines: Lines) -> ReadVote:
    keys: dict[str, str] = {}
    called: dict[int, str] = {}
    rest = iter(())  # type: Lines
    for number, line in lines:
        if not line.lstrip().startswith("#"):
            rest = itertools.chain([(number, line)], lines)
            break
        if key := KEY.match(line.lstrip()):
            if key[1] == "ALTERNATIVE NAME" and key[2]:
                called[int(key[2])] = key[3]
            else:
                keys[key[1]] = key[3].strip()
    kind = keys.get("DATA TYPE", "").lower()
    if kind and kind not in KINDS:
        raise UnreadableFile(
            f"This is a PrefLib file of the kind {shown(kind)}, which holds no orders. Choose one of soc, soi, toc or toi."
        )
    read = _vote("PrefLib", keys.get("TITLE", ""), called, keys.get("NUMBER ALTERNATIVES", str(len(called))))
    _take(read, rest, TODAY, OLDER)
    _check_sum(read, keys.get("NUMBER VOTERS", ""))
    return read


def _read_older(lines: Lines) -> ReadVote:
    _, first = next(lines)
    count = int(first) if NUMBER.fullmatch(first.strip()) else 0
    if not 2 <= count <= MOST_ISSUES:
        raise UnreadableFile(not_so_many(count))
    called: dict[int, str] = {}
    for number, line in itertools.islice(lines, count):
        found = OLDER.fullmatch(line)
        if found is None:
            raise UnreadableFile(
                f"Row {number} is {shown(line)}, where PrefLib’s older header has a number and a name. {SAVE_AGAIN}"
            )
        called[int(found[1])] = found[2]
    read = _vote("PrefLib, older header", "", called, str(count))
    number, sums = next(lines, (0, ""))
    parts = [part.strip() for part in sums.split(",")]
    if len(parts) != 3 or not all(NUMBER.fullmatch(part) for part in parts):
        raise UnreadableFile(
            f"Row {number or count + 2} is {shown(sums)}, where PrefLib’s older header has three sums. {SAVE_AGAIN}"
        )
    _take(read, lines, OLDER, TODAY)
    _check_sum(read, parts[0])
    return read


def _vote(layout: str, title: str, called: dict[int, str], said: str) -> ReadVote:
    if not called or sorted(called) != list(range(1, len(called) + 1)) or said != str(len(called)):
        raise UnreadableFile(
            f"The header announces {shown(said)} things to choose among and names {len(called)}. {SAVE_AGAIN}"
        )
    return ReadVote(layout, clean_text(title)[:100], names([called[number] for number in sorted(called)]))


def _take(read: ReadVote, lines: Lines, ours: re.Pattern[str], other: re.Pattern[str]) -> None:
    """Count every line; both ways of writing one in a file mean that two files were glued together."""
    for number, line in lines:
        found = ours.fullmatch(line)
        if found is None and (other.fullmatch(line) or line.lstrip().startswith("#")):
            raise UnreadableFile(
                f"This file mixes two layouts of PrefLib: row {number} is {shown(line)}. Nothing of it was read; {SAVE_AGAIN[0].lower()}{SAVE_AGAIN[1:]}"
            )
        if found is None:
            read.faults.add(number, "", f"{shown(line)} is no order: a number of votes, then the order, is needed.")
            continue
        tiers, wrong = _tiers(found[2], len(read.issues))
        if int(found[1]) == 0:
            wrong = "It counts no votes."
        if wrong:
            read.faults.add(number, "", wrong)
        else:
            read.add(tiers, int(found[1]))


def _tiers(order: str, count: int) -> tuple[list[list[int]], str]:
    """The order in places from 0, or what is wrong with it."""
    order = AROUND.sub(r"\1", order).strip()
    if not order:
        return [], ""
    if not WHOLE.fullmatch(order):
        return [], f"{shown(order)}: the commas or curly brackets do not match."
    tiers: list[list[int]] = []
    seen: set[str] = set()
    for piece in PIECE.findall(order):
        inside = [each.strip() for each in piece.strip("{}").split(",")]
        if inside == [""] and "{" in piece:
            continue  # a place that nobody was given: "3,{},4"
        for each in inside:
            if not NUMBER.fullmatch(each) or not 1 <= int(each) <= count:
                return [], f"{shown(each)} is no number from 1 to {count}."
            if str(int(each)) in seen:
                return [], f"{each} stands twice in one order."
            seen.add(str(int(each)))
        tiers.append([int(each) - 1 for each in inside])
    return tiers, ""


def _check_sum(read: ReadVote, said: str) -> None:
    found = read.voters + read.blank
    if said and said != str(found):
        read.faults.add(1, "", f"The header says {shown(said)} votes, and the orders that were read hold {found:,}.")
