"""The home page: what waits on whom, what is late with whom, what is coming; for each role, on one screen."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from partnership.home.greeting import greeting
from partnership.lib.dates import SchoolCalendar
from partnership.ui.cards import Place
from schools.models import Pupil
from schools.queries.calendars import calendar_for
from schools.queries.holding import Holder
from tests.cast import CANARY, Cast, Road, SignIn, make_road
from tests.factories.schools import ClassPlaceFactory, PostFactory, PupilFactory
from tests.factories.transitions import NOW, TransitionFactory, shared
from transitions.cards.rows import named
from transitions.models import Conversation, ConversationAdult, Handover

HOME = reverse("home")
FRIDAY = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)
LATE = datetime(2026, 12, 4, 9, 30, tzinfo=UTC)
Clock = Callable[[datetime], None]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    def set_to(at: datetime) -> None:
        monkeypatch.setattr("django.utils.timezone.now", lambda: at)

    set_to(FRIDAY)
    return set_to


def waiting(page: Any) -> list[tuple[str, str]]:
    card = page.context["waiting"]
    return [(row.title, row.action) for row in card.rows] if card else []


def card(page: Any, place: Place) -> Any:
    return next(
        (each for each in page.context["others"] + page.context["numbers"] if each.place == place), None
    )


def test_a_head_sees_the_day_and_the_half_term(cast: Cast, clock: Clock, sign_in: SignIn) -> None:
    html = sign_in(cast.head).get(HOME).content.decode()
    assert "Good morning, Head" in html
    assert "Friday 27 November. Autumn 2, until Friday 18 December" in html


@pytest.mark.parametrize(
    ("at", "hello", "term"),
    [
        (
            datetime(2026, 10, 28, 12, tzinfo=UTC),
            "Good afternoon, Ada",
            "School begins again on Monday 2 November",
        ),
        (datetime(2026, 11, 27, 17, tzinfo=UTC), "Good evening, Ada", "Autumn 2, until Friday 18 December"),
        (datetime(2031, 1, 1, 8, tzinfo=UTC), "Good morning, Ada", ""),
    ],
)
def test_the_greeting(cast: Cast, at: datetime, hello: str, term: str) -> None:
    said = greeting(name="Ada Marsh", now=at, calendar=calendar_for(cast.junior.pk))
    assert (said.hello, said.term) == (hello, term)


def test_unknown_terms_are_not_guessed() -> None:
    at = datetime(2026, 11, 27, 9, tzinfo=UTC)
    assert greeting(name="", now=at, calendar=None).hello == "Good morning"
    assert greeting(name="", now=at, calendar=SchoolCalendar(half_terms=())).term == ""


def test_what_waits_on_whom(cast: Cast, shared_road: Road, clock: Clock, sign_in: SignIn) -> None:
    assert waiting(sign_in(cast.next_senco).get(HOME)) == [("Robin Marsh", "Read")]
    for who in (cast.next_head, cast.senco, cast.next_school_office, cast.stranger_senco):
        assert waiting(sign_in(who).get(HOME)) == []


def test_an_empty_post_waits_on_the_head(
    cast: Cast, shared_road: Road, clock: Clock, sign_in: SignIn
) -> None:
    cast.next_senco.posts.update(ends_on=date(2026, 11, 26))
    assert waiting(sign_in(cast.next_head).get(HOME)) == [
        ("Robin Marsh", "Read"),
        ("Nobody is in post as SENCO", "Appoint"),
    ]


def test_many_alike_are_one_matter(cast: Cast, clock: Clock, sign_in: SignIn) -> None:
    for each in range(6):
        road = make_road(cast.junior, cast.secondary, forename=f"A{each}", surname="Marsh")
        shared(road.handover, by=cast.senco)
    page = sign_in(cast.next_senco).get(HOME)
    assert waiting(page) == [("6 handovers to read", "See them")]
    assert page.context["waiting"].rows[0].href == f"{reverse('transitions:joining')}?step=2"


def test_late_in_your_school_by_person(cast: Cast, shared_road: Road, clock: Clock, sign_in: SignIn) -> None:
    clock(LATE)
    late = card(sign_in(cast.next_head).get(HOME), Place.LATE)
    (row,) = late.rows
    assert (row.title, row.why, row.due_text) == (
        "Next Senco, SENCO",
        "1 handover to read",
        "since Friday 27 November",
    )
    assert card(sign_in(cast.next_senco).get(HOME), Place.LATE) is None, "that is the head's"
    assert card(sign_in(cast.head).get(HOME), Place.LATE).rows == (), "it is the other school's"


def test_what_is_coming_this_half_term(cast: Cast, shared_road: Road, clock: Clock, sign_in: SignIn) -> None:
    conversation = Conversation.objects.create(
        school=cast.junior,
        reader=cast.secondary,
        planned_for=date(2026, 12, 3),
        planned_time=time(15, 30),
        recorded_by=cast.senco,
        recorded_at=FRIDAY,
    )
    ConversationAdult.objects.create(
        conversation=conversation, user=cast.support_staff, organisation=cast.junior
    )
    rows = card(sign_in(cast.senco).get(HOME), Place.COMING).rows
    assert [(row.title, row.due_text) for row in rows] == [
        ("Conversation with Northfield School", "Thursday 3 December at 15:30")
    ]
    rows = card(sign_in(cast.next_head).get(HOME), Place.COMING).rows
    assert [row.title for row in rows] == ["1 handover to read", "Conversation with Millbrook Junior School"]


def test_what_waits_on_oneself_is_not_coming_as_well(
    cast: Cast, shared_road: Road, clock: Clock, sign_in: SignIn
) -> None:
    page = sign_in(cast.next_senco).get(HOME)
    assert waiting(page) == [("Robin Marsh", "Read")]
    assert card(page, Place.COMING).rows == ()
    (row,) = card(sign_in(cast.next_head).get(HOME), Place.COMING).rows
    assert (row.title, row.why) == ("1 handover to read", "Next Senco, SENCO")


def test_the_reader_is_called_you() -> None:
    me, other = Holder(uuid.uuid4(), "Jo Obi"), Holder(uuid.uuid4(), "Ann Lee")
    assert named((me, other), reader=me.user_id) == "You and Ann Lee"
    assert named((me, other), reader=None) == "Jo Obi and Ann Lee"


def test_dates_in_law_stand_on_the_last_school_day_before(
    cast: Cast, road: Road, clock: Clock, sign_in: SignIn
) -> None:
    """For September 2027 the plan is amended before 15 February, so the latest safe meeting is Sunday 22 November 2026,
    shown as Friday 20 November (practice P17)."""
    Pupil.objects.filter(pk=road.pupil.pk).update(sen_provision="E")
    clock(NOW)
    (row,) = card(sign_in(cast.senco).get(HOME), Place.COMING).rows
    assert (row.title, row.due_text) == (
        "Latest safe review meeting before the date in law",
        "Friday 20 November",
    )
    assert "Statutory guidance: SEND Regulations 2014" in row.why
    assert "1 child with an EHC plan. Sunday 22 November is not a school day." in row.why
    clock(datetime(2027, 1, 8, 9, tzinfo=UTC))
    (row,) = card(sign_in(cast.senco).get(HOME), Place.COMING).rows
    assert (row.due_text, row.why[:4]) == ("Friday 12 February", "Law:")
    assert card(sign_in(cast.next_senco).get(HOME), Place.COMING).rows == (), "it is the present school's"


def test_quiet_numbers(cast: Cast, shared_road: Road, clock: Clock, sign_in: SignIn) -> None:
    TransitionFactory(pupil=PupilFactory(school=cast.junior))
    numbers = card(sign_in(cast.head).get(HOME), Place.NUMBERS).numbers
    assert [(number.label, number.value, number.total) for number in numbers] == [
        ("leaving with a next school", 1, 2),
        ("SEND handovers shared", 1, 1),
    ]


def test_whoever_goes_where_nothing_is_shared_is_named_beside_the_number(
    cast: Cast, shared_road: Road, clock: Clock, sign_in: SignIn
) -> None:
    """Else the board counts one child with SEND more than the number it is reached by."""
    pupil = PupilFactory(school=cast.junior, sen_provision="K")
    TransitionFactory(pupil=pupil, elsewhere="outside_england", destination_state="accepted")
    numbers = card(sign_in(cast.head).get(HOME), Place.NUMBERS).numbers
    assert ("SEND handovers shared (1 more with SEND where nothing is shared)", 1, 1) in [
        (each.label, each.value, each.total) for each in numbers
    ]


def test_a_class_teacher_has_the_class_alone(cast: Cast, road: Road, clock: Clock, sign_in: SignIn) -> None:
    TransitionFactory(pupil=PupilFactory(school=cast.junior, forename="Not", surname="Mine"))
    page = sign_in(cast.class_teacher).get(HOME)
    assert page.status_code == 200
    assert card(page, Place.NUMBERS).numbers[0].total == 1


def test_class_notes_wait_on_the_class_teacher_before_the_partnerships_date(
    cast: Cast, road: Road, clock: Clock, sign_in: SignIn
) -> None:
    for each in range(4):
        pupil = PupilFactory(school=cast.junior, forename=f"A{each}", surname="Plain")
        ClassPlaceFactory(class_group=road.class_group, pupil=pupil)
        TransitionFactory(pupil=pupil, to_school=cast.secondary)
    assert waiting(sign_in(cast.class_teacher).get(HOME)) == []
    clock(datetime(2027, 5, 4, 9, tzinfo=UTC))
    assert waiting(sign_in(cast.class_teacher).get(HOME)) == [("4 class notes to write", "See them")]
    clock(datetime(2027, 5, 20, 9, tzinfo=UTC))
    row = sign_in(cast.class_teacher).get(HOME).context["waiting"].rows[0]
    assert row.status == "", "nobody owes it, so it is never late"


def test_somebody_with_two_schools_filters_by_one(
    cast: Cast, shared_road: Road, clock: Clock, sign_in: SignIn
) -> None:
    PostFactory(user=cast.next_senco, role="senco", organisation=cast.other_junior)
    client = sign_in(cast.next_senco)
    assert waiting(client.get(HOME)) == [("Robin Marsh", "Read")]
    assert waiting(client.get(f"{HOME}?school={cast.other_junior.pk}")) == []
    assert waiting(client.get(f"{HOME}?school={cast.secondary.pk}")) == [("Robin Marsh", "Read")]
    assert waiting(client.get(f"{HOME}?school={cast.far_junior.pk}")) == [("Robin Marsh", "Read")]


def test_without_the_second_factor_no_child_is_named(
    cast: Cast, shared_road: Road, clock: Clock, sign_in: SignIn
) -> None:
    page = sign_in(cast.next_senco, mfa=False).get(HOME)
    html = page.content.decode()
    assert "Take the second step" in html
    assert "Robin" not in html
    assert waiting(page) == []


def test_a_coordinator_sees_pairs_and_references(
    cast: Cast, shared_road: Road, far_road: Road, clock: Clock, sign_in: SignIn
) -> None:
    clock(LATE)
    page = sign_in(cast.coordinator).get(HOME)
    (row,) = card(page, Place.LATE).rows
    assert row.title == "Millbrook Junior School to Northfield School"
    assert row.why == shared_road.move.reference
    html = page.content.decode()
    assert "Marsh" not in html
    assert CANARY not in html
    assert far_road.move.reference not in html


@pytest.mark.parametrize(
    "who",
    [
        "support_staff",
        "governor",
        "dpo",
        "community_partner",
        "observer",
        "la_officer",
        "trust_leader",
        "nobody",
        "superuser",
    ],
)
def test_others_get_a_friendly_page_without_a_child(
    cast: Cast, shared_road: Road, far_road: Road, clock: Clock, sign_in: SignIn, who: str
) -> None:
    page = sign_in(getattr(cast, who)).get(HOME)
    assert page.status_code == 200
    html = page.content.decode()
    assert "Marsh" not in html
    assert CANARY not in html
    if who == "observer":
        assert "Nothing waits on you here" in html
    if who == "nobody":
        assert "You have no post at the moment" in html


def test_a_small_number_is_told_in_words(
    cast: Cast, shared_road: Road, clock: Clock, sign_in: SignIn
) -> None:
    told = card(sign_in(cast.la_officer).get(HOME), Place.NUMBERS)
    assert told.numbers == ()
    assert [row.why for row in told.rows] == ["Not shown, so that no child can be recognised"]


def test_a_stranger_is_sent_to_sign_in(client: Any, db: None) -> None:
    assert client.get(HOME).status_code == 302


@pytest.mark.parametrize("number", [1, 3])
def test_the_cost_does_not_grow(
    cast: Cast,
    clock: Clock,
    sign_in: SignIn,
    number: int,
    django_assert_num_queries: DjangoAssertNumQueries,
    request: pytest.FixtureRequest,
) -> None:
    for each in range(number):
        shared(
            make_road(cast.junior, cast.secondary, forename=f"A{each}", surname="B").handover, by=cast.senco
        )
    client = sign_in(cast.next_head)
    request.getfixturevalue("remembering")
    client.get(HOME)
    with django_assert_num_queries(COST):
        client.get(HOME)


COST = 31


def test_received_today_waits_no_longer(cast: Cast, shared_road: Road, clock: Clock, sign_in: SignIn) -> None:
    Handover.objects.update(received_at=FRIDAY)
    assert waiting(sign_in(cast.next_senco).get(HOME)) == [("Robin Marsh", "Arrange")]
