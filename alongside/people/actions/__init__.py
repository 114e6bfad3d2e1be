"""What changes people, staff lists and roles. Each verb is one transaction."""

from alongside.people.actions.groups import form_chaired_cluster, join_group, leave_group, make_group
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
    "apply_staff_list",
    "bring_staff_list",
    "confirm_domain",
    "drop_staff_list",
    "end_role",
    "form_chaired_cluster",
    "found_network",
    "grant_role",
    "import_people",
    "join_group",
    "leave_group",
    "make_group",
    "password_path",
    "preview",
]
