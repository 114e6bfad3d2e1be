"""The second step of signing in: taking it, setting it up, taking it away."""

import json
from typing import cast

import segno
from allauth.account.stages import LoginStageController
from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.webauthn.internal import auth as webauthn
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alongside.people import actions, factors, forms, throttle
from alongside.people.adapters import SecondStep
from alongside.people.middleware import before_second_step, proof_first
from alongside.people.models import Person, RememberedDevice
from alongside.people.views.signing_in import next_path, too_many_tries


@login_not_required
@require_http_methods(["GET", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """A code of the app, a passkey or a recovery code: between the password and the first page, or before a new role."""
    stage = None if request.user.is_authenticated else LoginStageController.enter(request, SecondStep.key)
    person = request.user if request.user.is_authenticated else stage and stage.login.user
    if person is None:
        return redirect("sign_in")
    if (request.user.is_authenticated and factors.passed(request)) or not factors.enrolled(person):
        return redirect("home" if request.user.is_authenticated else "sign_in")
    form, by = forms.CodeForm(), ""
    if request.method == "POST":
        limits = {f"second:{person.pk}": throttle.TRIES}
        if not throttle.spend(limits):
            return too_many_tries(request)
        form, by = try_step(request, person)
        if by:
            throttle.give_back(limits)
            return _done(request, person, by, stage)
    return render(request, "people/second_step.html", _second_step_page(request, person, form))


def try_step(request: HttpRequest, person: Person) -> tuple[forms.CodeForm, str]:
    """The form to show again, and what was right: app, code, passkey or nothing."""
    if request.POST.get("credential"):
        sent = forms.PasskeyForm(request.POST)
        if sent.is_valid() and actions.check_passkey(person, sent.cleaned_data["credential"]):
            return forms.CodeForm(), "passkey"
        form = forms.CodeForm({"code": "-"})
        form.add_error(None, "That passkey is not one of yours here, or it took too long. Try again, or use a code.")
        return form, ""
    form = forms.CodeForm(request.POST)
    by = actions.check_code(person, form.cleaned_data["code"]) if form.is_valid() else ""
    if form.is_valid() and not by:
        form.add_error("code", "This code is not right, or it was used already. Wait for the next one in your app.")
    return form, by


def _done(request: HttpRequest, person: Person, by: str, stage: SecondStep | None) -> HttpResponse:
    factors.vouch(request.session, person, by)
    response = (
        cast(HttpResponse, stage.exit()) if stage else HttpResponseRedirect(next_path(request) or reverse("home"))
    )
    if request.POST.get("remember"):
        factors.remember(request, response, person)
    return response


def _second_step_page(request: HttpRequest, person: Person, form: forms.CodeForm) -> dict[str, object]:
    steps = factors.steps(person)
    return {
        "form": form,
        "steps": steps,
        "options": passkey_options(person, steps),
        "next": next_path(request),
        "days": factors.DAYS_REMEMBERED,
    }


def passkey_options(person: Person, steps: factors.Steps) -> str:
    """What a browser is asked, to prove one of the person's passkeys; "" for none."""
    return _json(webauthn.begin_authentication(person)) if steps.passkey else ""


def _json(options: object) -> str:
    """What the browser is asked about a passkey; bytes are in base64url."""
    return json.dumps(options, default=dict)


# Setting up


@before_second_step
@proof_first("step_new")
@require_GET
def step_new(request: HttpRequest) -> HttpResponse:
    """Why a second step, and the two ways of taking it."""
    person = cast(Person, request.user)
    context = {"steps": factors.steps(person), "options": _json(webauthn.begin_registration(person, False))}
    return render(request, "people/step_new.html", context)


@before_second_step
@proof_first("step_app")
@require_http_methods(["GET", "POST"])
def step_app(request: HttpRequest) -> HttpResponse:
    """An authenticator app: a picture to scan, and its first code."""
    person = cast(Person, request.user)
    secret, form = totp.get_totp_secret(), forms.CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        limits = {f"second:{person.pk}": throttle.TRIES}
        if not throttle.spend(limits):
            return too_many_tries(request)
        if totp.validate_totp_code(secret, form.cleaned_data["code"]):
            throttle.give_back(limits)
            codes = actions.add_app(person, secret)
            totp.clear_totp_secret(request)
            return _added(request, person, codes, "Your authenticator app")
        form.add_error("code", "This code does not belong to the picture above. Wait for the next one and try again.")
    context = {"form": form, "secret": _in_fours(secret), "qr": _qr(person, secret)}
    return render(request, "people/step_app.html", context)


@before_second_step
@proof_first("step_new")
@require_POST
def step_passkey(request: HttpRequest) -> HttpResponse:
    """A passkey that the browser has just made."""
    person = cast(Person, request.user)
    form = forms.PasskeyForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Your browser made no passkey. Try again, or use an authenticator app.")
        return redirect("step_new")
    codes = actions.add_passkey(person, form.cleaned_data["name"] or "My device", form.cleaned_data["credential"])
    return _added(request, person, codes, "Your passkey")


def _added(request: HttpRequest, person: Person, codes: list[str], what: str) -> HttpResponse:
    if not factors.passed(request):
        factors.vouch(request.session, person, "new")
    if codes:
        return render(request, "people/recovery_codes.html", {"codes": codes})
    messages.success(request, f"{what} is set up.")
    return redirect("account")


def _qr(person: Person, secret: str) -> SafeString:
    url = get_adapter().build_totp_url(person, secret)
    drawn = segno.make(url, error="m").svg_inline(scale=5, border=3, light="white", title="Code to scan with your app")
    return SafeString(drawn)


def _in_fours(secret: str) -> str:
    return " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))


# Taking away


@proof_first("account")
@require_POST
def step_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove an app or a passkey. Who removes the last one and holds a role sets up another before anything else opens."""
    person = cast(Person, request.user)
    if not actions.remove_step(person, pk):
        raise Http404
    if not factors.enrolled(person):
        factors.unvouch(request.session)
    messages.success(request, "Removed. No device is remembered any longer.")
    return redirect("account")


@proof_first("account")
@require_POST
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Ten new recovery codes, shown in this answer and never again."""
    person = cast(Person, request.user)
    if not factors.enrolled(person):
        return redirect("account")
    return render(request, "people/recovery_codes.html", {"codes": actions.new_codes(person)})


@require_POST
def device_forget(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the second step on that device again."""
    if not RememberedDevice.objects.filter(person=cast(Person, request.user), pk=pk).delete()[0]:
        raise Http404
    messages.success(request, "Forgotten. That device is asked for your second step at the next sign-in.")
    return redirect("account")
