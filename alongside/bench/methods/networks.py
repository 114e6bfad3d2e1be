"""Random networks, each audited exactly: can anybody work out a group smaller than any that is shown?"""

import random

from alongside.bench.methods.audit import derivable_below
from alongside.science.disclosure import K_DISTRIBUTION, K_SCORE, distributions, publication

type Network = tuple[dict[str, list[str]], dict[str, int], dict[str, list[str]]]


def audit(seed: int, count: int) -> int:
    """Print and return how many groups under k can be worked out over all; and how many a bare threshold would give away."""
    rnd, found, bare = random.Random(seed), 0, 0
    for _ in range(count):
        network = draw(rnd)
        found += derivable(network)
        bare += bool(derivable_below(network[1], _bare(network), K_SCORE))
    print(f"disclosure, {count:,} networks with three crossing groupings: {found} groups under k derivable")
    print(f"    showing every group of {K_SCORE} instead would give somebody away in {bare:,} of them", flush=True)
    return found


def draw(rnd: random.Random) -> Network:
    """Clusters of schools, answers per school, and three groupings that cross the clusters at will."""
    home = {f"cluster {c}": [f"{c}.{s}" for s in range(rnd.randint(1, 4))] for c in range(rnd.randint(2, 4))}
    schools = [school for inside in home.values() for school in inside]
    answers = {school: rnd.randint(0, 14) for school in schools}
    groupings = {f"grouping {g}": rnd.sample(schools, rnd.randint(1, len(schools))) for g in range(3)}
    return home, answers, groupings


def derivable(network: Network) -> int:
    """Groups under k that follow from the scores, from the shares, or from the scores of both together."""
    answers, scores, shares = network[1], publication(*network).groups, distributions(*network).groups
    return sum(
        len(derivable_below(answers, shown, k))
        for shown, k in ((scores, K_SCORE), (shares, K_DISTRIBUTION), ([*scores, *shares], K_SCORE))
    )


def _bare(network: Network) -> list[list[str]]:
    home, answers, groupings = network
    asked = [*([school] for school in answers), *home.values(), *groupings.values(), list(answers)]
    return [group for group in asked if sum(answers[school] for school in group) >= K_SCORE]
