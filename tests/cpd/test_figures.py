"""The picture: counts that add up, names for a school's own leaders alone."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cpd.enums import Came
from cpd.models import Session
from cpd.queries import figures
from cpd.rules.figures import Tally, lines_of
from partnership.access import rls
from partnership.accounts.models import User
from partnership.lib.dates import academic_year_of
from schools.queries.calendars import calendar_for
from tests.cast import CANARY, Cast, SignIn
from tests.cpd.afterwards import came, held, staff, text
from tests.factories.cpd import BookingFactory
from tests.factories.schools import PostFactory, UserFactory

pytestmark = pytest.mark.django_db
PAGE = reverse("cpd:figures")
HOURS = timedelta(hours=1)


@pytest.fixture
def session(cast: Cast) -> Session:
    """Two places: the TA came, the teacher did not, the SENCO waited; one walked in, one came from the secondary."""
    made = held(cast.cluster, ago=2 * HOURS, capacity=2)
    for person in (cast.support_staff, cast.class_teacher, cast.senco):
        BookingFactory(session=made, person=person, organisation=cast.junior)
    came(made, cast.support_staff, school=cast.junior)
    came(made, cast.class_teacher, school=cast.junior, came=Came.ABSENT)
    came(made, cast.next_support_staff, school=cast.secondary, walked_in=True)
    return made


@pytest.fixture
def far(cast: Cast) -> Session:
    person = UserFactory(name=f"{CANARY} Aide")
    PostFactory(user=person, role="support_staff", organisation=cast.far_junior)
    made = held(cast.far_cluster, ago=2 * HOURS, capacity=77)
    BookingFactory(session=made, person=person, organisation=cast.far_junior)
    came(made, person, school=cast.far_junior)
    return made


def figures_for(user: User, scope: int = 0) -> figures.Figures:
    now = timezone.now()
    with rls.acting_as(user.pk) as viewer:
        chosen = figures.scopes_of(viewer)[scope]
        return figures.figures_of(viewer, chosen, year=academic_year_of(timezone.localdate(now)), now=now)


def counts(tally: Tally) -> tuple[int, ...]:
    return tally.taken, tally.attended, tally.no_shows, tally.waiting


class TestCounts:
    def test_of_a_school(self, cast: Cast, session: Session, far: Session) -> None:
        found = figures_for(cast.head)
        assert counts(found.total) == (2, 1, 1, 1)
        assert found.total.places == 2
        assert {line.title: counts(line.tally) for line in found.roles} == {
            "Support staff": (1, 1, 0, 0),
            "Class teacher": (1, 0, 1, 0),
            "SENCO": (0, 0, 0, 1),
        }
        assert [(each.name, each.hours) for each in found.people] == [(cast.support_staff.name, 1.25)]
        assert cast.support_staff.name not in found.never
        assert cast.class_teacher.name in found.never, "booked, and was not there"
        assert not found.by_school

    def test_of_a_partnership(self, cast: Cast, session: Session, far: Session) -> None:
        found = figures_for(cast.coordinator)
        assert counts(found.total) == (2, 2, 1, 1)
        assert {line.title: counts(line.tally) for line in found.schools} == {
            cast.junior.name: (2, 1, 1, 1),
            cast.secondary.name: (0, 1, 0, 0),
        }
        assert found.people == []
        assert found.never == []
        secondary = next(each for each in found.by_school if each.name == cast.secondary.name)
        assert secondary.staff - secondary.never == 1
        assert secondary.hours == 1.25
        assert figures_for(cast.county_coordinator).total.places == 2, "the county holds the cluster"

    def test_no_show_only_where_there_is_a_register_and_it_is_over(self, cast: Cast) -> None:
        unmarked = held(cast.cluster, ago=2 * HOURS, title="Unmarked")
        BookingFactory(session=unmarked, person=cast.support_staff, organisation=cast.junior)
        begun = held(cast.cluster, ago=-1 * HOURS, title="Under way")
        BookingFactory(session=begun, person=cast.class_teacher, organisation=cast.junior)
        came(begun, cast.senco, school=cast.junior)
        tally = figures_for(cast.head).total
        assert tally.no_shows == 0
        assert tally.to_come == 1

    def test_cancelled_bookings_and_called_off_sessions_count_nowhere(
        self, cast: Cast, session: Session
    ) -> None:
        session.bookings.filter(person=cast.class_teacher).update(cancelled_at=timezone.now())
        assert counts(figures_for(cast.head).total) == (2, 1, 1, 0), "the SENCO moved up"
        Session.objects.update(state="called_off")
        assert counts(figures_for(cast.head).total) == (0, 0, 0, 0)

    def test_a_bar_is_as_long_as_its_row(self) -> None:
        lines = lines_of(
            {"a": Tally(taken=6, attended=3, no_shows=1, waiting=2), "b": Tally(taken=4, attended=5)}
        )
        assert [(part.name, part.x, part.width) for part in lines[0].parts] == [
            ("attended", 0.0, 37.5),
            ("no_shows", 37.5, 12.5),
            ("to_come", 50.0, 25.0),
            ("waiting", 75.0, 25.0),
        ]
        assert [(part.name, part.width) for part in lines[1].parts] == [("attended", 62.5)]

    def test_a_holiday_stands_with_the_half_term_before_as_on_the_list(self, cast: Cast) -> None:
        first, second = calendar_for(cast.junior.pk).half_terms[:2]
        for day, name in (
            (first.starts_on - timedelta(days=9), first.name),
            (first.ends_on + timedelta(days=2), first.name),
            (second.starts_on, second.name),
        ):
            made = Session(starts_at=timezone.make_aware(datetime.combine(day, time(15))))
            assert figures.term_of(made, [first, second]) == name
        assert figures.term_of(made, []) == "All year"


class TestFiles:
    FILE = reverse("cpd:figures_csv")

    def test_a_head_takes_names_of_their_own_school(
        self, cast: Cast, session: Session, far: Session, sign_in: SignIn
    ) -> None:
        client = sign_in(cast.head)
        shown = {
            table: text(client.get(self.FILE, {"table": table, "of": str(cast.secondary.pk)}))
            for table in ("half_terms", "roles", "people", "never")
        }
        assert f"{cast.support_staff.name},1,1.25" in shown["people"]
        assert cast.class_teacher.name in shown["never"]
        assert "Support staff,1,1,0,0" in shown["roles"]
        assert "Places" not in shown["half_terms"]
        for said in shown.values():
            assert cast.next_support_staff.name not in said
            assert CANARY not in said

    def test_a_coordinator_takes_counts(
        self, cast: Cast, session: Session, far: Session, sign_in: SignIn
    ) -> None:
        client = sign_in(cast.coordinator)
        assert f"{cast.junior.name},2,1,1,1" in text(client.get(self.FILE, {"table": "schools"}))
        assert "Places" in text(client.get(self.FILE))
        assert cast.secondary.name in text(client.get(self.FILE, {"table": "by_school"}))
        for table in ("people", "never", "x"):
            assert client.get(self.FILE, {"table": table}).status_code == 404


class TestPage:
    def test_a_head_reads_names_of_their_own_school_alone(
        self, cast: Cast, session: Session, far: Session, sign_in: SignIn
    ) -> None:
        shown = text(sign_in(cast.head).get(PAGE))
        assert cast.support_staff.name in shown
        assert cast.next_support_staff.name not in shown
        assert CANARY not in shown
        assert "1 attendance, 1 no-show, 0 places still to come or without a register, 1 in a queue" in shown
        assert "Places" not in shown, "those are the partnership's"
        assert len(re.findall(r"<rect ", shown)) >= 3
        assert "style=" not in shown
        for other in (cast.secondary.pk, cast.far_junior.pk, "partnership", "x"):
            asked = text(sign_in(cast.head).get(PAGE, {"of": str(other)}))
            assert cast.next_support_staff.name not in asked
            assert cast.junior.name in asked

    def test_a_coordinator_reads_no_name(
        self, cast: Cast, session: Session, far: Session, sign_in: SignIn
    ) -> None:
        shown = text(sign_in(cast.coordinator).get(PAGE))
        for person in (cast.support_staff, cast.class_teacher, cast.senco, cast.next_support_staff):
            assert person.name not in shown
        assert cast.secondary.name in shown
        assert cast.far_junior.name not in shown

    def test_an_empty_year_and_a_year_that_is_none(self, cast: Cast, sign_in: SignIn) -> None:
        client = sign_in(cast.head)
        for year in ("1999", "x", "", str(academic_year_of(timezone.localdate()) - 1)):
            assert "Nothing was offered in this year" in text(client.get(PAGE, {"year": year}))

    @pytest.mark.parametrize("who", ["support_staff", "class_teacher", "dsl", "la_officer"])
    def test_it_is_for_leaders_and_coordinators(self, cast: Cast, sign_in: SignIn, who: str) -> None:
        assert sign_in(cast.people[who]).get(PAGE).status_code == 403

    @pytest.mark.parametrize("who", ["head", "coordinator"])
    def test_as_many_statements_for_a_few_as_for_many(
        self, cast: Cast, session: Session, sign_in: SignIn, who: str
    ) -> None:
        client = sign_in(cast.people[who])

        def asked() -> int:
            client.get(PAGE)
            with CaptureQueriesContext(connection) as found:
                client.get(PAGE)
            return len(found)

        few = asked()
        for number in range(4):
            more = held(cast.cluster, ago=(3 + number) * HOURS, title=f"More {number}", capacity=1)
            for person in staff(cast.junior, 3):
                BookingFactory(session=more, person=person, organisation=cast.junior)
                came(more, person, school=cast.junior)
        assert asked() == few
