"""Files with votes as PrefLib and spreadsheets write them, made here."""

from collections.abc import Sequence


def preflib(
    orders: Sequence[str],
    names: Sequence[str] = ("Time to plan", "Marking", "Corridors"),
    *,
    kind: str = "soi",
    voters: int | None = None,
    title: str = "What first?",
) -> bytes:
    """With today's header. orders: "12: 1,{2,3}"."""
    found = sum(int(order.split(":")[0]) for order in orders) if voters is None else voters
    head = [
        f"# FILE NAME: 90001-00000001.{kind}",
        f"# TITLE: {title}",
        "# DESCRIPTION: ",
        f"# DATA TYPE: {kind}",
        "# MODIFICATION TYPE: original",
        "# PUBLICATION DATE: 2026-09-01",
        f"# NUMBER ALTERNATIVES: {len(names)}",
        f"# NUMBER VOTERS: {found}",
        f"# NUMBER UNIQUE ORDERS: {len(orders)}",
        *(f"# ALTERNATIVE NAME {number}: {name}" for number, name in enumerate(names, start=1)),
    ]
    return ("\n".join([*head, *orders]) + "\n").encode()


def older(orders: Sequence[str], names: Sequence[str] = ("Time to plan", "Marking", "Corridors")) -> bytes:
    """With the older header. orders: "12,1,{2,3}"."""
    found = sum(int(order.split(",")[0]) for order in orders)
    head = [str(len(names)), *(f"{number},{name}" for number, name in enumerate(names, start=1))]
    return ("\n".join([*head, f"{found},{found},{len(orders)}", *orders]) + "\n").encode()
