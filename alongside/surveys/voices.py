"""Who has one voice in a vote: blocks of five people and more that do not overlap, into which everybody who voted falls (R8)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

NETWORK = "network"


def voices(homes: Mapping[str, Sequence[str]], answers: Mapping[str, int], k: int) -> dict[str, list[str]]:
    """Name of each voice → its schools.

    homes: home cluster → schools, a partition. answers: school → how many voted there. A school with k is a voice. Smaller
    ones share that of their cluster's pool; a pool under k joins its cluster's smallest block; where the cluster has none it is
    carried to the whole, and there, under k, joins the smallest of all. Empty where fewer than k voted altogether. Of blocks of
    one size the first by name is the smallest. Names: school:<id>, pool:<cluster>, network.
    """
    found: dict[str, list[str]] = {}
    carried: list[str] = []
    for cluster in sorted(homes):
        own = [school for school in homes[cluster] if answers[school] >= k]
        small = [school for school in homes[cluster] if 0 < answers[school] < k]
        found |= {f"school:{school}": [school] for school in own}
        if not small:
            continue
        if _size(small, answers) < k and own:
            small += found.pop(min((f"school:{school}" for school in own), key=_by_size(found, answers)))
        if _size(small, answers) >= k:
            found[f"pool:{cluster}"] = small
        else:
            carried += small
    if carried and _size(carried, answers) < k and found:
        carried += found.pop(min(found, key=_by_size(found, answers)))
    if _size(carried, answers) >= k:
        found[NETWORK] = carried
    return {name: sorted(found[name], key=int) for name in sorted(found)}


def _size(schools: Sequence[str], answers: Mapping[str, int]) -> int:
    return sum(answers[school] for school in schools)


def _by_size(found: Mapping[str, Sequence[str]], answers: Mapping[str, int]) -> Callable[[str], tuple[int, str]]:
    return lambda name: (_size(found[name], answers), name)
