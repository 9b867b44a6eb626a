"""The boards: who sees which rows, in which order, whose move it is, and at what cost."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from tests.cast import CANARY, Cast, Road, SignIn, make_road
from tests.factories.schools import PostFactory, PupilFactory
from tests.factories.transitions import NOW, HandoverFactory, TransitionFactory, shared
from transitions.enums import Elsewhere
from transitions.models import Handover, Transition

LEAVING, JOINING = reverse("transitions:leaving"), reverse("transitions:joining")


@pytest.fixture(autouse=True)
def on_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Friday 20 November 2026."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def names(response: Any) -> list[str]:
    return [row.name for group in response.context["groups"] for row in group.rows]


def counts(response: Any) -> dict[str, int]:
    return {count.label: count.value for count in response.context["counts"]}


@pytest.fixture
def year_six(cast: Cast, road: Road) -> Cast:
    """Robin with SEND to Northfield, Ben without, Cara with no next school, Dan to a school abroad."""
    ben = PupilFactory(school=cast.junior, forename="Ben", surname="Abel")
    TransitionFactory(pupil=ben, to_school=cast.secondary)
    TransitionFactory(
        pupil=PupilFactory(school=cast.junior, forename="Cara", surname="Moss", sen_provision="E")
    )
    dan = PupilFactory(school=cast.junior, forename="Dan", surname="Wood")
    TransitionFactory(pupil=dan, elsewhere=Elsewhere.OUTSIDE_ENGLAND, destination_state="accepted")
    return cast


def test_leaving_stands_by_next_school_without_one_first_and_send_first(
    year_six: Cast, sign_in: SignIn
) -> None:
    page = sign_in(year_six.head).get(LEAVING)
    assert [group.title for group in page.context["groups"]] == [
        "No next school yet",
        "Northfield School",
        "A school outside England",
    ]
    assert names(page) == ["Cara Moss", "Robin Marsh", "Ben Abel", "Dan Wood"]
    assert counts(page) == {"children": 4, "SEND": 2, "without a next school": 1, "to be shared": 2}


def test_a_class_note_is_read_and_not_talked_over(year_six: Cast, sign_in: SignIn) -> None:
    move = Transition.objects.get(pupil__forename="Ben")
    shared(HandoverFactory(transition=move, kind="class"), by=year_six.senco)
    page = sign_in(year_six.next_senco).get(JOINING)
    assert counts(page) == {"children": 2, "SEND": 1, "to be shared": 1, "class notes to be read": 1}
    assert {row.name: row.step_words for each in page.context["groups"] for row in each.rows} == {
        "Robin Marsh": "To be shared",
        "Ben Abel": "Shared, to be read",
    }
    assert names(sign_in(year_six.next_senco).get(f"{JOINING}?step=read")) == ["Ben Abel"]
    assert names(sign_in(year_six.next_senco).get(f"{JOINING}?step=2")) == []


def test_an_amendment_after_acceptance_is_the_next_sencos_to_read(
    cast: Cast, shared_road: Road, sign_in: SignIn
) -> None:
    Handover.objects.update(state="accepted", met_on=NOW.date(), received_at=NOW, latest=2)
    board = sign_in(cast.next_senco)
    row = board.get(JOINING).context["groups"][0].rows[0]
    assert row.standing.move.what == "Mark as settled"
    Handover.objects.update(received_at=None)
    row = board.get(JOINING).context["groups"][0].rows[0]
    assert (row.who, row.standing.move.what) == ("You", "Read the new version")
    assert row.step_words == "Accepted, to settle in"


def test_joining_shows_those_offered_by_present_school(
    year_six: Cast, far_road: Road, sign_in: SignIn
) -> None:
    page = sign_in(year_six.next_senco).get(JOINING)
    assert names(page) == ["Robin Marsh", "Ben Abel"]
    assert [group.title for group in page.context["groups"]] == ["Millbrook Junior School"]
    assert CANARY not in page.content.decode()


def test_an_expected_child_does_not_show_at_the_next_school(cast: Cast, sign_in: SignIn) -> None:
    pupil = PupilFactory(school=cast.junior, forename="Eve", surname="Early")
    TransitionFactory(pupil=pupil, to_school=cast.secondary, destination_state="expected")
    assert names(sign_in(cast.next_head).get(JOINING)) == []
    assert names(sign_in(cast.head).get(LEAVING)) == ["Eve Early"]


@pytest.mark.parametrize(
    ("who", "board", "seen"),
    [
        *[
            (role, LEAVING, True)
            for role in (
                "head",
                "deputy_head",
                "senco",
                "transition_lead",
                "dsl",
                "deputy_dsl",
                "school_office",
            )
        ],
        ("class_teacher", LEAVING, True),
        ("next_school_office", JOINING, True),
        ("next_class_teacher", JOINING, False),
        ("other_senco", LEAVING, False),
        ("stranger_head", LEAVING, False),
    ],
)
def test_each_role_sees_its_own_children(
    cast: Cast, road: Road, sign_in: SignIn, who: str, board: str, seen: bool
) -> None:
    page = sign_in(getattr(cast, who)).get(board)
    assert page.status_code == 200
    assert ("Robin Marsh" in page.content.decode()) is seen


@pytest.mark.parametrize(
    "who",
    [
        "coordinator",
        "la_officer",
        "trust_leader",
        "governor",
        "support_staff",
        "observer",
        "dpo",
        "superuser",
    ],
)
def test_nobody_else_gets_a_board(cast: Cast, road: Road, sign_in: SignIn, who: str) -> None:
    exports = (reverse("transitions:leaving_export"), reverse("transitions:joining_export"))
    for url in (LEAVING, JOINING, *exports):
        assert sign_in(getattr(cast, who)).get(url).status_code == 403


def test_a_class_teacher_sees_the_class_alone_and_takes_no_file(
    cast: Cast, road: Road, sign_in: SignIn
) -> None:
    make_road(cast.junior, cast.secondary, forename="Not", surname="Mine").class_group.places.filter(
        pupil__surname="Mine"
    ).delete()
    client = sign_in(cast.class_teacher)
    assert names(client.get(LEAVING)) == ["Robin Marsh"]
    assert client.get(reverse("transitions:leaving_export")).status_code == 403


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("sen=send", ["Cara Moss", "Robin Marsh"]),
        ("sen=E", ["Cara Moss"]),
        ("sen=N", ["Ben Abel", "Dan Wood"]),
        ("destination=none", ["Cara Moss"]),
        ("destination=accepted", ["Robin Marsh", "Ben Abel", "Dan Wood"]),
        ("step=0", ["Cara Moss"]),
        ("q=mar", ["Robin Marsh"]),
        ("q=robin+marsh", ["Robin Marsh"]),
        ("q=MÁRSH", ["Robin Marsh"]),
        ("q=zz", []),
        ("entry_year=2027", ["Cara Moss", "Robin Marsh", "Ben Abel", "Dan Wood"]),
        ("entry_year=1999", ["Cara Moss", "Robin Marsh", "Ben Abel", "Dan Wood"]),
        ("boundary=infant_junior", []),
        ("late=true", []),
        ("step=nonsense&school=x&entry_year=soon", ["Cara Moss", "Robin Marsh", "Ben Abel", "Dan Wood"]),
    ],
)
def test_filters_stand_in_the_address(
    year_six: Cast, sign_in: SignIn, query: str, expected: list[str]
) -> None:
    assert names(sign_in(year_six.head).get(f"{LEAVING}?{query}")) == expected


def test_pressing_a_count_shows_exactly_these(year_six: Cast, sign_in: SignIn) -> None:
    client = sign_in(year_six.head)
    for count in client.get(f"{LEAVING}?boundary=primary_secondary").context["counts"]:
        page = client.get(LEAVING + count.href)
        assert len(names(page)) == count.value
        assert "boundary=primary_secondary" in count.href


def test_somebody_with_two_schools_filters_by_one(year_six: Cast, sign_in: SignIn) -> None:
    PostFactory(user=year_six.senco, role="senco", organisation=year_six.other_junior)
    pupil = PupilFactory(school=year_six.other_junior, forename="Other", surname="School")
    TransitionFactory(pupil=pupil, to_school=year_six.secondary)
    client = sign_in(year_six.senco)
    assert len(names(client.get(LEAVING))) == 5
    assert names(client.get(f"{LEAVING}?school={year_six.other_junior.pk}")) == ["Other School"]


def test_whose_move_and_by_when(shared_road: Road, cast: Cast, sign_in: SignIn) -> None:
    """Shared on Friday 20 November: five school days later is Friday 27 November."""
    row = sign_in(cast.next_senco).get(JOINING).context["groups"][0].rows[0]
    assert (row.who, row.standing.move.what) == ("You", "Read and receive the handover")
    assert row.standing.move.due_on == date(2026, 11, 27)
    html = sign_in(cast.next_head).get(JOINING).content.decode()
    assert "Your SENCO" in html
    assert "Friday 27 November, in 5 school days" in html
    assert "SENCO, Northfield School" in sign_in(cast.head).get(LEAVING).content.decode()


def test_late_stands_out_and_is_counted(
    shared_road: Road, cast: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW.replace(day=30))
    client = sign_in(cast.next_senco)
    page = client.get(JOINING)
    assert counts(page)["late"] == 1
    assert names(client.get(f"{JOINING}?late=true")) == ["Robin Marsh"]
    assert "Friday 27 November, 1 school day ago" in page.content.decode()


def test_who_has_moved_leaves_the_leaving_board(cast: Cast, sign_in: SignIn) -> None:
    gone = PupilFactory(school=cast.junior, forename="Gone", surname="Already")
    TransitionFactory(pupil=gone, to_school=cast.secondary, entry_year=2026, moves_on=date(2026, 9, 3))
    assert names(sign_in(cast.head).get(LEAVING)) == []
    assert names(sign_in(cast.next_head).get(JOINING)) == ["Gone Already"]


@pytest.mark.parametrize("number", [1, 3])
def test_the_cost_does_not_grow_with_the_rows(
    cast: Cast,
    sign_in: SignIn,
    number: int,
    django_assert_num_queries: DjangoAssertNumQueries,
    request: pytest.FixtureRequest,
) -> None:
    for each in range(number):
        road = make_road(cast.junior, cast.secondary, forename=f"Child {each}", surname="Marsh")
        if each:
            shared(road.handover, by=cast.senco)
    client = sign_in(cast.head)
    request.getfixturevalue("remembering")
    client.get(LEAVING)
    with django_assert_num_queries(COST):
        assert len(names(client.get(LEAVING))) == number


COST = 11 + 5
"""And five that open and close a transaction in a transaction, and put back who was before."""


def test_it_leads_to_the_file_with_its_filters(year_six: Cast, sign_in: SignIn) -> None:
    text = sign_in(year_six.school_office).get(f"{LEAVING}?destination=accepted&page=1").content.decode()
    assert f"{reverse('transitions:leaving_export')}?destination=accepted" in text


def test_without_a_second_factor_there_is_no_board(cast: Cast, road: Road, sign_in: SignIn) -> None:
    response = sign_in(cast.head, mfa=False).get(LEAVING)
    assert response.status_code == 302
    assert "2fa" in response["Location"]


def test_an_empty_board_says_what_will_stand_there(cast: Cast, sign_in: SignIn) -> None:
    assert "No one is leaving yet" in sign_in(cast.head).get(LEAVING).content.decode()
    assert "No one is joining yet" in sign_in(cast.next_head).get(JOINING).content.decode()


def test_two_hundred_children_come_in_pages_that_keep_the_filter(cast: Cast, sign_in: SignIn) -> None:
    for each in range(61):
        TransitionFactory(
            pupil=PupilFactory(school=cast.junior, forename="A" * 30, surname=f"{'B' * 29}{each}"),
            to_school=cast.secondary,
        )
    client = sign_in(cast.head)
    first = client.get(f"{LEAVING}?sen=N")
    assert len(names(first)) == 50
    assert "sen=N&amp;page=2" in first.content.decode() or "page=2" in first.content.decode()
    assert len(names(client.get(f"{LEAVING}?sen=N&page=2"))) == 11
    assert first.context["groups"][0].total == 61
