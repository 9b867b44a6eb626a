"""A slip of paper for who has no mail address: its code leads to one booking and nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cpd.models import Booking, Session, Slip
from partnership.access import rls
from partnership.accounts.models import User
from tests.cast import Cast, SignIn
from tests.factories.cpd import BookingFactory, ProgrammeFactory, SessionFactory
from tests.factories.schools import PostFactory, UserFactory

pytestmark = pytest.mark.django_db

SLIP = reverse("cpd:slip")


@pytest.fixture
def session(cast: Cast) -> Session:
    now = timezone.now()
    return SessionFactory(
        programme=ProgrammeFactory(partnership=cast.cluster, title="Calm after break"),
        starts_at=now + timedelta(days=20),
        opens_at=now - timedelta(days=2),
        venue=cast.secondary,
    )


@pytest.fixture
def mailless(cast: Cast, session: Session) -> User:
    person: User = UserFactory(name="Mo Mailless", email=None)
    PostFactory(user=person, role="support_staff", organisation=cast.junior)
    BookingFactory(session=session, person=person, organisation=cast.junior)
    BookingFactory(session=session, person=cast.support_staff, organisation=cast.junior)
    return person


@pytest.fixture
def code(cast: Cast, session: Session, mailless: User, sign_in: SignIn) -> str:
    sign_in(cast.school_office).post(reverse("cpd:slips", args=[session.pk]))
    return str(Slip.objects.get().code)


def shown(client: object, **data: str) -> str:
    return str(client.post(SLIP, data).content.decode())  # type: ignore[attr-defined]


def test_one_for_each_without_an_address_and_one_alone(
    cast: Cast, session: Session, code: str, sign_in: SignIn
) -> None:
    client = sign_in(cast.school_office)
    address = reverse("cpd:slips", args=[session.pk])
    client.post(address)
    page = client.get(address).content.decode()
    assert Slip.objects.count() == 1
    assert "Mo Mailless" in page
    assert f"{code[:4]}-{code[4:8]}-{code[8:]}" in page
    assert cast.support_staff.name not in page


def test_the_code_shows_the_booking_and_gives_it_back(client: object, session: Session, code: str) -> None:
    page = shown(client, code=code.lower())
    assert "Place 1 of 20" in page
    assert "Calm after break" in page
    assert "is cancelled" in shown(client, code=code, act="cancel")
    booking = Booking.objects.get(number=1)
    assert booking.cancelled_by == booking.person
    assert "No booking has this code now" in shown(client, code=code)


def test_an_online_one_says_how_to_join_where_there_is_a_place(
    cast: Cast, client: object, session: Session, code: str, sign_in: SignIn
) -> None:
    online = {"venue": None, "online_at": "https://meet.example.org/calm"}
    Session.objects.filter(pk=session.pk).update(**online)
    office, address = sign_in(cast.school_office), reverse("cpd:slips", args=[session.pk])
    for page in (shown(client, code=code), office.get(address).content.decode()):
        assert "https://meet.example.org/calm" in page
    Booking.objects.filter(number=1).update(number=9)
    Session.objects.filter(pk=session.pk).update(capacity=1)
    for page in (shown(client, code=code), office.get(address).content.decode()):
        assert "1st in the queue" in page
        assert "https://meet.example.org/calm" not in page


def test_no_code_is_said_beside_the_field(client: object) -> None:
    assert "Type the code that is on your slip." in shown(client, code=" ")
    assert "Type the code" not in client.get(SLIP).content.decode()  # type: ignore[attr-defined]


def test_a_wrong_code_tells_nothing(client: object, session: Session, code: str) -> None:
    other = "0" * 12 if code != "0" * 12 else "1" * 12
    for wrong in (other, "x", code[:11]):
        page = shown(client, code=wrong)
        assert "No booking has this code now" in page
        assert "Mo Mailless" not in page


def test_it_ends_where_somebody_else_comes_instead(
    cast: Cast, client: object, session: Session, code: str
) -> None:
    Booking.objects.filter(number=1).update(person=cast.class_teacher)
    page = shown(client, code=code)
    assert "No booking has this code now" in page
    assert cast.class_teacher.name not in page


def test_tries_are_counted(client: object, session: Session, code: str, settings: object) -> None:
    settings.CODE_LIMITS = {"code": "3/m/ip"}  # type: ignore[attr-defined]
    for _ in range(3):
        shown(client, code="0" * 12)
    assert client.post(SLIP, {"code": code}).status_code == 429  # type: ignore[attr-defined]


def test_nobody_of_another_school_prints_or_reads_it(
    cast: Cast, session: Session, code: str, sign_in: SignIn
) -> None:
    address = reverse("cpd:slips", args=[session.pk])
    assert "Mo Mailless" not in sign_in(cast.next_school_office).get(address).content.decode()
    with rls.acting_as(cast.next_school_office.pk):
        assert not Slip.objects.exists()
        with rls.widened(code=code):
            assert Slip.objects.count() == 1
