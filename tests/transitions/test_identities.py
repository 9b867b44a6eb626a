"""A new identity: a new child with no link, the old one hidden everywhere, its audit for the officer alone (practice P5)."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from partnership.access import rls
from partnership.audit.models import Event
from partnership.outbox.models import Message
from partnership.outbox.reminders import generated_kinds
from partnership.outbox.work import work
from schools.enums import ImportKind, RowOutcome
from schools.models import Import, Pupil, SealedPupil
from tests.cast import Cast, Road, SignIn, make_road
from tests.schools.imports.helpers import read_in
from tests.transitions.exports.helpers import ask, fetch, taken
from tests.transitions.imports.helpers import child, ctf, upn
from transitions.models import ClosedPlace, ExportFile, Handover, Transition

pytestmark = pytest.mark.django_db
OLD = "Zzformer"


def asked(**over: Any) -> dict[str, Any]:
    return {
        "key": uuid.uuid4(), "forename": "Wren", "surname": "Alder", "born_on_day": 14, "born_on_month": 3,
        "born_on_year": 2016, "order": "adoption", "advised": "on", "sure": "on", **over,
    }  # fmt: skip


@pytest.fixture
def former(cast: Cast, shared_road: Road) -> Road:
    """Robin, known to two schools, in a class, with a UPN, opened and told of."""
    Pupil.objects.filter(pk=shared_road.pupil.pk).update(
        surname=OLD, name_key=f"{OLD.lower()} robin", upn=upn(1), needs=[{"code": "SLCN", "rank": 1}]
    )
    return shared_road


def give(cast: Cast, road: Road, sign_in: SignIn) -> Any:
    return sign_in(cast.head).post(reverse("transitions:new_identity", args=[road.move.pk]), asked())


PAGES = (
    "home", "transitions:leaving", "transitions:joining", "transitions:leaving_export", "transitions:joining_export",
    "transitions:class_notes", "inbox:list",
)  # fmt: skip


def test_the_old_one_is_gone_from_every_page_and_export(cast: Cast, former: Road, sign_in: SignIn) -> None:
    watchers = [cast.senco, cast.head, cast.class_teacher, cast.school_office, cast.dsl, cast.next_senco]

    def seen(user: Any) -> str:
        client = sign_in(user)
        answers = [client.get(reverse(name), follow=True) for name in PAGES]
        answers += [
            client.get(reverse(name), {"q": "Robin"})
            for name in ("transitions:leaving", "transitions:joining")
        ]
        if user != cast.class_teacher:  # takes no file
            answers += [taken(client, board=board) for board in ("leaving", "joining")]
        return " ".join(answer.content.decode() for answer in answers)

    assert any(OLD in seen(user) for user in watchers), "the data could leak"
    answer = give(cast, former, sign_in)
    new = Transition.objects.get()
    assert answer["Location"] == reverse("transitions:child", args=[new.pk])
    for user in watchers:
        assert OLD not in seen(user), user
        for name in ("child", "share", "write_all", "destination", "rectify"):
            page = reverse(f"transitions:{name}", args=[former.move.pk])
            assert sign_in(user).get(page).status_code in (403, 404), (user, name)
    assert "Wren Alder" in seen(cast.senco)


def test_a_file_that_waits_to_be_fetched_is_given_to_nobody(
    cast: Cast, former: Road, sign_in: SignIn
) -> None:
    client = sign_in(cast.senco)
    export = ask(client)
    work()
    with rls.acting_as(cast.senco.pk):
        assert ExportFile.objects.exists(), "it is there to be fetched"
    give(cast, former, sign_in)
    with rls.acting_as(cast.senco.pk):
        assert not ExportFile.objects.exists()
    assert fetch(client, export).status_code == 302


def test_the_new_one_begins_anew_and_nothing_leads_back(cast: Cast, former: Road, sign_in: SignIn) -> None:
    give(cast, former, sign_in)
    new = Pupil.objects.get()
    assert (new.display_name, new.upn, new.born_on) == ("Wren Alder", "", date(2016, 3, 14))
    assert (new.year_group, new.sen_provision, new.added_because) == (6, "K", "by_hand")
    assert [place.class_group for place in new.class_places.all()] == [former.class_group]
    move = Transition.objects.get()
    assert (move.boundary, move.entry_year) == (former.move.boundary, former.move.entry_year)
    assert not move.has_destination
    assert not Handover.objects.exists()
    with connection.cursor() as cursor:
        for table in ("schools_pupil", "transitions_transition"):
            column = "id" if table == "schools_pupil" else "pupil_id"
            cursor.execute(f"SELECT t::text FROM {table} t WHERE {column} = %s", [new.pk])
            row = cursor.fetchone()[0]
            for mark in (OLD, str(former.pupil.pk), str(former.move.pk), former.move.reference, upn(1)):
                assert mark not in row
    events = Event.objects.filter(subject_id__in=[new.pk, move.pk])
    assert events.exists()
    assert str(former.pupil.pk) not in str(list(events.values()))


def test_the_next_school_destroys_its_copies_and_is_told_no_reason(
    cast: Cast, former: Road, sign_in: SignIn
) -> None:
    give(cast, former, sign_in)
    page = reverse("transitions:closed_places")
    shown = sign_in(cast.next_senco).get(page).content.decode()
    assert former.move.reference in shown
    assert OLD not in shown
    assert "Wren" not in shown
    sign_in(cast.next_senco).post(page, {"place": ClosedPlace.objects.get().pk})
    assert ClosedPlace.objects.get().destroyed_by == cast.next_senco
    told = Message.objects.filter(recipient=cast.next_senco, kind="transitions.destination_changed")
    assert str(Pupil.objects.get().pk) not in str(told.values())


def test_asked_twice_and_only_the_head(cast: Cast, former: Road, sign_in: SignIn) -> None:
    page = reverse("transitions:new_identity", args=[former.move.pk])
    for who in ("senco", "deputy_head", "dsl", "school_office", "dpo", "coordinator", "superuser"):
        assert sign_in(cast.people[who]).post(page, asked()).status_code == 403, who
    assert sign_in(cast.next_head).post(page, asked()).status_code == 403
    assert sign_in(cast.stranger_head).post(page, asked()).status_code == 404
    for missing in ("advised", "sure", "order"):
        form = asked()
        del form[missing]
        assert sign_in(cast.head).post(page, form).status_code == 200, missing
    assert not SealedPupil.objects.exists()
    shown = sign_in(cast.head).get(page).content.decode()
    assert "What happens, and cannot be undone" in shown
    form = asked()
    sign_in(cast.head).post(page, form)
    assert sign_in(cast.head).post(page, form).status_code == 404, "the old one is gone"
    assert Pupil.objects.count() == 1


def test_before_the_order_only_the_name_used_every_day_changes(
    cast: Cast, former: Road, sign_in: SignIn
) -> None:
    page = reverse("transitions:known_as", args=[former.move.pk])
    assert "a new identity" not in sign_in(cast.school_office).get(page).content.decode()
    assert "a new identity" in sign_in(cast.head).get(page).content.decode()
    sign_in(cast.school_office).post(page, {"known_as": "Wren Alder"})
    pupil = Pupil.objects.get()
    assert (pupil.known_as, pupil.surname) == ("Wren Alder", OLD)
    event = Event.objects.get(kind="pupil.known_as")
    assert "Wren" not in str(event.facts)
    assert sign_in(cast.class_teacher).post(page, {"known_as": "X"}).status_code == 403
    assert sign_in(cast.next_school_office).post(page, {"known_as": "X"}).status_code == 403


def test_a_later_file_finds_neither_of_them_by_the_old_number(
    cast: Cast, former: Road, sign_in: SignIn
) -> None:
    give(cast, former, sign_in)
    importing: Import = read_in(
        ImportKind.CTF,
        ctf(cast.junior, cast.secondary, child(surname=OLD, forename="Robin")),
        organisation=cast.junior,
        by=cast.school_office,
    )
    row = importing.rows.get()
    assert (row.outcome, row.target_id) == (RowOutcome.NEW, None)


def test_nobody_is_reminded_of_the_old_one(cast: Cast, former: Road, sign_in: SignIn) -> None:
    late = date(2027, 9, 30)

    def reminded() -> set[str]:
        with rls.as_worker():
            return {
                str(notice.facts.get("subject"))
                for kind in generated_kinds()
                if kind.name.startswith("transitions.")
                and kind.name != "transitions.destroy_due"
                and kind.generator
                for notice in kind.generator(today=late)
            }

    assert str(former.move.pk) in reminded()
    give(cast, former, sign_in)
    assert str(former.move.pk) not in reminded()


class TestTheAudit:
    def test_it_is_the_officers_alone(self, cast: Cast, former: Road, sign_in: SignIn) -> None:
        sign_in(cast.senco).get(reverse("transitions:child", args=[former.move.pk]))
        desk = reverse("admin:audit_event_changelist")
        handover = str(former.handover.pk)[:8]
        for who in ("coordinator", "superuser"):
            assert handover in sign_in(cast.people[who]).get(desk).content.decode(), who
        give(cast, former, sign_in)
        for who in ("coordinator", "superuser"):
            shown = sign_in(cast.people[who]).get(desk).content.decode()
            for sealed in (handover, str(former.pupil.pk)[:8], "Record sealed after"):
                assert sealed not in shown, who
        page = sign_in(cast.dpo).get(reverse("schools:sealed")).content.decode()
        assert "Handover opened" in page
        assert "Record sealed after a new identity" in page
        assert "Head" in page
        assert OLD not in page
        assert "Wren" not in page
        assert Event.objects.filter(kind="sealed.opened", actor_id=cast.dpo.pk).exists()

    def test_not_another_schools_officer(self, cast: Cast, former: Road, sign_in: SignIn) -> None:
        give(cast, former, sign_in)
        for who in ("next_dpo", "stranger_dpo"):
            assert (
                "No record is sealed"
                in sign_in(cast.people[who]).get(reverse("schools:sealed")).content.decode()
            )
        for who in ("head", "dsl", "coordinator", "superuser"):
            assert sign_in(cast.people[who]).get(reverse("schools:sealed")).status_code == 403, who


class TestTheDatabase:
    """With every Python net cut, as the serving role."""

    TABLES = ("handover", "section", "version", "handoverstep", "conversationline", "receipt")

    def count(self, user: Any, table: str, pupil: uuid.UUID) -> int:
        with rls.acting_as(user.pk), connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM transitions_{table} WHERE pupil_id = %s", [pupil])
            return int(cursor.fetchone()[0])

    def test_no_table_shows_the_old_one(self, cast: Cast, former: Road, sign_in: SignIn) -> None:
        assert self.count(cast.senco, "section", former.pupil.pk) > 0
        assert self.count(cast.next_senco, "version", former.pupil.pk) == 1
        give(cast, former, sign_in)
        for user in (cast.senco, cast.head, cast.next_senco, cast.class_teacher):
            for table in self.TABLES:
                assert self.count(user, table, former.pupil.pk) == 0, (user, table)

    def test_sealing_is_the_heads_and_has_no_way_back(self, cast: Cast, former: Road, far_road: Road) -> None:
        insert = (
            "INSERT INTO schools_sealedpupil (pupil_id, school_id, subjects, at) VALUES (%s, %s, '{}', now())"
        )

        def run(user: Any, statement: str, *values: Any) -> int:
            with rls.acting_as(user.pk), connection.cursor() as cursor, transaction.atomic():
                cursor.execute(statement, values)
                return int(cursor.rowcount)

        old, far = former.pupil, far_road.pupil
        for user, pupil, school in (
            (cast.senco, old, cast.junior),
            (cast.next_head, old, cast.junior),
            (cast.head, far, cast.far_junior),
            (cast.head, far, cast.junior),
        ):
            with pytest.raises(ProgrammingError, match="row-level security"):
                run(user, insert, pupil.pk, school.pk)
        assert run(cast.head, insert, old.pk, cast.junior.pk) == 1
        for statement in ("DELETE FROM schools_sealedpupil", "UPDATE schools_sealedpupil SET at = now()"):
            with pytest.raises(ProgrammingError, match="permission denied"):
                run(cast.head, statement)


def test_another_child_at_the_same_schools_stays(cast: Cast, former: Road, sign_in: SignIn) -> None:
    other = make_road(cast.junior, cast.secondary, forename="Bea", surname="Stay")
    give(cast, former, sign_in)
    assert sign_in(cast.senco).get(reverse("transitions:child", args=[other.move.pk])).status_code == 200
    assert timezone.now() > SealedPupil.objects.get().at
