"""Invitations: what a letter leads to, and looking after those that are open."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from alongside.kit.access import require
from alongside.kit.addresses import url
from alongside.network.models import School
from alongside.people import actions, forms, reads, rules
from alongside.people.letters import send_invitation
from alongside.people.middleware import before_second_step
from alongside.people.models import Invitation, Person
from alongside.people.requests import InsideRequest
from alongside.people.views.signing_in import sign_in_as


@before_second_step
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """What an invitation's letter leads to. Opening it spends nothing: mail scanners open links too."""
    digest = actions.token_digest(token)
    found = Invitation.objects.select_related("organisation", "cluster", "school").filter(digest=digest).first()
    state = found.state(timezone.now()) if found else "unknown"
    if found is None or state != "open":
        return render(request, "people/invitation_over.html", {"state": state}, status=410)
    if request.user.is_authenticated:
        return _signed_in(request, found, digest)
    person = Person.objects.filter(email=found.email).first()
    if person and not person.is_active:
        return render(request, "people/invitation_over.html", {"state": "closed"}, status=410)
    if person and person.has_usable_password():
        # Whoever was forwarded this letter has no password for that account: only its owner comes any further.
        return render(request, "people/invitation.html", {"invitation": found, "known": True})
    return _without_password(request, found, digest, person)


def _signed_in(request: HttpRequest, found: Invitation, digest: str) -> HttpResponse:
    if cast(Person, request.user).email != found.email:
        return render(request, "people/invitation_other.html", status=403)
    if request.method == "POST":
        actions.accept_invitation(found, digest)
        messages.success(request, f"Welcome. You are {found.get_kind_display()} of {found.where} from today.")
        return redirect("home")
    return render(request, "people/invitation.html", {"invitation": found})


def _without_password(request: HttpRequest, found: Invitation, digest: str, person: Person | None) -> HttpResponse:
    """The letter shows that the address is theirs, as a letter with a password link does."""
    form = forms.NewPasswordForm(person or Person(email=found.email, name=found.name), request.POST or None)
    if request.method == "POST" and form.is_valid():
        return sign_in_as(request, _accept_with_password(found, digest, form.cleaned_data["new_password1"]))
    return render(request, "people/invitation.html", {"invitation": found, "form": form})


@transaction.atomic
def _accept_with_password(found: Invitation, digest: str, password: str) -> Person:
    person = actions.accept_invitation(found, digest)
    person.set_password(password)
    person.save(update_fields=["password"])
    return person


# Looking after them


@require_POST
def invitation_withdraw(request: InsideRequest, pk: int) -> HttpResponse:
    """The invitation is over before it was accepted."""
    found = _own(request, pk)
    actions.withdraw(found, cast(Person, request.user))
    messages.success(request, "The invitation is withdrawn. Its link leads to a page that says so.")
    return _back(request, found)


@require_POST
def invitation_again(request: InsideRequest, pk: int) -> HttpResponse:
    """Another letter, with another link and another 14 days."""
    found = _own(request, pk)
    tell_sent(request, found, actions.send_again(found, cast(Person, request.user)))
    return _back(request, found)


def _own(request: InsideRequest, pk: int) -> Invitation:
    """An invitation of this organisation; 403 for whoever could not have sent it."""
    found = get_object_or_404(
        Invitation.objects.select_related("organisation", "cluster", "school"), pk=pk, organisation=request.organisation
    )
    require(reads.may_invite(request.member, found), "Whoever could send this invitation may withdraw it.")
    return found


def _back(request: InsideRequest, found: Invitation) -> HttpResponse:
    if found.kind == Invitation.Kind.STAFF and found.school:
        return redirect(url(request, "staff_accounts", school=found.school.slug))
    return redirect(url(request, "roles"))


def tell_sent(request: HttpRequest, found: Invitation, token: str) -> None:
    """Send the letter, and say on the next page what became of it. token: "" when the invitation was open already."""
    if not token:
        messages.info(request, f"{found.name} is invited already. You can send the letter again below.")
    elif send_invitation(found, token):
        messages.success(request, f"{found.name} is invited. The letter is on its way and open for 14 days.")
    else:
        messages.warning(request, f"{found.name} is invited, but the letter could not be sent. Send it again below.")


# Accounts for colleagues


@require_http_methods(["GET", "POST"])
def staff_accounts(request: InsideRequest, school: str) -> HttpResponse:
    """Who of the staff has an account, and inviting those who have none. Nobody needs one to answer."""
    found = _school(request, school)
    require(rules.leads(request.member, found.pk), "A school's own leaders invite their colleagues.")
    lines = reads.staff_accounts(found)
    if request.method == "POST":
        wanted = str(request.POST.get("person", ""))
        line = next((line for line in lines if str(line.person.pk) == wanted and line.may_invite), None)
        require(
            line is not None, "Only colleagues on this staff list, with an e-mail and without an account, are invited."
        )
        _invite_colleague(request, found, cast(reads.AccountLine, line).person)
        return redirect(url(request, "staff_accounts", school=found.slug))
    return render(request, "people/staff_accounts.html", {"lines": lines, "school": found, "door": "grow"})


def _invite_colleague(request: InsideRequest, school: School, person: Person) -> None:
    by, organisation = cast(Person, request.user), school.organisation
    if organisation is None or person.email is None:
        raise Http404
    made, token = actions.invite("staff", organisation, person.email, person.name, by=by, school=school)
    tell_sent(request, made, token)


def _school(request: InsideRequest, slug: str) -> School:
    inside = (
        School.objects.in_network(request.organisation)
        if request.organisation.kind == "network"
        else School.objects.filter(organisation=request.organisation)
    )
    return get_object_or_404(inside.select_related("organisation"), organisation__slug=slug)
