"""What comes due, for whom, and when it is over. Each rule is tried on the last day it is silent and the first it speaks."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from pytest_django import DjangoAssertNumQueries

from partnership.access import rls
from partnership.accounts.models import User
from partnership.outbox.notices import Notice
from partnership.outbox.reminders import generated_kinds, kind_of
from schools.models import Duty
from tests.cast import Cast, Road, make_road
from tests.factories.schools import PostFactory, PupilFactory
from tests.factories.transitions import TransitionFactory, shared
from transitions.enums import DestinationState, Elsewhere, HandoverState
from transitions.models import Conversation, ConversationAdult, ConversationLine, Handover, Transition

Told = Callable[[str, date], dict[uuid.UUID, Notice]]


@pytest.fixture
def told() -> Told:
    """Whom a generator tells on a day, run as the worker runs it."""

    def run(kind: str, today: date) -> dict[uuid.UUID, Notice]:
        generator = kind_of(f"transitions.{kind}").generator
        assert generator is not None
        with rls.as_worker():
            notices = list(generator(today=today))
        assert len({notice.key for notice in notices}) == len(notices)
        return {notice.recipient_id: notice for notice in notices}

    return run


def wish(cast: Cast, code: str, month: int, day: int) -> None:
    """The cluster's own date."""
    Duty.objects.create(
        code=code, title=code, kind="partnership", unit="day_of_year", month=month, day=day, source="Agreed by the heads",
        owner_role="school_office" if code == "destination_known_by" else "senco", partnership=cast.cluster,
    )  # fmt: skip


def only(*people: User) -> set[uuid.UUID]:
    return {each.pk for each in people}


def receive(road: Road, at: datetime) -> None:
    Handover.objects.filter(pk=road.handover.pk).update(received_at=at)


# No next school yet --------------------------------------------------------------------------------------------


def test_no_next_school_by_the_partnerships_date(cast: Cast, told: Told) -> None:
    TransitionFactory(pupil=PupilFactory(school=cast.junior))
    wish(cast, "destination_known_by", 11, 20)
    assert not told("destination_due", date(2026, 11, 19))
    assert set(told("destination_due", date(2026, 11, 20))) == only(cast.school_office)


def test_a_date_in_a_holiday_falls_on_the_last_school_day_before(cast: Cast, told: Told) -> None:
    """Sunday 22 November: the Friday before; 28 October: before the half-term holiday (practice P17, P21)."""
    TransitionFactory(pupil=PupilFactory(school=cast.junior))
    wish(cast, "destination_known_by", 11, 22)
    assert not told("destination_due", date(2026, 11, 19))
    assert told("destination_due", date(2026, 11, 20))
    Duty.objects.filter(partnership=cast.cluster).update(month=10, day=28)
    assert told("destination_due", date(2026, 10, 23))


def test_a_known_next_school_or_one_elsewhere_is_not_asked_for(cast: Cast, told: Told) -> None:
    wish(cast, "destination_known_by", 11, 20)
    TransitionFactory(pupil=PupilFactory(school=cast.junior), to_school=cast.secondary)
    TransitionFactory(
        pupil=PupilFactory(school=cast.junior),
        elsewhere=Elsewhere.HOME_EDUCATION,
        destination_state=DestinationState.ACCEPTED,
    )
    assert not told("destination_due", date(2026, 11, 20))


# Begun and shared ----------------------------------------------------------------------------------------------


def test_a_send_handover_not_begun(cast: Cast, told: Told) -> None:
    wish(cast, "handover_begun_by", 11, 20)
    pupil = PupilFactory(school=cast.junior, sen_provision="K")
    TransitionFactory(pupil=pupil, to_school=cast.secondary)
    TransitionFactory(pupil=PupilFactory(school=cast.junior, sen_provision="N"), to_school=cast.secondary)
    assert not told("begin_due", date(2026, 11, 19))
    notices = told("begin_due", date(2026, 11, 20))
    assert set(notices) == only(cast.senco)


def test_a_handover_not_shared(cast: Cast, road: Road, told: Told) -> None:
    wish(cast, "handover_shared_by", 11, 20)
    assert not told("share_due", date(2026, 11, 19))
    assert set(told("share_due", date(2026, 11, 20))) == only(cast.senco)
    shared(road.handover, by=cast.senco)
    assert not told("share_due", date(2026, 11, 20))


def test_nothing_can_be_shared_before_the_place_is_sure(cast: Cast, road: Road, told: Told) -> None:
    wish(cast, "handover_shared_by", 11, 20)
    Transition.objects.filter(pk=road.move.pk).update(destination_state=DestinationState.OFFERED)
    assert not told("share_due", date(2026, 11, 20))


# Received and talked over --------------------------------------------------------------------------------------


def test_shared_but_not_received_in_five_school_days(cast: Cast, shared_road: Road, told: Told) -> None:
    """Shared on Friday 20 November: the fifth school day is Friday the 27th."""
    assert not told("receive_due", date(2026, 11, 26))
    assert set(told("receive_due", date(2026, 11, 27))) == only(cast.next_senco)
    receive(shared_road, datetime(2026, 11, 27, 9, tzinfo=UTC))
    assert not told("receive_due", date(2026, 11, 27))


@pytest.mark.parametrize("state", [HandoverState.MET, HandoverState.ACCEPTED, HandoverState.SETTLED])
def test_an_amendment_waits_to_be_read_at_any_step(
    cast: Cast, shared_road: Road, told: Told, state: HandoverState
) -> None:
    receive(shared_road, datetime(2026, 11, 20, 10, tzinfo=UTC))
    Handover.objects.update(state=state, met_on=date(2026, 11, 20), latest=2)
    assert not told("read_again_due", date(2026, 11, 27))
    Handover.objects.update(received_at=None)
    assert not told("read_again_due", date(2026, 11, 26))
    assert set(told("read_again_due", date(2026, 11, 27))) == only(cast.next_senco)
    assert not told("receive_due", date(2026, 11, 27)), "it is said once"


def test_the_fifth_school_day_skips_holiday_and_closure(cast: Cast, shared_road: Road, told: Told) -> None:
    """Shared on Wednesday 16 December: two days of term are left, so Wednesday 6 January."""
    Handover.objects.update(shared_at=datetime(2026, 12, 16, 12, tzinfo=UTC))
    assert not told("receive_due", date(2027, 1, 5))
    assert told("receive_due", date(2027, 1, 6))


def test_received_but_not_talked_over_in_ten(cast: Cast, shared_road: Road, told: Told) -> None:
    receive(shared_road, datetime(2026, 11, 23, 9, tzinfo=UTC))
    assert not told("talk_due", date(2026, 12, 4))
    assert set(told("talk_due", date(2026, 12, 7))) == only(cast.next_senco)


def test_a_planned_conversation_silences_it(cast: Cast, shared_road: Road, told: Told) -> None:
    receive(shared_road, datetime(2026, 11, 23, 9, tzinfo=UTC))
    conversation = plan(cast, shared_road, on=date(2026, 12, 10))
    assert not told("talk_due", date(2026, 12, 7))
    Conversation.objects.filter(pk=conversation.pk).update(cancelled_at=datetime(2026, 12, 7, tzinfo=UTC))
    assert told("talk_due", date(2026, 12, 7))


def plan(cast: Cast, road: Road, *, on: date) -> Conversation:
    conversation = Conversation.objects.create(
        school=cast.junior,
        reader=cast.secondary,
        planned_for=on,
        recorded_by=cast.senco,
        recorded_at=datetime(2026, 11, 23, tzinfo=UTC),
    )
    ConversationLine.objects.create(
        conversation=conversation,
        handover=road.handover,
        pupil=road.pupil,
        school=cast.junior,
        seen_by=cast.secondary.pk,
        reader=cast.secondary,
    )
    for user, school in ((cast.senco, cast.junior), (cast.next_senco, cast.secondary)):
        ConversationAdult.objects.create(conversation=conversation, user=user, organisation=school)
    return conversation


def test_a_conversation_is_announced_the_school_day_before(cast: Cast, shared_road: Road, told: Told) -> None:
    """Monday's on Friday; not again once it is held."""
    conversation = plan(cast, shared_road, on=date(2026, 11, 30))
    assert not told("conversation_tomorrow", date(2026, 11, 26))
    for day in (date(2026, 11, 27), date(2026, 11, 28), date(2026, 11, 30)):
        assert set(told("conversation_tomorrow", day)) == only(cast.senco, cast.next_senco)
    assert not told("conversation_tomorrow", date(2026, 12, 1))
    Conversation.objects.filter(pk=conversation.pk).update(held_on=date(2026, 11, 27))
    assert not told("conversation_tomorrow", date(2026, 11, 27))


# Settled -------------------------------------------------------------------------------------------------------


def test_not_settled_by_the_end_of_the_first_half_term(cast: Cast, shared_road: Road, told: Told) -> None:
    Transition.objects.update(moves_on=date(2026, 9, 2), entry_year=2026)
    Handover.objects.update(state=HandoverState.ACCEPTED, met_on=date(2026, 7, 1))
    assert not told("settle_due", date(2026, 10, 22))
    assert set(told("settle_due", date(2026, 10, 23))) == only(cast.next_senco)
    Handover.objects.update(state=HandoverState.SETTLED)
    assert not told("settle_due", date(2026, 10, 23))


# Whom ----------------------------------------------------------------------------------------------------------


def test_the_head_is_told_once_it_stays_open(cast: Cast, shared_road: Road, told: Told) -> None:
    assert set(told("receive_due", date(2026, 12, 3))) == only(cast.next_senco)
    assert set(told("receive_due", date(2026, 12, 4))) == only(cast.next_senco, cast.next_head)


def test_an_empty_post_goes_to_the_head_and_then_to_the_deputy(
    cast: Cast, shared_road: Road, told: Told
) -> None:
    cast.next_senco.posts.update(ends_on=date(2026, 11, 20))
    assert set(told("receive_due", date(2026, 11, 27))) == only(cast.next_head)
    cast.next_head.posts.update(ends_on=date(2026, 11, 20))
    assert set(told("receive_due", date(2026, 11, 27))) == only(cast.next_deputy_head)


def test_cover_is_told_instead_and_job_sharers_both(cast: Cast, shared_road: Road, told: Told) -> None:
    post = cast.next_senco.posts.get()
    cover = PostFactory(
        role="class_teacher",
        organisation=cast.secondary,
        covers=post,
        starts_on=date(2026, 11, 23),
        ends_on=date(2026, 12, 4),
    )
    assert set(told("receive_due", date(2026, 11, 27))) == only(cover.user)
    assert cast.next_senco.pk in told("receive_due", date(2026, 12, 7))
    sharer = PostFactory(role="senco", organisation=cast.secondary)
    assert only(cast.next_senco, sharer.user) <= set(told("receive_due", date(2026, 12, 7)))


def test_strangers_are_never_told(cast: Cast, shared_road: Road, far_road: Road, told: Told) -> None:
    """Their LA's terms are the same; theirs to know is theirs alone."""
    notices = told("receive_due", date(2026, 11, 27))
    assert set(notices) == only(cast.next_senco, cast.stranger_next_senco)
    assert notices[cast.next_senco.pk].facts["subject"] == str(shared_road.move.pk)


def test_notices_carry_ids_and_dates_alone(cast: Cast, shared_road: Road, told: Told) -> None:
    notice = told("receive_due", date(2026, 11, 27))[cast.next_senco.pk]
    assert set(notice.facts) == {"subject", "due", "role", "head"}
    assert notice.key == f"transitions.receive_due:{shared_road.move.pk}:2026-11-27:post:{cast.next_senco.pk}"


def test_unknown_terms_bring_no_guess_and_no_fall(cast: Cast, shared_road: Road, told: Told) -> None:
    cast.la.half_terms.all().delete()
    for kind in ("receive_due", "talk_due", "settle_due", "share_due"):
        assert not told(kind, date(2026, 11, 27))


@pytest.mark.parametrize("number", [1, 3])
def test_the_cost_does_not_grow(
    cast: Cast, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for each in range(number):
        shared(
            make_road(cast.junior, cast.secondary, forename=f"A{each}", surname="B").handover, by=cast.senco
        )
    generator = kind_of("transitions.receive_due").generator
    assert generator is not None
    with django_assert_num_queries(5):
        assert len(list(generator(today=date(2026, 11, 27)))) == number


def test_every_rule_runs_as_the_worker_with_nothing_there(db: None) -> None:
    kinds = [kind for kind in generated_kinds() if kind.name.startswith("transitions.")]
    assert len(kinds) == 9
    with rls.as_worker():
        for kind in kinds:
            assert kind.generator is not None
            assert list(kind.generator(today=date(2026, 11, 27))) == []
