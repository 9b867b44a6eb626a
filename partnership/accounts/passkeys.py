"""Passkeys: allauth's pages, with every passkey able to sign in alone and none without its PIN, finger or face.

User verification is required by the settings (`MFA_WEBAUTHN_USER_VERIFICATION`), so that a passkey is two factors in one:
the device, and what unlocks it. Its session counts as one with a second factor, by allauth's own record."""

from __future__ import annotations

from typing import Any

from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth, flows
from allauth.mfa.webauthn.views import AddWebAuthnView, LoginWebAuthnView, RemoveWebAuthnView
from django.contrib.auth.decorators import login_not_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from partnership.accounts.adapters import MFAAdapter
from partnership.accounts.afterwards import afterwards, remember_wanted
from partnership.accounts.keys import ALGORITHMS
from partnership.accounts.second_factor import record_second_factor
from partnership.accounts.sessions import end_the_others


class AddPasskey(AddWebAuthnView):
    """Make one; the ceremony proves it, so that this session is one with a second factor from here on."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        remember_wanted(request)
        response: HttpResponse = super().get(request, *args, **kwargs)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = {
            **super().get_context_data(),
            **kwargs,
        }  # allauth would begin a form without faults
        options = auth.begin_registration(self.request.user, passwordless=True)
        asked = options["publicKey"]
        asked["pubKeyCredParams"] = [each for each in asked["pubKeyCredParams"] if each["alg"] in ALGORITHMS]
        context["js_data"] = {"creation_options": options}
        return context

    def form_valid(self, form: Form) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        newest = Authenticator.objects.filter(
            user=self.request.user, type=Authenticator.Type.WEBAUTHN
        ).latest("pk")
        record_second_factor(self.request, newest, reauthenticated=True)
        end_the_others(self.request)
        return response

    def get_success_url(self) -> str:
        if self.did_generate_recovery_codes:
            return reverse("mfa_view_recovery_codes")
        return afterwards(self.request, otherwise=reverse("mfa_index"))


class SignInByPasskey(LoginWebAuthnView):
    """In by the passkey alone. Others' wrong guesses at the password do not stand in its way (walls §1)."""

    def form_valid(self, form: Form) -> HttpResponse:
        authenticator = form.cleaned_data["credential"]
        login = Login(user=authenticator.user, redirect_url=get_next_redirect_url(self.request))
        response: HttpResponse = flows.perform_passwordless_login(self.request, authenticator, login)
        return response


class RemovePasskey(RemoveWebAuthnView):
    """Not the last second step of somebody whose post needs one."""

    def refusal(self) -> str:
        allowed = MFAAdapter().can_delete_authenticator(self.get_object())
        return "" if allowed else str(MFAAdapter.error_messages["cannot_delete_authenticator"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "refused": self.refusal()}

    def form_valid(self, form: Form) -> HttpResponse:
        if self.refusal():
            return HttpResponseRedirect(reverse("mfa_remove_webauthn", args=[self.get_object().pk]))
        response: HttpResponse = super().form_valid(form)
        end_the_others(self.request)
        return response


class SecondStep(AuthenticateView):
    """The code, or the passkey of somebody who has one."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.stage.login.user
        passkeys = Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN)
        return {**super().get_context_data(**kwargs), "passkeys": passkeys.exists()}


add = AddPasskey.as_view()
sign_in = login_not_required(SignInByPasskey.as_view())
remove = RemovePasskey.as_view()
second_step = SecondStep.as_view()
