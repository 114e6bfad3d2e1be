"""How strong a tie is today: what was done together, fading with time."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from math import fsum

from alongside.science.errors import NotANumber, require_numbers
from alongside.science.results import Result, in_words

WEIGHTS = {"TALK": 1.0, "WATCH": 2.0, "PLAN": 3.0, "TEACH": 3.0, "REVIEW": 3.0}  # conventions, to be edited
HALF_LIFE = 180.0  # days
LIVE_FROM = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Strength(Result):
    """One tie. value: its strength today. n: events. live: strong enough to count as a tie."""

    live: bool


def tie_strength(events: Sequence[tuple[float, float]], half_life: float = HALF_LIFE) -> Strength:
    """Strength from events (age in days, weight), each worth half after half_life days. Raises NotANumber for a negative age,
    weight or a half-life not above 0.

    Source: exponential decay; weights and half-life are conventions.
    """
    require_numbers("age in days", [age for age, _ in events], 0)
    require_numbers("weight", [weight for _, weight in events], 0)
    if not half_life > 0:
        raise NotANumber(f"half-life {half_life!r} is not above 0")
    value = fsum(sorted(weight * 0.5 ** (age / half_life) for age, weight in events))
    live = value >= LIVE_FROM - 1e-12
    return Strength(
        value=value,
        n=len(events),
        method=f"weights fading by half in {half_life:g} days",
        sentence=f"A {'live' if live else 'faded'} tie, of strength {in_words(value)}.",
        reasons=("A tie counts from a strength of 1.",),
        not_claimed=("How good the work was.",),
        live=live,
    )


def live_ties[Id: Hashable](
    events: Iterable[tuple[Id, Id, float, float]], half_life: float = HALF_LIFE
) -> dict[tuple[Id, Id], float]:
    """Strength of every live tie from events (school, other school, age in days, weight), directed as given.

    Raises as `tie_strength`, and NotANumber for a tie of a school with itself.
    """
    by_pair: dict[tuple[Id, Id], list[tuple[float, float]]] = {}
    for one, other, age, weight in events:
        if one == other:
            raise NotANumber(f"{one!r} cannot have a tie with itself")
        by_pair.setdefault((one, other), []).append((age, weight))
    strengths = {
        pair: tie_strength(done, half_life) for pair, done in sorted(by_pair.items(), key=lambda item: repr(item[0]))
    }
    return {pair: found.value for pair, found in strengths.items() if found.live and found.value is not None}
