"""The fourth net alone: what the database shows and takes when no filter of ours stands before it."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Model
from django.db.utils import ProgrammingError

from partnership.access import rls
from tests.cast import Cast, Road
from tests.factories.schools import PupilFactory
from tests.factories.transitions import TransitionFactory
from transitions.models import NO_SCHOOL, Handover, Section, Transition, Version

pytestmark = pytest.mark.services


def seen(model: type[Model]) -> set[object]:
    return set(model._default_manager.values_list("pk", flat=True))


def test_without_a_context_there_are_no_rows(shared_road: Road, far_road: Road) -> None:
    assert seen(Handover) == {shared_road.handover.pk, far_road.handover.pk}, (
        "the owner sees them: they could leak"
    )
    with rls.context(rls.context_of(rls.NOBODY)):
        assert [seen(model) for model in (Handover, Section, Version)] == [set(), set(), set()]


@pytest.mark.parametrize(
    ("who", "progress", "own_text", "sent_text"),
    [
        ("senco", True, True, True),
        ("dsl", True, True, True),
        ("class_teacher", True, True, True),
        ("school_office", True, False, False),
        ("support_staff", False, False, False),
        ("governor", False, False, False),
        ("next_senco", True, False, True),
        ("next_dsl", True, False, True),
        ("next_school_office", True, False, False),
        ("next_class_teacher", False, False, False),
        ("coordinator", True, False, False),
        ("county_coordinator", True, False, False),
        ("far_coordinator", False, False, False),
        ("la_officer", False, False, False),
        ("superuser", False, False, False),
        ("other_senco", False, False, False),
        ("stranger_senco", False, False, False),
    ],
)
def test_each_role_sees_its_own(
    cast: Cast, shared_road: Road, far_road: Road, who: str, progress: bool, own_text: bool, sent_text: bool
) -> None:
    with rls.acting_as(getattr(cast, who).pk):
        assert (shared_road.handover.pk in seen(Handover)) is progress
        assert Section.objects.filter(handover=shared_road.handover).exists() is own_text
        assert Version.objects.filter(handover=shared_road.handover).exists() is sent_text
        if not who.startswith(("stranger", "far")):
            assert far_road.handover.pk not in seen(Handover)
            assert not Version.objects.filter(handover=far_road.handover).exists()


def test_without_a_second_factor_nothing_of_pupils(cast: Cast, shared_road: Road) -> None:
    with rls.acting_as(cast.senco.pk, mfa=False):
        assert seen(Handover) == seen(Version) == set()


def test_a_changed_destination_closes_the_version_at_once(cast: Cast, shared_road: Road) -> None:
    with rls.acting_as(cast.next_senco.pk):
        assert seen(Version)
    Transition.objects.filter(pk=shared_road.move.pk).update(
        to_school=cast.other_junior, seen_by=cast.other_junior.pk
    )
    for who in (cast.next_senco, cast.other_senco):
        with rls.acting_as(who.pk):
            assert seen(Version) == set(), (
                "neither the former school nor, before it is shared again, the new one"
            )
    Transition.objects.filter(pk=shared_road.move.pk).update(
        to_school=None, seen_by=NO_SCHOOL, destination_state="none", destination_source=""
    )
    with rls.acting_as(cast.senco.pk):
        assert seen(Version), "the sender keeps what it sent"


def test_a_sent_version_cannot_be_rewritten(cast: Cast, shared_road: Road) -> None:
    changes: tuple[dict[str, Any], ...] = (
        {"body": []},
        {"body": [{"kind": "strengths", "text": "Other words", "facts": {}, "nothing": False}]},
        {"number": 7},
    )
    for change in changes:
        with rls.acting_as(cast.senco.pk), pytest.raises(ProgrammingError), transaction.atomic():
            Version.objects.update(**change)
    with rls.acting_as(cast.senco.pk):
        assert Version.objects.update(withdrawn_at="2026-11-20T10:00:00Z") == 1


def test_the_receiver_writes_no_section_and_a_neighbour_none(cast: Cast, shared_road: Road) -> None:
    for who in (cast.next_senco, cast.other_senco, cast.school_office):
        with rls.acting_as(who.pk):
            assert Section.objects.update(text="Overwritten") == 0


def test_each_side_changes_its_own_columns_of_a_handover(cast: Cast, shared_road: Road) -> None:
    for change in (
        {"kind": "class"},
        {"latest": 9},
        {"own_conversation": True},
        {"school_id": cast.secondary.pk},
    ):
        with rls.acting_as(cast.next_senco.pk), pytest.raises(ProgrammingError), transaction.atomic():
            Handover.objects.update(**change)
    with rls.acting_as(cast.next_senco.pk):
        assert Handover.objects.update(received_at="2026-11-20T10:00:00Z") == 1
    with rls.acting_as(cast.senco.pk):
        assert Handover.objects.update(own_conversation=True) == 1


def test_a_handover_for_another_schools_child_is_refused(cast: Cast, road: Road, far_road: Road) -> None:
    """A foreign key alone goes round the policies (walls §2): the composite key does not."""
    bare = TransitionFactory(pupil=PupilFactory(school=cast.far_junior), to_school=cast.far_secondary)
    with (
        rls.acting_as(cast.senco.pk),
        pytest.raises(Exception, match=r"handover_of_transition|row-level security"),
        transaction.atomic(),
    ):
        Handover.objects.create(
            transition=bare,
            pupil=bare.pupil,
            school=cast.junior,
            seen_by=bare.seen_by,
            begun_at="2026-11-20T10:00:00Z",
        )


def test_the_worker_reads_progress_and_no_content(shared_road: Road) -> None:
    with rls.as_worker():
        assert seen(Handover) == {shared_road.handover.pk}
        for model in (Section, Version):
            with pytest.raises(ProgrammingError), transaction.atomic():
                list(model.objects.all())


def test_the_context_is_put_back(cast: Cast, shared_road: Road) -> None:
    with rls.acting_as(cast.senco.pk):
        with rls.acting_as(cast.stranger_senco.pk):
            assert seen(Handover) == set()
        assert seen(Handover) == {shared_road.handover.pk}
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, coalesce(current_setting('app.read', true), '')")
        assert cursor.fetchone() == ("partnership_owner", "")


@pytest.mark.django_db(transaction=True)
def test_what_the_outermost_transaction_set_ends_with_it(cast: Cast, shared_road: Road) -> None:
    """Nothing is put back there, since nothing is left; the next transaction on the same connection starts bare."""
    for fails in (False, True):
        with contextlib.suppress(ZeroDivisionError), rls.acting_as(cast.senco.pk):
            assert seen(Handover) == {shared_road.handover.pk}
            if fails:
                raise ZeroDivisionError
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_user, current_setting('app.user', true), current_setting('app.progress', true)"
            )
            role, person, progress = cursor.fetchone()
        assert (role, person or "", progress or "") == (rls.OWNER, "", "")


def test_within_a_transaction_what_stood_before_is_put_back(cast: Cast, shared_road: Road) -> None:
    with rls.acting_as(cast.next_senco.pk):
        with rls.acting_as(cast.stranger_senco.pk):
            assert seen(Handover) == set()
        assert seen(Handover) == {shared_road.handover.pk}
