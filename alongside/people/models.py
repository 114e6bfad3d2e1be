"""People, the schools they work in and the roles they hold."""

from __future__ import annotations

import datetime

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import make_password
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone

from alongside.network.models import Cluster, DatedQuerySet, Organisation, School
from alongside.people import holdings


class PersonManager(BaseUserManager["Person"]):
    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(email=normal(username or ""))

    def known_as(self, email: str, name: str) -> Person:
        """The one person with this address, made when new. A known person keeps the name they have."""
        person, _ = self.select_related("merged_into").get_or_create(
            email=normal(email), defaults={"name": name, "password": make_password(None)}
        )
        person = person.merged_into or person
        if person.left_on:  # whoever had left is welcome again
            person.left_on, person.is_active = None, True
            person.save(update_fields=["left_on", "is_active"])
        return person

    def without_address(self, name: str) -> Person:
        """A person known by name only, to one school."""
        return self.create(name=name, password=make_password(None))


class Person(AbstractBaseUser):
    """One human being, once, whatever the number of schools and networks. Signs in only when they have a password."""

    email = models.EmailField(max_length=254, unique=True, null=True, blank=True)
    name = models.CharField(max_length=150)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)
    left_on = models.DateField(
        null=True, blank=True, help_text="Since when nothing was left to do here; the account is closed."
    )
    erased_at = models.DateTimeField(null=True, blank=True, help_text="Name and address were erased.")
    digest_stopped_at = models.DateTimeField(null=True, blank=True, help_text="Since when they want no weekly letter.")
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", help_text="The same human being."
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = PersonManager()

    class Meta:
        verbose_name_plural = "people"

    def __str__(self) -> str:
        return self.name


def normal(email: str) -> str:
    """An address as it is stored and compared: trimmed, in small letters."""
    return email.strip().lower()


class StaffEntry(models.Model):
    """One line of a school's staff list. The list belongs to the school; the person belongs to nobody."""

    class Job(models.TextChoices):
        HEAD = "head", "head"
        DEPUTY = "deputy", "deputy head"
        LEADER = "leader", "leader"
        TEACHER = "teacher", "teacher"
        ASSISTANT = "assistant", "assistant"
        SUPPORT = "support", "support staff"
        OFFICE = "office", "office"
        SITE = "site", "site team"
        OTHER = "other", "other"

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="staff")
    school = models.ForeignKey(School, models.PROTECT, related_name="staff")
    person = models.ForeignKey(Person, models.PROTECT, related_name="staff_entries")
    name = models.CharField(max_length=150, help_text="As the school writes it.")
    job = models.CharField(max_length=9, choices=Job)
    hours = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True, help_text="Hours a week.")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    objects = DatedQuerySet["StaffEntry"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school", "person"], condition=Q(until__isnull=True), name="on_a_staff_list_once"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="staff_left_after_joining"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.get_job_display()}"


class Role(models.Model):
    """What a person may do somewhere, from a day on. Staff have theirs from the staff list and need no row here."""

    class Kind(models.TextChoices):
        LEADER = "leader", "school leader"
        CHAIR = "chair", "chair"
        OFFICER = "officer", "network officer"
        COACH = "coach", "coach"
        STAKEHOLDER = "stakeholder", "stakeholder"

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="roles", help_text="Where the role holds."
    )
    person = models.ForeignKey(Person, models.PROTECT, related_name="roles")
    kind = models.CharField(max_length=11, choices=Kind)
    cluster = models.ForeignKey(Cluster, models.CASCADE, null=True, blank=True)
    school = models.ForeignKey(School, models.PROTECT, null=True, blank=True)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    granted_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    ended_with = models.ForeignKey(
        StaffEntry, models.SET_NULL, null=True, blank=True, related_name="+", help_text="The leaving that ended it."
    )

    objects = DatedQuerySet["Role"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="role_holds_somewhere_definite",
                condition=Q(kind="leader", school__isnull=False, cluster__isnull=True)
                | Q(kind="chair", cluster__isnull=False, school__isnull=True)
                | Q(kind__in=["officer", "stakeholder"], cluster__isnull=True, school__isnull=True)
                | Q(kind="coach", cluster__isnull=False, school__isnull=True)
                | Q(kind="coach", cluster__isnull=True, school__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["person", "kind", "organisation"],
                condition=Q(until__isnull=True, cluster__isnull=True, school__isnull=True),
                name="role_in_an_organisation_once",
            ),
            models.UniqueConstraint(
                fields=["person", "kind", "cluster"],
                condition=Q(until__isnull=True, cluster__isnull=False),
                name="role_in_a_cluster_once",
            ),
            models.UniqueConstraint(
                fields=["person", "kind", "organisation", "school"],
                condition=Q(until__isnull=True, school__isnull=False),
                name="role_in_a_school_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} since {self.since}"


class ConfirmedDomain(models.Model):
    """A mail domain that a school's leader or officer confirmed: only such addresses are invited to a pulse."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="confirmed_domains")
    domain = models.CharField(max_length=190)
    confirmed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "domain"], name="domain_confirmed_once")]

    def __str__(self) -> str:
        return self.domain


class StaffImport(models.Model):
    """A staff list that was read and waits to be applied: exactly what the preview says will happen, or nothing."""

    class State(models.TextChoices):
        READY = "ready", "ready to apply"
        APPLIED = "applied", "applied"
        DROPPED = "dropped", "dropped"

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="staff_imports", help_text="Whose staff list."
    )
    network = models.ForeignKey(
        Organisation, models.CASCADE, null=True, related_name="+", help_text="Who brought it in, if not the school."
    )
    school = models.ForeignKey(School, models.PROTECT)
    uploaded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=7, choices=State, default=State.READY)
    rows = models.JSONField(default=list, help_text="Readable rows: name, email, job, hours.")
    faults = models.JSONField(default=list, help_text="Set aside: row, column, text.")
    notes = models.JSONField(default=list, help_text="Sentences about the file for whoever looks at the preview.")
    seen = models.CharField(max_length=64, help_text="Digest of the staff list that the preview was made against.")
    complete = models.BooleanField(
        default=True, help_text="The file is the whole list: who is missing from it has left."
    )

    def __str__(self) -> str:
        return f"{len(self.rows)} rows for {self.school_id}"


class Group(models.Model):
    """People in the same subject, phase or role across the schools of a network: maths leads, business managers."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="groups", help_text="The network.")
    name = models.CharField(max_length=100)
    purpose = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("name"), "organisation", name="group_name_once_in_a_network"),
        ]

    def __str__(self) -> str:
        return self.name


class GroupMember(models.Model):
    """A person belongs to a group from a day on; who leaves is dated, not deleted."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+", help_text="The network.")
    group = models.ForeignKey(Group, models.CASCADE, related_name="members")
    person = models.ForeignKey(Person, models.PROTECT, related_name="groups")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    objects = DatedQuerySet["GroupMember"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group", "person"], condition=Q(until__isnull=True), name="in_a_group_once"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="group_left_after_joining"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.group_id}"


class Invitation(models.Model):
    """A role that waits for its holder, or an account for somebody on a staff list. Spent once, by the address it was sent to."""

    class Kind(models.TextChoices):
        LEADER = "leader", "school leader"
        CHAIR = "chair", "chair"
        OFFICER = "officer", "network officer"
        COACH = "coach", "coach"
        STAKEHOLDER = "stakeholder", "stakeholder"
        STAFF = "staff", "colleague"

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="invitations", help_text="Who invites.")
    kind = models.CharField(max_length=11, choices=Kind)
    cluster = models.ForeignKey(Cluster, models.CASCADE, null=True, blank=True)
    school = models.ForeignKey(School, models.PROTECT, null=True, blank=True)
    place = models.CharField(max_length=30, help_text="Where, as one word: network, cluster-3, school-5.")
    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=150)
    invited_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    digest = models.CharField(
        max_length=64, unique=True, help_text="SHA-256 of the token in the newest letter, in hex."
    )
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", help_text="Who accepted."
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "email", "kind", "place"],
                condition=Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="invited_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.where}"

    @property
    def where(self) -> str:
        """The place in words."""
        return str(self.cluster or self.school or self.organisation)

    def state(self, now: datetime.datetime) -> str:
        """open, accepted, withdrawn or expired."""
        if self.accepted_at:
            return "accepted"
        if self.withdrawn_at:
            return "withdrawn"
        return "open" if now < self.expires_at else "expired"


class RememberedDevice(models.Model):
    """A browser in which somebody's second step is not asked for again until a day."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="devices")
    digest = models.CharField(max_length=64, help_text="SHA-256 of what the browser's cookie holds, in hex.")
    state = models.CharField(max_length=64, help_text="Of the password: another password forgets the device.")
    name = models.CharField(max_length=60, help_text="Browser and system, as the browser said.")
    remembered_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "digest"], name="device_remembered_once")]

    def __str__(self) -> str:
        return self.name


class Try(models.Model):
    """One try at a password or a code, for five minutes. It says neither whose nor from where."""

    key = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        indexes = [models.Index(fields=["key", "at"], name="tries_by_key")]

    def __str__(self) -> str:
        return f"{self.at}"


class Partner(models.Model):
    """An organisation outside that works with a network: a university, a consultancy. Its people see what is assigned to
    them, as coaches, and nothing else."""

    class Kind(models.TextChoices):
        UNIVERSITY = "university", "university"
        CONSULTANCY = "consultancy", "consultancy"
        CHARITY = "charity", "charity"
        AUTHORITY = "authority", "public authority"
        OTHER = "other", "other"

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="partners", help_text="The network.")
    name = models.CharField(max_length=150)
    kind = models.CharField(max_length=11, choices=Kind)
    contact = models.CharField(max_length=200, blank=True, help_text="Whom to call or write to.")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    objects = DatedQuerySet["Partner"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name"], condition=Q(until__isnull=True), name="partner_once_per_network"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="partner_ends_after_beginning"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PartnerPerson(models.Model):
    """Somebody who works for a partner, from a day on. It gives no right: rights are roles."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="partner_people")
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="people")
    person = models.ForeignKey(Person, models.PROTECT, related_name="partner_posts")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    objects = DatedQuerySet["PartnerPerson"].as_manager()

    class Meta:
        verbose_name_plural = "partner people"
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "person"], condition=Q(until__isnull=True), name="with_a_partner_once"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="left_a_partner_after_joining"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} of {self.partner_id}"


class ErasureRequest(models.Model):
    """Somebody asked that what is held on them be erased. Whoever looks after their list or role confirms it."""

    person = models.OneToOneField(Person, models.CASCADE, related_name="erasure_request")
    asked_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.person_id} since {self.asked_at:%Y-%m-%d}"


holdings.holds(
    "people.StaffEntry",
    "person",
    "Lines on staff lists",
    erased="delete",
    move="alongside.people.actions.merging.move_entries",
)


holdings.holds("people.Role", "person", "Roles", erased="delete", move="alongside.people.actions.merging.move_roles")


holdings.holds("people.Role", "granted_by", "Roles that you gave", erased="empty")


holdings.holds("people.ConfirmedDomain", "confirmed_by", "Mail domains that you confirmed", erased="empty")


holdings.holds("people.StaffImport", "uploaded_by", "Staff lists that you brought in", erased="empty")


holdings.holds(
    "people.PartnerPerson",
    "person",
    "Partners that you work for",
    erased="delete",
    move="alongside.people.actions.merging.move_partner_posts",
)


holdings.holds("people.ErasureRequest", "person", "Your request to be erased", erased="delete", merged="keep")


holdings.holds("people.Person", "merged_into", "Other addresses under which you were known", erased="keep")


holdings.holds("network.Pause", "set_by", "Pauses that you set", erased="keep")


holdings.holds("network.Pause", "lifted_by", "Pauses that you lifted", erased="keep")


holdings.holds("kit.JournalEntry", "by", "What you did, in the journals of your places", erased="keep", merged="keep")


holdings.erases("alongside.people.actions.erasing.drop_waiting_lists")


holdings.erases("alongside.people.actions.erasing.end_sessions")


holdings.erases("alongside.people.actions.erasing.forget_letters")


holdings.erases("alongside.people.actions.erasing.empty_journals")


holdings.writes("network.Organisation", "safeguarding_contact", "outside_contact", "support_line")


holdings.writes("people.Partner", "contact")


class Digest(models.Model):
    """One person's letter of one week: written once, whatever crashes. Nothing of what it said is kept."""

    class State(models.TextChoices):
        CLAIMED = "claimed", "being written"
        LEAVING = "leaving", "on its way to the server"
        SENT = "sent", "taken by the server"
        NOTHING = "nothing", "nothing to say"
        PAUSED = "paused", "left in peace"
        REFUSED = "refused", "refused for good"

    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    week = models.DateField(help_text="Its Monday.")
    state = models.CharField(max_length=7, choices=State, default=State.CLAIMED)
    at = models.DateTimeField(help_text="When the state was written.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "week"], name="one_digest_a_week")]

    def __str__(self) -> str:
        return f"{self.week}: {self.state}"
