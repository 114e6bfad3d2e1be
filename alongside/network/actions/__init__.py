"""What changes the register, networks and clusters. Each verb is one transaction."""

from alongside.network.actions.clusters import ZONES, form_cluster, found_network, join_network, make_organisation
from alongside.network.actions.pauses import lift, pause
from alongside.network.actions.registers import ImportSummary, import_register

__all__ = [
    "ZONES",
    "ImportSummary",
    "form_cluster",
    "found_network",
    "import_register",
    "join_network",
    "lift",
    "make_organisation",
    "pause",
]
