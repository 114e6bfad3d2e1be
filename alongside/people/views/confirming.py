"""Showing once more who one is, before an account changes hands (`people.middleware.proof_first`)."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from alongside.people import factors, forms, throttle
from alongside.people.middleware import before_second_step
from alongside.people.models import Person
from alongside.people.views.factors import passkey_options, try_step
from alongside.people.views.signing_in import next_path, too_many_tries


@before_second_step
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """The password or the second step once more: for five minutes one may change then how one signs in."""
    person = cast(Person, request.user)
    if not factors.passed(request) and factors.enrolled(person):
        return redirect("second_step")
    password, code = forms.PasswordForm(person), forms.CodeForm()
    if request.method == "POST":
        limits = _limits(request, person)
        if not throttle.spend(limits):
            return too_many_tries(request)
        password, code, right = _try(request, person)
        if right:
            throttle.give_back(limits)
            return _proved(request, person)
    return render(request, "people/confirm.html", _page(request, person, password, code))


def _limits(request: HttpRequest, person: Person) -> dict[str, int]:
    """Counted together with the tries at the sign-in itself."""
    key = f"account:{person.email}" if "password" in request.POST else f"second:{person.pk}"
    return {key: throttle.TRIES}


def _try(request: HttpRequest, person: Person) -> tuple[forms.PasswordForm, forms.CodeForm, bool]:
    """Both forms, to show again, and whether what was sent is right."""
    if "password" in request.POST:
        password = forms.PasswordForm(person, request.POST)
        return password, forms.CodeForm(), password.is_valid()
    code, by = try_step(request, person)
    return forms.PasswordForm(person), code, bool(by)


def _proved(request: HttpRequest, person: Person) -> HttpResponse:
    factors.prove(request.session, person)
    messages.success(request, "Thank you. For five minutes you can change how you sign in.")
    return HttpResponseRedirect(next_path(request) or reverse("account"))


def _page(
    request: HttpRequest, person: Person, password: forms.PasswordForm, code: forms.CodeForm
) -> dict[str, object]:
    steps = factors.steps(person)
    shown = "What your authenticator app shows now, or one" if steps.app else "One"
    code.fields["code"].help_text = f"{shown} of your recovery codes."
    return {
        "password": password if person.has_usable_password() else None,
        "code": code if steps.ways else None,
        "options": passkey_options(person, steps),
        "next": next_path(request),
    }
