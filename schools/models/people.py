"""Posts and invitations: who works where, in which role, from when to when."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from django.conf import settings
from django.db import models

from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from schools.enums import LAService, Role
from schools.models.organisations import Organisation


class PostQuerySet(models.QuerySet["Post"]):
    def current(self, *, on: date) -> PostQuerySet:
        """Posts in force on a day: the last day counts, the day after does not."""
        return self.filter(starts_on__lte=on).filter(
            models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=on)
        )

    def visible_to(self, viewer: Viewer) -> PostQuerySet:
        """Staff of the organisations whose staff the viewer may see, and one's own posts."""
        return self.filter(
            models.Q(organisation__in=viewer.reach(Permission.SEE_STAFF))
            | models.Q(organisation__in=viewer.reach(Permission.COORDINATE))
            | models.Q(user=viewer.user_id)
        )

    def by_person(self) -> PostQuerySet:
        return self.order_by("user__name_key", "starts_on", "pk")


class Post(models.Model):
    """A person in a role at an organisation. Access ends with the request after the post does."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="posts")
    role = models.CharField(max_length=20, choices=Role)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="posts")
    service = models.CharField(max_length=20, choices=LAService, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    covers = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="covered_by",
        help_text="The post whose duties this one takes on while its holder is away.",
    )
    classes = models.ManyToManyField("schools.ClassGroup", blank=True, related_name="teachers")
    line_manager = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="manages",
        help_text="Who lets this person go to a session, where the school wants that. Left empty, the head does.",
    )
    hours_said_on = models.DateField("working hours said on", null=True, blank=True, editable=False)
    """Since when it is known when this post works, or that it has no fixed hours; asked until then."""

    objects = PostQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "role", "organisation", "starts_on"], name="post_unique"),
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=models.F("starts_on")),
                name="post_dates_in_order",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "role", "starts_on"], name="post_organisation_role")]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_role_display()}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self, *, at: datetime) -> InvitationQuerySet:
        """Invitations that can still be taken up."""
        return self.filter(used_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=at)

    def visible_to(self, viewer: Viewer) -> InvitationQuerySet:
        return self.filter(
            models.Q(post__organisation__in=viewer.reach(Permission.APPOINT))
            | models.Q(post__organisation__in=viewer.reach(Permission.COORDINATE))
        )


class Invitation(models.Model):
    """A way in for the holder of one post: bound to an address, stored hashed, used up by one POST (practice P11)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField("e-mail")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    code_hash = models.CharField(max_length=64, blank=True, editable=False)
    tries = models.PositiveSmallIntegerField(default=0, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(used_at__isnull=True) | models.Q(withdrawn_at__isnull=True),
                name="invitation_used_or_withdrawn",
            )
        ]

    def __str__(self) -> str:
        return f"Invitation to {self.post.organisation}"
