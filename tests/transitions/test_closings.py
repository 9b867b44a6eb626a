"""A changed destination, to the letter (practice P3): closed at once, copies destroyed, the family told, shared again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import ProgrammingError, connection
from django.urls import reverse
from django.utils import timezone

from partnership.access import rls
from partnership.access.viewer import build_viewer
from partnership.audit.models import Event
from partnership.outbox.models import Message
from partnership.outbox.reminders import kind_of
from schools.models import Duty, Organisation
from tests.cast import Cast, Road, SignIn
from tests.factories.schools import MembershipFactory, PostFactory, SecondaryFactory
from transitions.actions.destinations import set_destination
from transitions.models import ClosedPlace, Conversation, ConversationLine, Version

pytestmark = pytest.mark.django_db
NOW = timezone.now


@pytest.fixture
def southfield(cast: Cast) -> Organisation:
    school = SecondaryFactory(name="Southfield School", local_authority=cast.la)
    MembershipFactory(partnership=cast.cluster, organisation=school)
    PostFactory(organisation=school, role="senco")
    return school


def go_to(cast: Cast, road: Road, school: Organisation | None, state: str = "accepted") -> None:
    by = build_viewer(user_id=cast.senco.pk, mfa=True)
    set_destination(
        road.move,
        state=state,
        to_school_id=school.pk if school else None,
        source="family",
        on=timezone.localdate(),
        by=by,
        at=NOW(),
    )


@pytest.fixture
def closed(cast: Cast, shared_road: Road, southfield: Organisation) -> ClosedPlace:
    go_to(cast, shared_road, southfield)
    return ClosedPlace.objects.get()


def test_a_conversation_says_how_each_child_stands_since(
    cast: Cast, shared_road: Road, southfield: Organisation, sign_in: SignIn
) -> None:
    conversation = Conversation.objects.create(
        school=cast.junior, reader=cast.secondary, planned_for=timezone.localdate(), recorded_by=cast.senco,
        recorded_at=NOW(),
    )  # fmt: skip
    ConversationLine.objects.create(
        conversation=conversation, handover=shared_road.handover, pupil=shared_road.pupil, school=cast.junior,
        seen_by=cast.secondary.pk, reader=cast.secondary,
    )  # fmt: skip
    page = reverse("transitions:conversation", args=[conversation.pk])

    def shown() -> str:
        return str(sign_in(cast.senco).get(page).content.decode())

    assert "to be talked over" in shown()
    Conversation.objects.update(held_on=timezone.localdate())
    assert "shared anew since" in shown()
    go_to(cast, shared_road, southfield)
    html = shown()
    assert "goes elsewhere now" in html
    assert "talked over" not in html


def test_the_former_school_confirms_once_by_reference(
    cast: Cast, shared_road: Road, closed: ClosedPlace, sign_in: SignIn
) -> None:
    child = reverse("transitions:child", args=[shared_road.move.pk])
    former, page = sign_in(cast.next_school_office), reverse("transitions:closed_places")
    assert sign_in(cast.next_senco).get(child).status_code == 404, "closed at once"
    shown = former.get(page).content.decode()
    assert closed.reference in shown
    assert "Millbrook Junior School" in shown
    assert "Marsh" not in shown, "it may not see the name any more"
    assert closed.reference in sign_in(cast.next_senco).get(reverse("home")).content.decode()
    former.post(page, {"place": closed.pk})
    closed.refresh_from_db()
    first = closed.destroyed_at
    assert (closed.destroyed_by, first is not None) == (cast.next_school_office, True)
    sign_in(cast.next_head).post(page, {"place": closed.pk})
    closed.refresh_from_db()
    assert (closed.destroyed_by, closed.destroyed_at) == (cast.next_school_office, first)
    assert Event.objects.filter(kind="copies.destroyed", organisation_id=cast.secondary.pk).count() == 1
    assert "has destroyed its prints and downloads" in sign_in(cast.senco).get(child).content.decode()
    assert Message.objects.filter(kind="transitions.copies_destroyed", recipient=cast.senco).exists()


def test_nobody_else_confirms(cast: Cast, closed: ClosedPlace, sign_in: SignIn) -> None:
    page = reverse("transitions:closed_places")
    for who in ("senco", "other_senco", "stranger_next_senco"):
        assert sign_in(cast.people[who]).post(page, {"place": closed.pk}).status_code == 404, who
        assert closed.reference not in sign_in(cast.people[who]).get(page).content.decode(), who
    assert sign_in(cast.next_senco).post(page, {"place": "no id"}).status_code == 302
    closed.refresh_from_db()
    assert closed.destroyed_at is None


def test_the_prints_bear_the_reference(cast: Cast, shared_road: Road, sign_in: SignIn) -> None:
    page = sign_in(cast.next_senco).get(reverse("transitions:child", args=[shared_road.move.pk]))
    assert f"Reference {shared_road.move.reference}" in page.content.decode()


def test_the_family_is_told_by_letter(
    cast: Cast, shared_road: Road, closed: ClosedPlace, sign_in: SignIn
) -> None:
    office = sign_in(cast.school_office)
    child = reverse("transitions:child", args=[shared_road.move.pk])
    assert "The family has not been told yet" in office.get(child).content.decode()
    page = reverse("transitions:family", args=[shared_road.move.pk])
    letter = office.get(page).content.decode()
    for words in (
        "Dear parent or carer of Robin Marsh",
        "Northfield School",
        "Southfield School",
        "Head, our head",
    ):
        assert words in letter
    tomorrow, today = timezone.localdate() + timedelta(days=1), timezone.localdate()
    for day, told in ((tomorrow, False), (today, True)):
        office.post(
            page,
            {"how": "letter", "on_day": day.day, "on_month": day.month, "on_year": day.year},
            follow=True,
        )
        closed.refresh_from_db()
        assert (closed.told_on == day) is told
    assert (closed.told_by, closed.told_how) == (cast.school_office, "letter")
    shown = office.get(child).content.decode()
    assert "told the family of the change, by letter" in shown
    assert "The family has not been told yet" not in shown


def test_without_a_change_there_is_nothing_to_tell(cast: Cast, shared_road: Road, sign_in: SignIn) -> None:
    page = reverse("transitions:family", args=[shared_road.move.pk])
    assert sign_in(cast.senco).get(page)["Location"].endswith(f"/moves/{shared_road.move.pk}/")


def test_a_name_alone_is_closed_too_and_an_expected_place_leaves_nothing(
    cast: Cast, road: Road, southfield: Organisation
) -> None:
    go_to(cast, road, southfield, "expected")
    assert [place.former for place in ClosedPlace.objects.all()] == [cast.secondary], "it saw the name"
    go_to(cast, road, None, "none")
    assert ClosedPlace.objects.count() == 1, "an expected school never saw the child"


def test_shared_again_in_one_act(
    cast: Cast, shared_road: Road, closed: ClosedPlace, southfield: Organisation, sign_in: SignIn
) -> None:
    sign_in(cast.senco).post(reverse("transitions:share", args=[shared_road.move.pk]))
    newest = Version.objects.order_by("-number")[0]
    assert (newest.number, newest.reader, newest.withdrawn_at) == (2, southfield, None)
    assert Version.objects.get(number=1).withdrawn_at is not None


def test_reminded_when_it_is_late(cast: Cast, closed: ClosedPlace) -> None:
    ClosedPlace.objects.update(at="2026-11-20T09:30:00Z")
    generator = kind_of("transitions.destroy_due").generator
    assert generator is not None

    def told(today: date) -> set[object]:
        with rls.as_worker():
            return {notice.recipient_id for notice in generator(today=today)}

    assert told(date(2026, 11, 26)) == set()
    assert told(date(2026, 11, 27)) == {cast.next_senco.pk}
    Duty.objects.create(
        code="prints_destroyed_within", title="Sooner", kind="partnership", unit="school_days", amount=2, source="Heads",
        partnership=cast.cluster,
    )  # fmt: skip
    assert told(date(2026, 11, 24)) == {cast.next_senco.pk}, "the period is data"
    ClosedPlace.objects.update(destroyed_at=NOW())
    assert told(date(2026, 12, 27)) == set()


def test_the_database_keeps_the_two_sides_apart(cast: Cast, closed: ClosedPlace) -> None:
    """With every Python net cut, as the serving role."""
    destroyed = "UPDATE transitions_closedplace SET destroyed_at = now(), destroyed_by_id = %s"
    told = "UPDATE transitions_closedplace SET told_at = now(), told_on = now(), told_how = 'phone', told_by_id = %s"

    def run(who: str, statement: str, name: str) -> int:
        user = cast.people[who]
        with rls.acting_as(user.pk), connection.cursor() as cursor:
            cursor.execute(statement, [cast.people[name].pk])
            return int(cursor.rowcount)

    for who, statement, name in (
        ("senco", destroyed, "senco"),
        ("next_senco", destroyed, "next_head"),
        ("next_senco", told, "next_senco"),
    ):
        with pytest.raises(ProgrammingError, match="alone"):
            run(who, statement, name)
    assert run("stranger_senco", destroyed, "stranger_senco") == 0
    with pytest.raises(ProgrammingError, match="permission denied"):
        run("senco", "UPDATE transitions_closedplace SET former_id = school_id WHERE by_id = %s", "senco")
    assert run("next_senco", destroyed, "next_senco") == 1
    assert run("senco", told, "senco") == 1
