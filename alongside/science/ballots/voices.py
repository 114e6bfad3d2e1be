"""Equal voices: each school one, in it each perspective one, in it each person one."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from alongside.science.disclosure import K_SCORE, merge_categories
from alongside.science.errors import NothingGiven, require_counts
from alongside.science.results import Result

WIDEST = 25  # times one person may outweigh another without a warning


@dataclass(frozen=True, slots=True, kw_only=True)
class Voices[School: Hashable, Perspective: Hashable](Result):
    """Weight of each person. value: how many times the heaviest voice outweighs the lightest. n: people.

    weights: school → perspective → weight of one person there, exact; all people together weigh 1. uneven: above 25 times.
    """

    weights: dict[School, dict[Perspective, Fraction]]
    uneven: bool


def equal_voices[School: Hashable, Perspective: Hashable](
    groups: Mapping[School, Mapping[Perspective, int]],
) -> Voices[School, Perspective]:
    """Weights 1/S · 1/P_s · 1/n over the perspectives that answered; a school or perspective without people has none.

    groups: school → perspective → people. Raises NotACount, NothingGiven when nobody is there.
    """
    for school, inside in groups.items():
        require_counts(f"people of {school!r}", inside.values())
    here = {s: {p: n for p, n in inside.items() if n} for s, inside in groups.items() if any(inside.values())}
    if not here:
        raise NothingGiven("nobody is there to vote")
    weights = {
        school: {p: Fraction(1, len(here) * len(inside) * n) for p, n in inside.items()}
        for school, inside in here.items()
    }
    each = [weight for inside in weights.values() for weight in inside.values()]
    ratio = max(each) / min(each)
    return Voices(
        value=float(ratio),
        n=sum(sum(inside.values()) for inside in here.values()),
        method="one voice per school, in it per perspective, in it per person",
        sentence=_sentence(float(ratio)),
        reasons=("One person, one vote is shown beside it.",),
        not_claimed=("That this is the only fair way.",),
        weights=weights,
        uneven=ratio > WIDEST,
    )


def merge_perspectives[School: Hashable](
    groups: Mapping[School, Mapping[str, int]], k: int = K_SCORE
) -> dict[School, dict[str, int]]:
    """Perspectives of fewer than k people merged, smallest with next smallest, so that nobody's voice stands out.

    Names are joined by " and ". Raises ValueError for k under 5. Source: `disclosure.merge_categories`.
    """
    merged: dict[School, dict[str, int]] = {}
    for school, inside in groups.items():
        parts = merge_categories(inside, k) or [tuple(sorted(p for p, n in inside.items() if n))]
        merged[school] = {" and ".join(names): sum(inside[p] for p in names) for names in parts if names}
    return merged


def _sentence(ratio: float) -> str:
    if ratio == 1:
        return "Every person counts alike."
    times = f"One person's voice counts up to {ratio:.0f} times as much as another's"
    return f"{times}: consider merging small groups." if ratio > WIDEST else f"{times}."
