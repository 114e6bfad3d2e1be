"""People, once each."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import make_password
from django.db import models


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
