"""The order in which rows stand, so that like is next to like. Apart from the rest of the package: it needs scipy, whose loading
takes seconds and 60 MB that no web process needs."""

from collections.abc import Hashable, Sequence

import numpy as np
from scipy.cluster.hierarchy import leaves_list, linkage, optimal_leaf_ordering

from alongside.science.errors import UnequalScales, require_numbers, require_once


def reading_order[Id: Hashable](names: Sequence[Id], shares: Sequence[Sequence[float]]) -> tuple[Id, ...]:
    """Names in an order that puts those with like answers next to each other; the first by name lies in the first half.

    shares: cumulative shares per name. Raises DuplicateId, UnequalScales, NotANumber. Source: average linkage, optimal leaf order
    (Bar-Joseph et al. 2001).
    """
    require_once("names", names)
    if len(names) != len(shares) or len({len(row) for row in shares}) > 1:
        raise UnequalScales("one row of shares for each name, all of one length")
    by_name = sorted(range(len(names)), key=lambda i: repr(names[i]))
    if len(names) < 3:
        return tuple(names[i] for i in by_name)
    for name, row in zip(names, shares, strict=True):
        require_numbers(f"shares of {name!r}", row, 0, 1)
    rows = np.asarray([shares[i] for i in by_name], dtype=np.float64)
    apart = ((rows[:, None, :] - rows[None, :, :]) ** 2).sum(axis=2)[np.triu_indices(len(names), 1)]
    order = [int(i) for i in leaves_list(optimal_leaf_ordering(linkage(apart, "average"), apart))]
    if order.index(0) > (len(order) - 1) / 2:
        order.reverse()
    return tuple(names[by_name[i]] for i in order)
