"""Result pages: what a release says to one member, in a finding, a table and a few sentences.

Everything shown comes from the release document and from what `compare` stored; here it is only chosen and worded.
"""

from alongside.surveys.results.findings import CONFIRMED, Finding, findings, headline
from alongside.surveys.results.owed import OwedPage, owed_page
from alongside.surveys.results.promises import Promise, told
from alongside.surveys.results.school import SchoolPage, comments_of, school_page
from alongside.surveys.results.seen import (
    View,
    cluster_of_wave,
    grouping_of_wave,
    lends,
    lent_view,
    school_of_wave,
    view,
)
from alongside.surveys.results.statement import StatementPage, statement_page
from alongside.surveys.results.table import ResultsPage, page

__all__ = [
    "CONFIRMED",
    "Finding",
    "OwedPage",
    "Promise",
    "ResultsPage",
    "SchoolPage",
    "StatementPage",
    "View",
    "cluster_of_wave",
    "comments_of",
    "findings",
    "grouping_of_wave",
    "headline",
    "lends",
    "lent_view",
    "owed_page",
    "page",
    "school_of_wave",
    "school_page",
    "statement_page",
    "told",
    "view",
]
