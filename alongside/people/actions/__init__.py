"""What changes people, staff lists and roles. Each verb is one transaction."""

from alongside.people.actions.by_hand import Line, add_person, correct, mark_left, take_back
from alongside.people.actions.domains import confirm_domain
from alongside.people.actions.erasing import ask_to_be_erased, confirm_erasure, erase, take_request_back
from alongside.people.actions.merging import merge
from alongside.people.actions.partners import add_partner, add_partner_person, end_partner, end_partner_person
from alongside.people.actions.roles import end_role, found_network, grant_role, password_path
from alongside.people.actions.staff import (
    Change,
    Preview,
    apply_staff_list,
    bring_staff_list,
    drop_staff_list,
    import_people,
    preview,
)

__all__ = [
    "Change",
    "Line",
    "Preview",
    "add_partner",
    "add_partner_person",
    "add_person",
    "apply_staff_list",
    "ask_to_be_erased",
    "bring_staff_list",
    "confirm_domain",
    "confirm_erasure",
    "correct",
    "drop_staff_list",
    "end_partner",
    "end_partner_person",
    "end_role",
    "erase",
    "found_network",
    "grant_role",
    "import_people",
    "mark_left",
    "merge",
    "password_path",
    "preview",
    "take_back",
    "take_request_back",
]
