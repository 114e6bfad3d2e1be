"""Signing in, the account, the way home."""

from typing import cast

from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.tokens import default_token_generator
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlsafe_base64_decode
from django.views.decorators.http import require_GET, require_http_methods

from alongside.people import forms, reads, throttle
from alongside.people.letters import send_password_link
from alongside.people.models import Person, normal


@method_decorator(login_not_required, name="dispatch")
class SignIn(LoginView):
    """Sign in with work e-mail and password; guessing is slowed down per account and per address."""

    template_name = "people/sign_in.html"
    authentication_form = forms.SignInForm
    redirect_authenticated_user = True

    def _limits(self) -> dict[str, int]:
        account, address = normal(self.request.POST.get("username", "")), self.request.META.get("REMOTE_ADDR")
        return {f"account:{account}": throttle.TRIES, f"address:{address}": throttle.TRIES_BEHIND_ONE_ADDRESS}

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if any(throttle.too_many(key, tries) for key, tries in self._limits().items()):
            return render(request, "people/too_many_tries.html", status=429)
        return super().post(request, *args, **kwargs)

    def form_invalid(self, form: object) -> HttpResponse:
        for key in self._limits():
            throttle.count(key)
        return super().form_invalid(form)  # type: ignore[arg-type]


sign_in = SignIn.as_view()

sign_out = LogoutView.as_view()


@login_not_required
@require_http_methods(["GET", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a letter with a link. The answer is the same whether the address is known or not."""
    form = forms.ForgottenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = Person.objects.filter(email=normal(form.cleaned_data["email"]), is_active=True).first()
        if person and not throttle.too_many(f"letter:{person.pk}"):
            throttle.count(f"letter:{person.pk}")
            send_password_link(person, "A new password for Alongside")
        return render(request, "people/letter_sent.html")
    return render(request, "people/forgotten.html", {"form": form})


@login_not_required
@require_http_methods(["GET", "POST"])
def set_password(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """Set a password from a letter. Opening the link spends nothing: mail scanners open links too."""
    person = _person_of_link(uid)
    if person is None or not default_token_generator.check_token(person, token):
        return render(request, "people/link_spent.html", status=410)
    form = SetPasswordForm(person, request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        login(request, person)
        return redirect("home")
    return render(request, "people/set_password.html", {"form": form, "person": person})


def _person_of_link(uid: str) -> Person | None:
    try:
        return Person.objects.filter(pk=int(urlsafe_base64_decode(uid)), is_active=True).first()
    except (ValueError, OverflowError):
        return None


@require_http_methods(["GET", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """My name, my roles, my password, and the way out."""
    person = cast(Person, request.user)
    form = SetPasswordForm(person, request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        update_session_auth_hash(request, person)
        messages.success(request, "Your new password holds from now on.")
        return redirect("account")
    standing = reads.standing(person)
    context = {"form": form, "standing": standing, "work": reads.work_of(standing)}
    return render(request, "people/account.html", context)


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Where a signed-in person belongs first: what they lead, else where they work."""
    person = cast(Person, request.user)
    first = next(iter(reads.homes(reads.standing(person))), None)
    return redirect(first.get_absolute_url() if first else reverse("account"))
