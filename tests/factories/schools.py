"""Makers for the shared ground."""

from __future__ import annotations

from datetime import date
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from partnership.accounts.models import User
from partnership.home.world.terms import half_terms
from partnership.lib.dates import academic_year_of
from schools.enums import OrganisationKind, PhaseGroup, Role, SchoolStatus, Stage
from schools.models import (
    AcademicYear,
    Acceptance,
    Agreement,
    ClassGroup,
    ClassPlace,
    HalfTerm,
    Membership,
    Organisation,
    Post,
    Pupil,
)

HALF_TERMS_2026 = [
    (date(2026, 9, 3), date(2026, 10, 23)),
    (date(2026, 11, 2), date(2026, 12, 18)),
    (date(2027, 1, 4), date(2027, 2, 12)),
    (date(2027, 2, 22), date(2027, 3, 25)),
    (date(2027, 4, 12), date(2027, 5, 28)),
    (date(2027, 6, 7), date(2027, 7, 21)),
]


class UserFactory(DjangoModelFactory[User]):
    """A person who can sign in with the password 'calm-river-41'."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Person {n}")
    email = factory.Sequence(lambda n: f"person{n}@school.example")
    password = factory.django.Password("calm-river-41")


class OrganisationFactory(DjangoModelFactory[Organisation]):
    class Meta:
        model = Organisation
        skip_postgeneration_save = True

    kind = OrganisationKind.SCHOOL
    name = factory.Sequence(lambda n: f"School {n}")


class SchoolFactory(OrganisationFactory):
    """An open primary school of LA 899 unless told otherwise."""

    urn = factory.Sequence(lambda n: 910000 + n % 80000)
    la_code = "899"
    establishment_number = factory.Sequence(lambda n: f"{2000 + n % 7000}")
    low_age = 4
    high_age = 11
    stage = Stage.PRIMARY
    phase_group = PhaseGroup.PRIMARY
    phase = "Primary"
    status = SchoolStatus.OPEN
    town = "Wendlebury"

    @factory.post_generation
    def agreed(self, create: bool, extracted: bool | None, **kwargs: Any) -> None:
        """Its controller has accepted the sharing agreement, unless `agreed=False`."""
        if extracted is not False:
            accepted(self)


def agreement(version: int = 1, **dates: date) -> Agreement:
    """A published version of the sharing agreement; the first one binds since long ago."""
    days = {"effective_from": date(2020, 9, 1), "binding_from": date(2020, 9, 1), **dates}
    text = f"## 1. Who agrees\n\nThe controllers, version {version}."
    made, _ = Agreement.objects.get_or_create(
        version=version, defaults={**days, "text": text, "published_at": timezone.now()}
    )
    return made


def accepted(organisation: Organisation, version: int = 1) -> Acceptance:
    """As its head would have left it."""
    return Acceptance.objects.create(
        organisation=organisation,
        agreement=agreement(version),
        version=version,
        controller_name=f"The governing body of {organisation.name}",
        name="Ada Signer",
        role=Role.HEAD,
        at=timezone.now(),
    )


class SecondaryFactory(SchoolFactory):
    low_age = 11
    high_age = 16
    stage = Stage.SECONDARY
    phase_group = PhaseGroup.SECONDARY
    phase = "Secondary"


class MembershipFactory(DjangoModelFactory[Membership]):
    class Meta:
        model = Membership

    starts_on = date(2020, 9, 1)


class PostFactory(DjangoModelFactory[Post]):
    class Meta:
        model = Post
        skip_postgeneration_save = True

    user = factory.SubFactory(UserFactory)
    role = Role.SENCO
    organisation = factory.SubFactory(SchoolFactory)
    starts_on = date(2020, 9, 1)


class ClassGroupFactory(DjangoModelFactory[ClassGroup]):
    class Meta:
        model = ClassGroup

    school = factory.SubFactory(SchoolFactory)
    name = factory.Sequence(lambda n: f"6{n}")
    year_group = 6


class PupilFactory(DjangoModelFactory[Pupil]):
    class Meta:
        model = Pupil

    school = factory.SubFactory(SchoolFactory)
    surname = factory.Sequence(lambda n: f"Surname{n}")
    forename = "Ada"
    born_on = date(2016, 3, 14)
    year_group = 6


class ClassPlaceFactory(DjangoModelFactory[ClassPlace]):
    class Meta:
        model = ClassPlace


def with_half_terms(organisation: Organisation, **_: Any) -> Organisation:
    """Give an organisation its half-terms: 2026/27 as listed above, the years about it and about today as laid out."""
    this = academic_year_of(timezone.localdate())
    for year in sorted({2025, 2026, 2027, this - 1, this, this + 1}):
        AcademicYear.objects.get_or_create(starts_in=year)
        HalfTerm.objects.bulk_create(
            HalfTerm(organisation=organisation, year_id=year, number=number, starts_on=start, ends_on=end)
            for number, (start, end) in enumerate(HALF_TERMS_2026 if year == 2026 else half_terms(year), 1)
        )
    return organisation
