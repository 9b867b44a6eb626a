"""Who answers for an organisation's data, and what they have agreed to (practice P1).

The controller is the governing body, trust or local authority, never the school or the partnership. What was published and
accepted never changes: the app may add rows of both and alter neither."""

from __future__ import annotations

import re
import uuid
from datetime import date

from django.conf import settings
from django.db import models

from schools.enums import ControllerKind, Role
from schools.models.organisations import Organisation


class Controller(models.Model):
    """The controller of an organisation's data and its data protection officer, as the organisation itself names them.

    A current holder of the DPO post there comes before the officer named here."""

    organisation = models.OneToOneField(
        Organisation, primary_key=True, on_delete=models.CASCADE, related_name="controller"
    )
    kind = models.CharField(max_length=15, choices=ControllerKind)
    name = models.CharField(max_length=200)
    ico_number = models.CharField("ICO registration number", max_length=12, blank=True)
    dpo_name = models.CharField("data protection officer", max_length=150, blank=True)
    dpo_email = models.EmailField("their e-mail address", blank=True)
    dpo_telephone = models.CharField("their telephone", max_length=20, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class AgreementQuerySet(models.QuerySet["Agreement"]):
    def binding(self, *, on: date) -> AgreementQuerySet:
        """Versions that must have been accepted by this day, the newest first."""
        return self.filter(binding_from__lte=on).order_by("-version")


class Agreement(models.Model):
    """One version of the sharing and processing agreement. Until it binds, acceptance of the one before still counts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.PositiveSmallIntegerField(unique=True)
    effective_from = models.DateField(help_text="From this day it can be accepted.")
    binding_from = models.DateField(
        help_text="From this day it must have been accepted; until then the version before it counts."
    )
    text = models.TextField()
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    published_at = models.DateTimeField()

    objects = AgreementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(binding_from__gte=models.F("effective_from")),
                name="agreement_dates_in_order",
            )
        ]

    def __str__(self) -> str:
        return f"Sharing and processing agreement, version {self.version}"

    @property
    def paragraphs(self) -> list[tuple[bool, str]]:
        """The text as a page shows it: (whether it is a heading, the words), from lines parted by empty ones."""
        parts = re.split(r"\n\s*\n", self.text.replace("\r\n", "\n").strip())
        return [(part.startswith("#"), " ".join(part.lstrip("# ").split())) for part in parts if part.strip()]


class Acceptance(models.Model):
    """A controller has accepted a version: for whom, when, and who signed in which post. Names stay as they were signed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="acceptances")
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="acceptances")
    version = models.PositiveSmallIntegerField()
    controller_name = models.CharField("accepted for", max_length=200)
    name = models.CharField("signed by", max_length=150)
    role = models.CharField("in the post of", max_length=20, choices=Role)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "version"], name="acceptance_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.controller_name}: version {self.version}"
