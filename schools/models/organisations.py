"""Organisations: schools as GIAS knows them, trusts, local authorities, partnerships and community partners."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Upper

from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from partnership.lib.names import fold
from schools.enums import OrganisationKind, PhaseGroup, SchoolStatus, Stage


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    """Which schools there are is public; who works there and who learns there is not."""

    def visible_to(self, viewer: Viewer) -> OrganisationQuerySet:
        """The directory is open to everyone with a post; to nobody else."""
        return self.all() if viewer.has(Permission.SEE_DIRECTORY) or viewer.is_superuser else self.none()

    def schools(self) -> OrganisationQuerySet:
        return self.filter(kind=OrganisationKind.SCHOOL)

    def open(self) -> OrganisationQuerySet:
        return self.filter(status__in=[SchoolStatus.OPEN, SchoolStatus.PROPOSED_TO_CLOSE])

    def members_of(self, partnership_ids: Iterable[uuid.UUID], *, on: date) -> OrganisationQuerySet:
        """Organisations that belong on a day to one of these partnerships, or to a cluster inside one."""
        ids = set(partnership_ids)
        current = Membership.objects.current(on=on)
        inside = current.filter(partnership__in=ids, organisation__kind=OrganisationKind.PARTNERSHIP)
        ids |= set(inside.values_list("organisation_id", flat=True))
        return self.filter(pk__in=current.filter(partnership__in=ids).values("organisation_id"))

    def by_name(self) -> OrganisationQuerySet:
        return self.order_by("name_key", "pk")


class Organisation(models.Model):
    """One organisation. A school's columns follow GIAS and are keyed by URN: a DfE number can be reused (data.md 0.1)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20, choices=OrganisationKind)
    name = models.CharField(max_length=200)
    name_key = models.CharField(max_length=220, editable=False)
    trust = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="academies"
    )
    local_authority = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="schools_in_area"
    )
    mailbox = models.EmailField(
        "role mailbox",
        blank=True,
        help_text="Receives notices when a post is empty. Nobody signs in with it.",
    )
    website = models.URLField(blank=True, max_length=400)
    telephone = models.CharField(max_length=20, blank=True)

    urn = models.PositiveIntegerField("URN", null=True, blank=True)
    ukprn = models.CharField("UKPRN", max_length=8, blank=True)
    la_code = models.CharField("LA code", max_length=3, blank=True)
    establishment_number = models.CharField(max_length=4, blank=True)
    type_name = models.CharField("type", max_length=120, blank=True)
    type_group = models.CharField(max_length=120, blank=True)
    phase = models.CharField("phase in GIAS", max_length=60, blank=True)
    low_age = models.PositiveSmallIntegerField(null=True, blank=True)
    high_age = models.PositiveSmallIntegerField(null=True, blank=True)
    stage = models.CharField(max_length=20, choices=Stage, blank=True)
    phase_group = models.CharField(max_length=12, choices=PhaseGroup, blank=True)
    status = models.CharField(max_length=20, choices=SchoolStatus, blank=True)
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    number_on_roll = models.PositiveIntegerField(null=True, blank=True)
    street = models.CharField(max_length=200, blank=True)
    locality = models.CharField(max_length=200, blank=True)
    town = models.CharField(max_length=100, blank=True)
    county = models.CharField(max_length=100, blank=True)
    postcode = models.CharField(max_length=8, blank=True)
    easting = models.PositiveIntegerField(null=True, blank=True)
    northing = models.PositiveIntegerField(null=True, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    group_uid = models.CharField("GIAS group", max_length=20, blank=True)
    companies_house_number = models.CharField(max_length=12, blank=True)
    is_county = models.BooleanField("county partnership", default=False)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["urn"], name="organisation_urn_unique"),
            models.UniqueConstraint(
                fields=["group_uid"], condition=~models.Q(group_uid=""), name="organisation_group_uid_unique"
            ),
            models.UniqueConstraint(
                fields=["la_code"],
                condition=models.Q(kind="local_authority"),
                name="organisation_la_code_unique",
            ),
            models.CheckConstraint(
                condition=models.Q(low_age__isnull=True)
                | models.Q(high_age__isnull=True)
                | models.Q(low_age__lte=models.F("high_age")),
                name="organisation_ages_in_order",
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "name_key"], name="organisation_kind_name"),
            models.Index(fields=["la_code", "establishment_number"], name="organisation_dfe_number"),
            models.Index(fields=["kind", "stage", "name_key"], name="organisation_stage"),
            models.Index(fields=["kind", "status", "name_key"], name="organisation_status"),
            GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="organisation_name_words"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.name_key = fold(self.name)[:220]
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """Nobody's sign-in becomes a mailbox that others read: whoever has it could ask for its password."""
        if self.mailbox and get_user_model().objects.filter(email__iexact=self.mailbox).exists():
            raise ValidationError({"mailbox": "Somebody signs in with this address. Give a shared one."})

    @property
    def is_school(self) -> bool:
        return self.kind == OrganisationKind.SCHOOL

    @property
    def dfe_number(self) -> str:
        """LA and establishment number as people write it, '899/4001'; '' where either is missing."""
        return (
            f"{self.la_code}/{self.establishment_number}"
            if self.la_code and self.establishment_number
            else ""
        )


class SchoolLink(models.Model):
    """GIAS's predecessor, successor, merger and split links. The other school may not be known here."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="links")
    other_urn = models.PositiveIntegerField()
    other_name = models.CharField(max_length=200)
    link_type = models.CharField(max_length=80)
    established_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "other_urn", "link_type"], name="school_link_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.link_type}: {self.other_name}"


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self, *, on: date) -> MembershipQuerySet:
        """Memberships in force on a day."""
        return self.filter(starts_on__lte=on).filter(
            models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=on)
        )


class Membership(models.Model):
    """An organisation in a partnership; a cluster can itself be in a county partnership, and a school in several."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partnership = models.ForeignKey(
        Organisation,
        on_delete=models.CASCADE,
        related_name="memberships_here",
        limit_choices_to={"kind": OrganisationKind.PARTNERSHIP},
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "organisation", "starts_on"], name="membership_unique"
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=models.F("starts_on")),
                name="membership_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} in {self.partnership}"
