"""What the migration lays: put back after a test that commits, reversible, and never over what somebody changed."""

from __future__ import annotations

from datetime import date
from importlib import import_module

import pytest
from django.apps import apps

from schools.models import BankHoliday, Duty
from tests.factories.schools import OrganisationFactory

migration = import_module("schools.migrations.0002_calendar_and_duties")
LATER = {
    "agreement_grace",
    "prints_destroyed_within",
    "export_kept",
    "cpd_reminder_before",
    "cpd_feedback_before",
    "cpd_feedback_first",
    "cpd_feedback_open",
    "cpd_impact_after",
    "cpd_training_ends",
    "cpd_register_ready",
}
"""Laid by the migrations of what asks for them."""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", ["first", "after a flush"])
def test_the_seeds_outlive_a_test_that_commits(time: str) -> None:
    assert BankHoliday.objects.count() == 32
    assert Duty.objects.filter(partnership__isnull=True).exclude(code__in=LATER).count() == len(
        migration.DUTIES
    )


@pytest.mark.django_db
def test_a_changed_row_stays_changed_and_a_partnerships_own_survives_going_back() -> None:
    Duty.objects.filter(code="received_within").update(amount=4)
    migration.seed(apps, None)
    assert Duty.objects.get(code="received_within").amount == 4
    own = Duty.objects.create(
        code="received_within",
        title="Received",
        kind="partnership",
        amount=3,
        unit="school_days",
        source="Agreed by the heads",
        partnership=OrganisationFactory(kind="partnership"),
    )
    BankHoliday.objects.create(on=date(2027, 6, 1), title="A coronation", source="Royal proclamation")
    migration.unseed(apps, None)
    assert list(Duty.objects.exclude(code__in=LATER)) == [own]
    assert [day.title for day in BankHoliday.objects.all()] == ["A coronation"]


@pytest.mark.django_db
def test_each_duty_says_its_kind_and_its_source() -> None:
    for duty in Duty.objects.all():
        assert duty.source
        assert (duty.kind == "law") is ("SI 2005/1437" in duty.source or "reg 18(1)" in duty.source)
        assert duty.kind != "partnership" or "wish" in duty.source or "platform" in duty.source
