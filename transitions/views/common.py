"""What the pages of a child share: finding the move, and turning a refusal into a sentence."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone

from partnership.access.guards import viewer_of
from partnership.access.permissions import Permission
from partnership.audit.models import record
from partnership.lib.workflow import NotAllowed, WrongState
from transitions.actions.applying import Refused
from transitions.actions.receiving import ensure_come
from transitions.actions.sharing import body_of
from transitions.enums import HandoverState
from transitions.queries import children
from transitions.workflow import HANDOVER

READS = (Permission.SEE_PUPILS, Permission.TEACH)
"""Who opens a child's page at all."""
BEFORE = (HandoverState.DRAFT, HandoverState.WITHDRAWN)
"""States in which nothing is with the next school."""
WRITES = (Permission.WRITE_HANDOVERS, Permission.TEACH)


def move_or_404(request: HttpRequest, pk: uuid.UUID) -> children.Transition:
    """The move if the viewer may see the child; otherwise it does not exist."""
    move = children.find_move(viewer_of(request), pk)
    if move is None:
        raise Http404
    return move


def handover_or_404(request: HttpRequest, pk: uuid.UUID) -> children.Handover:
    """The handover of a move the viewer may see; the move comes with it, as `handover.transition`."""
    handover = children.handover_of(move_or_404(request, pk))
    if handover is None:
        raise Http404
    return handover


def record_opening(
    request: HttpRequest, handover: children.Handover, *, side: uuid.UUID, version: int
) -> None:
    """Whoever opens a handover's text leaves an event: which version, on which side (0 is the text being written)."""
    record(
        "handover.opened",
        by=viewer_of(request).user_id,
        subject=handover,
        organisation=side,
        at=timezone.now(),
        facts={"version": version, "page": request.resolver_match.url_name if request.resolver_match else ""},
    )


def unsent(
    handover: children.Handover, working: list[children.Section], version: children.Version
) -> frozenset[str]:
    """The sections whose working text is not what went last."""
    return children.changed_kinds(body_of(handover, working), version.body)


def child_url(pk: uuid.UUID) -> str:
    return reverse("transitions:child", args=[pk])


def impossible(request: HttpRequest, handover: children.Handover, name: str) -> bool:
    """Whether this move cannot be made as things stand; why is said on the page that follows."""
    try:
        HANDOVER.check(handover.state, name, viewer_of(request), handover)
        if name == "settle":
            ensure_come(handover, at=timezone.now())
    except NotAllowed as refusal:
        raise PermissionDenied from refusal
    except (Refused, WrongState) as refusal:
        messages.error(request, str(refusal))
        return True
    return False


@contextmanager
def said(request: HttpRequest, success: str = "") -> Iterator[None]:
    """Run an action; say what happened, or why it could not be. What was half done is undone."""
    try:
        with transaction.atomic():
            yield
    except NotAllowed as refusal:
        raise PermissionDenied from refusal
    except (Refused, WrongState) as refusal:
        messages.error(request, str(refusal))
    else:
        if success:
            messages.success(request, success)
