"""Reading a PDF back with nothing but Python: its objects, its structure, and the words on its pages."""

import re
import zlib
from dataclasses import dataclass, field

OBJECT = re.compile(rb"(?<!\d)(\d+) 0 obj\s(.*?)\bendobj", re.DOTALL)
STREAM = re.compile(rb"stream\r?\n(.*)\r?\nendstream", re.DOTALL)
REFERENCE = r"/{}\s+(\d+) 0 R"
LITERAL = re.compile(rb"\((?:\\.|[^\\()])*\)", re.DOTALL)


@dataclass
class Paper:
    """A PDF. objects: number → its text without its stream; streams: number → its inflated stream."""

    objects: dict[int, str] = field(default_factory=dict)
    streams: dict[int, bytes] = field(default_factory=dict)

    @property
    def catalog(self) -> str:
        return next(text for text in self.objects.values() if "/Type /Catalog" in text)

    @property
    def pages(self) -> list[int]:
        return [number for number, text in self.objects.items() if re.search(r"/Type /Page\b", text)]

    def tags(self) -> list[str]:
        """The structure's tags, such as Table and TH, as often as they occur."""
        elements = [text for text in self.objects.values() if "/Type /StructElem" in text]
        return [found[1] for text in elements if (found := re.search(r"/S /(\w+)", text))]

    def strings(self, key: str) -> list[str]:
        """Every string under that key, such as Alt or Lang."""
        found = []
        for text in self.objects.values():
            found += [
                _string(raw) for raw in re.findall(rf"/{key} (\((?:\\.|[^\\()])*\)|<[0-9a-fA-F]*>)", text, re.DOTALL)
            ]
        return found

    def text(self) -> str:
        """The words of all pages in the order in which they are drawn."""
        return re.sub(r"\s+", " ", " ".join(self._page(number) for number in self.pages))

    def _page(self, number: int) -> str:
        letters = {name: self._letters(int(ref)) for name, ref in self._fonts(number).items()}
        contents = int(re.search(REFERENCE.format("Contents"), self.objects[number])[1])
        drawn, font = [], ""
        content = self.streams[contents].decode("latin-1")
        for part in re.finditer(r"/([\w-]+) [\d.-]+ Tf|<([0-9a-fA-F]+)>|\bTm\b|\bBT\b", content):
            if part[1]:
                font = part[1]
            elif part[2]:
                codes = [int(part[2][at : at + 4], 16) for at in range(0, len(part[2]), 4)]
                drawn.append("".join(letters[font].get(code, "") for code in codes))
            else:
                drawn.append(" ")
        return "".join(drawn)

    def _fonts(self, page: int) -> dict[str, str]:
        resources = self._follow(self.objects[page], "Resources")
        return dict(re.findall(r"/([\w-]+) (\d+) 0 R", self._follow(resources, "Font")))

    def _follow(self, text: str, key: str) -> str:
        if found := re.search(REFERENCE.format(key), text):
            return self.objects[int(found[1])]
        return text.partition(f"/{key}")[2]

    def _letters(self, font: int) -> dict[int, str]:
        """Glyph → letters, as the font's ToUnicode map says."""
        unicode = int(re.search(REFERENCE.format("ToUnicode"), self.objects[font])[1])
        pairs = re.findall(rb"<([0-9a-fA-F]{4})> <([0-9a-fA-F]+)>\s", self.streams[unicode])
        return {int(code, 16): bytes.fromhex(to.decode()).decode("utf-16-be") for code, to in pairs}


def read(data: bytes) -> Paper:
    """The objects of a PDF, those in object streams among them."""
    assert data.startswith(b"%PDF-1.7")
    paper = Paper()
    for number, body in OBJECT.findall(data):
        stream = STREAM.search(body)
        text = body[: stream.start()] if stream else body
        paper.objects[int(number)] = text.decode("latin-1")
        if stream:
            packed = stream[1]
            paper.streams[int(number)] = zlib.decompress(packed) if b"/FlateDecode" in text else packed
    for number, text in list(paper.objects.items()):
        if "/Type /ObjStm" in text:
            _unpack(paper, number)
    return paper


def _unpack(paper: Paper, number: int) -> None:
    text, stream = paper.objects[number], paper.streams[number]
    first, count = (int(re.search(rf"/{key} (\d+)", text)[1]) for key in ("First", "N"))
    places = [int(part) for part in stream[:first].split()][: 2 * count]
    starts = [*places[1::2], len(stream) - first]
    for each, start, end in zip(places[::2], starts, starts[1:], strict=False):
        paper.objects[each] = stream[first + start : first + end].decode("latin-1")


def _string(raw: str) -> str:
    if raw.startswith("<"):
        data = bytes.fromhex(raw[1:-1])
    else:
        data = re.sub(rb"\\(.)", rb"\1", raw[1:-1].encode("latin-1"), flags=re.DOTALL)
    return data.decode("utf-16") if data[:2] in (b"\xfe\xff", b"\xff\xfe") else data.decode("latin-1")
