"""Pupils: only those in a leaving year, moving in-year or added by hand (practice P4).

Never stored: addresses, ethnicity, former names, session marks, assessments, contacts without parental responsibility."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models

from partnership.access.classes import in_class_of
from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from partnership.lib.names import fold
from schools.enums import SenProvision
from schools.models.organisations import Organisation
from schools.models.sealed import not_sealed


class ClassGroup(models.Model):
    """A class or tutor group at a school, at which teachers' posts and pupils' places meet."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="class_groups")
    name = models.CharField(max_length=40)
    year_group = models.SmallIntegerField(null=True, blank=True, help_text="0 is Reception, −1 nursery.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["school", "name"], name="class_group_unique")]

    def __str__(self) -> str:
        return self.name


class PupilQuerySet(models.QuerySet["Pupil"]):
    def visible_to(self, viewer: Viewer) -> PupilQuerySet:
        """By name: one's own school's and one's own class's. Who is joining is a matter of transitions, not of pupils."""
        return self.filter(
            models.Q(school__in=viewer.reach(Permission.SEE_PUPILS))
            | in_class_of(viewer, school="school", pupil="pk")
        )

    def by_name(self) -> PupilQuerySet:
        return self.order_by("name_key", "pk")


class PupilManager(models.Manager.from_queryset(PupilQuerySet)):  # type: ignore[misc]
    """Without children whose record is sealed: no query forgets to leave them out (practice P5)."""

    def get_queryset(self) -> PupilQuerySet:
        rows: PupilQuerySet = super().get_queryset()
        return rows.filter(not_sealed("pk"))


class Pupil(models.Model):
    """A child, as the present school knows them. A missing UPN is normal (practice P22); it is shown only in import,
    matching and export."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="pupils")
    upn = models.CharField("UPN", max_length=13, blank=True)
    surname = models.CharField("legal surname", max_length=100)
    forename = models.CharField("legal first name", max_length=100)
    known_as = models.CharField(
        max_length=200, blank=True, help_text="The name used every day, where it differs."
    )
    name_key = models.CharField(max_length=220, editable=False)
    born_on = models.DateField("date of birth")
    sex = models.CharField(max_length=1, blank=True)
    year_group = models.SmallIntegerField(null=True, blank=True)
    sen_provision = models.CharField(
        "SEN provision", max_length=1, choices=SenProvision, default=SenProvision.NONE
    )
    sen_history = models.JSONField(default=list, blank=True)
    """[{"code": "K", "from": "2024-09-02"}], oldest first."""
    needs = models.JSONField(default=list, blank=True)
    """[{"code": "SLCN", "rank": 1, "from": "2024-09-02", "to": null}], by rank."""
    language = models.CharField("first language", max_length=60, blank=True)
    free_school_meals = models.BooleanField(null=True)
    in_care = models.BooleanField(null=True)
    care_authority = models.CharField(max_length=4, blank=True)
    medical_flag = models.BooleanField(null=True)
    attendance = models.JSONField(default=list, blank=True)
    """[{"year": 2026, "possible": 370, "attended": 352, "authorised": 12, "unauthorised": 6}], oldest first."""
    schools_attended = models.JSONField(default=list, blank=True)
    """[{"la": "899", "estab": "2001", "name": "…", "from": "2022-09-05", "to": null}], oldest first."""
    added_because = models.CharField(max_length=20, default="leaving_year", editable=False)

    objects = PupilManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["upn"], condition=~models.Q(upn=""), name="pupil_upn_unique"),
            models.UniqueConstraint(fields=["id", "school"], name="pupil_school_key"),
        ]
        indexes = [
            models.Index(fields=["school", "name_key"], name="pupil_school_name"),
            models.Index(fields=["school", "born_on"], name="pupil_school_born"),
        ]

    def __str__(self) -> str:
        return self.display_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.name_key = self.make_name_key(surname=self.surname, forename=self.forename)
        super().save(*args, **kwargs)

    @staticmethod
    def make_name_key(*, surname: str, forename: str) -> str:
        """The stored folded name, surname first, by which lists are ordered and prefixes searched (walls §2)."""
        return fold(f"{surname} {forename}")[:220]

    @property
    def display_name(self) -> str:
        return self.known_as or f"{self.forename} {self.surname}"

    @property
    def first_name(self) -> str:
        return self.display_name.split(" ")[0]


class ClassPlace(models.Model):
    """A pupil in a class now, or allotted to one at the school they will join."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    class_group = models.ForeignKey(ClassGroup, on_delete=models.CASCADE, related_name="places")
    pupil = models.ForeignKey(Pupil, on_delete=models.CASCADE, related_name="class_places")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pupil", "class_group"], name="class_place_unique")]

    def __str__(self) -> str:
        return f"Place in {self.class_group}"
