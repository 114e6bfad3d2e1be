"""Signing in by password, e-mailed code or the school's own provider; the account; the way home."""

from collections.abc import Callable
from typing import cast

from allauth.account.internal.flows.login import perform_login, perform_password_login
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.models import Login
from allauth.account.stages import LoginByCodeStage, LoginStageController
from allauth.account.utils import get_next_redirect_url
from allauth.core.internal.cryptokit import compare_user_code
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.tokens import default_token_generator
from django.contrib.auth.views import LogoutView
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode, urlsafe_base64_decode
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from requests import RequestException

from alongside.people import factors, forms, letters, reads, throttle
from alongside.people.adapters import WorkProvider
from alongside.people.middleware import before_second_step, proof_first
from alongside.people.models import Person, normal


def next_path(request: HttpRequest) -> str:
    """Where the form or the address says to go on: a path of this site, or ""."""
    wanted = get_next_redirect_url(request) or ""
    return wanted if wanted.startswith("/") else ""


sign_out = before_second_step(LogoutView.as_view())


@login_not_required
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in with work e-mail and password; guessing is slowed down per account and per network address."""
    if request.user.is_authenticated:
        return HttpResponseRedirect(next_path(request) or reverse("home"))
    if request.method == "GET":
        return _sign_in_page(request, forms.SignInForm(request))
    limits = _limits(request)
    if not throttle.spend(limits):
        return too_many_tries(request)
    form = forms.SignInForm(request, request.POST)
    if not form.is_valid():
        return _sign_in_page(request, form)
    throttle.give_back(limits)
    person = form.get_user()
    login = Login(user=person, redirect_url=next_path(request))
    return cast(HttpResponse, perform_password_login(request, {"email": person.email}, login))


def _sign_in_page(request: HttpRequest, form: object) -> HttpResponse:
    context = {"form": form, "next": next_path(request), "work": _work_name()}
    return render(request, "people/sign_in.html", context)


def _limits(request: HttpRequest) -> dict[str, int]:
    account, address = normal(request.POST.get("username", "")), throttle.address(request)
    return {f"account:{account}": throttle.TRIES, f"address:{address}": throttle.TRIES_BEHIND_ONE_ADDRESS}


def too_many_tries(request: HttpRequest) -> HttpResponse:
    """429: how long to wait, and what else one can do."""
    return render(request, "people/too_many_tries.html", status=429, context={"work": _work_name()})


# By a code in a letter


@login_not_required
@require_POST
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """Send a code to an address. What happens before the answer is the same whether the address is known or not."""
    if request.user.is_authenticated:
        return redirect("home")
    form = forms.AskForCodeForm(request.POST)
    if not form.is_valid():
        return _sign_in_page(request, form)
    if not throttle.spend({f"address:{throttle.address(request)}": throttle.TRIES_BEHIND_ONE_ADDRESS}):
        return too_many_tries(request)
    email = normal(form.cleaned_data["username"])
    person = Person.objects.filter(email=email, is_active=True).first()
    if not throttle.spend({f"letter:{email}": throttle.TRIES}):
        person = None
    process = LoginCodeVerificationProcess.initiate(request=request, user=person, email=email)
    letters.ask_for_code(person, process.code)
    after = next_path(request)
    return redirect(reverse("sign_in_enter") + (f"?{urlencode({'next': after})}" if after else ""))


@login_not_required
@require_http_methods(["GET", "POST"])
def sign_in_enter(request: HttpRequest) -> HttpResponse:
    """The code from the letter, in the browser that asked for it: three tries, ten minutes, once."""
    stage = LoginStageController.enter(request, LoginByCodeStage.key)
    process = LoginCodeVerificationProcess.resume(stage) if stage else None
    if request.user.is_authenticated or process is None:
        return redirect("home" if request.user.is_authenticated else "sign_in")
    form = forms.CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        limits = {f"address:{throttle.address(request)}": throttle.TRIES_BEHIND_ONE_ADDRESS}
        if not throttle.spend(limits):
            return too_many_tries(request)
        if compare_user_code(actual=form.cleaned_data["code"], expected=process.code):
            throttle.give_back(limits)
            return cast(HttpResponse, process.finish(next_path(request)))
        if not process.record_invalid_attempt():
            return render(request, "people/code_over.html", status=410)
        form.add_error("code", "This is not the code of the newest letter. Look again, capitals or not.")
    context = {"form": form, "email": process.state.get("email"), "next": next_path(request)}
    return render(request, "people/sign_in_enter.html", context)


# By the school's own provider


@login_not_required
@require_GET
def sign_in_work(request: HttpRequest) -> HttpResponse:
    """On to the school's own provider: OpenID Connect, as settings name it."""
    return _with_provider(request, OAuth2LoginView.adapter_view)


@login_not_required
@require_GET
def sign_in_back(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Back from there, with word of who it is."""
    if provider_id != "work":
        raise Http404
    return _with_provider(request, OAuth2CallbackView.adapter_view)


def _with_provider(request: HttpRequest, view: Callable[..., Callable[..., HttpResponse]]) -> HttpResponse:
    if not _work_name():
        raise Http404
    try:
        return view(WorkProvider(request, "work"))(request)
    except (RequestException, KeyError, ValueError, TypeError):  # it does not answer, or not as OpenID Connect does
        return render(request, "people/work_failed.html", status=502)


def _work_name() -> str:
    return settings.OIDC_NAME if settings.SOCIALACCOUNT_PROVIDERS else ""


# A new password by letter


@login_not_required
@require_http_methods(["GET", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a letter with a link. The answer and what happens before are the same whether the address is known or not."""
    form = forms.ForgottenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not throttle.spend({f"address:{throttle.address(request)}": throttle.TRIES_BEHIND_ONE_ADDRESS}):
            return too_many_tries(request)
        email = normal(form.cleaned_data["email"])
        person = Person.objects.filter(email=email, is_active=True).first()
        letters.ask_for_link(person if throttle.spend({f"letter:{email}": throttle.TRIES}) else None)
        return render(request, "people/letter_sent.html")
    return render(request, "people/forgotten.html", {"form": form})


@login_not_required
@require_http_methods(["GET", "POST"])
def set_password(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """Set a password from a letter. Opening the link spends nothing: mail scanners open links too."""
    person = _person_of_link(uid)
    if person is None or not default_token_generator.check_token(person, token):
        return render(request, "people/link_spent.html", status=410)
    form = forms.NewPasswordForm(person, request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        return sign_in_as(request, person)
    return render(request, "people/set_password.html", {"form": form, "person": person})


def sign_in_as(request: HttpRequest, person: Person) -> HttpResponse:
    """Sign somebody in who has shown that an address is theirs: through the second step, where they have one."""
    return cast(HttpResponse, perform_login(request, Login(user=person, redirect_url=reverse("home"))))


def _person_of_link(uid: str) -> Person | None:
    try:
        return Person.objects.filter(pk=int(urlsafe_base64_decode(uid)), is_active=True).first()
    except (ValueError, OverflowError):
        return None


# The account


@require_GET
def account(request: HttpRequest) -> HttpResponse:
    """My name, my places, my password, my second step and my devices, and the way out."""
    person = cast(Person, request.user)
    standing, steps = reads.standing(person), factors.steps(person)
    context = {
        "standing": standing,
        "steps": steps,
        "with_steps": bool(standing.roles or steps.ways),
        "work": reads.work_of(standing),
    }
    return render(request, "people/account.html", context)


@proof_first("new_password")
@require_http_methods(["GET", "POST"])
def new_password(request: HttpRequest) -> HttpResponse:
    """Another password, or a first one. Every other session of this person ends."""
    person = cast(Person, request.user)
    form = forms.NewPasswordForm(person, request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        update_session_auth_hash(request, person)
        messages.success(request, "Your new password holds from now on. Everywhere else you are signed out.")
        return redirect("account")
    return render(request, "people/set_password.html", {"form": form, "person": person, "inside": True})


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Where a signed-in person belongs first: what they lead, else where they work."""
    person = cast(Person, request.user)
    first = next(iter(reads.homes(reads.standing(person))), None)
    return redirect(first.get_absolute_url() if first else reverse("account"))
