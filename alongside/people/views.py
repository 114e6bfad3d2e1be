"""Signing in, the account, staff lists and roles."""

import logging
from typing import cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.tokens import default_token_generator
from django.contrib.auth.views import LoginView, LogoutView
from django.db.models import QuerySet
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlsafe_base64_decode
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from alongside.kit import mail
from alongside.kit.access import require
from alongside.kit.addresses import url
from alongside.kit.errors import Refused
from alongside.network.models import School
from alongside.people import actions, forms, reads, rules, throttle
from alongside.people.models import Person, Role, StaffImport, normal
from alongside.people.requests import InsideRequest
from alongside.people.stafflist import TEMPLATE_CSV

logger = logging.getLogger(__name__)


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


def send_password_link(person: Person, subject: str) -> bool:
    """The letter with the link that sets a password. The link is spent by the form behind it, never by opening it.

    False when it could not be sent: that must show on no page that strangers see, or it would tell which addresses are known.
    """
    link = settings.PUBLIC_URL + actions.password_path(person)
    text = f"Hello {person.name},\n\nset your password for Alongside here, within three days:\n\n{link}\n\nIf you did not ask for it, leave this letter."
    try:
        mail.send(cast(str, person.email), subject, text)
    except (mail.Undeliverable, Refused, OSError) as failure:
        logger.error("A letter with a password link could not be sent: %s", type(failure).__name__)
        return False
    return True


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
    return render(request, "people/account.html", {"form": form, "standing": reads.standing(person)})


def _school(request: InsideRequest, school: str) -> School:
    """The school of an address: the organisation itself, or a school of the network. Anything else is a 404."""
    if request.organisation.kind == "school":
        return get_object_or_404(
            School.objects.select_related("organisation"), organisation=request.organisation, organisation__slug=school
        )
    inside = School.objects.in_network(request.organisation).select_related("organisation")
    return get_object_or_404(inside, organisation__slug=school)


@require_GET
def staff_list(request: InsideRequest, school: str) -> HttpResponse:
    """A school's staff list, for its leaders; counts for the officer."""
    found = _school(request, school)
    require(
        rules.can_bring_staff(request.member, found.pk),
        f"Only the leaders of {found} and the network's officer look after its staff list.",
    )
    context = {
        "page": reads.staff_page(found),
        "may_see_names": rules.can_see_staff(request.member, found.pk),
        "form": forms.StaffFileForm(),
        "domain_form": forms.DomainForm(),
        "waiting": _imports(request, found).filter(state=StaffImport.State.READY).order_by("-pk"),
        "door": "grow",
    }
    return render(request, "people/staff_list.html", context)


@require_POST
def staff_upload(request: InsideRequest, school: str) -> HttpResponse:
    """Bring a staff list in: nothing changes until it is applied."""
    found = _school(request, school)
    require(
        rules.can_bring_staff(request.member, found.pk),
        f"Only the leaders of {found} and the network's officer may bring in its staff list.",
    )
    form = forms.StaffFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _staff_refused(request, found, _sentence(form, "file"))
    network = request.organisation if request.organisation.kind == "network" else None
    try:
        brought = actions.bring_staff_list(form.data_of_file(), found, by=cast(Person, request.user), network=network)
    except Refused as refused:
        return _staff_refused(request, found, str(refused))
    return redirect(url(request, "staff_import", school=school, pk=brought.pk))


def _sentence(form: Form, field: str) -> str:
    return " ".join(str(error) for error in form.errors[field])


def _staff_refused(request: InsideRequest, school: School, reason: str) -> HttpResponse:
    return render(
        request, "people/staff_refused.html", {"school": school, "reason": reason, "door": "grow"}, status=400
    )


def _imports(request: InsideRequest, school: School) -> QuerySet[StaffImport]:
    """Imports of this school: the school's leaders see all of them, the officer those that the network brought."""
    imports = StaffImport.objects.filter(school=school)
    return imports if rules.leads(request.member, school.pk) else imports.filter(network=request.organisation)


def _import(request: InsideRequest, school: School, pk: int) -> StaffImport:
    return get_object_or_404(_imports(request, school).select_related("school__organisation"), pk=pk)


@require_GET
def staff_import(request: InsideRequest, school: str, pk: int) -> HttpResponse:
    """What applying a list would do, line by line."""
    found = _school(request, school)
    require(
        rules.can_bring_staff(request.member, found.pk),
        f"Only the leaders of {found} and the network's officer look after its staff list.",
    )
    brought = _import(request, found, pk)
    networks = len(reads.staff_page(found).networks)
    context = {
        "school": found,
        "brought": brought,
        "preview": actions.preview(brought),
        "may_apply": rules.can_apply_staff(request.member, found.pk, networks),
        "door": "grow",
    }
    return render(request, "people/staff_import.html", context)


@require_POST
def staff_apply(request: InsideRequest, school: str, pk: int) -> HttpResponse:
    """Do what the preview said."""
    found = _school(request, school)
    require(
        rules.can_bring_staff(request.member, found.pk),
        f"Only the leaders of {found} and the network's officer look after its staff list.",
    )
    brought = _import(request, found, pk)
    networks = len(reads.staff_page(found).networks)
    require(
        rules.can_apply_staff(request.member, found.pk, networks),
        f"{found} belongs to several networks, so one of its own leaders applies this list. They find it under Grow.",
    )
    done = actions.apply_staff_list(brought)
    messages.success(request, f"The staff list of {found} is up to date: {done.summary}")
    return redirect(url(request, "staff_list", school=school))


@require_POST
def staff_drop(request: InsideRequest, school: str, pk: int) -> HttpResponse:
    """Forget a list that was brought in."""
    found = _school(request, school)
    require(
        rules.can_bring_staff(request.member, found.pk),
        f"Only the leaders of {found} and the network's officer look after its staff list.",
    )
    actions.drop_staff_list(_import(request, found, pk))
    messages.success(request, "The list was dropped. Nothing was changed.")
    return redirect(url(request, "staff_list", school=school))


@require_POST
def domain_confirm(request: InsideRequest, school: str) -> HttpResponse:
    """Say that a mail domain is the school's own."""
    found = _school(request, school)
    require(
        rules.can_bring_staff(request.member, found.pk),
        f"Only the leaders of {found} and the network's officer confirm its mail domains.",
    )
    form = forms.DomainForm(request.POST)
    if not form.is_valid():
        return _staff_refused(request, found, _sentence(form, "domain"))
    try:
        actions.confirm_domain(found, form.cleaned_data["domain"], cast(Person, request.user))
    except Refused as refused:
        return _staff_refused(request, found, str(refused))
    messages.success(request, f"People with an address at {form.cleaned_data['domain']} can be asked from now on.")
    return redirect(url(request, "staff_list", school=school))


@login_not_required
@require_GET
def staff_template(request: HttpRequest) -> HttpResponse:
    """An empty staff list to fill in."""
    headers = {"Content-Disposition": 'attachment; filename="staff-list.csv"'}
    return HttpResponse(TEMPLATE_CSV, content_type="text/csv; charset=utf-8", headers=headers)


@require_http_methods(["GET", "POST"])
def roles(request: InsideRequest) -> HttpResponse:
    """Who holds which role in the network, and a form to give one."""
    if request.organisation.kind != "network":
        raise Http404
    require(
        rules.can_see_roles(request.member), "Roles are looked after by the network's officer; chairs invite leaders."
    )
    kinds = [kind.value for kind in Role.Kind if rules.can_grant(request.member, kind.value)]
    form = forms.RoleForm(request.POST or None, kinds=kinds, network=request.organisation)
    if request.method == "POST" and form.is_valid():
        return _grant(request, form)
    lines = reads.network_roles(request.organisation)
    context = {"form": form, "lines": lines, "may_end": request.member.officer, "door": "grow"}
    return render(request, "people/roles.html", context, status=400 if form.errors else 200)


def _grant(request: InsideRequest, form: forms.RoleForm) -> HttpResponse:
    data = form.cleaned_data
    require(
        form.school is None or data["kind"] != "leader" or _may_appoint_at(request, form.school),
        "You invite leaders of your own cluster's schools.",
    )
    granted_by = cast(Person, request.user)
    # A chair has a chair's rights on the cluster, never a head's on its schools (TRUST 3).
    require(
        request.member.officer or normal(data["email"]) != granted_by.email,
        "Nobody gives a role to themselves. Ask the network's officer.",
    )
    role = actions.grant_role(
        data["kind"],
        request.organisation,
        data["email"],
        data["name"],
        cluster=form.cluster,
        school=form.school,
        granted_by=granted_by,
    )
    messages.success(request, f"{role.person} is {role.get_kind_display()} from today.")
    subject = f"{request.organisation} works with Alongside"
    if not role.person.has_usable_password() and not send_password_link(role.person, subject):
        messages.warning(
            request,
            "The letter with their link could not be sent. They can ask for a new password on the sign-in page.",
        )
    return redirect(url(request, "roles"))


def _may_appoint_at(request: InsideRequest, school: School) -> bool:
    return request.member.officer or reads.is_cluster_school(request.member.clusters_chaired, school.pk)


@require_POST
def role_end(request: InsideRequest, pk: int) -> HttpResponse:
    """End a role today."""
    require(request.member.officer, "Only the network's officer ends a role.")
    lines = reads.network_roles(request.organisation)
    role = next((line.role for line in lines if line.role.pk == pk), None)
    if role is None:
        raise Http404
    actions.end_role(role, cast(Person, request.user))
    messages.success(request, f"{role.person} is no longer {role.get_kind_display()}.")
    return redirect(url(request, "roles"))


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Where a signed-in person belongs first: what they lead, else where they work."""
    person = cast(Person, request.user)
    first = next(iter(reads.homes(reads.standing(person))), None)
    return redirect(first.get_absolute_url() if first else reverse("account"))
