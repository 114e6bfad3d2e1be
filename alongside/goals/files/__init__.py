"""Files with votes that were cast elsewhere: read as a tally of orders. No voter is kept, whatever the file names."""

from alongside.goals.files.preflib import looks_like_preflib, read_preflib
from alongside.goals.files.shape import MOST_BYTES, MOST_ISSUES, MOST_VOTERS, ReadVote
from alongside.goals.files.sheet import TEMPLATE_CSV, read_sheet
from alongside.kit.rawfile import Source, UnreadableFile
from alongside.surveys.counting import Order

__all__ = [
    "MOST_BYTES",
    "MOST_ISSUES",
    "MOST_VOTERS",
    "TEMPLATE_CSV",
    "Order",
    "ReadVote",
    "UnreadableFile",
    "read",
]


def read(data: Source) -> ReadVote:
    """A PrefLib file (.soc .soi .toc .toi, with the header of today or the older one) or a table.

    Raises UnreadableFile with a sentence for anything else, and for a file that mixes two layouts: nothing of it is read.
    """
    found = read_preflib(data) if looks_like_preflib(data) else read_sheet(data)
    if not found.voters:
        first = f" Row {found.faults[0].row}: {found.faults[0].text}" if found.faults else ""
        raise UnreadableFile(f"No row of this file is a vote that can be counted.{first}")
    return found
