"""Tables that data portals (CKAN) hand out as JSON: {"fields": [{"id": …}], "records": [[…], …]}.

JSON is read whole, so a file may be smaller than a CSV; what it holds is checked before any of it is believed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from alongside.kit.rawfile import Source, UnreadableFile, opened
from alongside.kit.tabular import MAX_COLUMNS, Row, Table, clean_text

MAX_BYTES: Final = 50_000_000
_START: Final = 4_096
_NO_TABLE = (
    'This is JSON, but no table as data portals write it, with "fields" and "records"; ask for the table as CSV.'
)


def is_json(source: Source) -> bool:
    """Whether the file begins as JSON does."""
    with opened(source) as stream:
        start = stream.read(_START).removeprefix(b"\xef\xbb\xbf").lstrip()
    return start.startswith((b"{", b"["))


def read_json(source: Source, *, max_bytes: int, max_rows: int) -> Table:
    """The table, row by row. Raises UnreadableFile for other JSON, for what is no JSON, and beyond the limits."""
    limit = min(max_bytes, MAX_BYTES)
    with opened(source) as stream:
        data = stream.read(limit + 1)
    if len(data) > limit:
        raise UnreadableFile(
            f"This JSON holds more than {limit / 1_000_000:g} MB, the limit; ask for the table as CSV."
        )
    fields, records = _parts(_parsed(data))
    if len(records) > max_rows:
        raise UnreadableFile(f"This file has more than {max_rows:,} rows, the limit for a table; ask for an extract.")
    table = Table(header=[clean_text(name) for name in fields], encoding="utf-8", delimiter="")
    table.rows = _rows(table, fields, records)
    return table


def _parsed(data: bytes) -> Any:
    try:
        return json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as problem:
        raise UnreadableFile("This JSON is damaged or was cut off; fetch it again.") from problem


def _parts(content: Any) -> tuple[list[str], list[Any]]:
    """Names of the fields and the records; the answer of the portal's own interface has both inside "result"."""
    if isinstance(content, dict) and isinstance(content.get("result"), dict):
        content = content["result"]
    fields, records = (content.get("fields"), content.get("records")) if isinstance(content, dict) else (None, None)
    if not (isinstance(fields, list) and isinstance(records, list)) or len(fields) > MAX_COLUMNS:
        raise UnreadableFile(_NO_TABLE)
    names = [field.get("id") if isinstance(field, dict) else None for field in fields]
    if not names or not all(isinstance(name, str) for name in names):
        raise UnreadableFile(_NO_TABLE)
    return [str(name) for name in names], records


def _rows(table: Table, fields: list[str], records: list[Any]) -> Iterator[Row]:
    for number, record in enumerate(records, start=2):
        table.rows_read += 1
        values = [record.get(name) for name in fields] if isinstance(record, dict) else record
        if isinstance(values, list) and len(values) == len(fields):
            yield Row(number, [_cell(value) for value in values], len(values))
        else:
            table.faults.add(number, "", f"This record has not the {len(fields)} values of the fields. Delete it.")
    if not records:
        table.faults.add(1, "", "This file has fields and no records. Choose the file that holds the table.")


def _cell(value: Any) -> str:
    return "" if value is None else str(value)
