"""Text from outside about people."""

from django import forms
from django.contrib.auth.forms import AuthenticationForm, SetPasswordForm

from alongside.network.models import Cluster, Organisation, School
from alongside.people.models import Person, Role


class SignInForm(AuthenticationForm):
    """Work e-mail and password."""

    error_messages = {
        "invalid_login": "This e-mail and password do not belong together. Check both, or ask for a new password below.",
        "inactive": "This account is closed. Your network's officer can open it again.",
    }

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["username"].label = "Work e-mail"
        self.fields["username"].widget = forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})


class ForgottenForm(forms.Form):
    """Where to send a link for a new password."""

    email = forms.EmailField(label="Work e-mail", widget=forms.EmailInput(attrs={"autocomplete": "username"}))


class NewPasswordForm(SetPasswordForm[Person]):
    """A new password, twice; Django's validators say what is wrong with it."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["new_password1"].help_text = "Twelve characters or more; four words in a row are easy to keep."
        self.fields["new_password2"].help_text = "The same once more."


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
    """One CSV file."""

    file = forms.FileField(
        label="Staff list",
        help_text="A CSV file with a line for each person: name, e-mail, job, and hours a week if you like.",
        error_messages={
            "required": "Choose the file first. If you did, it was larger than 5 MB: a staff list is not.",
            "empty": "This file is empty. Save the list again as CSV and choose it once more.",
        },
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

    def __init__(self, *args: object, kinds: list[str], network: Organisation, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.clusters = {f"cluster-{c.pk}": c for c in Cluster.objects.of(network.pk).order_by("name")}
        self.schools = {f"school-{s.pk}": s for s in School.objects.in_network(network).order_by("name")}
        kind, where = self.fields["kind"], self.fields["where"]
        kind.choices = [(k.value, k.label) for k in Role.Kind if k.value in kinds]  # type: ignore[attr-defined]
        where.choices = [  # type: ignore[attr-defined]
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
