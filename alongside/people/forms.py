"""Text from outside about people."""

import datetime
from typing import Any, cast

from django import forms
from django.contrib.auth.forms import AuthenticationForm, SetPasswordForm

from alongside.kit.tabular import clean_text, looks_like_formula
from alongside.network.models import Cluster, Organisation, School
from alongside.people import stafflist
from alongside.people.models import Partner, Person, Role, StaffEntry, normal


class SignInForm(AuthenticationForm):
    """Work e-mail and password."""

    error_messages = {
        "invalid_login": "This e-mail and password do not belong together. Check both, or ask for a new password below.",
        "inactive": "This account is closed. Your network's officer can open it again.",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "Work e-mail"
        self.fields["username"].widget = forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})


class ForgottenForm(forms.Form):
    """Where to send a link for a new password."""

    email = forms.EmailField(label="Work e-mail", widget=forms.EmailInput(attrs={"autocomplete": "username"}))


class NewPasswordForm(SetPasswordForm[Person]):
    """A new password, twice; Django's validators say what is wrong with it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].help_text = "Twelve characters or more; four words in a row are easy to keep."
        self.fields["new_password2"].help_text = "The same once more."


class PasswordForm(forms.Form):
    """The password of whoever is signed in, once more."""

    password = forms.CharField(
        label="Your password",
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, person: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not self.person.check_password(password):
            raise forms.ValidationError("This is not your password. Look at capitals and try again.")
        return password


class AskForCodeForm(forms.Form):
    """Where to send a code. The field has the name that the password's form gives it: both stand on one page."""

    username = forms.EmailField(
        label="Work e-mail",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
        error_messages={"required": "Write your work e-mail first: the code goes there."},
    )


class CodeForm(forms.Form):
    """A code from a letter, an authenticator app or a sheet of recovery codes."""

    code = forms.CharField(
        label="Code",
        max_length=40,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "autofocus": True,
                "autocapitalize": "characters",
                "spellcheck": "false",
            }
        ),
    )


class PasskeyForm(forms.Form):
    """What a browser says of a passkey, as JSON."""

    name = forms.CharField(label="A name for this passkey", max_length=60, required=False)
    credential = forms.JSONField(widget=forms.HiddenInput)

    def clean_credential(self) -> dict[str, object]:
        credential = self.cleaned_data["credential"]
        if not isinstance(credential, dict):
            raise forms.ValidationError("That passkey could not be read. Try again.")
        return credential


class StaffFileForm(forms.Form):
    """One file, and what a OneRoster file calls the school."""

    file = forms.FileField(
        label="Staff list",
        help_text="An Excel workbook (.xlsx), CSV or OneRoster file with a line for each person: name, e-mail, role, and "
        "hours a week if you like.",
        error_messages={
            "required": "Choose the file first.",
            "empty": "This file is empty. Save the list again as CSV and choose it once more.",
        },
    )

    called = forms.CharField(
        label="What the file calls your school",
        required=False,
        max_length=150,
        help_text="Only for OneRoster files that name it otherwise than the register does.",
    )

    def data_of_file(self) -> bytes:
        data: bytes = self.cleaned_data["file"].read()
        return data


class DomainForm(forms.Form):
    """A mail domain, as in jo@domain."""

    domain = forms.CharField(label="Mail domain", max_length=190)

    def clean_domain(self) -> str:
        domain: str = self.cleaned_data["domain"].strip().lower().removeprefix("@")
        if "." not in domain or "@" in domain or " " in domain:
            raise forms.ValidationError("A mail domain looks like larkfield.example: what follows the @ in an address.")
        return domain


class RoleForm(forms.Form):
    """Who gets which role, and where in the network."""

    kind = forms.ChoiceField(label="Role")
    where = forms.ChoiceField(
        label="Where", help_text="Leaders belong to a school, chairs to a cluster, coaches to either."
    )
    name = forms.CharField(label="Name", max_length=150)
    email = forms.EmailField(
        label="Work e-mail",
        max_length=254,
        help_text="They get a letter with an invitation, open for 14 days. The role begins when they accept it.",
    )

    def __init__(self, *args: Any, kinds: list[str], network: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.clusters = {f"cluster-{c.pk}": c for c in Cluster.objects.of(network.pk).order_by("name")}
        self.schools = {f"school-{s.pk}": s for s in School.objects.in_network(network).order_by("name")}
        kind, where = cast(forms.ChoiceField, self.fields["kind"]), cast(forms.ChoiceField, self.fields["where"])
        kind.choices = [(k.value, k.label) for k in Role.Kind if k.value in kinds]
        where.choices = [
            ("network", network.name),
            ("Clusters", [(key, cluster.name) for key, cluster in self.clusters.items()]),
            ("Schools", [(key, school.name) for key, school in self.schools.items()]),
        ]

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or {}
        kind, where = cleaned.get("kind"), str(cleaned.get("where", ""))
        wanted = {"leader": ("school",), "chair": ("cluster",), "coach": ("school", "cluster")}.get(
            str(kind), ("network",)
        )
        if kind and where and not where.startswith(wanted):
            self.add_error(
                "where", f"A {Role.Kind(kind).label} belongs to a {' or a '.join(wanted)}. Choose one from the list."
            )
        return cleaned

    @property
    def cluster(self) -> Cluster | None:
        return self.clusters.get(self.cleaned_data["where"])

    @property
    def school(self) -> School | None:
        return self.schools.get(self.cleaned_data["where"])


class GroupForm(forms.Form):
    """A new group."""

    name = forms.CharField(label="Name of the group", max_length=100)
    purpose = forms.CharField(label="What it is for", max_length=300, required=False)


class GroupMemberForm(forms.Form):
    """Somebody who works in one of the network's schools."""

    who = forms.CharField(
        label="Add somebody",
        max_length=254,
        help_text="Their work e-mail, or their name exactly as their school’s staff list writes it.",
    )


class FindForm(forms.Form):
    """Part of a name."""

    words = forms.CharField(label="Find somebody", required=False, max_length=100)


class StaffPersonForm(forms.Form):
    """One person on a staff list."""

    name = forms.CharField(label="Name", max_length=stafflist.MAX_NAME)
    email = forms.EmailField(
        label="Work e-mail", max_length=254, required=False, help_text="Without one they cannot be asked by mail."
    )
    job = forms.ChoiceField(label="Role", choices=StaffEntry.Job.choices)
    hours = forms.DecimalField(
        label="Hours a week",
        required=False,
        min_value=0,
        max_value=stafflist.MAX_HOURS,
        max_digits=4,
        decimal_places=1,
        help_text="Somebody on two lists is asked once, for the school where they work most hours.",
    )

    def clean_name(self) -> str:
        name = clean_text(self.cleaned_data["name"])
        if looks_like_formula(name) or not any(letter.isalpha() for letter in name):
            raise forms.ValidationError("Write the name in letters.")
        return name

    def clean_email(self) -> str | None:
        return normal(self.cleaned_data["email"]) or None


class LeftForm(forms.Form):
    """The last day of somebody at the school."""

    last_day = forms.DateField(
        label="Last day at the school", widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )

    def clean_last_day(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["last_day"]
        if abs((day - datetime.date.today()).days) > 366:
            raise forms.ValidationError("Choose a day within a year of today.")
        return day


class SureForm(forms.Form):
    """A tick before something that cannot be undone."""

    sure = forms.BooleanField(
        label="I know that this cannot be undone",
        error_messages={"required": "Tick the box if you are sure. Nothing was changed."},
    )


class PartnerForm(forms.Form):
    """An organisation outside that works with the network."""

    name = forms.CharField(label="Name", max_length=150)
    kind = forms.ChoiceField(label="Kind", choices=Partner.Kind.choices)
    contact = forms.CharField(label="Whom to call or write to", max_length=200, required=False)


class PartnerPersonForm(forms.Form):
    """Somebody who works for a partner."""

    partner = forms.ChoiceField(label="Partner")
    name = forms.CharField(label="Name", max_length=150)
    email = forms.EmailField(label="Work e-mail", max_length=254)

    def __init__(self, *args: Any, partners: dict[str, Partner], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.partners = partners
        found = cast(forms.ChoiceField, self.fields["partner"])
        found.choices = [(key, partner.name) for key, partner in partners.items()]

    @property
    def chosen(self) -> Partner:
        return self.partners[self.cleaned_data["partner"]]


class JournalForm(forms.Form):
    """Which deeds of a journal to show."""

    deed = forms.ChoiceField(label="What was done", required=False)

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["deed"]).choices = [("", "Everything"), *kinds]
