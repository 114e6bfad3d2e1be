"""What changes people, staff lists and roles. Each verb is one transaction."""

from alongside.people.actions.roles import end_role, found_network, grant_role, password_path
from alongside.people.actions.staff import (
    Preview,
    apply_staff_list,
    bring_staff_list,
    confirm_domain,
    drop_staff_list,
    import_people,
    mail_again,
    preview,
)

__all__ = [
    "Preview",
    "apply_staff_list",
    "bring_staff_list",
    "confirm_domain",
    "drop_staff_list",
    "end_role",
    "found_network",
    "grant_role",
    "import_people",
    "mail_again",
    "password_path",
    "preview",
]
