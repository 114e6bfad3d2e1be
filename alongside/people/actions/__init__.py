"""What changes people, staff lists and roles. Each verb is one transaction."""

from alongside.people.actions.factors import (
    add_app,
    add_passkey,
    check_code,
    check_passkey,
    new_codes,
    remove_step,
    reset_steps,
)
from alongside.people.actions.invitations import (
    accept_invitation,
    invitation_path,
    invite,
    send_again,
    token_digest,
    withdraw,
)
from alongside.people.actions.roles import end_role, found_network, grant_role, password_path
from alongside.people.actions.staff import (
    Preview,
    apply_staff_list,
    bring_staff_list,
    confirm_domain,
    drop_staff_list,
    import_people,
    preview,
)

__all__ = [
    "Preview",
    "accept_invitation",
    "add_app",
    "add_passkey",
    "apply_staff_list",
    "bring_staff_list",
    "check_code",
    "check_passkey",
    "confirm_domain",
    "drop_staff_list",
    "end_role",
    "found_network",
    "grant_role",
    "import_people",
    "invitation_path",
    "invite",
    "new_codes",
    "password_path",
    "preview",
    "remove_step",
    "reset_steps",
    "send_again",
    "token_digest",
    "withdraw",
]
