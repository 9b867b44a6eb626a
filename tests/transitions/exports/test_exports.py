"""A board as a file: made in its maker's own sight, fetched once, gone when its time is over."""

from __future__ import annotations

import io
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.utils import DatabaseError
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from pytest_django import Settings

from partnership.access import rls
from partnership.audit.models import Event
from partnership.outbox import housekeeping
from partnership.outbox.models import Job
from partnership.outbox.release import JOB_TRIES, release
from partnership.outbox.work import claim, run_one, work
from schools.enums import Role
from schools.models import Duty
from tests.cast import CANARY, Cast, Road, SignIn, make_road
from tests.factories.schools import PostFactory, PupilFactory
from tests.factories.transitions import TransitionFactory, shared
from tests.transitions.exports.helpers import ask, fetch, page, rows_of_csv, rows_of_xlsx
from transitions.enums import ExportState
from transitions.jobs import exports as making
from transitions.models import NO_SCHOOL, Export, ExportFile, Transition
from transitions.queries.boards import EXPORT_HEADER

pytestmark = pytest.mark.django_db


@pytest.fixture
def children(cast: Cast, far_road: Road) -> list[Road]:
    """Twelve who leave Millbrook Junior, some shared; and far away a canary, who could leak."""
    roads = [
        make_road(
            cast.junior, cast.secondary, forename=f"Child{n:02}", surname="Marsh" if n % 2 else "Reed",
            sen="NKE"[n % 3],
        )
        for n in range(12)
    ]  # fmt: skip
    for road in roads[:4]:
        shared(road.handover, by=cast.senco)
    return roads


def state(export: Export) -> str:
    export.refresh_from_db()
    return export.state


def later(export: Export) -> Any:
    return export.expires_at + timedelta(seconds=1)


class TestTheFile:
    @pytest.mark.parametrize(("board", "who"), [("leaving", "senco"), ("joining", "next_senco")])
    def test_both_formats_hold_the_rows_of_the_board(
        self,
        cast: Cast,
        children: list[Road],
        sign_in: SignIn,
        board: str,
        who: str,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(making, "AT_ONCE", 5)  # several chunks
        client = sign_in(cast.people[who])
        exports = [ask(client, board=board, format=each) for each in ("csv", "xlsx")]
        assert work() == 2
        text, sheet = (fetch(client, each).content for each in exports)
        rows = rows_of_csv(text)
        assert rows == rows_of_xlsx(sheet)
        assert rows[0] == EXPORT_HEADER
        shown = client.get(reverse(f"transitions:{board}"))
        on_board = [row for group in shown.context["groups"] for row in group.rows]
        assert [row[:2] for row in rows[1:]] == [(each.transition.reference, each.name) for each in on_board]
        assert [row[10:12] for row in rows[1:]] == [
            (each.standing.move.who_words, each.standing.move.what) for each in on_board
        ]
        assert len(rows) == 13
        assert CANARY not in text.decode("utf-8-sig")
        assert CANARY not in str(rows_of_xlsx(sheet))

    def test_the_filters_in_force_narrow_it(self, cast: Cast, children: list[Road], sign_in: SignIn) -> None:
        client = sign_in(cast.senco)
        export = ask(client, filters="q=mar&sen=K&entry_year=9&page=2&nonsense=1")
        assert export.asked == "q=mar&sen=K"
        work()
        rows = rows_of_csv(fetch(client, export).content)[1:]
        assert {row[1:4:2] for row in rows} == {
            ("Child01 Marsh", "SEN support"),
            ("Child07 Marsh", "SEN support"),
        }

    def test_cells_run_nothing_and_are_what_they_are(self, cast: Cast, sign_in: SignIn) -> None:
        for n, name in enumerate(("=HYPERLINK(1)", "#N/A", "+1", "00712", "Zo\x0be")):
            pupil = PupilFactory(school=cast.junior, forename=name, surname=f"S{n}", upn=f"A80120000100{n}")
            TransitionFactory(pupil=pupil, to_school=cast.secondary)
        client = sign_in(cast.school_office)
        export = ask(client, format="xlsx")
        work()
        answer = fetch(client, export)
        book = load_workbook(io.BytesIO(answer.content))
        sheet = book.active
        assert sheet is not None
        assert sheet.freeze_panes == "A2"
        assert sheet["A1"].font.bold
        assert 10 <= sheet.column_dimensions["B"].width <= 60
        names = {str(sheet.cell(row, 2).value): sheet.cell(row, 2) for row in range(2, sheet.max_row + 1)}
        assert set(names) == {"'=HYPERLINK(1) S0", "#N/A S1", "'+1 S2", "00712 S3", "Zoe S4"}
        assert {cell.data_type for cell in names.values()} == {"s"}
        due = sheet["M2"]
        assert due.is_date
        assert due.number_format == "dd/mm/yyyy"
        assert b"A801200001" not in answer.content
        assert answer.headers["Content-Disposition"].endswith('.xlsx"')
        for name, value in (("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff")):
            assert answer.headers[name] == value

    def test_the_cost_does_not_grow_with_the_children(self, cast: Cast, sign_in: SignIn) -> None:
        """Of asking, making and fetching, as long as one chunk holds them."""
        client, costs = sign_in(cast.senco), []
        for number in (2, 7):
            for n in range(number):
                make_road(cast.junior, cast.secondary, forename=f"Child{number}{n}", surname="Marsh")
            with CaptureQueriesContext(connection) as captured:
                export = ask(client)
                work()
                assert fetch(client, export).status_code == 200
            costs.append(len(captured))
        assert costs[0] == costs[1]

    def test_a_chunk_costs_as_much_as_the_one_before(
        self, cast: Cast, children: list[Road], sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        client, costs = sign_in(cast.senco), []
        for at_once in (12, 6, 4):
            monkeypatch.setattr(making, "AT_ONCE", at_once)
            ask(client)
            with CaptureQueriesContext(connection) as captured:
                work()
            costs.append(len(captured))
        assert costs[2] - costs[1] == costs[1] - costs[0] > 0


class TestWhoseItIs:
    def test_nobody_else_comes_to_it(self, cast: Cast, children: list[Road], sign_in: SignIn) -> None:
        """Colleagues who see the same children, the head, coordinators, superusers, strangers: it does not exist."""
        export = ask(sign_in(cast.senco))
        work()
        for name, user in cast.people.items():
            if name == "senco":
                continue
            client = sign_in(user)
            for url in ("export_fetch", "export_cancel"):
                answer = client.post(reverse(f"transitions:{url}", args=[export.pk]))
                assert answer.status_code in (403, 404), (name, url)
                assert "Marsh" not in answer.content.decode()
            assert client.get(reverse("transitions:export", args=[export.pk])).status_code in (403, 404), name
        assert state(export) == ExportState.READY
        assert fetch(sign_in(cast.senco), export).status_code == 200

    def test_in_the_database_too(self, cast: Cast, children: list[Road], sign_in: SignIn) -> None:
        export = ask(sign_in(cast.senco))
        work()
        with rls.acting_as(cast.senco.pk):
            assert Export.objects.exists()
            assert ExportFile.objects.exists(), "it is there to be seen"
        with rls.acting_as(cast.senco.pk, mfa=False):
            assert not ExportFile.objects.exists()
        for name in ("head", "deputy_head", "next_senco", "stranger_senco", "coordinator", "superuser"):
            with rls.acting_as(cast.people[name].pk):
                assert not Export.objects.exists(), name
                assert not ExportFile.objects.exists(), name
                assert not Export.objects.filter(pk=export.pk).update(state="cancelled")
                assert not ExportFile.objects.filter(pk=export.pk).delete()[0]

    def test_the_workers_own_role_reads_neither_what_was_asked_nor_the_bytes(
        self, cast: Cast, children: list[Road], sign_in: SignIn
    ) -> None:
        ask(sign_in(cast.senco))
        work()
        for rows in (Export.objects.values("asked"), ExportFile.objects.values("content")):
            with pytest.raises(DatabaseError, match="permission denied"), rls.as_worker():
                list(rows)

    def test_no_stranger_can_be_put_into_somebodys_file(
        self, cast: Cast, children: list[Road], far_road: Road, sign_in: SignIn
    ) -> None:
        export = ask(sign_in(cast.senco))
        with (
            pytest.raises(DatabaseError, match="row-level security"),
            rls.acting_as(cast.senco.pk),
        ):
            ExportFile(of=export, content=b"x", moves=[far_road.move.pk]).save(force_insert=True)

    def test_asking_again_who_it_is(self, cast: Cast, children: list[Road], sign_in: SignIn) -> None:
        lately, long_ago = sign_in(cast.senco), sign_in(cast.senco, ago=16 * 60)
        export = ask(lately)
        work()
        assert fetch(long_ago, export).status_code == 302
        assert state(export) == ExportState.READY


class TestRightsThatChange:
    """What counts is what the maker may see when the file is made, and again when it is fetched."""

    def test_a_post_withdrawn_in_between_yields_nothing(
        self, cast: Cast, children: list[Road], sign_in: SignIn
    ) -> None:
        client = sign_in(cast.senco)
        export = ask(client)
        cast.senco.posts.update(ends_on=timezone.localdate() - timedelta(days=1))
        work()
        assert state(export) == ExportState.FAILED
        assert export.reason == making.NO_POST
        assert not ExportFile.objects.exists()

    def test_withdrawn_between_two_chunks(
        self, cast: Cast, children: list[Road], sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(making, "AT_ONCE", 5)
        export = ask(sign_in(cast.senco))

        def rows_of(*args: Any) -> Any:
            cast.senco.posts.update(ends_on=timezone.localdate() - timedelta(days=1))
            return real(*args)

        real = making.rows_of
        with monkeypatch.context() as patched:
            patched.setattr(making, "rows_of", as_owner(rows_of))
            work()
        assert state(export) == ExportState.FAILED
        assert not ExportFile.objects.exists()

    def test_withdrawn_once_it_is_ready(self, cast: Cast, children: list[Road], sign_in: SignIn) -> None:
        """With another post left, so that the door opens: the children of the old one are not given out."""
        PostFactory(user=cast.senco, role=Role.SENCO, organisation=cast.other_junior)
        make_road(cast.other_junior, cast.secondary, forename="Olive", surname="Ash")
        client = sign_in(cast.senco)
        export = ask(client)
        work()
        assert state(export) == ExportState.READY
        cast.senco.posts.filter(organisation=cast.junior).update(
            ends_on=timezone.localdate() - timedelta(days=1)
        )
        answer = fetch(client, export)
        assert answer.status_code == 302
        assert state(export) == ExportState.FAILED
        assert "no longer yours to see" in page(client, export)
        housekeeping.sweep_all(at=timezone.now())
        assert not ExportFile.objects.exists()

    def test_a_child_taken_from_sight_takes_the_file_along(
        self, cast: Cast, children: list[Road], sign_in: SignIn
    ) -> None:
        client = sign_in(cast.next_senco)
        export = ask(client, board="joining")
        work()
        move = children[0].move
        Transition.objects.filter(pk=move.pk).update(destination_state="expected", seen_by=NO_SCHOOL)
        with rls.acting_as(cast.next_senco.pk):
            assert Export.objects.exists()
            assert not ExportFile.objects.exists(), "the database alone keeps it"
        assert fetch(client, export).status_code == 302
        assert state(export) == ExportState.FAILED

    def test_a_filter_that_means_nothing_any_more_is_not_left_out(
        self, cast: Cast, children: list[Road], sign_in: SignIn
    ) -> None:
        PostFactory(user=cast.senco, role=Role.SENCO, organisation=cast.other_junior)
        export = ask(sign_in(cast.senco), filters=f"school={cast.other_junior.pk}")
        cast.senco.posts.filter(organisation=cast.other_junior).update(
            ends_on=timezone.localdate() - timedelta(days=1)
        )
        work()
        assert state(export) == ExportState.FAILED
        assert "can no longer be narrowed" in export.reason


def as_owner(function: Any) -> Any:
    """In the job's transaction, what somebody else does meanwhile."""

    def called(*args: Any) -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            role = cursor.fetchone()[0]
            cursor.execute("SELECT set_config('role', 'none', true)")
            try:
                return function(*args)
            finally:
                cursor.execute("SELECT set_config('role', %s, true)", [role])

    return called


class TestOnce:
    def test_the_second_time_says_so_and_offers_it_anew(
        self, cast: Cast, children: list[Road], sign_in: SignIn
    ) -> None:
        client = sign_in(cast.senco)
        export = ask(client, filters="sen=send")
        work()
        assert fetch(client, export).status_code == 200
        assert not ExportFile.objects.exists()
        again = fetch(client, export)
        assert again["Location"] == reverse("transitions:export", args=[export.pk])
        text = page(client, export)
        assert "You have downloaded this file, and it is deleted here" in text
        assert f"{reverse('transitions:leaving_export')}?sen=send" in text

    def test_what_is_kept_of_it(self, cast: Cast, children: list[Road], sign_in: SignIn) -> None:
        client = sign_in(cast.senco)
        export = ask(client)
        work()
        fetch(client, export)
        told = list(Event.objects.filter(subject_id=export.pk).order_by("at").values_list("kind", "facts"))
        facts = {"board": "leaving", "format": "csv"}
        assert told == [
            ("export.asked", facts | {"children": 0}),
            ("export.made", facts | {"children": 12}),
            ("board.exported", facts | {"children": 12}),
        ]
        assert set(Event.objects.filter(subject_id=export.pk).values_list("organisation_id", "actor_id")) == {
            (cast.junior.pk, cast.senco.pk)
        }

    def test_twenty_presses_ask_for_one(self, cast: Cast, children: list[Road], sign_in: SignIn) -> None:
        client, key = sign_in(cast.senco), str(uuid.uuid4())
        for _ in range(20):
            client.post(reverse("transitions:leaving_export"), {"key": key, "format": "csv"})
        assert Export.objects.count() == Job.objects.count() == 1

    def test_the_key_of_somebody_elses_opens_nothing(
        self, cast: Cast, children: list[Road], sign_in: SignIn
    ) -> None:
        export = ask(sign_in(cast.senco))
        answer = sign_in(cast.head).post(
            reverse("transitions:leaving_export"), {"key": str(export.pk), "format": "csv"}
        )
        assert "open the page again" in answer.content.decode()
        assert Export.objects.count() == 1


class TestItsTime:
    def test_it_ends_after_the_period_that_is_data(
        self, cast: Cast, children: list[Road], sign_in: SignIn
    ) -> None:
        Duty.objects.create(
            code="export_kept", title="Kept", kind="partnership", amount=2, unit="hours", source="Agreed",
            partnership=cast.cluster,
        )  # fmt: skip
        client = sign_in(cast.senco)
        export = ask(client)
        assert export.expires_at - export.at == timedelta(hours=2)
        far = ask(sign_in(cast.stranger_senco))
        assert far.expires_at - far.at == timedelta(hours=24)

    def test_the_clock_takes_the_file_and_later_that_it_was_asked_for(
        self, cast: Cast, children: list[Road], sign_in: SignIn
    ) -> None:
        client = sign_in(cast.senco)
        export = ask(client)
        work()
        housekeeping.sweep_all(at=export.expires_at - timedelta(seconds=1))
        assert ExportFile.objects.exists()
        housekeeping.sweep_all(at=later(export))
        assert not ExportFile.objects.exists()
        assert state(export) == ExportState.EXPIRED
        assert "was not downloaded in time" in page(sign_in(cast.senco), export)
        housekeeping.sweep_all(at=export.expires_at + (export.expires_at - export.at))
        assert not Export.objects.exists()

    def test_it_is_over_before_the_clock_comes_round(
        self, cast: Cast, children: list[Road], sign_in: SignIn
    ) -> None:
        client = sign_in(cast.senco)
        export = ask(client)
        work()
        Export.objects.update(
            at=timezone.now() - timedelta(hours=2), expires_at=timezone.now() - timedelta(seconds=1)
        )
        assert fetch(client, export).status_code == 302
        assert "was not downloaded in time" in page(client, export)

    @pytest.mark.parametrize(("amount", "unit"), [(0, "hours"), (5, "school_days"), (1, "half_terms")])
    def test_the_desk_takes_no_other_period(
        self, cast: Cast, sign_in: SignIn, amount: int, unit: str
    ) -> None:
        answer = sign_in(cast.coordinator).post(
            reverse("admin:schools_duty_add"),
            {
                "code": "export_kept", "title": "Kept", "kind": "partnership", "amount": amount, "unit": unit,
                "source": "Agreed", "partnership": str(cast.cluster.pk), "effective_from": "2026-09-01",
            },
        )  # fmt: skip
        assert "how long a file is kept" in answer.content.decode()

    def test_where_no_period_is_set_none_is_made(
        self, cast: Cast, children: list[Road], sign_in: SignIn
    ) -> None:
        Duty.objects.filter(code="export_kept").delete()
        answer = sign_in(cast.senco).post(
            reverse("transitions:leaving_export"), {"key": str(uuid.uuid4()), "format": "csv"}
        )
        assert "ask your coordinator" in answer.content.decode()


class TestWorkThatStops:
    def test_begun_again_after_a_kill_it_is_one_file(
        self, cast: Cast, children: list[Road], sign_in: SignIn
    ) -> None:
        client = sign_in(cast.senco)
        export = ask(client)
        at = timezone.now()
        killed = claim(at=at)
        assert killed is not None
        assert "under way" in page(client, export)
        release(at=at + timedelta(minutes=2))
        assert work() == 1
        assert state(export) == ExportState.READY
        run_one(killed)  # it was only slow: what it makes is dropped
        assert ExportFile.objects.count() == 1
        assert Event.objects.filter(kind="export.made").count() == 1

    def test_given_up_it_says_so_and_can_be_made_again(
        self, cast: Cast, children: list[Road], sign_in: SignIn
    ) -> None:
        client = sign_in(cast.senco)
        export, at = ask(client), timezone.now()
        for _ in range(JOB_TRIES):
            claim(at=at)
            at += timedelta(minutes=2)
            release(at=at)
        assert "Make it again" in page(client, export)
        housekeeping.sweep_all(at=timezone.now())
        assert state(export) == ExportState.FAILED
        assert "Something went wrong on our side" in page(client, export)

    def test_a_fault_of_ours_is_told_in_general(
        self, cast: Cast, children: list[Road], sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        client = sign_in(cast.senco)
        export = ask(client)
        monkeypatch.setattr(making, "EXPORT_HEADER", None)
        work()
        assert state(export) == ExportState.FAILED
        assert "Something went wrong on our side" in page(client, export)

    def test_cancelled_before_or_after_it_is_made(
        self, cast: Cast, children: list[Road], sign_in: SignIn
    ) -> None:
        client = sign_in(cast.senco)
        before = ask(client)
        client.post(reverse("transitions:export_cancel", args=[before.pk]))
        after = ask(client)
        work()
        assert state(before) == ExportState.CANCELLED
        assert state(after) == ExportState.READY
        client.post(reverse("transitions:export_cancel", args=[after.pk]))
        assert not ExportFile.objects.exists()
        for export in (before, after):
            assert fetch(client, export).status_code == 302
            assert "nothing of it is kept" in page(client, export)

    def test_cancelled_between_two_chunks(
        self, cast: Cast, children: list[Road], sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(making, "AT_ONCE", 5)
        export = ask(sign_in(cast.senco))
        seen: list[int] = []

        def progress(run: Any, done: int, total: int) -> None:
            seen.append(done)
            if done:
                Export.objects.update(state=ExportState.CANCELLED)

        monkeypatch.setattr("partnership.outbox.jobs.JobRun.progress", progress)
        work()
        assert seen == [0, 5], "it went no further"
        assert state(export) == ExportState.CANCELLED
        assert not ExportFile.objects.exists()


class TestHowMany:
    @pytest.fixture(autouse=True)
    def two(self, settings: Settings) -> None:
        settings.EXPORTS_AN_HOUR = 2

    def test_one_person_asks_for_so_many_in_an_hour(
        self, cast: Cast, children: list[Road], sign_in: SignIn
    ) -> None:
        client = sign_in(cast.senco)
        first, _ = ask(client), ask(client)
        address = reverse("transitions:leaving_export")
        answer = client.post(address, {"key": str(uuid.uuid4()), "format": "csv"}).content.decode()
        time = timezone.localtime(first.at + timedelta(hours=1))
        assert f"You can ask for the next one at {time:%H:%M}" in answer
        assert "Make an Excel file" not in client.get(address).content.decode()
        assert Export.objects.count() == 2
        ask(sign_in(cast.head))
        Export.objects.filter(pk=first.pk).update(at=first.at - timedelta(minutes=61))
        ask(client)

    def test_the_same_press_is_no_second_one(self, cast: Cast, children: list[Road], sign_in: SignIn) -> None:
        client, key = sign_in(cast.senco), str(uuid.uuid4())
        for _ in range(4):
            answer = client.post(reverse("transitions:leaving_export"), {"key": key, "format": "csv"})
            assert answer.status_code == 302


def test_a_list_with_nobody_on_it(cast: Cast, sign_in: SignIn) -> None:
    text = sign_in(cast.senco).get(reverse("transitions:leaving_export")).content.decode()
    assert "There is nobody to export" in text
    assert "Make an Excel file" not in text


def test_a_form_that_names_no_format(cast: Cast, children: list[Road], sign_in: SignIn) -> None:
    client = sign_in(cast.senco)
    for data in ({"key": "x", "format": "csv"}, {"key": str(uuid.uuid4()), "format": "pdf"}, {}):
        answer = client.post(reverse("transitions:leaving_export"), data)
        assert answer.status_code == 200
    assert not Export.objects.exists()
