"""A child's move over one phase boundary, and where it leads."""

from __future__ import annotations

import secrets
import uuid

from django.db import models
from django.db.models import Q

from partnership.access.classes import in_class_of
from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from partnership.audit.models import Step
from schools.models.sealed import not_sealed
from transitions.enums import Boundary, DestinationSource, DestinationState, Elsewhere

NO_SCHOOL = uuid.UUID(int=0)
"""Stands in `seen_by` where no next school may see the child yet: a value, since a key with NULL in it does not cascade."""

SEEN_FROM = (DestinationState.OFFERED, DestinationState.ACCEPTED, DestinationState.NAMED)
"""Destination states from which the next school sees the child's name (practice P3)."""

SHARED_FROM = (DestinationState.ACCEPTED, DestinationState.NAMED)
"""Destination states from which a handover may be shared (practice P3)."""


REFERENCE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Those that cannot be taken for one another on the telephone."""


def new_reference() -> str:
    """A reference that coordinators can say on the telephone; it tells nothing about the child (practice P6)."""
    return "T-" + "".join(secrets.choice(REFERENCE_LETTERS) for _ in range(7))


class TransitionQuerySet(models.QuerySet["Transition"]):
    def visible_to(self, viewer: Viewer) -> TransitionQuerySet:
        """Moves whose child the viewer may see by name: leaving one's school, offered to it, or in one's class."""
        named = viewer.reach(Permission.SEE_PUPILS)
        return self.filter(
            Q(school__in=named)
            | Q(seen_by__in=named)
            | in_class_of(viewer, school="school")
            | in_class_of(viewer, school="seen_by")
        )

    def progress_visible_to(self, viewer: Viewer) -> TransitionQuerySet:
        """Moves in a coordinator's partnership: for reference, schools, boundary, step and dates only (practice P6)."""
        here = viewer.reach(Permission.COORDINATE)
        return self.filter(Q(school__in=here) | Q(seen_by__in=here))

    def counted_for(self, viewer: Viewer) -> TransitionQuerySet:
        """Moves that make up an LA's or a trust's counts: never to be listed."""
        here = viewer.reach(Permission.SEE_COUNTS)
        return self.filter(Q(school__in=here) | Q(seen_by__in=here))

    def leaving(self, school_ids: frozenset[uuid.UUID]) -> TransitionQuerySet:
        return self.filter(school__in=school_ids)

    def joining(self, school_ids: frozenset[uuid.UUID]) -> TransitionQuerySet:
        return self.filter(seen_by__in=school_ids)


class TransitionManager(models.Manager.from_queryset(TransitionQuerySet)):  # type: ignore[misc]
    """Without children whose record is sealed (practice P5)."""

    def get_queryset(self) -> TransitionQuerySet:
        rows: TransitionQuerySet = super().get_queryset()
        return rows.filter(not_sealed("pupil_id"))


class Transition(models.Model):
    """One pupil, one boundary, one year of entry. The destination may change; the row stays."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=12, unique=True, default=new_reference, editable=False)
    pupil = models.ForeignKey("schools.Pupil", on_delete=models.CASCADE, related_name="transitions")
    school = models.ForeignKey(
        "schools.Organisation",
        verbose_name="present school",
        on_delete=models.PROTECT,
        related_name="moves_out",
    )
    to_school = models.ForeignKey(
        "schools.Organisation",
        verbose_name="next school",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="moves_in",
    )
    seen_by = models.UUIDField(default=NO_SCHOOL, editable=False)
    elsewhere = models.CharField(max_length=20, choices=Elsewhere, blank=True)
    elsewhere_name = models.CharField(max_length=200, blank=True)
    boundary = models.CharField(max_length=20, choices=Boundary)
    entry_year = models.PositiveSmallIntegerField(
        help_text="The school year of entry, by the year in which it starts."
    )
    moves_on = models.DateField(help_text="The first day at the next school, as far as known.")
    destination_state = models.CharField(
        max_length=10, choices=DestinationState, default=DestinationState.NONE
    )
    destination_source = models.CharField(max_length=15, choices=DestinationSource, blank=True)
    destination_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField()

    objects = TransitionManager()

    class Meta:
        verbose_name = "move"
        constraints = [
            models.UniqueConstraint(fields=["pupil", "entry_year", "boundary"], name="transition_unique"),
            models.UniqueConstraint(fields=["id", "pupil", "school", "seen_by"], name="transition_key"),
            models.CheckConstraint(
                condition=(
                    Q(destination_state__in=["none", "withdrawn"], to_school__isnull=True, elsewhere="")
                    | (
                        ~Q(destination_state__in=["none", "withdrawn"])
                        & (
                            Q(to_school__isnull=False, elsewhere="")
                            | (Q(to_school__isnull=True) & ~Q(elsewhere=""))
                        )
                    )
                ),
                name="transition_destination_complete",
            ),
            models.CheckConstraint(
                condition=Q(
                    destination_state__in=["offered", "accepted", "named"],
                    to_school__isnull=False,
                    seen_by=models.F("to_school"),
                )
                | Q(
                    destination_state__in=["offered", "accepted", "named"],
                    to_school__isnull=True,
                    seen_by=NO_SCHOOL,
                )
                | Q(destination_state__in=["none", "expected", "withdrawn"], seen_by=NO_SCHOOL),
                name="transition_seen_from_offer",
            ),
        ]
        indexes = [
            models.Index(fields=["school", "entry_year", "destination_state"], name="transition_leaving"),
            models.Index(fields=["seen_by", "entry_year"], name="transition_joining"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def has_destination(self) -> bool:
        return self.to_school_id is not None or bool(self.elsewhere)

    @property
    def may_share_now(self) -> bool:
        """Whether the place is sure enough for content to be shared with a school (practice P3)."""
        return self.to_school_id is not None and self.destination_state in SHARED_FROM


class DestinationChange(Step):
    """One step in the story of a destination: what was said, where it came from, and as of when."""

    transition = models.ForeignKey(Transition, on_delete=models.CASCADE, related_name="destination_changes")
    state = models.CharField(max_length=10, choices=DestinationState)
    to_school = models.ForeignKey(
        "schools.Organisation", null=True, on_delete=models.PROTECT, related_name="+"
    )
    elsewhere = models.CharField(max_length=20, choices=Elsewhere, blank=True)
    source = models.CharField(max_length=15, choices=DestinationSource)
    on = models.DateField()
    changed_school = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.get_state_display()}, {self.on:%d %B %Y}"
