"""People, the schools they work in and the roles they hold."""

from alongside.people.models import held  # noqa: F401 - announces what these tables hold on people
from alongside.people.models.gatherings import Group, GroupMember, Partner, PartnerPerson
from alongside.people.models.persons import Person, PersonManager, normal
from alongside.people.models.rights import Digest, ErasureRequest
from alongside.people.models.roles import Invitation, Role
from alongside.people.models.signing_in import RememberedDevice, Try
from alongside.people.models.staff import ConfirmedDomain, StaffEntry, StaffImport

__all__ = [
    "ConfirmedDomain",
    "Digest",
    "ErasureRequest",
    "Group",
    "GroupMember",
    "Invitation",
    "Partner",
    "PartnerPerson",
    "Person",
    "PersonManager",
    "RememberedDevice",
    "Role",
    "StaffEntry",
    "StaffImport",
    "Try",
    "normal",
]
