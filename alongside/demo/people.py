"""Names for the demo world: drawn from two lists, never from a register, always the same for the same seed."""

from collections.abc import Iterator
from random import Random

FIRST = (
    "Aisha Alan Amara Anna Ben Bethan Callum Carys Chidi Chloe Daniel Dev Elena Emeka Farah Fiona George Grace Hamza Hannah "
    "Ines Isaac Jamila Joe Kasia Kofi Leila Liam Maya Megan Mina Nadia Noah Olga Omar Owen Priya Rachel Rhys Rosa Sam Sana "
    "Sean Sofia Tariq Tessa Tom Uma Yusuf Zoe"
).split()
LAST = (
    "Abbott Adeyemi Ahmed Bailey Banerjee Barker Begum Bevan Brook Carter Chan Clarke Cole Davies Doyle Dunn Ellis Evans Farrow "
    "Field Fraser Ghosh Grant Green Hall Harper Hughes Hussain Ito Jarvis Jones Kaur Khan Kowalska Lane Lewis Lowe Marsh Mensah "
    "Moss Murphy Nash Novak Okafor Owusu Page Patel Pearce Price Quinn Reid Rivers Rossi Rowe Shah Singh Stone Tanner Thorne "
    "Vaughan Walsh Ward Webb West Wood Wright Young"
).split()


def names(random: Random) -> Iterator[tuple[str, str]]:
    """(name, the part before the @) without end; every address is new."""
    taken: dict[str, int] = {}
    while True:
        first, last = random.choice(FIRST), random.choice(LAST)
        local = f"{first}.{last}".lower()
        taken[local] = taken.get(local, 0) + 1
        yield f"{first} {last}", local if taken[local] == 1 else f"{local}{taken[local]}"
