"""Where django-allauth asks us: who may sign in, which steps that takes, what is sent, and what a page says."""

import base64
import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.stages import LoginStage
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal.httpkit import headed_redirect_response
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from alongside.people import factors
from alongside.people.models import Person, normal
from alongside.people.reads import domain


class SecondStep(LoginStage):
    """Between the password, code or work account and the session: whoever has a second step takes it here.

    A sign-in by the school's own provider counts as one, and so does a device that was remembered.
    """

    key = "second_step"
    urlname = "second_step"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        person = self.login.user
        if (self.login.signal_kwargs or {}).get("sociallogin"):
            factors.vouch(self.request.session, person, "work")
        elif factors.enrolled(person):
            if not factors.remembered(self.request, person):
                return headed_redirect_response("second_step"), True
            factors.vouch(self.request.session, person, "device")
        return None, True


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up; letters are queued by our views; our pages have their own words."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_stages(self) -> list[str]:
        return ["allauth.account.stages.LoginByCodeStage", "alongside.people.adapters.SecondStep"]

    def login(self, request: HttpRequest, user: Person) -> None:
        super().login(request, user)
        factors.prove(request.session, user)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Our views queue what is sent, for known and unknown addresses alike."""

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Our views say what happened."""

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """The journal says what changed."""

    def respond_user_inactive(self, request: HttpRequest, user: Person) -> HttpResponse:
        return redirect("sign_in")


class SecondStepAdapter(DefaultMFAAdapter):
    """Secrets of apps and recovery codes are kept encrypted: the key is no part of the database nor of its backups."""

    def encrypt(self, text: str) -> str:
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _fernet().decrypt(encrypted_text.encode()).decode()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": "Alongside"}


def _fernet() -> Fernet:
    key = hashlib.sha256(f"alongside.people.second_step {settings.SECRET_KEY}".encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


class WorkAccountAdapter(DefaultSocialAccountAdapter):
    """Sign-in by the school's own provider: a verified address that is a person's signs that person in, nothing else does.

    Nothing of it is stored: the address is asked for again each time.
    """

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        person = self._person(sociallogin)
        if person is None:
            raise ImmediateHttpResponse(render(request, "people/work_unknown.html", status=403))
        sociallogin.user = person

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def on_authentication_error(self, request: HttpRequest, provider: Any, **kwargs: Any) -> None:
        raise ImmediateHttpResponse(render(request, "people/work_failed.html", status=401))

    def _person(self, sociallogin: SocialLogin) -> Person | None:
        told = [each for each in sociallogin.email_addresses if each.verified is True or _ours(each.email)]
        addresses = [normal(each.email) for each in told if "\0" not in each.email]
        return Person.objects.filter(email__in=addresses, is_active=True).first() if addresses else None


def _ours(email: str) -> bool:
    """An address on a domain for which the provider's word is enough, as settings say: Microsoft verifies without saying so."""
    return domain(normal(email)) in settings.OIDC_DOMAINS


class WorkProvider(OpenIDConnectOAuth2Adapter):
    """The conversation with the provider. What it says of somebody must be signed with its own key."""

    def _decode_id_token(self, app: Any, id_token: str) -> dict[str, Any]:
        claims: dict[str, Any] = jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=self.openid_config["jwks_uri"],
            issuer=self.openid_config["issuer"],
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
            verify_signature=True,
        )
        return claims
