"""Rows that claim another pair of schools than the child's: the database refuses them by itself."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from partnership.access import rls
from tests.access.test_policies import allowed
from tests.cast import Cast, Road
from tests.factories.transitions import NOW
from transitions.models import Conversation, ConversationLine, HandoverStep, Receipt, Version


def refused(cast: Cast, who: str, make: object) -> bool:
    try:
        return not allowed(cast, who, make)  # type: ignore[arg-type]
    except DatabaseError:
        return True


def test_no_stranger_signs_that_they_read_a_foreign_version(cast: Cast, shared_road: Road) -> None:
    """With the version's id in hand and their own school as the reader."""
    version = Version.objects.get()
    move = shared_road.move

    def forged() -> None:
        Receipt(
            version_id=version.pk, pupil_id=move.pupil_id, school_id=move.school_id, by=cast.stranger_senco,
            reader_id=cast.far_junior.pk, at=NOW,
        ).save(force_insert=True)  # fmt: skip

    assert refused(cast, "stranger_senco", forged)


def test_no_stranger_writes_into_a_foreign_history(cast: Cast, shared_road: Road) -> None:
    move = shared_road.move

    def forged() -> None:
        HandoverStep(
            handover=shared_road.handover, pupil_id=move.pupil_id, school_id=move.school_id, move="accept",
            to_state="accepted", reader_id=cast.far_junior.pk, by=cast.stranger_senco, at=NOW,
        ).save(force_insert=True)  # fmt: skip

    assert refused(cast, "stranger_senco", forged)


def test_no_stranger_puts_a_foreign_child_into_their_conversation(cast: Cast, shared_road: Road) -> None:
    move = shared_road.move
    own = Conversation.objects.create(
        school=cast.far_secondary, reader=cast.far_junior, held_on=NOW.date(), recorded_by=cast.stranger_senco,
        recorded_at=NOW,
    )  # fmt: skip

    def forged() -> None:
        ConversationLine(
            conversation=own, handover=shared_road.handover, pupil_id=move.pupil_id, school_id=move.school_id,
            seen_by=move.seen_by, reader_id=cast.far_junior.pk, note="Forged",
        ).save(force_insert=True)  # fmt: skip

    assert refused(cast, "stranger_senco", forged)


def test_nobody_sends_in_anothers_name(cast: Cast, shared_road: Road) -> None:
    move = shared_road.move

    def sent_as(who: str) -> None:
        Version(
            handover=shared_road.handover, number=9, body=[], seen_by=move.seen_by, reader_id=move.seen_by,
            pupil_id=move.pupil_id, school_id=move.school_id, shared_by=cast.people[who], shared_at=NOW,
        ).save(force_insert=True)  # fmt: skip

    assert allowed(cast, "senco", lambda: sent_as("senco"))
    assert refused(cast, "senco", lambda: sent_as("head"))


@pytest.mark.parametrize("who", ["next_senco", "next_head"])
def test_a_former_reader_changes_no_line(cast: Cast, shared_road: Road, who: str) -> None:
    move = shared_road.move
    talk = Conversation.objects.create(
        school_id=move.school_id, reader_id=move.seen_by, held_on=NOW.date(), recorded_by=cast.senco,
        recorded_at=NOW,
    )  # fmt: skip
    line = ConversationLine.objects.create(
        conversation=talk, handover=shared_road.handover, pupil_id=move.pupil_id, school_id=move.school_id,
        seen_by=move.seen_by, reader_id=move.seen_by, note="As said",
    )  # fmt: skip
    move.to_school, move.seen_by = cast.other_junior, cast.other_junior.pk
    move.save()
    with transaction.atomic(), rls.acting_as(cast.people[who].pk), connection.cursor() as cursor:
        cursor.execute("UPDATE transitions_conversationline SET note = 'Overwritten'")
    line.refresh_from_db()
    assert line.note == "As said"
