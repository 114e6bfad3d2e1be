"""What stands on the ballot of a vote that is cast here: frozen when it is asked, whatever becomes of the things themselves."""

from __future__ import annotations

import secrets
from dataclasses import replace

from django.db import models

from alongside.network.models import Organisation
from alongside.surveys.instruments import Instrument, Item
from alongside.surveys.models.waves import Wave


def new_ballot_code() -> str:
    """An id that no ballot ever had: 11 characters, so that a thing's number has room behind it."""
    return f"v{secrets.token_hex(5)}"


class Ballot(models.Model):
    """The things to choose among, and what there is for them. Its code never means other things."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    wave = models.OneToOneField(Wave, models.CASCADE, null=True, related_name="ballot", help_text="Gone with it.")
    code = models.CharField(max_length=12, unique=True, default=new_ballot_code)
    title = models.CharField(max_length=100)
    things = models.JSONField(help_text="Title and reason of each thing; a wave's items are code.number of these.")
    hours = models.DecimalField(
        max_digits=8, decimal_places=1, null=True, blank=True, help_text="Hours that there are, said before it closes."
    )
    money = models.DecimalField(
        max_digits=12, decimal_places=2, null=True, blank=True, help_text="Money that there is, said before it closes."
    )
    costs = models.JSONField(default=dict, help_text="Number of a thing → hours and money, as text.")

    def __str__(self) -> str:
        return self.title

    @property
    def items(self) -> list[str]:
        """Ids of its things, in their own order."""
        return [f"{self.code}.{number}" for number in range(len(self.things))]

    def paper(self, whole: Instrument, ids: tuple[str, ...]) -> Instrument:
        """The instrument with these things on it, in this order; KeyError for a thing that it does not have."""
        known = dict(zip(self.items, self.things, strict=True))
        items = tuple(Item(each, known[each][1], "", known[each][0]) for each in ids)
        return replace(whole, name=self.title, question=self.title, items=items)
