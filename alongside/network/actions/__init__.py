"""What changes the register, networks and clusters. Each verb is one transaction."""

from alongside.network.actions.clusters import (
    ZONES,
    add_school,
    form_cluster,
    found_network,
    join_network,
    make_organisation,
    remove_school,
    rename_cluster,
    save_contacts,
    use_words,
)
from alongside.network.actions.groupings import AT_MOST as GROUPINGS_AT_MOST
from alongside.network.actions.groupings import change_grouping, end_grouping, make_grouping
from alongside.network.actions.joining import (
    answer_joining,
    ask_to_join,
    end_of_school_year,
    give_notice,
    invite,
    take_back_joining,
    take_back_notice,
)
from alongside.network.actions.pauses import lift, pause
from alongside.network.actions.registers import ImportSummary, import_register, last_import
from alongside.network.actions.sayings import enter_flows, state_offers, write_answer
from alongside.network.actions.staging import TOO_LARGE, apply_staged, bring_register, drop_staged, forget_old

__all__ = [
    "GROUPINGS_AT_MOST",
    "TOO_LARGE",
    "ZONES",
    "ImportSummary",
    "add_school",
    "answer_joining",
    "apply_staged",
    "ask_to_join",
    "bring_register",
    "change_grouping",
    "drop_staged",
    "end_grouping",
    "end_of_school_year",
    "enter_flows",
    "forget_old",
    "form_cluster",
    "found_network",
    "give_notice",
    "import_register",
    "invite",
    "join_network",
    "last_import",
    "lift",
    "make_grouping",
    "make_organisation",
    "pause",
    "remove_school",
    "rename_cluster",
    "save_contacts",
    "state_offers",
    "take_back_joining",
    "take_back_notice",
    "use_words",
    "write_answer",
]
