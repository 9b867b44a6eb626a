"""A session that is over, with its register, for the tests of what comes afterwards."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from cpd.enums import Asks
from cpd.models import Session
from partnership.accounts.models import User
from schools.models import Organisation
from tests.factories.cpd import AttendanceFactory, ProgrammeFactory, SessionFactory
from tests.factories.schools import PostFactory, UserFactory


def held(
    partnership: Organisation, *, ago: timedelta, title: str = "Calm after break", **more: Any
) -> Session:
    """A session that ended so long ago."""
    end = timezone.now() - ago
    programme = {name: more.pop(name) for name in ("asks", "certificate_asks", "fewest") if name in more}
    return SessionFactory(
        programme=ProgrammeFactory(
            partnership=partnership, title=title, **({"asks": Asks.THREE} | programme)
        ),
        starts_at=end - timedelta(minutes=75),
        ends_at=end,
        opens_at=end - timedelta(days=30),
        closes_at=end - timedelta(hours=4),
        **more,
    )


def came(session: Session, *people: User, school: Organisation, **more: Any) -> None:
    for person in people:
        AttendanceFactory(session=session, person=person, organisation=school, **more)


def staff(school: Organisation, number: int) -> list[User]:
    """People of the school, each a teaching assistant."""
    found: list[User] = []
    for each in range(number):
        person = UserFactory(name=f"Aide {each} of {school.name}")
        PostFactory(user=person, role="support_staff", organisation=school)
        found.append(person)
    return found


def text(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined]
