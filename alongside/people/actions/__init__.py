"""What changes people, staff lists and roles. Each verb is one transaction."""

from alongside.people.actions.by_hand import Line, add_person, correct, mark_left, take_back
from alongside.people.actions.domains import confirm_domain
from alongside.people.actions.erasing import ask_to_be_erased, confirm_erasure, erase, take_request_back
from alongside.people.actions.factors import (
    add_app,
    add_passkey,
    check_code,
    check_passkey,
    new_codes,
    remove_step,
    reset_steps,
)
from alongside.people.actions.groups import form_chaired_cluster, join_group, leave_group, make_group
from alongside.people.actions.invitations import (
    accept_invitation,
    invitation_path,
    invite,
    send_again,
    token_digest,
    withdraw,
)
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
    mail_again,
    preview,
)

__all__ = [
    "Change",
    "Line",
    "Preview",
    "accept_invitation",
    "add_app",
    "add_partner",
    "add_partner_person",
    "add_passkey",
    "add_person",
    "apply_staff_list",
    "ask_to_be_erased",
    "bring_staff_list",
    "check_code",
    "check_passkey",
    "confirm_domain",
    "confirm_erasure",
    "correct",
    "drop_staff_list",
    "end_partner",
    "end_partner_person",
    "end_role",
    "erase",
    "form_chaired_cluster",
    "found_network",
    "grant_role",
    "import_people",
    "invitation_path",
    "invite",
    "join_group",
    "leave_group",
    "mail_again",
    "make_group",
    "mark_left",
    "merge",
    "new_codes",
    "password_path",
    "preview",
    "remove_step",
    "reset_steps",
    "send_again",
    "take_back",
    "take_request_back",
    "token_digest",
    "withdraw",
]
