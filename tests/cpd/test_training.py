"""Statutory training: what runs out when, who sees it, and who is told before."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cpd.enums import Came
from cpd.models import Attendance, PassportEntry, Programme, TrainingKind
from cpd.queries import training
from cpd.reminders.afterwards import due_training
from cpd.rules.training import Kind, State, months_after
from partnership.access import rls
from partnership.accounts.models import User
from partnership.outbox.notices import enqueue
from schools.models import Duty
from tests.cast import CANARY, Cast, SignIn
from tests.cpd.afterwards import came, held, staff, text

pytestmark = pytest.mark.django_db
DAYS = timedelta(days=1)
PAGE = reverse("cpd:training")


def did(person: User, code: str = "safeguarding", *, ago: int = 30, title: str = "Level 2") -> PassportEntry:
    return PassportEntry.objects.create(
        person=person, title=title, on=timezone.localdate() - ago * DAYS, hours=3, counts_for=code
    )


def state_of(viewer_of: User, school: object, person: User, code: str) -> State:
    with rls.acting_as(viewer_of.pk, mfa=False) as viewer:
        found = training.matrix_of(viewer, school.pk, now=timezone.now())  # type: ignore[attr-defined]
    row = next(row for row in found.rows if row.person_id == person.pk)
    return next(cell.state for kind, cell in row.pairs if kind.code == code)


class TestRule:
    KIND = Kind("x", "X", frozenset({"dsl"}), 24, "")
    SOON = timedelta(days=30)

    def test_the_last_day_is_still_good(self) -> None:
        done = date(2024, 3, 10)
        for today, state in (
            (date(2026, 2, 7), State.VALID),
            (date(2026, 2, 8), State.SOON),
            (date(2026, 3, 10), State.SOON),
            (date(2026, 3, 11), State.OVERDUE),
        ):
            assert self.KIND.standing(["dsl"], done, today=today, soon=self.SOON).state is state

    def test_who_needs_it(self) -> None:
        today = date(2026, 1, 1)
        assert self.KIND.standing(["head"], None, today=today, soon=self.SOON).state is State.NONE
        assert self.KIND.standing(["head", "dsl"], None, today=today, soon=self.SOON).state is State.UNKNOWN
        aid = Kind("first-aid", "First aid", frozenset(), 36, "")
        assert aid.standing(["head"], None, today=today, soon=self.SOON).state is State.NONE
        assert aid.standing(["head"], date(2025, 1, 1), today=today, soon=self.SOON).state is State.VALID

    @pytest.mark.parametrize(
        ("day", "months", "ends"),
        [
            (date(2024, 2, 29), 12, date(2025, 2, 28)),
            (date(2024, 12, 31), 2, date(2025, 2, 28)),
            (date(2024, 12, 15), 24, date(2026, 12, 15)),
            (date(2024, 1, 31), 36, date(2027, 1, 31)),
        ],
    )
    def test_months_end_where_there_is_such_a_day(self, day: date, months: int, ends: date) -> None:
        assert months_after(day, months) == ends


class TestMatrix:
    def test_by_own_entry_and_by_our_register(self, cast: Cast, sign_in: SignIn) -> None:
        did(cast.dsl, "safeguarding-lead", ago=800)
        did(cast.class_teacher, ago=345)
        session = held(cast.cluster, ago=40 * DAYS)
        session.programme.counts_for = "safeguarding"
        session.programme.save()
        came(session, cast.support_staff, school=cast.junior)
        came(session, cast.senco, school=cast.junior, came=Came.ABSENT)
        for person, code, state in (
            (cast.dsl, "safeguarding-lead", State.OVERDUE),
            (cast.class_teacher, "safeguarding", State.SOON),
            (cast.support_staff, "safeguarding", State.VALID),
            (cast.senco, "safeguarding", State.UNKNOWN),
            (cast.senco, "safeguarding-lead", State.NONE),
            (cast.senco, "first-aid", State.NONE),
        ):
            assert state_of(cast.head, cast.junior, person, code) is state, (person, code)
        shown = text(sign_in(cast.head).get(PAGE))
        assert "1 has training overdue, 1 has training that ends soon" in shown
        assert "Overdue" in shown
        assert "Keeping children safe in education" in shown

    def test_counts_people(self, cast: Cast, sign_in: SignIn) -> None:
        did(cast.dsl, "safeguarding-lead", ago=800)
        did(cast.dsl, ago=700)
        assert "1 has training overdue, 0 have" in text(sign_in(cast.head).get(PAGE))

    def test_what_was_done_while_at_another_school_counts(self, cast: Cast) -> None:
        session = held(cast.cluster, ago=40 * DAYS)
        session.programme.counts_for = "safeguarding"
        session.programme.save()
        came(session, cast.support_staff, school=cast.other_junior)
        assert state_of(cast.school_office, cast.junior, cast.support_staff, "safeguarding") is State.VALID

    def test_the_latest_stands(self, cast: Cast) -> None:
        did(cast.senco, ago=500)
        did(cast.senco, ago=10)
        did(cast.senco, ago=380)
        assert state_of(cast.head, cast.junior, cast.senco, "safeguarding") is State.VALID

    def test_periods_are_data_and_a_partnerships_own_come_first(self, cast: Cast) -> None:
        did(cast.senco, ago=200)
        did(cast.stranger_senco, ago=200)
        TrainingKind.objects.create(
            code="safeguarding", title="Safeguarding", roles=["senco"], months=6, source="The heads",
            partnership=cast.cluster,
        )  # fmt: skip
        assert state_of(cast.head, cast.junior, cast.senco, "safeguarding") is State.OVERDUE
        assert state_of(cast.head, cast.junior, cast.class_teacher, "safeguarding") is State.NONE
        assert (
            state_of(cast.stranger_head, cast.far_junior, cast.stranger_senco, "safeguarding") is State.VALID
        )

    def test_of_ones_own_school_alone(self, cast: Cast, sign_in: SignIn) -> None:
        did(cast.next_dsl, "safeguarding-lead")
        did(cast.stranger_dsl, "safeguarding-lead")
        client = sign_in(cast.head)
        for school in (cast.secondary, cast.far_junior):
            for name in ("cpd:training", "cpd:training_csv"):
                shown = text(client.get(reverse(name), {"school": str(school.pk)}))
                assert cast.next_dsl.name not in shown
                assert cast.stranger_dsl.name not in shown
                assert cast.dsl.name in shown
        for who in (cast.support_staff, cast.class_teacher, cast.coordinator):
            assert sign_in(who).get(PAGE).status_code == 403

    def test_of_a_passport_the_school_sees_what_counts_and_nothing_else(self, cast: Cast) -> None:
        did(cast.senco, title="Counts")
        did(cast.senco, "", title=f"{CANARY} of my own")
        did(cast.next_senco, title=f"{CANARY} elsewhere")
        for who in (cast.head, cast.school_office):
            with rls.acting_as(who.pk, mfa=False):
                assert [each.title for each in PassportEntry.objects.all()] == ["Counts"]
                assert not PassportEntry.objects.update(title="Changed")
                assert PassportEntry.objects.all().delete()[0] == 0
        for who in (cast.class_teacher, cast.coordinator, cast.superuser, cast.stranger_head):
            with rls.acting_as(who.pk):
                assert not PassportEntry.objects.exists()
        cast.senco.posts.update(starts_on=date(2020, 1, 1), ends_on=timezone.localdate() - DAYS)
        with rls.acting_as(cast.head.pk):
            assert not PassportEntry.objects.exists(), "no longer ours"

    def test_an_attendance_elsewhere_shows_only_where_it_counts(self, cast: Cast) -> None:
        session = held(cast.cluster, ago=40 * DAYS)
        came(session, cast.support_staff, school=cast.other_junior)
        with rls.acting_as(cast.head.pk):
            assert not Attendance.objects.exists()
        session.programme.counts_for = "safeguarding"
        session.programme.save()
        with rls.acting_as(cast.head.pk):
            assert Attendance.objects.exists()
        with rls.acting_as(cast.next_head.pk):
            assert not Attendance.objects.exists()

    def test_as_csv(self, cast: Cast, sign_in: SignIn) -> None:
        entry = did(cast.dsl, "safeguarding-lead", ago=800)
        shown = text(sign_in(cast.head).get(reverse("cpd:training_csv")))
        assert f"overdue since {months_after(entry.on, 24)}" in shown
        assert "nothing recorded" in shown

    def test_as_many_statements_for_a_few_as_for_many(self, cast: Cast, sign_in: SignIn) -> None:
        client = sign_in(cast.head)
        did(cast.senco)

        def asked() -> int:
            client.get(PAGE)
            with CaptureQueriesContext(connection) as found:
                client.get(PAGE)
            return len(found)

        few = asked()
        for person in staff(cast.junior, 8):
            did(person)
        assert asked() == few


class TestHome:
    def test_the_head_is_told_of_people_and_of_their_own_school(self, cast: Cast, sign_in: SignIn) -> None:
        """Two trainings of one person are one colleague; "Nothing is late" stands nowhere beside it."""
        lead = did(cast.dsl, "safeguarding-lead", ago=800)
        did(cast.dsl, ago=700)
        did(cast.class_teacher, ago=345)
        did(cast.next_dsl, "safeguarding-lead", ago=900)
        cards = {card.title: card for card in sign_in(cast.head).get("/").context["others"]}
        (late,) = cards["Late in your school"].rows
        assert late.title == "Training overdue: 1 colleague"
        assert late.why == "Designated safeguarding lead, Safeguarding and child protection"
        assert late.due == min(months_after(lead.on, 24), months_after(timezone.localdate() - 700 * DAYS, 12))
        (soon,) = cards["Statutory training"].rows
        assert soon.title == "Training ends soon: 1 colleague"
        assert late.href == soon.href == f"{PAGE}?school={cast.junior.pk}"

    def test_nothing_presses_and_nobody_else_is_told(self, cast: Cast, sign_in: SignIn) -> None:
        did(cast.next_dsl, "safeguarding-lead", ago=900)
        assert "Training overdue" not in text(sign_in(cast.head).get("/"))
        assert "Training overdue" in text(sign_in(cast.next_head).get("/"))
        assert "Training overdue" not in text(sign_in(cast.next_senco).get("/"))


class TestTold:
    def test_before_it_ends_and_not_when_it_is_renewed(self, cast: Cast, sign_in: SignIn) -> None:
        did(cast.dsl, "safeguarding-lead", ago=715)
        did(cast.senco, ago=10)
        did(cast.class_teacher, ago=700)
        today = timezone.localdate()
        with rls.as_worker():
            told = list(due_training(today=today))
        assert [each.recipient_id for each in told] == [cast.dsl.pk]
        enqueue(*told)
        client = sign_in(cast.dsl, mfa=False)
        assert "Your training “Designated safeguarding lead” ends" in text(client.get(reverse("inbox:list")))
        did(cast.dsl, "safeguarding-lead", ago=1)
        assert not list(due_training(today=today))
        assert "Your training" not in text(client.get(reverse("inbox:list")))

    def test_how_long_before_is_data(self, cast: Cast) -> None:
        did(cast.dsl, "safeguarding-lead", ago=650)
        assert not list(due_training(today=timezone.localdate()))
        Duty.objects.filter(code="cpd_training_ends").update(amount=90)
        assert list(due_training(today=timezone.localdate()))

    def test_of_passports_the_worker_reads_days_alone(self, cast: Cast) -> None:
        did(cast.dsl)
        with rls.as_worker(), pytest.raises(DatabaseError), transaction.atomic():
            list(PassportEntry.objects.values_list("title"))

    def test_ones_own_stands_in_the_passport(self, cast: Cast, sign_in: SignIn) -> None:
        did(cast.dsl, "safeguarding-lead", ago=715)
        client = sign_in(cast.dsl, mfa=False)
        assert "Ends soon" in text(client.get(reverse("cpd:passport")))
        page = text(client.get(reverse("cpd:passport_add")))
        assert "Designated safeguarding lead" in page


def test_the_kinds_say_what_stands_behind_them_and_are_laid_once() -> None:
    kinds = {each.code: each for each in TrainingKind.objects.all()}
    assert set(kinds) == {"safeguarding-lead", "safeguarding", "online-safety", "first-aid"}
    assert all(each.source for each in kinds.values())
    assert kinds["safeguarding-lead"].months == 24
    assert kinds["first-aid"].roles == []
    call_command("check")


class TestDesk:
    """Coordinators keep the kinds of their own partnership, and say which programme counts."""

    ADD = "/admin/cpd/trainingkind/add/"

    def data(self, **changed: object) -> dict[str, object]:
        return {
            "code": "prevent", "title": "Prevent", "roles": ["head", "senco"], "months": "24", "source": "Home Office",
            "effective_from": "2026-09-01", "effective_to": "",
        } | changed  # fmt: skip

    def test_for_ones_own_partnership(self, cast: Cast, sign_in: SignIn) -> None:
        client = sign_in(cast.coordinator)
        for partnership, said in (
            (cast.far_cluster.pk, "Select a valid choice"),
            ("", "This field is required"),
        ):
            assert said in text(client.post(self.ADD, self.data(partnership=partnership)))
        assert "one month or more" in text(
            client.post(self.ADD, self.data(partnership=cast.cluster.pk, months="0"))
        )
        assert client.post(self.ADD, self.data(partnership=cast.cluster.pk)).status_code == 302
        made = TrainingKind.objects.get(code="prevent")
        assert (made.roles, made.partnership) == (["head", "senco"], cast.cluster)
        assert state_of(cast.head, cast.junior, cast.senco, "prevent") is State.UNKNOWN

    def test_what_holds_everywhere_is_read_only(self, cast: Cast, sign_in: SignIn) -> None:
        row = TrainingKind.objects.get(code="safeguarding")
        client = sign_in(cast.coordinator)
        address = f"/admin/cpd/trainingkind/{row.pk}"
        assert client.get(f"{address}/change/").status_code == 200
        assert client.post(f"{address}/change/", self.data()).status_code == 403
        assert client.post(f"{address}/delete/", {"post": "yes"}).status_code == 403

    def test_a_programme_counts_for_a_training_there_is(self, cast: Cast, sign_in: SignIn) -> None:
        client = sign_in(cast.coordinator)
        TrainingKind.objects.create(
            code="far", title="Far", months=12, source="x", partnership=cast.far_cluster
        )
        data = {
            "partnership": cast.cluster.pk, "title": "Annual update", "aims": "Know the signs.", "audience": "All staff",
            "helps_pupils": "", "asks": "none", "fewest": "6", "counts_for": "safeguarding",
            "talks_before": "1", "talks_after": "3",
        }  # fmt: skip
        for wrong, said in (
            ({"counts_for": "far"}, "Select a valid choice"),
            ({"counts_for": "no-such"}, "Select a valid choice"),
            ({"fewest": "5"}, "would tell who wrote what"),
            ({"certificate_asks": "on"}, "only where feedback is asked for"),
        ):
            assert said in text(client.post("/admin/cpd/programme/add/", data | wrong)), wrong
        assert not Programme.objects.exists()
        assert client.post("/admin/cpd/programme/add/", data).status_code == 302
        assert Programme.objects.get().counts_for == "safeguarding"
