"""Our own table: one row a part, as CSV, for people who write statements in a spreadsheet."""

from __future__ import annotations

from typing import Final

from alongside.kit.rawfile import UnreadableFile
from alongside.kit.tabular import clean_text, looks_like_formula, read_table, shown, write_csv
from alongside.surveys.definitions.parts import MOST_QUESTIONS, Found, Question
from alongside.surveys.wording import Line, Wording

HEADER: Final = ("Part", "Text", "About", "Every time")
YES: Final = {"yes", "y", "true", "x", "1"}
PARTS: Final = {"name": "name", "question": "question", "think": "think", "statement": "", "comment": "comment", "": ""}
TEMPLATE: Final = write_csv(
    [
        HEADER,
        ("name", "How we meet", "", ""),
        ("question", "How were our meetings this past month?", "", ""),
        ("statement", "I knew beforehand what each meeting was for.", "Purpose", ""),
        ("statement", "Everyone who wanted to speak could.", "Voice", ""),
        ("comment", "What is one thing about our meetings to keep, start or stop?", "", ""),
    ]
)


def read(data: bytes) -> Found:
    """What a table holds: our own columns, or a column of statements alone. Raises UnreadableFile for another table."""
    table = read_table(data, max_rows=MOST_QUESTIONS)
    header = [name.casefold() for name in table.header]
    text = next((name for name in ("text", "statement") if name in header), "")
    if not text:
        raise UnreadableFile(
            f"No column of this table is called “Text” or “Statement” (it has {', '.join(map(shown, table.header[:6]))}). "
            "Use our template, or name the column with the statements “Statement”."
        )
    found = Found("CSV", [""])
    for row in table.rows:
        cells = dict(zip(header, row.cells, strict=True))
        _row(found, f"row {row.number}", {**cells, "text": cells[text].strip()})
    for fault in table.faults:
        found.leave(f"row {fault.row}", fault.text)
    return found


def _row(found: Found, where: str, cells: dict[str, str]) -> None:
    part, text = cells.get("part", "").strip().casefold(), _unescaped(cells["text"])
    if part not in PARTS:
        found.leave(where, f"its part is {shown(part)}, and the parts are name, question, think, statement and comment")
    elif not text:
        found.leave(where, "it has no text")
    elif part == "name":
        found.titles.setdefault("", text)
    elif part == "question":
        found.above = found.above or text
    elif part == "think":
        found.think = found.think or text
    elif part == "comment":
        found.comments.append(Question(where, {"": text}))
    else:
        always = cells.get("every time", "").strip().casefold() in YES
        found.questions.append(Question(where, {"": text}, _unescaped(cells.get("about", "").strip()), always))


def _unescaped(text: str) -> str:
    """Without the apostrophe that we write before what a spreadsheet would run."""
    return clean_text(text[1:] if text.startswith("'") and looks_like_formula(text[1:]) else text)


def as_csv(wording: Wording) -> bytes:
    """The wording as such a table."""
    rows = [("name", wording.name), ("question", wording.question), ("think", wording.think)]
    rows += [("comment", wording.comment)] if wording.comment else []
    return write_csv([HEADER, *((*row, "", "") for row in rows), *map(_statement, wording.lines)])


def _statement(line: Line) -> tuple[str, str, str, str]:
    return "statement", line.statement, line.about, "yes" if line.always else ""
