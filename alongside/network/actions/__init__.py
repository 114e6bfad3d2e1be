"""What changes the register, networks and clusters. Each verb is one transaction."""

from alongside.network.actions.clusters import form_cluster, found_network, join_network, make_organisation
from alongside.network.actions.registers import ImportSummary, import_register, last_import
from alongside.network.actions.staging import TOO_LARGE, apply_staged, bring_register, drop_staged, forget_old

__all__ = [
    "TOO_LARGE",
    "ImportSummary",
    "apply_staged",
    "bring_register",
    "drop_staged",
    "forget_old",
    "form_cluster",
    "found_network",
    "import_register",
    "join_network",
    "last_import",
    "make_organisation",
]
