"""The fourth net on children, their moves, files, messages and mail: what each person's reach shows and takes."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction

from partnership.access import rls
from partnership.audit.models import Event, record
from partnership.outbox.jobs import start_job
from partnership.outbox.letters import post_letter
from partnership.outbox.models import Delivery, Job, Message
from schools.actions.imports import STAGE_JOB
from schools.enums import ImportKind, ImportState, RowOutcome
from schools.models import ClassPlace, Import, ImportFile, ImportRow, Pupil
from tests.access.test_policies import allowed
from tests.cast import Cast, Road
from tests.factories.schools import PupilFactory
from tests.factories.transitions import NOW
from transitions.actions.imports.reach import named_in
from transitions.models import DestinationChange, Transition

pytestmark = pytest.mark.services

NAMED = {
    "head", "deputy_head", "senco", "transition_lead", "dsl", "deputy_dsl", "school_office", "class_teacher",
    "next_head", "next_deputy_head", "next_senco", "next_transition_lead", "next_dsl", "next_school_office",
}  # fmt: skip
EVERYBODY = (
    *sorted(NAMED), "next_class_teacher", "support_staff", "governor", "dpo", "other_senco", "other_head", "stranger_senco",
    "stranger_school_office", "coordinator", "county_coordinator", "la_officer", "trust_leader", "observer", "superuser",
)  # fmt: skip


def those_who_see(cast: Cast, there: Callable[[], bool]) -> set[str]:
    found = set()
    for who in EVERYBODY:
        with rls.acting_as(cast.people[who].pk):
            if there():
                found.add(who)
    return found


def test_a_child_is_seen_by_its_own(cast: Cast, shared_road: Road, far_road: Road) -> None:
    mine = Pupil.objects.filter(pk=shared_road.pupil.pk)
    assert those_who_see(cast, mine.exists) == NAMED
    assert those_who_see(cast, Pupil.objects.filter(pk=far_road.pupil.pk).exists) == {
        "stranger_senco",
        "stranger_school_office",
    }
    with rls.nobody():
        assert not Pupil.objects.exists()
    with rls.acting_as(cast.senco.pk, mfa=False):
        assert not Pupil.objects.exists()


def test_a_move_is_seen_by_its_own_and_their_coordinators(cast: Cast, shared_road: Road) -> None:
    there = Transition.objects.filter(pk=shared_road.move.pk)
    assert those_who_see(cast, there.exists) == NAMED | {"coordinator", "county_coordinator"}


def test_before_the_offer_the_next_school_sees_nothing(cast: Cast, road: Road) -> None:
    Transition.objects.filter(pk=road.move.pk).update(destination_state="expected", seen_by=uuid.UUID(int=0))
    with rls.acting_as(cast.next_senco.pk):
        assert not Pupil.objects.exists()
        assert not Transition.objects.exists()


def test_where_else_a_child_might_go_stays_with_the_present_school(cast: Cast, shared_road: Road) -> None:
    change = DestinationChange.objects.create(
        transition=shared_road.move,
        state="offered",
        to_school=cast.far_secondary,
        source="la_list",
        on=NOW,
        at=NOW,
    )
    told = those_who_see(cast, DestinationChange.objects.filter(pk=change.pk).exists)
    assert told == {who for who in NAMED if not who.startswith("next_")}


def test_a_place_in_a_class_is_seen_at_its_school(cast: Cast, shared_road: Road) -> None:
    place = ClassPlace.objects.filter(pupil=shared_road.pupil)
    assert those_who_see(cast, place.exists) == {who for who in NAMED if not who.startswith("next_")}


def test_a_file_reaches_the_children_it_names_and_no_others(cast: Cast, shared_road: Road) -> None:
    """The next school's office reads a list of two of ours; a third child of the same school stays unseen."""
    by_upn = PupilFactory(school=cast.other_junior, upn="Z999999999999")
    by_birth = PupilFactory(school=cast.other_junior, born_on=date(2016, 2, 29))
    third = PupilFactory(school=cast.other_junior, born_on=date(2016, 3, 1))
    rows: list[dict[str, Any]] = [
        {"facts": {"upn": by_upn.upn}},
        {"school": str(cast.other_junior.pk), "facts": {"born_on": "2016-02-29", "surname": 'O"Nil\\'}},
    ]
    with rls.acting_as(cast.next_school_office.pk):
        before = set(Pupil.objects.values_list("pk", flat=True))
        with named_in(rows):
            during = set(Pupil.objects.values_list("pk", flat=True))
        after = set(Pupil.objects.values_list("pk", flat=True))
    assert during - before == {by_upn.pk, by_birth.pk}
    assert third.pk not in during
    assert after == before


def test_a_move_is_begun_for_a_child_in_reach_alone(cast: Cast, shared_road: Road, far_road: Road) -> None:
    """The key to a child goes round the policies; the trigger does not."""

    def begin(pupil: Pupil, school_id: uuid.UUID) -> None:
        move = Transition(
            pupil=pupil,
            school_id=school_id,
            boundary="in_year",
            entry_year=2026,
            moves_on=NOW.date(),
            created_at=NOW,
        )
        Transition.objects.bulk_create([move])

    mine = functools.partial(begin, shared_road.pupil, cast.junior.pk)
    assert allowed(cast, "school_office", mine), "the control"
    for who in ("next_school_office", "other_senco", "class_teacher", "coordinator", "superuser"):
        assert not allowed(cast, who, mine), who
    strangers = functools.partial(begin, far_road.pupil, cast.junior.pk)
    assert not allowed(cast, "school_office", strangers)


def test_a_child_is_turned_to_another_school_by_its_own_alone(cast: Cast, shared_road: Road) -> None:
    turned = {"to_school": cast.other_junior, "seen_by": cast.other_junior.pk}
    for who, rows in (
        ("senco", 1),
        ("school_office", 1),
        ("next_senco", 0),
        ("other_senco", 0),
        ("coordinator", 0),
    ):
        with transaction.atomic():
            with rls.acting_as(cast.people[who].pk):
                assert Transition.objects.filter(pk=shared_road.move.pk).update(**turned) == rows, who
            transaction.set_rollback(True)


def test_a_joining_list_turns_a_child_to_its_own_school_alone(cast: Cast, shared_road: Road) -> None:
    rows = [{"school": str(cast.junior.pk), "facts": {"born_on": shared_road.pupil.born_on.isoformat()}}]
    move = Transition.objects.filter(pk=shared_road.move.pk)
    with rls.acting_as(cast.next_school_office.pk), named_in(rows):
        assert move.update(to_school=cast.secondary, seen_by=cast.secondary.pk) == 1
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            move.update(to_school=cast.far_secondary, seen_by=cast.far_secondary.pk)


class TestFiles:
    @pytest.fixture
    def file(self, cast: Cast) -> Import:
        made = Import.objects.create(
            kind=ImportKind.CTF, state=ImportState.READY, organisation=cast.junior, by=cast.school_office, at=NOW,
            file_name="Homechild.xml",
        )  # fmt: skip
        ImportRow.objects.create(
            of=made, line=1, outcome=RowOutcome.NEW, data={"show": {"title": "Homechild"}}
        )
        ImportFile.objects.create(of=made, content=b"Homechild", delete_after=NOW)
        return made

    IMPORTS = {"head", "deputy_head", "senco", "transition_lead", "school_office"}

    def test_a_file_opens_to_those_who_import_for_its_school(self, cast: Cast, file: Import) -> None:
        assert those_who_see(cast, Import.objects.filter(pk=file.pk).exists) == self.IMPORTS
        assert those_who_see(cast, ImportRow.objects.filter(of=file).exists) == self.IMPORTS

    def test_the_desk_sees_how_it_stands_and_no_row(self, cast: Cast, file: Import) -> None:
        with rls.acting_as(cast.coordinator.pk), rls.widened(standing="on"):
            assert Import.objects.filter(pk=file.pk).exists()
            assert not ImportRow.objects.exists()
        with rls.acting_as(cast.far_coordinator.pk), rls.widened(standing="on"):
            assert not Import.objects.exists()

    def test_the_bytes_are_read_by_the_worker_alone(self, cast: Cast, file: Import) -> None:
        with rls.acting_as(cast.school_office.pk):
            assert ImportFile.objects.filter(of=file).values_list("delete_after").get() == (NOW,)
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                ImportFile.objects.get(of=file)
        with rls.as_worker():
            assert bytes(ImportFile.objects.get(of=file).content) == b"Homechild"

    def test_nobody_brings_a_file_in_for_another_school(self, cast: Cast) -> None:
        def bring() -> None:
            row = Import(
                kind=ImportKind.CTF, organisation=cast.junior, by=cast.people[who], at=NOW, file_name="x.xml"
            )
            row.save(force_insert=True)

        took = set()
        for who in EVERYBODY:
            if allowed(cast, who, bring):
                took.add(who)
        assert took == self.IMPORTS


class TestMail:
    def test_a_message_is_for_its_person(self, cast: Cast) -> None:
        Message.objects.create(key="k", recipient=cast.senco, kind="a.b", urgency="now", due_at=NOW)
        assert those_who_see(cast, Message.objects.exists) == {"senco"}

    def test_a_letter_is_written_by_anybody_and_read_by_the_worker(self, cast: Cast) -> None:
        with rls.nobody():
            pk = post_letter(to="a@school.example", subject="Your way in", text="https://secret", at=NOW)
            assert not Delivery.objects.values("pk").exists()
        with rls.acting_as(cast.superuser.pk):
            assert Delivery.objects.values_list("letter_to").get(pk=pk) == ("a@school.example",)
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                Delivery.objects.values_list("letter").get(pk=pk)
        with rls.as_worker():
            assert Delivery.objects.get(pk=pk).letter["text"] == "https://secret"

    def test_work_is_seen_by_whoever_began_it(self, cast: Cast) -> None:
        with rls.acting_as(cast.senco.pk):
            start_job(STAGE_JOB, by=cast.senco.pk, input={"import": str(uuid.uuid4())})
        assert those_who_see(cast, Job.objects.exists) == {
            "senco",
            "coordinator",
            "county_coordinator",
            "superuser",
        }
        with (
            rls.acting_as(cast.senco.pk),
            pytest.raises(ProgrammingError, match="row-level security"),
            transaction.atomic(),
        ):
            start_job(STAGE_JOB, by=cast.head.pk, input={})

    def test_the_audit_is_read_where_records_are_kept(self, cast: Cast) -> None:
        with rls.acting_as(cast.senco.pk):
            record("handover.opened", by=cast.senco.pk, organisation=cast.junior.pk, at=NOW)
        assert those_who_see(cast, Event.objects.filter(kind="handover.opened").exists) == {
            "coordinator", "county_coordinator", "superuser",
        }  # fmt: skip


def test_the_worker_knows_of_a_child_no_more_than_what_is_owed(shared_road: Road) -> None:
    with rls.as_worker(), connection.cursor() as cursor:
        cursor.execute("SELECT sen_provision FROM schools_pupil")
        assert cursor.fetchall()
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            cursor.execute("SELECT surname FROM schools_pupil")
