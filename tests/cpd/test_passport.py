"""The passport: one's own alone, across schools, kept after a post ends, and taken along as a file."""

from __future__ import annotations

import io
import uuid
from datetime import date, timedelta
from decimal import Decimal

import pikepdf
import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cpd.enums import Came
from cpd.models import PassportEntry
from partnership.access import rls
from partnership.accounts.models import User
from schools.models import Post
from tests.cast import CANARY, Cast, SignIn
from tests.cpd.afterwards import came, held, text
from tests.factories.cpd import SessionFactory

pytestmark = pytest.mark.django_db
DAYS = timedelta(days=1)
PAGE, ADD = reverse("cpd:passport"), reverse("cpd:passport_add")


def entry(person: User, title: str = "Makaton, level 1", **more: object) -> PassportEntry:
    facts = {"provider": "A college", "on": date(2026, 3, 27), "hours": "6", "kind": "course"} | more
    return PassportEntry.objects.create(person=person, title=title, **facts)


def form(**changed: object) -> dict[str, object]:
    return {
        "key": str(uuid.uuid4()), "title": "Makaton, level 1", "provider": "A college", "on_day": "27", "on_month": "3",
        "on_year": "2026", "hours": "6.5", "kind": "course",
    } | changed  # fmt: skip


class TestItsPerson:
    def test_ours_and_their_own_from_every_school_and_partnership(self, cast: Cast, sign_in: SignIn) -> None:
        here = held(cast.cluster, ago=9 * DAYS)
        there = held(cast.far_cluster, ago=400 * DAYS, title="Long ago and far off")
        came(here, cast.support_staff, school=cast.junior, came=Came.LATE)
        came(there, cast.support_staff, school=cast.far_junior)
        missed = held(cast.cluster, ago=3 * DAYS, title="Missed")
        came(missed, cast.support_staff, school=cast.junior, came=Came.ABSENT)
        entry(cast.support_staff)
        entry(cast.class_teacher, title=f"{CANARY} course")
        shown = text(sign_in(cast.support_staff, mfa=False).get(PAGE))
        for words in (
            "Calm after break",
            "came late",
            "Long ago and far off",
            "Makaton, level 1",
            "8 hours 30 minutes",
        ):
            assert words in shown
        assert CANARY not in shown
        assert "Missed" not in shown

    def test_theirs_to_keep_when_the_post_has_ended(self, cast: Cast, sign_in: SignIn) -> None:
        session = held(cast.cluster, ago=9 * DAYS)
        came(session, cast.support_staff, school=cast.junior)
        entry(cast.support_staff)
        Post.objects.filter(user=cast.support_staff).update(
            starts_on=date(2020, 1, 1), ends_on=timezone.localdate() - DAYS
        )
        client = sign_in(cast.support_staff, mfa=False)
        shown = text(client.get(PAGE))
        assert "Calm after break" in shown
        assert "Makaton" in shown
        assert client.post(ADD, form(title="After I left")).status_code == 302
        assert "After I left" in text(client.get(reverse("cpd:passport_csv")))

    @pytest.mark.parametrize("who", ["head", "school_office", "coordinator", "superuser", "class_teacher"])
    def test_nobody_elses_business(self, cast: Cast, sign_in: SignIn, who: str) -> None:
        row = entry(cast.support_staff)
        client = sign_in(cast.people[who])
        for name in ("cpd:passport_change", "cpd:passport_remove"):
            assert client.get(reverse(name, args=[row.pk])).status_code == 404
            assert client.post(reverse(name, args=[row.pk]), form(title="Mine now")).status_code == 404
        assert "Makaton" not in text(client.get(PAGE))
        assert PassportEntry.objects.get().title == "Makaton, level 1"
        with rls.acting_as(cast.people[who].pk):
            assert not PassportEntry.objects.exists()
            assert not PassportEntry.objects.filter(pk=row.pk).update(title="Mine now")
            assert PassportEntry.objects.filter(pk=row.pk).delete()[0] == 0
            with pytest.raises(DatabaseError), transaction.atomic():
                entry(cast.support_staff, title="Put there")
        assert PassportEntry.objects.count() == 1

    def test_signed_out_one_signs_in(self, client: Client, cast: Cast) -> None:
        for name in ("passport", "passport_csv", "passport_pdf", "passport_add"):
            assert client.get(reverse(f"cpd:{name}")).headers["Location"].startswith("/accounts/login/")


class TestEntries:
    def test_add_change_and_remove(self, cast: Cast, sign_in: SignIn) -> None:
        client = sign_in(cast.support_staff, mfa=False)
        data = form()
        for _ in range(2):
            client.post(ADD, data)
        row = PassportEntry.objects.get()
        assert (row.person, row.on, row.hours) == (cast.support_staff, date(2026, 3, 27), Decimal("6.5"))
        address = reverse("cpd:passport_change", args=[row.pk])
        assert 'value="Makaton, level 1"' in text(client.get(address))
        client.post(address, form(title="Makaton, level 2"))
        row.refresh_from_db()
        assert row.title == "Makaton, level 2"
        gone = reverse("cpd:passport_remove", args=[row.pk])
        assert "It is gone then" in text(client.get(gone))
        assert PassportEntry.objects.exists()
        client.post(gone)
        assert not PassportEntry.objects.exists()

    @pytest.mark.parametrize(
        ("changed", "said"),
        [
            ({"title": ""}, "What was it?"),
            ({"on_year": "2999"}, "It has not happened yet"),
            ({"on_month": "13"}, "must be a real date"),
            ({"hours": "0"}, "more than nothing"),
            ({"hours": "-2"}, "Enter 0 or more."),
            ({"hours": "many"}, "Enter a number"),
            ({"hours": "12345"}, "3 figures or fewer before the point"),
            ({"kind": "holiday"}, "holiday"),
        ],
    )
    def test_what_cannot_be_is_said_and_nothing_is_lost(
        self, cast: Cast, sign_in: SignIn, changed: dict[str, object], said: str
    ) -> None:
        shown = text(sign_in(cast.support_staff, mfa=False).post(ADD, form(**changed)))
        assert said in shown
        assert "A college" in shown
        assert not PassportEntry.objects.exists()


class TestTakenAlong:
    def test_as_csv_that_no_spreadsheet_runs(self, cast: Cast, sign_in: SignIn) -> None:
        entry(cast.support_staff, title="=HYPERLINK(1)")
        answer = sign_in(cast.support_staff, mfa=False).get(reverse("cpd:passport_csv"))
        assert "2026-03-27,'=HYPERLINK(1),A college,Course or workshop,6.0" in text(answer)
        assert answer["Cache-Control"] == "no-store"

    def test_as_a_tagged_pdf_with_its_tables(self, cast: Cast, sign_in: SignIn) -> None:
        session = held(cast.cluster, ago=9 * DAYS)
        came(session, cast.support_staff, school=cast.junior)
        for number in range(40):
            entry(cast.support_staff, title=f"Course {number}", on=date(2024, 3, 1))
        answer = sign_in(cast.support_staff, mfa=False).get(reverse("cpd:passport_pdf"))
        with pikepdf.open(io.BytesIO(answer.content)) as file:
            assert len(file.pages) > 1
            assert file.Root.MarkInfo.Marked
            assert str(file.Root.Lang) == "en-GB"
            with file.open_metadata() as facts:
                assert str(facts["pdfuaid:part"]) == "1"
                assert facts["dc:title"] == f"CPD passport of {cast.support_staff.name}"


def test_as_many_statements_for_a_few_as_for_many(cast: Cast, sign_in: SignIn) -> None:
    session = held(cast.cluster, ago=9 * DAYS)
    came(session, cast.support_staff, school=cast.junior)
    client = sign_in(cast.support_staff, mfa=False)

    def asked() -> int:
        client.get(PAGE)
        with CaptureQueriesContext(connection) as found:
            client.get(PAGE)
        return len(found)

    few = asked()
    for number in range(8):
        other = SessionFactory(
            programme=session.programme,
            **{
                name: getattr(session, name) - (number + 1) * DAYS
                for name in ("starts_at", "ends_at", "opens_at", "closes_at")
            },
        )
        came(other, cast.support_staff, school=cast.junior)
        entry(cast.support_staff, title=f"Course {number}")
    assert asked() == few
