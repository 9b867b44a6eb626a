"""Taking up an invitation. A GET never uses one up: mail scanners fetch every link (practice P11, walls §6)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from partnership.access.guards import open_to_all
from partnership.accounts.entrance import sign_in_first_time
from partnership.accounts.forms import PasswordForm
from schools.actions import inviting
from schools.forms.people import CodeForm
from schools.queries import people
from schools.queries.people import InvitationState
from schools.rules import needs_second_factor

if TYPE_CHECKING:
    from schools.models import Invitation

IN_HAND = "invitation_in_hand"
View = Callable[..., HttpResponse]


def private(view: View) -> View:
    """The address holds a secret: no cache keeps the page, and a link or form tells the next page the site alone.

    (With `no-referrer` browsers send `Origin: null`, which the CSRF check refuses.)"""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = never_cache(view)(request, *args, **kwargs)
        response.headers["Referrer-Policy"] = "strict-origin"
        return response

    return guarded


@open_to_all
@private
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Who invites, to what; the button takes the invitation in hand, and still does not use it up."""
    found = people.invitation_with(token=token)
    if found is None:
        return render(request, "schools/people/invitation_unknown.html", status=404)
    if over := if_over(request, found):
        return over
    if request.method == "POST":
        request.session[IN_HAND] = str(found.pk)
        return redirect("schools:accept_invitation")
    return render(request, "schools/people/invitation.html", about(found))


@open_to_all
@private
@require_http_methods(["GET", "POST"])
def by_code(request: HttpRequest) -> HttpResponse:
    """For whoever holds a printed slip. The answer to a wrong one does not tell whether the address is known."""
    form = CodeForm(request.POST or None)
    if form.is_valid():
        found = inviting.find_by_code(
            email=form.cleaned_data["email"], code=form.cleaned_data["code"], at=timezone.now()
        )
        if found is not None:
            request.session[IN_HAND] = str(found.pk)
            return redirect("schools:accept_invitation")
        form.add_error(
            None,
            "This address and code do not go together. Look at the slip again; after five wrong codes a new slip is "
            "needed.",
        )
    return render(request, "schools/people/invitation_code.html", {"form": form})


@open_to_all
@private
@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "POST"])
def accept(request: HttpRequest) -> HttpResponse:
    """Choose a password, and in. Whoever has an account signs in first, as its owner."""
    found = people.invitation_with_id(uuid.UUID(held)) if (held := request.session.get(IN_HAND)) else None
    if found is None:
        return redirect("schools:invitation_code")
    if over := if_over(request, found):
        return over
    user = found.post.user
    if request.user.is_authenticated and request.user.pk != user.pk:
        return render(request, "schools/people/invitation_other.html", about(found))
    known = user.has_usable_password()
    if known and not request.user.is_authenticated:
        again = urlencode({REDIRECT_FIELD_NAME: reverse("schools:accept_invitation")})
        return redirect(f"{reverse('account_login')}?{again}")
    form = None if known else PasswordForm(request.POST or None, user=user)
    if request.method == "POST" and (form is None or form.is_valid()):
        return take_up(request, found, password=form.cleaned_data["password1"] if form else "")
    return render(request, "schools/people/accept.html", {**about(found), "form": form})


def take_up(request: HttpRequest, found: Invitation, *, password: str) -> HttpResponse:
    """Use it up, sign in, and go on to the second step where the post needs one."""
    user_id = request.user.pk if request.user.is_authenticated else None
    try:
        user = inviting.accept_invitation(
            invitation=found, user_id=user_id, password=password, at=timezone.now()
        )
    except inviting.InvitationOver as fault:
        return over_page(request, found, fault.state)
    request.session.pop(IN_HAND, None)
    if user_id is None:
        sign_in_first_time(request, user)
        if needs_second_factor(found.post.role):
            return redirect(f"{reverse('mfa_activate_totp')}?{urlencode({'next': '/'})}")
    return redirect("/")


def if_over(request: HttpRequest, found: Invitation) -> HttpResponse | None:
    """The page that says why an invitation no longer works and whom to ask, or nothing."""
    state = people.state_of(found, at=timezone.now())
    return None if state is InvitationState.OPEN else over_page(request, found, state)


def over_page(request: HttpRequest, found: Invitation, state: InvitationState) -> HttpResponse:
    request.session.pop(IN_HAND, None)
    helpers = people.who_can_help(found.post.organisation, on=timezone.localdate())
    context = {**about(found), "state": state.value, "helpers": helpers}
    return render(request, "schools/people/invitation_over.html", context, status=410)


def about(found: Invitation) -> dict[str, Any]:
    """What anyone who holds the link may read: the organisation, the post, the name, and until when."""
    return {
        "invitation": found,
        "post": found.post,
        "inviter": found.created_by.name if found.created_by else "",
        "until": people.last_day_of(found),
        "second_step": needs_second_factor(found.post.role),
    }
