"""Training that a school enters: of its own staff alone, for as long as they are, and they may say that it is wrong."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from cpd.actions import entering
from cpd.actions.booking import Refused
from cpd.models import PassportEntry
from cpd.queries import training
from cpd.reminders.afterwards import due_training
from cpd.rules.training import State
from partnership.access import rls
from partnership.accounts.models import User
from partnership.audit.models import Event
from partnership.outbox.models import Message
from schools.models import Organisation
from tests.cast import CANARY, Cast, SignIn
from tests.cpd.afterwards import text

pytestmark = pytest.mark.django_db
DAYS = timedelta(days=1)
ENTER, LIST, PASSPORT = (
    reverse(f"cpd:{name}") for name in ("training_enter", "training_entered", "passport")
)


def form(*people: User, **changed: object) -> dict[str, object]:
    day = timezone.localdate() - 3 * DAYS
    return {
        "key": str(uuid.uuid4()), "counts_for": "safeguarding", "title": "", "provider": "Wendlebury County",
        "on_day": str(day.day), "on_month": str(day.month), "on_year": str(day.year), "hours": "2.5",
        "evidence": "The list everybody signed", "people": [str(each.pk) for each in people],
    } | changed  # fmt: skip


def entered(school: Organisation, by: User, person: User, **changed: object) -> PassportEntry:
    facts = {
        "title": "Safeguarding", "on": timezone.localdate() - 3 * DAYS, "hours": 2, "counts_for": "safeguarding",
        "evidence": "Certificate",
    } | changed  # fmt: skip
    return PassportEntry.objects.create(person=person, school=school, by=by, **facts)


def state_of(cast: Cast, person: User) -> State:
    with rls.acting_as(cast.head.pk, mfa=False) as viewer:
        found = training.matrix_of(viewer, cast.junior.pk, now=timezone.now())
    row = next(row for row in found.rows if row.person_id == person.pk)
    return next(cell.state for kind, cell in row.pairs if kind.code == "safeguarding")


class TestEntering:
    def test_several_at_once_and_once_however_often_it_is_pressed(self, cast: Cast, sign_in: SignIn) -> None:
        """A whole-staff day, also for somebody who never signs in."""
        client, data = sign_in(cast.school_office, mfa=False), form(cast.support_staff, cast.class_teacher)
        for _ in range(2):
            assert client.post(ENTER, data).status_code == 302
        rows = list(PassportEntry.objects.all())
        assert {each.person for each in rows} == {cast.support_staff, cast.class_teacher}
        first = rows[0]
        assert (first.title, first.hours, first.school, first.by, first.evidence) == (
            "Safeguarding and child protection",
            Decimal("2.50"),
            cast.junior,
            cast.school_office,
            "The list everybody signed",
        )
        assert state_of(cast, cast.support_staff) is State.VALID
        assert state_of(cast, cast.senco) is State.UNKNOWN
        told = Event.objects.get(kind="training.entered")
        assert told.organisation_id == cast.junior.pk
        assert set(told.facts["entries"].values()) == {str(cast.support_staff.pk), str(cast.class_teacher.pk)}
        assert Message.objects.filter(kind=entering.ENTERED).count() == 2
        words = f"{cast.junior.name} entered “Safeguarding and child protection” in your CPD passport"
        assert words in text(sign_in(cast.support_staff, mfa=False).get(reverse("inbox:list")))
        PassportEntry.objects.filter(person=cast.support_staff).delete()
        assert words not in text(sign_in(cast.support_staff, mfa=False).get(reverse("inbox:list")))

    def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(
        self, cast: Cast, sign_in: SignIn
    ) -> None:
        client = sign_in(cast.head, mfa=False)
        data = form(counts_for="", on_year="2126", hours="0", evidence="", provider="Typed before")
        shown = text(client.post(ENTER, data))
        for words in (
            "Choose the training.",
            "It has not happened yet",
            "more than nothing",
            "only what it has evidence of",
            "Tick at least one person.",
        ):
            assert shown.count(words) == 2, "in the summary, and beside the field"
        assert 'value="Typed before"' in shown
        assert not PassportEntry.objects.exists()

    def test_of_ones_own_staff_alone(self, cast: Cast, sign_in: SignIn) -> None:
        client = sign_in(cast.school_office, mfa=False)
        shown = text(client.get(ENTER, {"school": str(cast.secondary.pk)}))
        assert cast.next_senco.name not in shown
        assert cast.senco.name in shown
        answer = client.post(f"{ENTER}?school={cast.secondary.pk}", form(cast.senco, cast.next_senco))
        assert answer.status_code == 200
        assert not PassportEntry.objects.exists()
        for who in (cast.support_staff, cast.class_teacher, cast.coordinator):
            assert sign_in(who).post(ENTER, form(cast.support_staff)).status_code == 403

    def test_whoever_has_left_meanwhile(self, cast: Cast) -> None:
        cast.senco.posts.update(starts_on=date(2020, 1, 1), ends_on=timezone.localdate() - DAYS)
        with (
            rls.acting_as(cast.head.pk, mfa=False) as viewer,
            pytest.raises(Refused, match="does not work at this school any more"),
        ):
            entering.enter(
                {"counts_for": "safeguarding"},
                people=[cast.senco.pk],
                school=cast.junior,
                key=uuid.uuid4(),
                by=viewer,
                at=timezone.now(),
            )


class TestPerson:
    def test_it_stands_in_the_passport_with_whose_it_is(self, cast: Cast, sign_in: SignIn) -> None:
        entry = entered(cast.junior, cast.head, cast.support_staff)
        client = sign_in(cast.support_staff, mfa=False)
        shown = text(client.get(PASSPORT))
        assert f"entered by {cast.junior.name}" in shown
        assert "your own entry" not in shown
        assert cast.junior.name in text(client.get(reverse("cpd:passport_csv")))
        for name in ("passport_change", "passport_remove"):
            assert client.get(reverse(f"cpd:{name}", args=[entry.pk])).status_code == 404

    def test_what_its_person_calls_wrong_counts_for_nothing_until_it_is_corrected(
        self, cast: Cast, sign_in: SignIn
    ) -> None:
        entry = entered(cast.junior, cast.head, cast.support_staff)
        address = reverse("cpd:passport_wrong", args=[entry.pk])
        client, office = sign_in(cast.support_staff, mfa=False), sign_in(cast.school_office, mfa=False)
        assert "Called wrong" not in text(office.get(reverse("cpd:training")))
        client.post(address)
        assert "You say that this is wrong" in text(client.get(PASSPORT))
        assert "This is wrong" in text(client.get(reverse("cpd:passport_csv")))
        assert state_of(cast, cast.support_staff) is State.UNKNOWN
        assert "Called wrong" in text(office.get(reverse("cpd:training")))
        assert "Called wrong" in text(office.get(LIST))
        client.post(address, {"right": "1"})
        assert state_of(cast, cast.support_staff) is State.VALID
        client.post(address)
        change = reverse("cpd:training_change", args=[entry.pk])
        assert f"{cast.support_staff.name} says that this is wrong" in text(office.get(change))
        office.post(change, form(title="Level 2"))
        entry.refresh_from_db()
        assert (entry.title, entry.wrong_at, entry.by) == ("Level 2", None, cast.school_office)
        assert state_of(cast, cast.support_staff) is State.VALID
        kinds = [each.kind for each in Event.objects.filter(subject_id=entry.pk).order_by("at")]
        assert kinds == [
            "passport.called_wrong",
            "passport.called_right",
            "passport.called_wrong",
            "training.corrected",
        ]

    def test_nobody_else_calls_it_wrong(self, cast: Cast, sign_in: SignIn) -> None:
        address = reverse("cpd:passport_wrong", args=[entered(cast.junior, cast.head, cast.support_staff).pk])
        for who in (cast.class_teacher, cast.head, cast.stranger_support_staff):
            assert sign_in(who).post(address).status_code == 404
        assert not PassportEntry.objects.filter(wrong_at__isnull=False).exists()

    def test_a_wrong_one_is_no_reason_to_be_silent(self, cast: Cast) -> None:
        """The reminder of what runs out goes by what counts."""
        entered(cast.junior, cast.head, cast.support_staff, on=timezone.localdate() - 350 * DAYS)
        wrong = entered(cast.junior, cast.head, cast.support_staff)
        assert not list(due_training(today=timezone.localdate()))
        PassportEntry.objects.filter(pk=wrong.pk).update(wrong_at=timezone.now())
        with rls.as_worker():
            told = list(due_training(today=timezone.localdate()))
        assert [each.recipient_id for each in told] == [cast.support_staff.pk]


class TestSchool:
    def test_corrects_and_withdraws_its_own_alone(self, cast: Cast, sign_in: SignIn) -> None:
        mine = entered(cast.junior, cast.head, cast.support_staff)
        theirs = entered(cast.secondary, cast.next_head, cast.next_support_staff, title=f"{CANARY} there")
        own = PassportEntry.objects.create(
            person=cast.support_staff,
            title=f"{CANARY} own",
            on=mine.on,
            hours=2,
            counts_for="online-safety",
        )
        client = sign_in(cast.school_office, mfa=False)
        shown = text(client.get(LIST, {"school": str(cast.secondary.pk)}))
        assert mine.title in shown
        assert CANARY not in shown
        for name in ("training_change", "training_withdraw"):
            for other in (theirs, own):
                assert client.get(reverse(f"cpd:{name}", args=[other.pk])).status_code == 404
                assert client.post(reverse(f"cpd:{name}", args=[other.pk]), form()).status_code == 404
        assert client.post(reverse("cpd:training_withdraw", args=[mine.pk])).status_code == 302
        assert set(PassportEntry.objects.all()) == {theirs, own}
        assert Event.objects.get(kind="training.withdrawn").facts == {"person": str(cast.support_staff.pk)}

    def test_after_the_post_it_is_its_persons(self, cast: Cast, sign_in: SignIn) -> None:
        entry = entered(cast.junior, cast.head, cast.support_staff)
        cast.support_staff.posts.update(starts_on=date(2020, 1, 1), ends_on=timezone.localdate() - DAYS)
        client = sign_in(cast.head, mfa=False)
        assert cast.support_staff.name not in text(client.get(LIST))
        assert client.post(reverse("cpd:training_withdraw", args=[entry.pk])).status_code == 404
        assert f"entered by {cast.junior.name}" in text(sign_in(cast.support_staff, mfa=False).get(PASSPORT))


class TestWalls:
    """The database alone."""

    def facts(self, cast: Cast, **changed: object) -> dict[str, object]:
        return {
            "person": cast.support_staff, "school": cast.junior, "by": cast.school_office, "title": "Safeguarding",
            "on": date(2026, 9, 1), "hours": 2, "counts_for": "safeguarding", "evidence": "Certificate",
        } | changed  # fmt: skip

    @pytest.mark.parametrize(
        "change",
        [
            {"person": "next_support_staff"},
            {"person": "stranger_support_staff"},
            {"school": "secondary"},
            {"by": "head"},
            {"school": None, "by": None, "evidence": ""},
            {"person": "next_support_staff", "school": "secondary"},
        ],
    )
    def test_a_school_enters_of_its_own_staff_alone(self, cast: Cast, change: dict[str, str | None]) -> None:
        changed = {
            name: getattr(cast, value) if value else value
            for name, value in change.items()
            if value is not None
        } | {name: value for name, value in change.items() if not value}
        with rls.acting_as(cast.school_office.pk, mfa=False):
            with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
                PassportEntry.objects.create(**self.facts(cast, **changed))
            assert PassportEntry.objects.create(**self.facts(cast)).pk

    def test_not_of_those_who_have_left(self, cast: Cast) -> None:
        entry = entered(cast.junior, cast.head, cast.support_staff)
        cast.support_staff.posts.update(starts_on=date(2020, 1, 1), ends_on=timezone.localdate() - DAYS)
        with rls.acting_as(cast.school_office.pk, mfa=False):
            with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
                PassportEntry.objects.create(**self.facts(cast))
            assert not PassportEntry.objects.filter(pk=entry.pk).update(title="Changed")
            assert PassportEntry.objects.filter(pk=entry.pk).delete()[0] == 0

    def test_nobody_without_that_right_enters_anything(self, cast: Cast) -> None:
        for who in (cast.class_teacher, cast.support_staff, cast.coordinator, cast.next_head):
            with (
                rls.acting_as(who.pk),
                pytest.raises(DatabaseError, match="row-level security"),
                transaction.atomic(),
            ):
                PassportEntry.objects.create(**self.facts(cast, by=who))

    def test_peoples_own_stay_theirs(self, cast: Cast) -> None:
        """The school reads what counts and writes none of it."""
        own = PassportEntry.objects.create(
            person=cast.support_staff, title="Mine", on=date(2026, 9, 1), hours=2, counts_for="safeguarding"
        )
        with rls.acting_as(cast.school_office.pk, mfa=False):
            assert PassportEntry.objects.get() == own
            assert not PassportEntry.objects.filter(pk=own.pk).update(title="Changed")
            assert not PassportEntry.objects.filter(pk=own.pk).update(
                school=cast.junior, by=cast.school_office, evidence="x"
            )
            assert PassportEntry.objects.filter(pk=own.pk).delete()[0] == 0

    def test_of_a_schools_entry_its_person_says_that_it_is_wrong_and_nothing_else(self, cast: Cast) -> None:
        entry = entered(cast.junior, cast.head, cast.support_staff)
        rows = PassportEntry.objects.filter(pk=entry.pk)
        with rls.acting_as(cast.support_staff.pk, mfa=False):
            for change in ({"title": "Better"}, {"hours": 9}, {"on": date(2026, 1, 1)}):
                with pytest.raises(DatabaseError, match="changes nothing else"), transaction.atomic():
                    rows.update(**change)
            with pytest.raises(DatabaseError, match="stays its person"), transaction.atomic():
                rows.update(school=None, by=None, evidence="")
            assert rows.delete()[0] == 0
            assert rows.update(wrong_at=timezone.now()) == 1
        with rls.acting_as(cast.head.pk, mfa=False):
            with pytest.raises(DatabaseError, match="stays its person"), transaction.atomic():
                rows.update(person=cast.class_teacher)
            assert rows.update(title="Corrected", wrong_at=None) == 1
