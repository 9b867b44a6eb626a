"""A sign-in code for a colleague without mail: the office's page that shows it, and the one on which it is typed."""

from __future__ import annotations

import logging
import uuid

from allauth.account.utils import get_next_redirect_url
from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from partnership.access.guards import needs, open_to_all, viewer_of
from partnership.access.permissions import Permission
from partnership.accounts.adapters import TRY_LATER
from partnership.accounts.entrance import sign_in_by_office_code
from partnership.accounts.office_codes import spoken
from partnership.accounts.watch import note
from schools.actions import codes as act
from schools.actions.inviting import NotPossible
from schools.forms.people import OfficeCodeForm
from schools.views.people import found_post, to_staff

NOT_GOOD = "That code is not good, or not any more. Look at it again, or ask the office for a new one."


@require_POST
@needs(Permission.GIVE_CODES, fresh=True)
def give_code(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Shown this once, to print or to read out."""
    post, now = found_post(request, pk), timezone.now()
    try:
        code = act.give_code(post=post, by=viewer_of(request), at=now)
    except NotPossible as fault:
        messages.error(request, f"No sign-in code for {post.user.name}. {fault.reason}")
        return to_staff(post.organisation_id)
    context = {
        "post": post,
        "code": code,
        "spoken": spoken(code),
        "until": now + settings.OFFICE_CODE_LASTS,
        "address": request.build_absolute_uri(reverse("schools:office_code")).split("://")[-1],
    }
    return render(request, "schools/people/office_code_given.html", context)


@never_cache
@open_to_all
@require_http_methods(["GET", "POST"])
def office_code(request: HttpRequest) -> HttpResponse:
    """Whoever types a good code is signed in as its person. Whatever is wrong with another one, the answer is the same."""
    if request.user.is_authenticated:
        return redirect("/")
    form = OfficeCodeForm(request.POST or None)
    wanted = get_next_redirect_url(request)
    if form.is_valid():
        if not ratelimit.consume(request, action="office_code"):
            note("sign_in.too_many", request, level=logging.WARNING)
            form.add_error("code", TRY_LATER)
        elif user := act.use_code(form.cleaned_data["code"], at=timezone.now()):
            sign_in_by_office_code(request, user)
            return redirect(wanted or "/")
        else:
            note("sign_in.refused", request, level=logging.WARNING, by="office_code")
            form.add_error("code", NOT_GOOD)
    context = {"form": form, "wanted": wanted, "redirect_field_name": REDIRECT_FIELD_NAME}
    return render(request, "schools/people/office_code.html", context)
