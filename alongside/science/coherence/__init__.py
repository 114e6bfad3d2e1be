"""Coherence: how far people see the same school, and where the differences lie. docs/science/coherence.md."""

from alongside.science.coherence.agreement import (
    Agreement,
    GroupReliability,
    ItemAgreement,
    Likeness,
    agreement,
    consensus,
    group_reliability,
    item_alpha,
    kendall_w,
    krippendorff,
    layered_agreement,
    rwg_items,
)
from alongside.science.coherence.gaps import Gap, GapTest, gap, gap_test
from alongside.science.coherence.index import (
    Coherence,
    Corrected,
    Nested,
    band,
    coherence,
    corrected,
    dispersion,
    nested,
)
from alongside.science.coherence.maps import CoherenceMap, coherence_map, reading_order

__all__ = [
    "Agreement",
    "Coherence",
    "CoherenceMap",
    "Corrected",
    "Gap",
    "GapTest",
    "GroupReliability",
    "ItemAgreement",
    "Likeness",
    "Nested",
    "agreement",
    "band",
    "coherence",
    "coherence_map",
    "consensus",
    "corrected",
    "dispersion",
    "gap",
    "gap_test",
    "group_reliability",
    "item_alpha",
    "kendall_w",
    "krippendorff",
    "layered_agreement",
    "nested",
    "reading_order",
    "rwg_items",
]
