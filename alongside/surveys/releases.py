"""Reading a release: the only source of figures for pages, exports and letters (R10)."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from alongside.surveys.instruments import Item
from alongside.surveys.models import Release, Wave

WHOLE = "whole"
GROUPING = "grouping:"
NOBODY = frozenset[int]()


@dataclass(frozen=True, slots=True)
class Score:
    """A score as published. `schools`: ids of those it is the sum of. `step`: what it was rounded to."""

    score: int
    n: str
    step: int
    schools: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """How many answered, as it may be shown, of how many who were invited."""

    n: str
    invited: int
    schools: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A release, read. Places are named school:<id>, pool:cluster:<id>, network, cluster:<id>, grouping:<id> and whole."""

    data: dict[str, Any]

    @property
    def items(self) -> list[str]:
        return [item["id"] for item in self.data["items"]]

    def score(self, item: str, place: str) -> Score | None:
        """The published score of a statement in a place; None where nothing may be shown."""
        found = self._item(item)["scores"].get(place)
        return found and Score(found["score"], found["n"], found["step"], tuple(map(int, found["schools"])))

    def places(self, item: str) -> list[str]:
        """Every place that a statement has a score for."""
        return list(self._item(item)["scores"])

    def shares(self, item: str, place: str) -> tuple[list[tuple[int, str]], str] | None:
        """Each answer's published share and what it covers ("94 of 100 answers")."""
        found = self._item(item)["shares"].get(place)
        return found and ([(percent, label) for percent, label in found["shares"]], found["coverage"])

    def printed(self, item: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """Scores and shares of a statement by place, as they stand: for whoever reads those of many places at once."""
        found = self._item(item)
        return found["scores"], found["shares"]

    def cut(self, item: str, place: str) -> list[tuple[tuple[str, ...], Score]]:
        """The published scores of a statement by kind of job at one school, leaders first; none where there is no breakdown,
        as in releases from before there were any."""
        found = self._item(item).get("breakdown", {}).get(place, [])
        return [(tuple(line["kinds"]), Score(line["score"], line["n"], line["step"], ())) for line in found]

    @property
    def k(self) -> int:
        """How many must answer before a score is shown, as it was when the wave closed."""
        found: int = self.data["k_scores"]
        return found

    @property
    def breakdown(self) -> str:
        """What the wave was shown by as well: "job", or ""."""
        found: str = self.data.get("breakdown", "")
        return found

    def answered(self, place: str) -> Answered | None:
        """How many answered in a place; None where that may not be said."""
        answered = self.data["answered"]
        found = answered[WHOLE] if place == WHOLE else answered["blocks"].get(place) or answered["totals"].get(place)
        return found and Answered(found["n"], found["invited"], tuple(map(int, found.get("schools", ()))))

    def block_of(self, school: int) -> str | None:
        """The block in which a school's answers count as a whole; None: they count nowhere."""
        blocks = self.data["answered"]["blocks"]
        return next((name for name, block in blocks.items() if str(school) in block["schools"]), None)

    def blocks_in(self, place: str) -> list[str]:
        """The blocks wholly inside a home cluster (cluster:<id>) or a grouping, or all of them for the whole."""
        blocks: dict[str, dict[str, Any]] = self.data["answered"]["blocks"]
        inside = {str(school) for school in self.members(place)}
        return [name for name, block in blocks.items() if inside.issuperset(block["schools"])]

    def members(self, place: str) -> frozenset[int]:
        """All schools of a home cluster, of a grouping or of the whole, whether their answers count there or not."""
        if place == WHOLE:
            return frozenset(map(int, self.data["schools"]))
        if place.startswith(GROUPING):
            return (
                frozenset(map(int, self.data["groupings"][place]["schools"])) if place in self.groupings() else NOBODY
            )
        return frozenset(int(key) for key, school in self.data["schools"].items() if school["cluster"] == place)

    def places_of_their_own(self) -> list[str]:
        """school:<id> of each school that is a block by itself, and cluster:<id> of each cluster with figures."""
        answered = self.data["answered"]
        schools = [place for place in answered["blocks"] if place.startswith("school:")]
        return [*schools, *(place for place in answered["totals"] if place in self.data["clusters"])]

    def school_name(self, school: int) -> str:
        """The school's name when the wave closed."""
        name: str = self.data["schools"][str(school)]["name"]
        return name

    def school_ids(self) -> list[int]:
        """All schools that were asked, by name."""
        return sorted(map(int, self.data["schools"]), key=self.school_name)

    def cluster_of(self, school: int) -> str:
        """The school's home cluster when the wave closed: cluster:<id>."""
        cluster: str = self.data["schools"][str(school)]["cluster"]
        return cluster

    def clusters(self) -> dict[str, str]:
        """cluster:<id> → name when the wave closed."""
        return {key: cluster["name"] for key, cluster in self.data["clusters"].items()}

    def same_members(self, other: Document, place: str) -> bool:
        """Whether a grouping holds the same schools in both; other places are what they are."""
        return not place.startswith(GROUPING) or self.members(place) == other.members(place)

    def groupings(self) -> dict[str, str]:
        """grouping:<id> → name when the wave opened, by name; none in releases from before there were any."""
        found = {key: str(grouping["name"]) for key, grouping in self.data.get("groupings", {}).items()}
        return dict(sorted(found.items(), key=lambda pair: (pair[1].casefold(), pair[0])))

    def slug(self, place: str) -> str:
        """The name in addresses of a school:<id>, cluster:<id> or grouping:<id>; addresses never change."""
        kind, _, key = place.partition(":")
        found: str = self.data[f"{kind}s"][key if kind == "school" else place]["slug"]
        return found

    def place_of(self, kind: str, slug: str) -> str | None:
        """school:<id>, cluster:<id> or grouping:<id> by its name in addresses; None when it took no part."""
        names = (
            {f"school:{key}": found for key, found in self.data["schools"].items()}
            if kind == "school"
            else self.data.get(f"{kind}s", {})
        )
        return next((place for place, found in names.items() if found["slug"] == slug), None)

    def nowhere(self) -> list[int]:
        """Schools with too few answers to count anywhere, or with none."""
        return [int(school) for school in self.data["answered"]["nowhere"]]

    def pools(self, schools: Iterable[int]) -> list[str]:
        """Pools that one of these schools counts in for any statement."""
        wanted = set(schools)
        found = {
            place
            for item in self.data["items"]
            for place, score in item["scores"].items()
            if place.startswith(("pool:", "network")) and wanted & set(map(int, score["schools"]))
        }
        return sorted(found)

    def _item(self, item: str) -> dict[str, Any]:
        return next(found for found in self.data["items"] if found["id"] == item)


def of(wave: Wave) -> Document:
    """The release of a wave that has results."""
    return read(Release.objects.get(wave=wave))


def read(release: Release) -> Document:
    """A release as a document; the text never changes, so reading it again is free."""
    return READ.document(release.document)


class Read:
    """The documents that were read last in this process, as many as have room: one of a thousand schools takes megabytes."""

    def __init__(self, room: int) -> None:
        self._room, self._taken = room, 0  # characters of their texts
        self._found: OrderedDict[str, Document] = OrderedDict()
        self._lock = threading.Lock()

    def document(self, text: str) -> Document:
        with self._lock:
            if text in self._found:
                self._found.move_to_end(text)
                return self._found[text]
        document = Document(json.loads(text))
        with self._lock:
            self._taken += 0 if text in self._found else len(text)
            self._found[text] = document
            while self._taken > self._room and len(self._found) > 1:
                self._taken -= len(self._found.popitem(last=False)[0])
        return document


READ = Read(room=12_000_000)


def ends(scores: Sequence[tuple[int, Item]]) -> str:
    """What is strongest and what is hardest of published scores, in one sentence: all that can be said of one result."""
    if not scores:
        return "Too few answers to show"
    low, high = min(scores, key=lambda pair: pair[0]), max(scores, key=lambda pair: pair[0])
    if low[0] == high[0]:
        return f"All statements stand near {low[0]}"
    return f"Strongest: {high[1].about.lower()}; hardest: {low[1].about.lower()}"
