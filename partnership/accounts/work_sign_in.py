"""Signing in with a school's own Microsoft or Google account (practice P20).

Each organisation registers the platform in its own tenant, so a token is believed only from that tenant's issuer, and only
about people all of whose posts are at that organisation: else one school's administrator could be anybody. It is one
step; the second is asked unless the token says that the tenant has asked for one (`amr`). What makes a token worth
reading stands in `work_tokens.py`."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, NoReturn, Protocol, cast

from allauth.account.internal.flows.login import record_authentication
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.utils import is_mfa_enabled
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from requests import RequestException, Session

from partnership.accounts.models import User
from partnership.accounts.second_factor import METHOD
from partnership.accounts.sheets import OWN_STEPS
from partnership.accounts.vault import vault
from partnership.accounts.watch import note
from partnership.accounts.work_tokens import TenantProvider, TenantTokens

MICROSOFT, GOOGLE = "microsoft", "google"
NAMES = {MICROSOFT: "Microsoft", GOOGLE: "Google"}


@dataclass(frozen=True, slots=True)
class WorkSignIn:
    """One organisation's own tenant."""

    id: str
    kind: str
    tenant: str
    client_id: str
    secret: str
    organisation_name: str

    def app(self) -> SocialApp:
        """As the account library wants it; nothing of it is stored there."""
        configured = {
            "server_url": settings.WORK_SIGN_IN_ISSUERS[self.kind].format(tenant=self.tenant),
            "fetch_userinfo": False,
            "oauth_pkce_enabled": True,
            "scope": ["openid", "email", "profile"],
            "auth_params": {"hd": self.tenant} if self.kind == GOOGLE else {},
        }
        secret = vault().decrypt(self.secret.encode()).decode()
        return SocialApp(
            provider="openid_connect",
            provider_id=self.id,
            name=self.organisation_name,
            client_id=self.client_id,
            secret=secret,
            settings=configured,
        )

    def vouches_for(self, claims: Mapping[str, Any]) -> str:
        """The address the token stands for, or '' where it is another tenant's or no address of its own."""
        address = str(claims.get("email") or "")
        if self.kind == GOOGLE:
            own = claims.get("hd") == self.tenant and claims.get("email_verified") is True
        else:
            own = claims.get("tid") == self.tenant
            address = address or str(claims.get("preferred_username") or "")
        return address.strip().lower() if own else ""


class WorkSignIns(Protocol):
    """What the feature that knows organisations tells the door; named in the settings."""

    def methods(self) -> list[WorkSignIn]: ...

    def works_only_there(self, user_id: uuid.UUID, method_id: str) -> bool: ...


def work_sign_ins() -> WorkSignIns:
    return cast(WorkSignIns, import_module(settings.WORK_SIGN_INS))


class WorkAccountAdapter(DefaultSocialAccountAdapter):
    """Existing people alone, each by their own tenant; every refusal reads alike."""

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        return [
            each.app()
            for each in work_sign_ins().methods()
            if provider in (None, "openid_connect", each.id) and client_id in (None, each.client_id)
        ]

    def get_provider(
        self, request: HttpRequest, provider: str, client_id: str | None = None
    ) -> TenantProvider:
        return TenantProvider(request, app=self.get_app(request, provider=provider, client_id=client_id))

    def get_requests_session(self) -> Session:
        """As allauth's, but it goes nowhere that the address asked merely points to."""
        session: Session = super().get_requests_session()
        session.max_redirects = 0
        return session

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: TenantProvider,
        exception: Exception | None = None,
        **unused: Any,
    ) -> None:
        turn_back(request, provider.sub_id, exception)

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Before anything is believed. Nothing that the token says is kept but whose it is."""
        if sociallogin.state.get("process") != "login":
            refuse(request)
        claims = dict(sociallogin.account.extra_data.get("id_token") or {})
        account = sociallogin.account
        user = self.person(account, claims)
        if user is None:
            refuse(request)
        if has_another(user, account):
            another_account(request, account)
        account.user, account.extra_data = user, {}
        account.save()
        sociallogin.user = user
        has_own_step = is_mfa_enabled(user, OWN_STEPS)  # then that is asked in any case
        if asked_for_a_second_step(claims) and not has_own_step:
            record_authentication(request, user, METHOD, type="work_account")

    def person(self, account: SocialAccount, claims: Mapping[str, Any]) -> User | None:
        """Whoever has an account with this address and works only there; never somebody merely invited."""
        method = next((each for each in work_sign_ins().methods() if each.id == account.provider), None)
        address = method.vouches_for(claims) if method else ""
        user = User.objects.filter(email=address, is_active=True).first() if address else None
        if method is None or user is None or not user.has_usable_password():
            return None
        if user.is_staff or user.is_superuser:
            return None
        if account.pk and account.user_id != user.pk:  # bound to somebody else before
            return None
        return user if work_sign_ins().works_only_there(user.pk, method.id) else None


def asked_for_a_second_step(claims: Mapping[str, Any]) -> bool:
    """By the list of RFC 8176, and nothing that merely looks like it."""
    methods = claims.get("amr")
    return isinstance(methods, list) and "mfa" in methods


def has_another(user: User, account: SocialAccount) -> bool:
    """Whether this person has come by another account of the same tenant before: then the address has changed hands
    there, or the school made the account anew, and somebody who knows must say which. Two at once wait for each other."""
    User.objects.select_for_update().get(pk=user.pk)
    bound = SocialAccount.objects.filter(user=user, provider=account.provider)
    return bound.exclude(uid=account.uid).exists()


def refuse(request: HttpRequest) -> NoReturn:
    raise ImmediateHttpResponse(render(request, "socialaccount/refused.html", status=403))


def another_account(request: HttpRequest, account: SocialAccount) -> NoReturn:
    note("sign_in.another_account", request, level=logging.WARNING, user=account.user_id, by=account.provider)
    facts = {"where": name_of(account.provider)}
    raise ImmediateHttpResponse(render(request, "socialaccount/another.html", facts, status=403))


def turn_back(request: HttpRequest, method_id: str, fault: Exception | None) -> NoReturn:
    """A sentence for whatever goes wrong on the way: nobody is let in, and the log says which fault it was."""
    why = type(fault.__cause__ or fault).__name__ if fault else None
    if not isinstance(fault, RequestException):
        note("sign_in.refused", request, level=logging.WARNING, by=method_id, why=why)
        refuse(request)
    note("sign_in.out_of_reach", request, level=logging.WARNING, by=method_id, why=why)
    facts = {"where": name_of(method_id)}
    raise ImmediateHttpResponse(render(request, "socialaccount/out_of_reach.html", facts, status=503))


def name_of(method_id: str) -> str:
    return NAMES[method_id.partition("-")[0]]


def at_the_tenant(view: type[OAuth2LoginView | OAuth2CallbackView]) -> Callable[..., HttpResponseBase]:
    """Allauth's view with our look at the token; also where the tenant is out of reach before it begins."""

    @login_not_required
    def answer(request: HttpRequest, provider_id: str) -> HttpResponseBase:
        try:
            try:
                response: HttpResponseBase = view.adapter_view(TenantTokens(request, provider_id))(request)
            except (OAuth2Error, RequestException) as fault:
                turn_back(request, provider_id, fault)
        except ImmediateHttpResponse as turned_back:
            return turned_back.response
        except SocialApp.DoesNotExist as unknown:
            raise Http404 from unknown
        return response

    return answer


login = at_the_tenant(OAuth2LoginView)
callback = at_the_tenant(OAuth2CallbackView)
