"""What changes the register, networks and clusters. Each verb is one transaction."""

from alongside.network.actions.clusters import form_cluster, found_network, join_network, make_organisation, use_words
from alongside.network.actions.registers import ImportSummary, import_register

__all__ = [
    "ImportSummary",
    "form_cluster",
    "found_network",
    "import_register",
    "join_network",
    "make_organisation",
    "use_words",
]
