"""What a school says to the bookings of its staff: whether they may go, what they get for it, who covers."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from cpd.enums import Approval, Given
from cpd.models.bookings import Booking
from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from schools.models import Organisation, Post


class SchoolRuleQuerySet(models.QuerySet["SchoolRule"]):
    def visible_to(self, viewer: Viewer) -> SchoolRuleQuerySet:
        """That of one's own schools."""
        return self.filter(organisation__in=viewer.reach(Permission.BOOK_CPD))


class SchoolRule(models.Model):
    """What holds at one school for all bookings. Without a row: no approval, and paid or time back is said each time."""

    organisation = models.OneToOneField(
        Organisation, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    approval = models.BooleanField(default=False)
    given = models.CharField(max_length=10, choices=Given, blank=True)
    """For every hour outside paid time; empty where it is said booking by booking."""
    remind_manager = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = SchoolRuleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(given__in=["", *Given.values]), name="school_rule_given_known")
        ]

    def __str__(self) -> str:
        return f"Rule of {self.organisation_id}"


class ReleaseQuerySet(models.QuerySet["Release"]):
    def visible_to(self, viewer: Viewer) -> ReleaseQuerySet:
        """One's own, one's staff's for who books for them, and those of whom one is the line manager."""
        return self.filter(
            Q(person=viewer.user_id)
            | Q(organisation__in=viewer.reach(Permission.BOOK_STAFF))
            | Q(post__line_manager=viewer.user_id)
        )

    def asked_of(self, viewer: Viewer) -> ReleaseQuerySet:
        """Those that wait for this viewer's answer: as the line manager, or as the head where none is named."""
        return (
            self.visible_to(viewer)
            .filter(approval=Approval.ASKED, booking__cancelled_at__isnull=True)
            .filter(
                Q(post__line_manager=viewer.user_id)
                | Q(post__line_manager__isnull=True, organisation__in=viewer.reach(Permission.RELEASE_STAFF))
            )
            .exclude(person=viewer.user_id)
        )


class Release(models.Model):
    """What the school said to one booking. It says nothing of the place, which follows from the number alone
    (docs/adr/0101)."""

    booking = models.OneToOneField(
        Booking, primary_key=True, on_delete=models.PROTECT, related_name="release"
    )
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    approval = models.CharField(max_length=10, choices=Approval, blank=True)
    given = models.CharField(max_length=10, choices=Given, blank=True)
    cover = models.CharField(max_length=150, blank=True)
    """Who covers meanwhile: a colleague, never a child."""
    words = models.CharField(max_length=200, blank=True)
    """What the approver said with the answer."""
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["organisation"], name="release_asked", condition=Q(approval="asked")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(approval__in=["", *Approval.values], given__in=["", *Given.values]),
                name="release_words_known",
            ),
            models.CheckConstraint(
                condition=Q(
                    approval__in=["", Approval.ASKED], answered_by__isnull=True, answered_at__isnull=True
                )
                | Q(
                    approval__in=[Approval.AGREED, Approval.DECLINED],
                    answered_by__isnull=False,
                    answered_at__isnull=False,
                ),
                name="release_answered_by_somebody",
            ),
        ]

    @property
    def manager_id(self) -> uuid.UUID | None:
        """Who lets this person go, where somebody is named."""
        return self.post.line_manager_id

    def __str__(self) -> str:
        return self.get_approval_display() or "No approval asked"
