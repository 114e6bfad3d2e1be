"""What somebody sent from the ballot of a vote: a place for up to five things. Ties are welcome; what has no place is tied last."""

from __future__ import annotations

from typing import Any

from alongside.surveys.forms import AnswerForm
from alongside.surveys.instruments import Instrument

PLACES = 5  # to give, and things that may have one


class OrderForm(AnswerForm):
    """As AnswerForm: given holds what was ticked, ratings the places."""

    def __init__(self, instrument: Instrument, data: Any) -> None:
        super().__init__(instrument, data)
        self.places = [str(place) for place in range(1, most(instrument) + 1)]
        code = instrument.items[0].id.partition(".")[0]
        self._others = [name for name in data if name.partition(".")[0] == code and name not in self.given]

    @property
    def ratings(self) -> dict[str, int | str]:
        """Thing → its place, from 1; what has none is absent."""
        return {item: int(place) for item, place in self.given.items() if place in self.places}

    @property
    def missing(self) -> list[int]:
        """Nothing is: a thing without a place is tied last."""
        return []

    @property
    def problem(self) -> str:
        """Why it cannot be taken: unknown, empty, many, same; "" for an order."""
        if self._others or any(place not in {"", *self.places} for place in self.given.values()):
            return "unknown"
        if not self.ratings:
            return "empty"
        if len(self.ratings) > len(self.places):
            return "many"
        says_nothing = len(self.ratings) == len(self.given) and len(set(self.ratings.values())) == 1
        return "same" if says_nothing else ""

    @property
    def complete(self) -> bool:
        """Whether it can be taken as it is."""
        return not self.problem


def most(instrument: Instrument) -> int:
    """How many places there are to give."""
    return min(PLACES, len(instrument.items))


def answer_form(instrument: Instrument, data: Any) -> AnswerForm:
    """What was sent, read as this instrument asks for it."""
    return OrderForm(instrument, data) if instrument.ranked else AnswerForm(instrument, data)
