"""The viewer: who is asking, worked out once per request, so that no rule and no template ever queries for it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string

from partnership.access.permissions import PUPIL_DATA, Permission

NOWHERE: frozenset[uuid.UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class PostFact:
    """One post held today: a role code at an organisation."""

    id: uuid.UUID
    role: str
    role_label: str
    organisation_id: uuid.UUID
    organisation_name: str
    organisation_kind: str


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person with, for each permission, the set of organisations where they hold it. No all-seeing one exists."""

    user_id: uuid.UUID | None = None
    name: str = ""
    mfa: bool = False
    is_superuser: bool = False
    posts: tuple[PostFact, ...] = ()
    reaches: Mapping[Permission, frozenset[uuid.UUID]] = field(default_factory=dict)
    class_places: Mapping[uuid.UUID, frozenset[uuid.UUID]] = field(default_factory=dict)
    """By school, the pupils in the viewer's classes there: who teaches at two schools sees a child at each by its own
    class, never at one because of the other."""

    @property
    def signed_in(self) -> bool:
        return self.user_id is not None

    @property
    def class_pupils(self) -> frozenset[uuid.UUID]:
        """The pupils in the viewer's classes, at whichever school."""
        return NOWHERE.union(*self.class_places.values())

    def teaches(self, pupil_id: uuid.UUID, school_id: uuid.UUID) -> bool:
        """Whether the child is in one of the viewer's classes at this school, now or as allotted."""
        return pupil_id in self.class_places.get(school_id, NOWHERE)

    def reach(self, permission: Permission) -> frozenset[uuid.UUID]:
        """The organisations at which the viewer holds this permission; empty when nowhere."""
        return self.reaches.get(permission, NOWHERE)

    def may(self, permission: Permission, organisation_id: uuid.UUID | None) -> bool:
        """Whether the viewer holds the permission at this organisation."""
        return organisation_id is not None and organisation_id in self.reach(permission)

    def has(self, permission: Permission) -> bool:
        """Whether the viewer holds the permission anywhere."""
        return bool(self.reach(permission))

    @property
    def may_coordinate(self) -> bool:
        """Whether to show the way to the coordinators' desk, which asks again at its own door."""
        return self.has(Permission.COORDINATE) or self.is_superuser

    @property
    def reaches_pupil_data(self) -> bool:
        """Whether any post needs a second factor; such a person may not do without one (walls §1)."""
        return any(self.has(permission) for permission in PUPIL_DATA)


NOBODY = Viewer()


class ViewerBuilder(Protocol):
    """How the feature that knows posts tells the platform who somebody is."""

    def __call__(self, *, user_id: uuid.UUID, mfa: bool, user: Any = None) -> Viewer: ...


@cache
def viewer_builder() -> ViewerBuilder:
    """The builder named in settings, so that the platform never imports a feature."""
    return cast(ViewerBuilder, import_string(settings.VIEWER_BUILDER))


def build_viewer(*, user_id: uuid.UUID, mfa: bool, user: Any = None) -> Viewer:
    """The viewer for a person as of today; `mfa` says whether a second factor stands behind this session. `user` is the
    person's row, where it has just been read."""
    return viewer_builder()(user_id=user_id, mfa=mfa, user=user)
