"""The door of each view. Every view of ours carries one of three marks; the middleware refuses one that has none."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from partnership.access.permissions import PUPIL_DATA, Permission
from partnership.access.viewer import Viewer

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


@dataclass(frozen=True, slots=True)
class Rule:
    """What a view asks of the one who opens it; with several permissions any one of them suffices."""

    public: bool = False
    permissions: tuple[Permission, ...] = ()
    fresh: bool = False
    """Whether who asks must have proved a moment ago that it is they: exports, changes of posts, erasures."""

    @property
    def needs_mfa(self) -> bool:
        """Whether a second factor must stand behind the session: so for all that reaches pupil data."""
        return any(permission in PUPIL_DATA for permission in self.permissions)

    def met_by(self, viewer: Viewer) -> bool:
        """Whether the viewer holds one of the permissions somewhere. Which rows they see is another net's work."""
        return not self.permissions or any(viewer.has(permission) for permission in self.permissions)


def needs(*permissions: Permission, fresh: bool = False) -> Callable[[View], View]:
    """Mark a view: signed in, and holding at least one of these permissions at some organisation.

    `fresh`: and proved again within `REAUTHENTICATE_AFTER`, by the strongest step the person has."""

    def mark(view: View) -> View:
        view.access_rule = Rule(permissions=permissions, fresh=fresh)  # type: ignore[attr-defined]
        return view

    return mark


def signed_in(view: View) -> View:
    """Mark a view that any signed-in person may open: their own inbox, say."""
    view.access_rule = Rule()  # type: ignore[attr-defined]
    return view


def open_to_all(view: View) -> View:
    """Mark a public view."""
    view.access_rule = Rule(public=True)  # type: ignore[attr-defined]
    return login_not_required(view)


def rule_of(view: Callable[..., Any]) -> Rule:
    """The rule a view carries; raises ImproperlyConfigured where somebody forgot it, which refuses the request."""
    rule = getattr(view, "access_rule", None)
    if not isinstance(rule, Rule):
        raise ImproperlyConfigured(
            f"{view.__module__}.{getattr(view, '__name__', view)} names no access rule."
        )
    return rule


def ensure(allowed: bool) -> None:
    """Raise PermissionDenied unless allowed: for a predicate asked again inside a view or an action."""
    if not allowed:
        raise PermissionDenied


def viewer_of(request: HttpRequest) -> Viewer:
    """The viewer the middleware put on the request."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer


def user_id_of(viewer: Viewer) -> uuid.UUID:
    """The signed-in viewer's id; raises PermissionDenied for nobody."""
    if viewer.user_id is None:
        raise PermissionDenied
    return viewer.user_id
