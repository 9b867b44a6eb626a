"""What is due at a school, for reminders alone: no viewer, ids and dates only."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from partnership.access.viewer import Viewer
from schools.enums import ImportState, OrganisationKind, Role, RowOutcome
from schools.models import Import, Membership, Organisation, Post
from schools.queries.holding import HEADS
from schools.rules import KEY_ROLES


@dataclass(frozen=True, slots=True)
class EmptyPost:
    """A key post nobody holds, and whom it concerns: the head, or the coordinators where the head's own is empty."""

    organisation_id: uuid.UUID
    role: str
    since: date | None
    told: tuple[uuid.UUID, ...]


def empty_posts(*, today: date, organisation_ids: Collection[uuid.UUID] | None = None) -> list[EmptyPost]:
    """Key posts left empty at schools that are on the platform at all (practice P12)."""
    posts = Post.objects.filter(organisation__kind=OrganisationKind.SCHOOL, user__is_active=True)
    if organisation_ids is not None:
        posts = posts.filter(organisation__in=organisation_ids)
    current: dict[uuid.UUID, dict[str, set[uuid.UUID]]] = defaultdict(lambda: defaultdict(set))
    for school, role, user in posts.current(on=today).values_list("organisation_id", "role", "user_id"):
        current[school][role].add(user)
    empty = [(school, role) for school, held in current.items() for role in KEY_ROLES if not held.get(role)]
    if not empty:
        return []
    ended = {
        (school, role): last
        for school, role, last in posts.filter(
            organisation__in={each for each, _ in empty}, ends_on__lt=today
        )
        .order_by("ends_on")
        .values_list("organisation_id", "role", "ends_on")
    }
    headless = {school for school, role in empty if role == Role.HEAD}
    coordinators = coordinators_of(headless, today=today)
    found = []
    for school, role in sorted(empty, key=lambda each: (str(each[0]), each[1])):
        heads = next((people for each in HEADS if (people := current[school].get(each))), set())
        told = coordinators.get(school, set()) if role == Role.HEAD and not heads else heads
        found.append(EmptyPost(school, role, ended.get((school, role)), tuple(sorted(told))))
    return found


def mailboxes_of(organisation_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The shared addresses of those that have one."""
    rows = Organisation.objects.filter(pk__in=organisation_ids).exclude(mailbox="")
    return dict(rows.values_list("pk", "mailbox"))


def coordinators_of(schools: Collection[uuid.UUID], *, today: date) -> dict[uuid.UUID, set[uuid.UUID]]:
    """The coordinators of the partnerships each school is in."""
    if not schools:
        return {}
    memberships = Membership.objects.current(on=today).filter(organisation__in=schools)
    around: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for school, partnership in memberships.values_list("organisation_id", "partnership_id"):
        around[partnership].add(school)
    people: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    posts = Post.objects.current(on=today).filter(
        organisation__in=around, role=Role.COORDINATOR, user__is_active=True
    )
    for partnership, user in posts.values_list("organisation_id", "user_id"):
        for school in around[partnership]:
            people[school].add(user)
    return people


def names_of(organisation_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Organisations' names, for the words of a message."""
    return dict(Organisation.objects.filter(pk__in=organisation_ids).values_list("pk", "name"))


@dataclass(frozen=True, slots=True)
class FileWaiting:
    """A file that has been read and waits for somebody to look at it and apply it."""

    id: uuid.UUID
    kind: str
    organisation: str
    read_on: date
    barred: bool
    """Every row is refused: there is nothing to apply, only something to mend in the file."""


def files_waiting(viewer: Viewer, *, at_most: int = 3) -> list[FileWaiting]:
    """Those the viewer may apply, the newest first. An uploaded file is kept for a day, so there are few (practice P4)."""
    rows = Import.objects.visible_to(viewer).filter(state=ImportState.READY).select_related("organisation")
    return [
        FileWaiting(
            row.pk,
            str(row.get_kind_display()),
            row.organisation.name if row.organisation else "",
            timezone.localdate(row.at),
            all_refused(row.counts),
        )
        for row in rows.order_by("-at", "pk")[:at_most]
    ]


def all_refused(counts: Mapping[str, int]) -> bool:
    """Whether no row goes in and none could after a decision, because of what is wrong in them."""
    could = (RowOutcome.NEW, RowOutcome.CHANGED, RowOutcome.UNCHANGED, RowOutcome.UNDECIDED)
    return counts.get(RowOutcome.REFUSED, 0) > 0 and not any(counts.get(each) for each in could)
