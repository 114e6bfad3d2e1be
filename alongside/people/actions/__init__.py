"""What changes people, staff lists and roles. Each verb is one transaction."""

from alongside.people.actions.by_hand import Line, add_person, correct, mark_left, take_back
from alongside.people.actions.domains import confirm_domain
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
    "add_person",
    "apply_staff_list",
    "bring_staff_list",
    "confirm_domain",
    "correct",
    "drop_staff_list",
    "end_role",
    "found_network",
    "grant_role",
    "import_people",
    "mark_left",
    "password_path",
    "preview",
    "take_back",
]
