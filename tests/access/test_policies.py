"""Policy by policy: what a person may write, and what nobody may, when no action of ours stands before it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.db.models import prefetch_related_objects

from partnership.access import rls
from tests.cast import Cast, Road, SignIn
from tests.factories.schools import ClassGroupFactory, ClassPlaceFactory, PostFactory
from tests.factories.transitions import NOW
from transitions.models import (
    Conversation,
    ConversationLine,
    DestinationChange,
    Handover,
    HandoverStep,
    Receipt,
    Section,
    Version,
)

pytestmark = pytest.mark.services

Make = Callable[[Cast, Road, Any], None]


def allowed(cast: Cast, who: str, make: Callable[[], object]) -> bool:
    """Whether the database takes it from this person; nothing of it stays. Other faults are faults of the test."""
    try:
        with transaction.atomic():
            with rls.acting_as(getattr(cast, who).pk):
                make()
            transaction.set_rollback(True)
    except ProgrammingError as refusal:
        if any(words in str(refusal) for words in ("row-level security", "permission denied", "in reach")):
            return False
        raise
    return True


def common(road: Road) -> dict[str, Any]:
    return {"pupil_id": road.pupil.pk, "school_id": road.move.school_id}


def a_section(cast: Cast, road: Road, by: Any) -> None:
    section = Section(
        handover=road.handover, kind="learning", text="New", updated_by=by, updated_at=NOW, **common(road)
    )
    section.save(force_insert=True)


def a_version(cast: Cast, road: Road, by: Any) -> None:
    reader = road.move.seen_by
    version = Version(
        handover=road.handover, number=9, body=[], seen_by=reader, reader_id=reader, shared_by=by, shared_at=NOW,
        **common(road),
    )  # fmt: skip
    version.save(force_insert=True)


def a_receipt(cast: Cast, road: Road, by: Any) -> None:
    version = road.handover.versions.all()[0]
    receipt = Receipt(version_id=version.pk, reader_id=road.move.seen_by, by=by, at=NOW, **common(road))
    receipt.save(force_insert=True)


def a_step(cast: Cast, road: Road, by: Any) -> None:
    step = HandoverStep(
        handover=road.handover, move="share", to_state="shared", reader_id=road.move.seen_by, by=by, at=NOW,
        **common(road),
    )  # fmt: skip
    step.save(force_insert=True)


def a_conversation(cast: Cast, road: Road, by: Any) -> None:
    conversation = Conversation(
        school_id=road.move.school_id,
        reader_id=road.move.seen_by,
        held_on=NOW.date(),
        recorded_by=by,
        recorded_at=NOW,
    )
    conversation.save(force_insert=True)


PRESENT_LEADS = {"head", "deputy_head", "senco", "transition_lead"}
NEXT_LEADS = {f"next_{role}" for role in PRESENT_LEADS}
EVERYONE = (
    "head", "deputy_head", "senco", "transition_lead", "dsl", "deputy_dsl", "class_teacher", "school_office",
    "support_staff", "governor", "dpo", "next_head", "next_deputy_head", "next_senco", "next_transition_lead", "next_dsl",
    "next_class_teacher", "next_school_office", "other_senco", "stranger_senco", "coordinator", "la_officer", "superuser",
)  # fmt: skip


@pytest.mark.parametrize(
    ("make", "may"),
    [
        (a_section, PRESENT_LEADS | {"class_teacher"}),
        (a_version, PRESENT_LEADS),
        (a_receipt, NEXT_LEADS | {"next_dsl"}),
        (a_conversation, PRESENT_LEADS | NEXT_LEADS),
    ],
)
def test_who_may_write_a_row_about_a_child(cast: Cast, shared_road: Road, make: Make, may: set[str]) -> None:
    prefetch_related_objects([shared_road.handover], "versions")
    took = {
        who
        for who in EVERYONE
        if allowed(cast, who, functools.partial(make, cast, shared_road, cast.people[who]))
    }
    assert took == may


@pytest.mark.parametrize("make", [a_receipt, a_step])
def test_nobody_signs_for_another(cast: Cast, shared_road: Road, make: Make) -> None:
    """The control first: with their own name the same row is taken."""
    prefetch_related_objects([shared_road.handover], "versions")
    assert allowed(cast, "next_senco", lambda: make(cast, shared_road, cast.next_senco))
    assert not allowed(cast, "next_senco", lambda: make(cast, shared_road, cast.next_head))


def test_a_version_goes_to_the_next_school_and_no_other(cast: Cast, shared_road: Road) -> None:
    def elsewhere() -> None:
        Version(
            handover=shared_road.handover, number=9, body=[], seen_by=shared_road.move.seen_by, shared_at=NOW,
            reader_id=cast.far_secondary.pk, shared_by=cast.senco, **common(shared_road),
        ).save(force_insert=True)  # fmt: skip

    assert not allowed(cast, "senco", elsewhere)


@pytest.mark.parametrize(
    "model", [Handover, Section, Version, Receipt, HandoverStep, Conversation, ConversationLine]
)
def test_the_app_deletes_nothing_of_a_handover(cast: Cast, shared_road: Road, model: Any) -> None:
    assert not allowed(cast, "head", lambda: model.objects.filter(pk__isnull=False)._raw_delete("default"))


@pytest.mark.parametrize(
    "who", ["next_senco", "other_senco", "stranger_senco", "coordinator", "superuser", "school_office"]
)
def test_what_is_written_is_changed_by_its_writers_alone(cast: Cast, shared_road: Road, who: str) -> None:
    with rls.acting_as(cast.people[who].pk):
        assert Section.objects.update(text="Overwritten") == 0
        assert Version.objects.update(withdrawn_at=NOW) == 0


@pytest.mark.parametrize(
    "who", ["other_senco", "stranger_head", "coordinator", "la_officer", "superuser", "next_school_office"]
)
def test_the_state_is_moved_by_the_two_schools_alone(cast: Cast, shared_road: Road, who: str) -> None:
    with rls.acting_as(cast.people[who].pk):
        assert Handover.objects.update(state="settled", met_on=NOW.date()) == 0


def test_a_handover_cannot_be_turned_to_another_school(cast: Cast, shared_road: Road) -> None:
    """The app has no right to the copy of `seen_by`; only the key carries it over from the move."""

    def turned() -> None:
        with rls.acting_as(cast.senco.pk):
            Handover.objects.update(seen_by=cast.far_secondary.pk)
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with (
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
    ):
        turned()


def test_the_worker_reads_no_note_and_no_body(cast: Cast, shared_road: Road) -> None:
    """Progress columns are enough for reminders: the rest is refused, column by column."""
    for sql in (
        "SELECT body FROM transitions_version",
        "SELECT reason FROM transitions_version",
        "SELECT note FROM transitions_conversationline",
        "SELECT note FROM transitions_handoverstep",
        "SELECT text FROM transitions_section",
    ):
        with (
            pytest.raises(DatabaseError, match="permission denied"),
            rls.as_worker(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)


def test_an_office_post_shows_no_notes_of_a_reader_elsewhere(
    cast: Cast, shared_road: Road, sign_in: SignIn
) -> None:
    """Reading handovers at one school does not open the notes at another where one is the office."""
    HandoverStep.objects.create(
        handover=shared_road.handover, move="amend", to_state="shared", from_state="shared", at=NOW, by=cast.senco,
        reader_id=shared_road.move.seen_by, note="Because of the epilepsy plan.", **common(shared_road),
    )  # fmt: skip
    address = f"/moves/{shared_road.move.pk}/"
    assert "epilepsy" in sign_in(cast.next_senco).get(address).content.decode(), "it is there to leak"
    PostFactory(user=cast.next_school_office, role="senco", organisation=cast.other_junior)
    assert "epilepsy" not in sign_in(cast.next_school_office).get(address).content.decode()


def test_where_a_child_might_have_gone_is_not_told_at_the_next_school(
    cast: Cast, shared_road: Road, sign_in: SignIn
) -> None:
    """Not to its readers, and no more to the teacher of the class the child is allotted to (practice P3)."""
    DestinationChange.objects.create(
        transition=shared_road.move,
        state="offered",
        to_school=cast.far_secondary,
        source="la_list",
        on=NOW.date(),
        at=NOW,
    )
    group = ClassGroupFactory(school=cast.secondary, name="7C")
    ClassPlaceFactory(class_group=group, pupil=shared_road.pupil)
    cast.next_class_teacher.posts.get().classes.add(group)
    address = f"/moves/{shared_road.move.pk}/"
    for who, told in (
        ("senco", True),
        ("class_teacher", True),
        ("next_senco", False),
        ("next_class_teacher", False),
    ):
        response = sign_in(cast.people[who]).get(address)
        assert response.status_code == 200
        assert (cast.far_secondary.name in response.content.decode()) is told, who
