"""Staff: who works here in which post, and who is invited. One's own account."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from partnership.access.guards import ensure, needs, signed_in, viewer_of
from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from partnership.lib.dates import day_words
from schools.actions import inviting
from schools.actions import people as act
from schools.forms.people import NOW, AppointForm, CoverForm, EndPostForm, InviteForm
from schools.queries import people
from schools.queries.hours import weeks_of, words_of

if TYPE_CHECKING:
    from django.forms import Form

    from schools.models import Invitation, Organisation, Post

APPOINTING = (Permission.APPOINT, Permission.COORDINATE)


@require_GET
@needs(Permission.SEE_STAFF, Permission.COORDINATE)
def staff(request: HttpRequest) -> HttpResponse:
    """Everyone at one of the viewer's organisations; the others are one press away."""
    viewer, now = viewer_of(request), timezone.now()
    places = people.workplaces(viewer)
    place = chosen(request, places)
    context = {
        "places": places,
        "place": place,
        "people": people.staff_of(viewer, place, at=now) if place else [],
        "empty_posts": people.empty_key_posts(viewer, place, on=timezone.localdate()) if place else [],
        "may_appoint": bool(place and people.appointable(viewer, place)),
        "may_set_sign_in": bool(place and viewer.may(Permission.SET_SIGN_IN, place.pk)),
        "gives_codes": bool(place and viewer.may(Permission.GIVE_CODES, place.pk)),
        "may_release": bool(place and viewer.may(Permission.RELEASE_STAFF, place.pk)),
        "today": timezone.localdate(),
    }
    return render(request, "schools/people/staff.html", context)


def chosen(request: HttpRequest, places: list[Organisation]) -> Organisation | None:
    """The organisation the address asks for, else the first; one out of reach does not exist."""
    asked = request.GET.get("school", "")
    if not asked:
        return places[0] if places else None
    for place in places:
        if str(place.pk) == asked:
            return place
    raise Http404


@require_http_methods(["GET", "POST"])
@needs(*APPOINTING, fresh=True)
def appoint(request: HttpRequest) -> HttpResponse:
    """Give a person a post; a new person may be invited in the same step."""
    viewer, today = viewer_of(request), timezone.localdate()
    place = chosen(request, people.places_to_appoint(viewer))
    if place is None:
        raise Http404
    person = None
    if asked := request.GET.get("person"):
        person = people.person_of(viewer, as_uuid(asked))
        if person is None:
            raise Http404
    form = AppointForm(
        request.POST or None,
        roles=people.appointable(viewer, place),
        organisation=place,
        person=person,
        initial={"starts_on": today, "role": request.GET.get("role", "")},
    )
    if form.is_valid():
        asked_for = form.cleaned_data
        try:
            post, invitation = act.appoint_by_hand(
                person=person,
                name=asked_for.get("name", ""),
                email=asked_for.get("email", ""),
                send_invitation=asked_for.get("invite", False),
                role=asked_for["role"],
                organisation=place,
                service=asked_for.get("service", ""),
                starts_on=asked_for["starts_on"],
                ends_on=asked_for["ends_on"],
                by=viewer,
                at=timezone.now(),
            )
        except inviting.NotPossible as fault:
            told(form, fault)
        else:
            said = f"{post.user.name} is in post as {post.get_role_display()}."
            if invitation:
                said += f" The invitation is on its way to {invitation.email}."
            messages.success(request, said)
            return to_staff(place.pk)
    return render(request, "schools/people/appoint.html", {"form": form, "place": place, "person": person})


@require_http_methods(["GET", "POST"])
@needs(*APPOINTING, fresh=True)
def end_post(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Asked once more, since access closes with the next request."""
    viewer, post, now = viewer_of(request), found_post(request, pk), timezone.now()
    act.ensure_may_end(viewer, post)
    form = EndPostForm(request.POST or None, post=post, today=timezone.localdate(), initial={"when": NOW})
    if form.is_valid():
        at_once = form.cleaned_data["when"] == NOW
        last_day = act.yesterday(now) if at_once else form.cleaned_data["last_day"]
        try:
            act.end_post(post=post, last_day=last_day, by=viewer, at=now)
        except inviting.NotPossible as fault:
            told(form, fault)
        else:
            when = "has ended" if at_once else f"ends on {day_words(last_day, today=timezone.localdate())}"
            messages.success(request, f"The post of {post.user.name} as {post.get_role_display()} {when}.")
            return to_staff(post.organisation_id)
    return render(request, "schools/people/end_post.html", {"form": form, "post": post})


@require_http_methods(["GET", "POST"])
@needs(Permission.SEE_STAFF, Permission.COORDINATE, fresh=True)
def cover_post(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A holder names a cover from–to, or the head does."""
    viewer, post, today = viewer_of(request), found_post(request, pk), timezone.localdate()
    ensure(people.line_of(viewer, post, at=timezone.now()).may_cover)
    near = people.colleagues(viewer, post.organisation_id, on=today, but=post.user_id)
    form = CoverForm(request.POST or None, people=near, today=today, initial={"starts_on": today})
    if form.is_valid():
        asked_for = form.cleaned_data
        try:
            act.cover(
                post=post,
                user=asked_for["person"],
                starts_on=asked_for["starts_on"],
                ends_on=asked_for["ends_on"],
                by=viewer,
                at=timezone.now(),
            )
        except inviting.NotPossible as fault:
            told(form, fault)
        else:
            until = day_words(asked_for["ends_on"], today=today)
            messages.success(
                request, f"{asked_for['person'].name} covers for {post.user.name} until {until}."
            )
            return to_staff(post.organisation_id)
    return render(request, "schools/people/cover.html", {"form": form, "post": post, "people": near})


@require_http_methods(["GET", "POST"])
@needs(*APPOINTING, fresh=True)
def invite(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The first invitation to a post, or one to a corrected address."""
    viewer, post = viewer_of(request), found_post(request, pk)
    inviting.ensure_may_invite(viewer, post)
    form = InviteForm(request.POST or None, initial={"email": post.user.email})
    if form.is_valid():
        try:
            inviting.invite(post=post, email=form.cleaned_data["email"], by=viewer, at=timezone.now())
        except inviting.NotPossible as fault:
            told(form, fault)
        else:
            messages.success(request, f"The invitation is on its way to {form.cleaned_data['email']}.")
            return to_staff(post.organisation_id)
    return render(request, "schools/people/invite.html", {"form": form, "post": post})


@require_POST
@needs(*APPOINTING)
def resend(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    invitation = found_invitation(request, pk)
    try:
        inviting.resend(invitation=invitation, by=viewer_of(request), at=timezone.now())
    except inviting.NotPossible as fault:
        messages.error(request, fault.reason)
    else:
        messages.success(
            request, f"A new invitation is on its way to {invitation.email}. The old one no longer works."
        )
    return to_staff(invitation.post.organisation_id)


@require_POST
@needs(*APPOINTING)
def withdraw(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    invitation = found_invitation(request, pk)
    inviting.withdraw(invitation=invitation, by=viewer_of(request), at=timezone.now())
    messages.success(request, f"The invitation of {invitation.post.user.name} is withdrawn. The post stays.")
    return to_staff(invitation.post.organisation_id)


@require_POST
@needs(*APPOINTING, fresh=True)
def slip(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A slip to print, with a code that is shown this once; a second slip makes a second code."""
    invitation = found_invitation(request, pk)
    try:
        code = inviting.print_slip(invitation=invitation, by=viewer_of(request), at=timezone.now())
    except inviting.NotPossible as fault:
        messages.error(request, fault.reason)
        return to_staff(invitation.post.organisation_id)
    except inviting.InvitationOver:
        messages.error(request, "This invitation is over. Send a new one, then print its slip.")
        return to_staff(invitation.post.organisation_id)
    context = {
        "invitation": invitation,
        "code": code,
        "address": request.build_absolute_uri(reverse("schools:invitation_code")),
        "until": people.last_day_of(invitation),
    }
    return render(request, "schools/people/slip.html", context)


@require_http_methods(["GET", "POST"])
@needs(*APPOINTING, fresh=True)
def start_afresh(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """For somebody who is locked out for good."""
    viewer, post = viewer_of(request), found_post(request, pk)
    inviting.ensure_may_invite(viewer, post)
    form = InviteForm(request.POST or None, initial={"email": post.user.email})
    if form.is_valid():
        email = form.cleaned_data["email"]
        try:
            inviting.start_afresh(post=post, email=email, by=viewer, at=timezone.now())
        except inviting.NotPossible as fault:
            told(form, fault)
        else:
            messages.success(
                request, f"{post.user.name} starts afresh: an invitation is on its way to {email}."
            )
            return to_staff(post.organisation_id)
    return render(request, "schools/people/start_afresh.html", {"form": form, "post": post})


@require_GET
@signed_in
def my_account(request: HttpRequest) -> HttpResponse:
    """One's own posts, password, second step and recovery codes."""
    from allauth.mfa.utils import is_mfa_enabled

    viewer = viewer_of(request)
    posts = people.own_posts(viewer, on=timezone.localdate())
    weeks = weeks_of([post.pk for post in posts])
    context = {
        "posts": posts,
        "hours": [(post, words_of(weeks.get(post.pk, {}))) for post in posts],
        "enrolled": is_mfa_enabled(request.user),
        "email": request.user.email,  # type: ignore[union-attr]
        "today": timezone.localdate(),
    }
    return render(request, "schools/people/account.html", context)


def found_post(request: HttpRequest, pk: uuid.UUID) -> Post:
    post = people.post_of(viewer_of(request), pk)
    if post is None:
        raise Http404
    return post


def found_invitation(request: HttpRequest, pk: uuid.UUID) -> Invitation:
    viewer: Viewer = viewer_of(request)
    invitation = people.invitation_of(viewer, pk)
    if invitation is None:
        raise Http404
    return invitation


def told(form: Form, fault: inviting.NotPossible) -> None:
    """Put a refusal where it belongs in the form."""
    form.add_error(fault.field if fault.field in form.fields else None, fault.reason)


def to_staff(organisation_id: uuid.UUID) -> HttpResponse:
    return redirect(f"{reverse('schools:staff')}?{urlencode({'school': str(organisation_id)})}")


def as_uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Http404 from None
