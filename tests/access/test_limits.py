"""What tells much or costs much is limited for each person, whatever the address they come from."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from schools.models import Import
from tests.cast import Cast, Road, SignIn

pytestmark = pytest.mark.django_db

FEW = {"search": "3/m/user", "upload": "2/h/user"}


@pytest.fixture(autouse=True)
def few(settings: Settings) -> None:
    settings.PERSON_LIMITS = FEW


@pytest.mark.parametrize("page", ["transitions:leaving", "transitions:joining", "schools:directory"])
def test_searches_are_counted_for_each_person(cast: Cast, road: Road, sign_in: SignIn, page: str) -> None:
    one, another, address = sign_in(cast.senco), sign_in(cast.head), reverse(page)
    assert [one.get(address, {"q": f"Am{n}"}).status_code for n in range(5)] == [200, 200, 200, 429, 429]
    refused = one.get(address, {"q": "Amy"}).content.decode()
    assert "Too much at once" in refused
    assert road.pupil.surname not in refused
    assert one.get(address).status_code == 200, "reading is not searching"
    assert another.get(address, {"q": "Amy"}).status_code == 200


def test_another_session_of_the_same_person_does_not_begin_anew(cast: Cast, sign_in: SignIn) -> None:
    address = reverse("schools:directory")
    answers = [sign_in(cast.senco).get(address, {"q": f"M{n}"}).status_code for n in range(4)]
    assert answers == [200, 200, 200, 429]


def test_the_desk_counts_too(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.coordinator)
    address = reverse("admin:schools_organisation_changelist")
    assert [client.get(address, {"q": f"M{n}"}).status_code for n in range(4)] == [200, 200, 200, 429]


def sent(client: Client, cast: Cast, number: int) -> int:
    """The answer to a staff list; a different one each time."""
    page = reverse("imports:upload", args=["staff"])
    form = client.get(page).context["form"]
    file = SimpleUploadedFile("staff.csv", f"Name,Role\r\nRay Moss {number},TA".encode())
    data = {"key": str(form["key"].value()), "organisation": str(cast.junior.pk), "file": file}
    return int(client.post(page, data).status_code)


def test_uploads_are_counted_and_nothing_of_one_too_many_is_kept(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.head)
    assert [sent(client, cast, number) for number in range(4)] == [302, 302, 429, 429]
    assert Import.objects.count() == 2
    assert sent(sign_in(cast.deputy_head), cast, 9) == 302


def test_the_limits_in_use_leave_room_for_a_days_work(cast: Cast) -> None:
    from partnership.settings import base

    assert set(base.PERSON_LIMITS) == set(FEW)
