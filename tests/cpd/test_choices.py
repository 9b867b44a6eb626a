"""The coordinator's view of a joint day: who chose what."""

from __future__ import annotations

import pytest
from django.urls import reverse

from cpd.models import Day, Session
from tests.cast import CANARY, Cast, SignIn
from tests.cpd.test_days import lay, named
from tests.factories.cpd import BookingFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def day(cast: Cast) -> Day:
    return lay(cast.cluster, "Learning together", each=2)


def test_by_workshop_and_by_school(cast: Cast, day: Day, sign_in: SignIn) -> None:
    first, far = named(f"{day.title} 10 A"), lay(cast.far_cluster, CANARY, each=1)
    Session.objects.filter(pk=first.pk).update(capacity=1, led_by="Dr Ada Cole", room="Studio")
    for person in (cast.senco, cast.class_teacher):
        BookingFactory(session=named(first.name), person=person, organisation=cast.junior)
    BookingFactory(session=named(f"{CANARY} 10 A"), person=cast.stranger_senco, organisation=cast.far_junior)
    client = sign_in(cast.coordinator)
    response = client.get(reverse("admin:cpd_day_choices", args=[day.pk]))
    shown, choices = response.content.decode(), response.context["choices"]
    for said in ("Dr Ada Cole", "Studio", "1 of 1, 1 waiting", "Class Teacher (in the queue)"):
        assert said in shown, said
    assert CANARY not in shown
    junior = next(each for each in choices.schools if each.name == cast.junior.name)
    chosen = {each.name: list(each.chosen) for each in junior.staff}
    assert chosen["Senco"] == [first.name, "", ""]
    assert chosen["Class Teacher"] == [f"{first.name} (queue)", "", ""]
    assert len(junior.missing) == len(junior.staff) > 2
    for hour in ("11", "14"):
        BookingFactory(session=named(f"{day.title} {hour} A"), person=cast.senco, organisation=cast.junior)
    response = client.get(reverse("admin:cpd_day_choices", args=[day.pk]))
    junior = next(each for each in response.context["choices"].schools if each.name == cast.junior.name)
    assert "Senco" not in {each.name for each in junior.missing}
    assert client.get(reverse("admin:cpd_day_choices", args=[far.pk])).status_code == 404
    assert sign_in(cast.head).get(reverse("admin:cpd_day_choices", args=[day.pk])).status_code == 403
