"""The county that is measured: it holds by every constraint, is the same on every run, and its people see their boards."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.urls import reverse

from bench.county import build
from partnership.accounts.models import User
from schools.models import Organisation, Pupil
from tests.cast import SignIn
from transitions.models import ConversationLine, Handover, Transition, Version

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def built() -> dict[str, int]:
    counts = build.build("0.01", now=NOW, say=lambda text: None)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return dict(counts)


@pytest.mark.django_db
def test_a_hundredth_of_the_county_holds_and_is_lifelike() -> None:
    counts = built()
    assert counts["pupils"] == Pupil.objects.count() == 1200
    assert counts["moves"] == 5 * 180
    assert set(Handover.objects.values_list("state", flat=True)) == {
        "draft", "shared", "met", "accepted", "settled"
    }  # fmt: skip
    assert Version.objects.count() == Handover.objects.exclude(state="draft").count()
    assert ConversationLine.objects.exists()
    assert Transition.objects.filter(destination_state="none").exists()


@pytest.mark.django_db
def test_the_same_county_comes_again() -> None:
    assert references() == references() != []


def references() -> list[tuple[str, UUID]]:
    """What a county holds; the database is as before afterwards."""
    with transaction.atomic():
        built()
        found = list(Transition.objects.order_by("pk").values_list("reference", "pk"))
        transaction.set_rollback(True)
    return found


@pytest.mark.django_db
def test_a_senco_of_the_county_sees_a_board(sign_in: SignIn) -> None:
    built()
    school = Organisation.objects.filter(stage="primary").get()
    senco = User.objects.get(posts__role="senco", posts__organisation=school)
    page = sign_in(senco).get(reverse("transitions:leaving"))
    assert page.status_code == 200
    child = Transition.objects.filter(school=school, entry_year=2027, destination_state="none").first()
    assert child is not None
    assert child.pupil.surname in page.content.decode()
