"""Pages of the door where allauth's own stop short. The rest are allauth's, listed in `urls.py`."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.decorators import reauthentication_required
from allauth.account.views import RequestLoginCodeView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.flows import can_generate_recovery_codes
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.usersessions.views import ListUserSessionsView
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required, login_required
from django.db import transaction
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_GET, require_POST
from django.views.generic.edit import FormView

from partnership.accounts.adapters import NO_CODES_YET, AccountAdapter
from partnership.accounts.afterwards import afterwards, remember_wanted
from partnership.accounts.models import User
from partnership.accounts.second_factor import ask_once_more, enrolled_with
from partnership.accounts.sessions import end_own_session, end_sessions, end_the_others
from partnership.accounts.work_sign_in import work_sign_ins


class ActivateTOTP(ActivateTOTPView):
    """Set up the app; the code that proves it also makes this session one with a second factor."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        remember_wanted(request)
        response: HttpResponse = super().get(request, *args, **kwargs)
        return response

    def form_valid(self, form: Form) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        enrolled_with(self.request, form.cleaned_data["code"])
        end_the_others(self.request)
        return response


class ReplaceTOTP(ActivateTOTP):
    """Move the second step to another phone: the old one goes in the same moment as the new one is proved."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not Authenticator.objects.filter(user=request.user, type=Authenticator.Type.TOTP).exists():
            return HttpResponseRedirect(reverse("mfa_activate_totp"))
        return self.proved(request, *args, **kwargs)

    @method_decorator(reauthentication_required(app="allauth.mfa"))
    def proved(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return FormView.dispatch(self, request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "replacing": True}

    def form_valid(self, form: Form) -> HttpResponse:
        with transaction.atomic():
            Authenticator.objects.filter(user=self.request.user, type=Authenticator.Type.TOTP).delete()
            return super().form_valid(form)


class DeactivateTOTP(DeactivateTOTPView):
    """Turn it off; allauth refuses where it is the last of somebody who needs one."""

    def form_valid(self, form: Form) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        end_the_others(self.request)
        return response


class RequestLoginCode(RequestLoginCodeView):
    """A code by mail is one step, like a password. For an unknown address the page does, says and takes the same."""

    def form_valid(self, form: Form) -> HttpResponse:
        if form._user is None:  # type: ignore[attr-defined]
            AccountAdapter(self.request).tear_up_login_code(form.cleaned_data["email"])
        return cast(HttpResponse, super().form_valid(form))


@login_not_required
@require_GET
def work_accounts(request: HttpRequest) -> HttpResponse:
    """Which organisations let their people in with their own accounts; each asks for its own."""
    return render(request, "socialaccount/choose.html", {"methods": work_sign_ins().methods()})


class Sessions(ListUserSessionsView):
    """Where one is signed in; the button ends all the others, or this one with them."""

    def form_valid(self, form: Form) -> HttpResponse:
        if asked := ask_once_more(self.request):
            return asked
        user = cast(User, self.request.user)
        end_sessions(user.pk)
        if "everywhere" in self.request.POST:
            logout(self.request)
            messages.success(self.request, "You are signed out everywhere.")
            return HttpResponseRedirect(reverse("account_login"))
        return cast(HttpResponse, super().form_valid(form))


@require_POST
@login_required
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign out one of one's own sessions, such as the one left open in the staff room."""
    if asked := ask_once_more(request):
        return asked
    if not end_own_session(cast(User, request.user), pk):
        raise Http404
    messages.success(request, "That one is signed out.")
    return HttpResponseRedirect(reverse("usersessions_list"))


class RecoveryCodes(ViewRecoveryCodesView):
    """The codes, and the way on to where the person was going before they were asked for a second step."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "continue_url": afterwards(self.request)}


class NewRecoveryCodes(GenerateRecoveryCodesView):
    """A fresh sheet beside an app or a passkey; without one of them there is nothing for it to stand in for."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not can_generate_recovery_codes(request.user):
            messages.info(request, NO_CODES_YET)
            return HttpResponseRedirect(reverse("mfa_index"))
        return cast(HttpResponse, super().get(request, *args, **kwargs))

    def form_valid(self, form: Form) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        end_the_others(self.request)
        return response


activate_totp = ActivateTOTP.as_view()
replace_totp = ReplaceTOTP.as_view()
deactivate_totp = DeactivateTOTP.as_view()
request_login_code = login_not_required(RequestLoginCode.as_view())
sessions = Sessions.as_view()
recovery_codes = RecoveryCodes.as_view()
new_recovery_codes = NewRecoveryCodes.as_view()
