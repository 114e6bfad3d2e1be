"""Schools as the registers know them, and the bodies that hold them together."""

from alongside.network.models.dated import DatedQuerySet
from alongside.network.models.groupings import LONGEST_NAME, Grouping, GroupingQuerySet, GroupingSchool
from alongside.network.models.memberships import Cluster, ClusterMembership, ClusterQuerySet, Joining, LeavingNotice
from alongside.network.models.organisations import Organisation
from alongside.network.models.pauses import Pause, PauseQuerySet
from alongside.network.models.registers import RegisterImport, StagedRegister, StagedRegisterQuerySet
from alongside.network.models.sayings import FeederFlow, Offer, ProfileAnswer
from alongside.network.models.schools import (
    SOUGHT,
    Community,
    NetworkMembership,
    RegisterNumber,
    School,
    SchoolLink,
    SchoolPast,
    SchoolQuerySet,
    SoughtField,
)

__all__ = [
    "LONGEST_NAME",
    "SOUGHT",
    "Cluster",
    "ClusterMembership",
    "ClusterQuerySet",
    "Community",
    "DatedQuerySet",
    "FeederFlow",
    "Grouping",
    "GroupingQuerySet",
    "GroupingSchool",
    "Joining",
    "LeavingNotice",
    "NetworkMembership",
    "Offer",
    "Organisation",
    "Pause",
    "PauseQuerySet",
    "ProfileAnswer",
    "RegisterImport",
    "RegisterNumber",
    "School",
    "SchoolLink",
    "SchoolPast",
    "SchoolQuerySet",
    "SoughtField",
    "StagedRegister",
    "StagedRegisterQuerySet",
]
