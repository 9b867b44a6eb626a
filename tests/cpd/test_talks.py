"""Two colleagues who share a child: both are told so in the room, nobody is told which child, and ten minutes count."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from cpd.enums import TalkState
from cpd.models import Booking, Session, Talk
from partnership.access import partners, rls
from partnership.accounts.models import User
from partnership.outbox.models import Message
from tests.cast import CANARY, Cast, Road, SignIn
from tests.cpd.talks import in_two_hours, name, pair
from transitions.enums import ConversationWay, HandoverState
from transitions.models import Conversation, Handover, NamedAdult, Transition

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(cast: Cast) -> Session:
    return in_two_hours(cast)


@pytest.fixture
def paired(cast: Cast, shared_road: Road) -> Road:
    return pair(cast, shared_road)


def page(sign_in: SignIn, person: User, session: Session) -> str:
    client = sign_in(person, mfa=False)
    return str(client.get(reverse("cpd:session", args=[session.pk])).content.decode())


class TestWhoIsInTheRoom:
    def test_both_are_told_without_a_second_factor_and_no_child_is(
        self, cast: Cast, session: Session, paired: Road, sign_in: SignIn
    ) -> None:
        for one, other in (
            (cast.support_staff, cast.next_support_staff),
            (cast.next_support_staff, cast.support_staff),
        ):
            shown = page(sign_in, one, session)
            assert "You share a child" in shown
            assert f'Offer ten minutes<span class="govuk-visually-hidden"> to {other.name}' in shown
            assert "Marsh" not in shown
            assert "Robin" not in shown

    def test_nobody_else_is_told(self, cast: Cast, session: Session, paired: Road, sign_in: SignIn) -> None:
        for person in (cast.class_teacher, cast.next_class_teacher, cast.coordinator, cast.school_office):
            assert "You share a child" not in page(sign_in, person, session)

    def test_nor_those_without_a_place(
        self, cast: Cast, session: Session, paired: Road, sign_in: SignIn
    ) -> None:
        Booking.objects.filter(person=cast.next_support_staff).update(cancelled_at=timezone.now())
        assert "You share a child" not in page(sign_in, cast.support_staff, session)

    @pytest.mark.parametrize(
        "change",
        [{"state": HandoverState.WITHDRAWN}, {"state": HandoverState.SETTLED, "met_on": "2026-11-20"}],
    )
    def test_what_is_withdrawn_or_settled_is_shared_no_longer(
        self, cast: Cast, session: Session, paired: Road, change: dict[str, str], sign_in: SignIn
    ) -> None:
        Handover.objects.filter(pk=paired.handover.pk).update(**change)
        assert "You share a child" not in page(sign_in, cast.support_staff, session)

    def test_another_destination_parts_them(
        self, cast: Cast, session: Session, paired: Road, sign_in: SignIn
    ) -> None:
        assert "You share a child" in page(sign_in, cast.support_staff, session)
        Transition.objects.filter(pk=paired.move.pk).update(
            to_school=cast.far_secondary, seen_by=cast.far_secondary.pk
        )
        assert "You share a child" not in page(sign_in, cast.support_staff, session)

    def test_two_of_one_school_share_nothing(
        self, cast: Cast, session: Session, shared_road: Road, sign_in: SignIn
    ) -> None:
        name(shared_road, cast.senco, cast.support_staff)
        name(shared_road, cast.senco, cast.class_teacher)
        assert "You share a child" not in page(sign_in, cast.support_staff, session)


class TestNaming:
    def test_each_lead_names_their_own(self, cast: Cast, shared_road: Road, sign_in: SignIn) -> None:
        address = reverse("transitions:adults", args=[shared_road.move.pk])
        client = sign_in(cast.senco)
        client.post(address, {"user": str(cast.support_staff.pk), "talk_counts": "on"})
        named = NamedAdult.objects.get()
        assert (named.user, named.talk_counts, named.organisation) == (cast.support_staff, True, cast.junior)
        shown = sign_in(cast.next_senco).get(address).content.decode()
        assert cast.support_staff.name in shown
        assert "Ten minutes of theirs" not in shown
        sign_in(cast.next_senco).post(address, {"remove": str(named.pk)})
        assert NamedAdult.objects.count() == 1
        client.post(address, {"remove": str(named.pk)})
        assert not NamedAdult.objects.exists()

    def test_nobody_of_another_school_can_be_named(
        self, cast: Cast, shared_road: Road, sign_in: SignIn
    ) -> None:
        address = reverse("transitions:adults", args=[shared_road.move.pk])
        response = sign_in(cast.senco).post(address, {"user": str(cast.stranger_support_staff.pk)})
        assert response.status_code == 200
        assert not NamedAdult.objects.exists()

    def test_the_database_alone_keeps_it_so(self, cast: Cast, paired: Road) -> None:
        with rls.acting_as(cast.support_staff.pk, mfa=False):
            assert not NamedAdult.objects.exists()
            with rls.widened(paired=rls.uuid_array([cast.support_staff.pk])):
                assert NamedAdult.objects.count() == 1
        row = NamedAdult.objects.filter(user=cast.support_staff).values().get()
        with rls.acting_as(cast.next_senco.pk), pytest.raises(DatabaseError), transaction.atomic():
            NamedAdult.objects.create(**row | {"id": paired.pupil.pk, "user_id": cast.class_teacher.pk})


class TestTenMinutes:
    def ask(self, cast: Cast, session: Session, sign_in: SignIn) -> Talk:
        sign_in(cast.support_staff, mfa=False).post(
            reverse("cpd:offer_talk", args=[session.pk]),
            {"to": str(cast.next_support_staff.pk), "time": session.ends_at.isoformat()},
        )
        return Talk.objects.get()

    def agree_and_hold(self, cast: Cast, session: Session, sign_in: SignIn) -> Talk:
        talk = self.ask(cast, session, sign_in)
        answer = reverse("cpd:answer_talk", args=[talk.pk])
        sign_in(cast.next_support_staff, mfa=False).post(answer, {"answer": "yes"})
        assert Message.objects.get(kind="cpd.talk_answered").recipient == cast.support_staff
        client = sign_in(cast.support_staff, mfa=False)
        client.post(answer, {"answer": "held"})
        talk.refresh_from_db()
        assert talk.state == TalkState.AGREED, "not before its time"
        now = timezone.now()
        Talk.objects.update(starts_at=now - timedelta(minutes=1), ends_at=now + timedelta(minutes=9))
        for _ in range(2):
            client.post(answer, {"answer": "held"})
        talk.refresh_from_db()
        return talk

    def test_offered_and_told_without_a_child(
        self, cast: Cast, session: Session, paired: Road, sign_in: SignIn
    ) -> None:
        self.ask(cast, session, sign_in)
        assert Message.objects.get(kind="cpd.talk_offered").recipient == cast.next_support_staff
        inbox = sign_in(cast.next_support_staff, mfa=False).get(reverse("inbox:list")).content.decode()
        assert "offers you ten minutes" in inbox
        assert "Marsh" not in inbox

    def test_held_it_is_the_conversation_where_the_sender_said_so(
        self, cast: Cast, session: Session, paired: Road, sign_in: SignIn
    ) -> None:
        assert self.agree_and_hold(cast, session, sign_in).state == TalkState.HELD
        handover = Handover.objects.get(pk=paired.handover.pk)
        assert (handover.state, handover.met_on) == (HandoverState.MET, timezone.localdate())
        held = Conversation.objects.get()
        assert held.way == ConversationWay.CPD
        assert {each.user for each in held.adults.all()} == {cast.support_staff, cast.next_support_staff}

    def test_else_it_is_an_extra_meeting(
        self, cast: Cast, session: Session, shared_road: Road, sign_in: SignIn
    ) -> None:
        name(shared_road, cast.senco, cast.support_staff)
        name(shared_road, cast.next_senco, cast.next_support_staff)
        self.agree_and_hold(cast, session, sign_in)
        assert Handover.objects.get(pk=shared_road.handover.pk).state == HandoverState.SHARED
        assert Conversation.objects.count() == 1

    def test_where_the_lead_leads_no_longer_nothing_is_recorded_and_nothing_lost(
        self, cast: Cast, session: Session, paired: Road, sign_in: SignIn
    ) -> None:
        cast.senco.posts.update(ends_on=timezone.localdate() - timedelta(days=1))
        assert self.agree_and_hold(cast, session, sign_in).state == TalkState.HELD
        assert Handover.objects.get(pk=paired.handover.pk).state == HandoverState.SHARED

    def test_who_shares_no_child_is_not_there_to_be_asked(
        self, cast: Cast, session: Session, paired: Road, sign_in: SignIn
    ) -> None:
        address = reverse("cpd:offer_talk", args=[session.pk])
        client = sign_in(cast.support_staff, mfa=False)
        time = session.ends_at.isoformat()
        assert client.post(address, {"to": str(cast.next_class_teacher.pk), "time": time}).status_code == 404
        other = sign_in(cast.class_teacher, mfa=False)
        asked = {"to": str(cast.next_support_staff.pk), "time": time}
        assert other.post(address, asked).status_code == 404
        assert not Talk.objects.exists()

    def test_a_third_finds_no_talk(self, cast: Cast, session: Session, paired: Road, sign_in: SignIn) -> None:
        talk = self.ask(cast, session, sign_in)
        answer = reverse("cpd:answer_talk", args=[talk.pk])
        for third in (cast.class_teacher, cast.next_class_teacher, cast.coordinator):
            assert sign_in(third).post(answer, {"answer": "yes"}).status_code == 404
        assert sign_in(cast.support_staff, mfa=False).post(answer, {"answer": "yes"}).status_code == 403
        with rls.acting_as(cast.class_teacher.pk):
            assert not Talk.objects.exists()
        talk.refresh_from_db()
        assert talk.state == TalkState.ASKED


def test_strangers_children_are_nobodys_here(
    cast: Cast, session: Session, far_road: Road, sign_in: SignIn
) -> None:
    """The far schools name theirs; who comes here shares nothing with them."""
    name(far_road, cast.stranger_senco, cast.stranger_support_staff, counts=True)
    with rls.acting_as(cast.support_staff.pk, mfa=False):
        assert not partners.partners_of(cast.support_staff.pk, [cast.stranger_support_staff.pk])
    assert CANARY not in page(sign_in, cast.support_staff, session)
