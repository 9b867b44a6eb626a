"""Certificates: for who was there, as PDF/UA, checked by a code, withdrawn and valid again with the register."""

from __future__ import annotations

import io
import re
import uuid
from collections.abc import Iterator
from datetime import date, timedelta

import pikepdf
import pytest
from django.core.cache import caches
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from cpd.actions.register import take
from cpd.enums import Came
from cpd.formats import pdf
from cpd.models import Attendance, Certificate, Session
from cpd.rules.codes import ALPHABET, new_code, read_code, spaced
from cpd.rules.register import Tick
from partnership.access import rls
from schools.models import Post
from tests.cast import CANARY, Cast, SignIn
from tests.cpd.afterwards import came, held, text

pytestmark = pytest.mark.django_db
DAYS = timedelta(days=1)
CHECK = reverse("cpd:check")


@pytest.fixture
def session(cast: Cast) -> Session:
    made = held(cast.cluster, ago=2 * DAYS)
    came(made, cast.support_staff, school=cast.junior)
    came(made, cast.class_teacher, school=cast.junior, came=Came.LATE)
    came(made, cast.senco, school=cast.junior, came=Came.ABSENT)
    return made


def address(session: Session) -> str:
    return reverse("cpd:certificate", args=[session.pk])


def made(session: Session, client: Client) -> Certificate:
    client.post(address(session))
    return Certificate.objects.get()


class TestMaking:
    def test_for_whoever_was_there_once_and_always_with_the_same_code(
        self, cast: Cast, session: Session, sign_in: SignIn
    ) -> None:
        client = sign_in(cast.support_staff, mfa=False)
        assert "Make my certificate" in text(client.get(address(session)))
        first = made(session, client)
        assert made(session, client) == first
        shown = text(client.get(address(session)))
        for words in (
            cast.support_staff.name, cast.junior.name, "Calm after break", "Northfield Cluster", "1 hour 15 minutes",
            spaced(first.code), "Download as PDF",
        ):  # fmt: skip
            assert words in shown

    def test_late_is_said_and_not_subtracted(self, cast: Cast, session: Session, sign_in: SignIn) -> None:
        client = sign_in(cast.class_teacher)
        made(session, client)
        shown = text(client.get(address(session)))
        assert "(came late)" in shown
        assert "1 hour 15 minutes" in shown

    @pytest.mark.parametrize("who", ["senco", "head", "coordinator", "next_support_staff", "stranger_head"])
    def test_nobody_else_gets_one_nor_sees_one(
        self, cast: Cast, session: Session, sign_in: SignIn, who: str
    ) -> None:
        made(session, sign_in(cast.support_staff, mfa=False))
        client = sign_in(cast.people[who])
        assert client.get(address(session)).status_code == 404
        assert client.post(address(session)).status_code == 404
        assert client.get(reverse("cpd:certificate_pdf", args=[session.pk])).status_code == 404
        assert Certificate.objects.count() == 1
        with rls.acting_as(cast.people[who].pk):
            assert not Certificate.objects.exists()

    def test_feedback_first_where_the_programme_asks_it(self, cast: Cast, sign_in: SignIn) -> None:
        session = held(cast.cluster, ago=DAYS, certificate_asks=True)
        came(session, cast.support_staff, school=cast.junior)
        client = sign_in(cast.support_staff, mfa=False)
        assert "Say how it was" in text(client.get(address(session)))
        assert "asks how it was first" in text(client.post(address(session), follow=True))
        assert not Certificate.objects.exists()
        client.post(reverse("cpd:feedback", args=[session.pk, "day"]), {"score": "4"})
        assert made(session, client)

    def test_not_before_it_is_over(self, cast: Cast, sign_in: SignIn) -> None:
        session = held(cast.cluster, ago=timedelta(minutes=-20))
        came(session, cast.support_staff, school=cast.junior)
        client = sign_in(cast.support_staff, mfa=False)
        client.post(address(session))
        assert not Certificate.objects.exists()

    def test_it_stays_ones_own_after_one_has_left(
        self, cast: Cast, session: Session, sign_in: SignIn
    ) -> None:
        Post.objects.filter(user=cast.support_staff).update(
            starts_on=date(2020, 1, 1), ends_on=timezone.localdate() - DAYS
        )
        client = sign_in(cast.support_staff, mfa=False)
        made(session, client)
        assert "Calm after break" in text(client.get(address(session)))
        assert client.get(reverse("cpd:certificate_pdf", args=[session.pk])).status_code == 200

    def test_the_database_gives_none_to_the_absent(self, cast: Cast, session: Session) -> None:
        rows = {each.person_id: each for each in Attendance.objects.all()}
        for who, of in ((cast.senco, cast.senco), (cast.senco, cast.support_staff)):
            with rls.acting_as(who.pk), pytest.raises(DatabaseError), transaction.atomic():
                Certificate.objects.create(
                    code=new_code(), attendance=rows[of.pk], person=who, issued_on=timezone.localdate()
                )


class TestChecking:
    @pytest.fixture(autouse=True)
    def counters(self) -> Iterator[None]:
        caches["default"].clear()
        yield
        caches["default"].clear()

    def test_anyone_with_the_code_and_no_more_than_it_says(
        self, cast: Cast, session: Session, sign_in: SignIn, client: Client
    ) -> None:
        code = made(session, sign_in(cast.support_staff, mfa=False)).code
        for typed in (code, spaced(code), spaced(code).lower().replace("0", "o").replace("1", "l")):
            shown = client.get(CHECK, {"code": typed})
            assert "This certificate is valid" in text(shown)
            assert cast.support_staff.name in text(shown)
            assert "no-store" in shown.headers["Cache-Control"]
            assert cast.class_teacher.name not in text(shown)
            assert (cast.support_staff.email or CANARY) not in text(shown)

    def test_withdrawn_with_the_register_and_valid_again_with_it(
        self, cast: Cast, session: Session, sign_in: SignIn, client: Client
    ) -> None:
        own = sign_in(cast.support_staff, mfa=False)
        code = made(session, own).code
        mine = Attendance.objects.filter(person=cast.support_staff)
        mine.update(came=Came.ABSENT)
        shown = text(client.get(CHECK, {"code": code}))
        assert "Withdrawn" in shown
        assert "This certificate is valid" not in shown
        assert "This certificate is withdrawn" in text(own.get(address(session)))
        assert own.get(reverse("cpd:certificate_pdf", args=[session.pk])).status_code == 404
        mine.update(came=Came.LEFT_EARLY)
        shown = text(client.get(CHECK, {"code": code}))
        assert "This certificate is valid" in shown
        assert "left early" in shown
        assert spaced(code) in text(own.get(address(session)))

    def test_whoever_made_one_is_told_that_it_is_withdrawn(
        self, cast: Cast, session: Session, sign_in: SignIn, client: Client
    ) -> None:
        own = sign_in(cast.support_staff, mfa=False)
        code = made(session, own).code
        for person in (cast.support_staff, cast.class_teacher):
            with rls.acting_as(cast.coordinator.pk) as taker:
                tick = Tick(id=uuid.uuid4(), came=Came.ABSENT, at=timezone.now(), person_id=person.pk)
                take(session, [tick], by=taker, at=timezone.now())
        assert f"Your certificate for “{session.name}” is withdrawn" in text(own.get(reverse("inbox:list")))
        other = sign_in(cast.class_teacher)
        assert "is withdrawn" not in text(other.get(reverse("inbox:list"))), "no certificate was made"
        shown = text(client.get(CHECK, {"code": code}))
        assert "Took part in" not in shown
        assert f"{cast.support_staff.name} was not there" in shown

    def test_no_code_is_said_beside_the_field(self, client: Client) -> None:
        assert "Type the code that is on the certificate." in text(client.get(CHECK, {"code": " "}))
        assert "Type the code" not in text(client.get(CHECK))

    def test_a_wrong_code_tells_nothing_and_many_are_slowed_down(
        self, cast: Cast, session: Session, sign_in: SignIn, client: Client, settings: Settings
    ) -> None:
        made(session, sign_in(cast.support_staff, mfa=False))
        settings.CODE_LIMITS = {"code": "4/m/ip"}
        answers = [client.get(CHECK, {"code": new_code()}) for _ in range(6)]
        assert [each.status_code for each in answers] == [200, 200, 200, 200, 429, 429]
        assert all("No certificate has this code" in text(each) for each in answers[:4])
        assert all(cast.support_staff.name not in text(each) for each in answers)
        assert client.get(CHECK).status_code == 200, "the page itself is not a try"

    def test_without_a_code_the_database_shows_nobody_anything(
        self, cast: Cast, session: Session, sign_in: SignIn
    ) -> None:
        code = made(session, sign_in(cast.support_staff, mfa=False)).code
        with rls.nobody():
            assert not Certificate.objects.exists()
            assert not Attendance.objects.exists()
        with rls.nobody(), rls.widened(code=new_code()):
            assert not Certificate.objects.exists()
        with rls.nobody(), rls.widened(code=code):
            assert Certificate.objects.get().code == code
            assert not Attendance.objects.exists()
            held_by = Certificate.objects.get().attendance_id
            with rls.widened(proved=rls.uuid_array({held_by})):
                assert Attendance.objects.get().person_id == cast.support_staff.pk, "that line and no other"

    def test_codes_are_long_and_cannot_be_misread(self) -> None:
        codes = {new_code() for _ in range(500)}
        assert len(codes) == 500
        assert all(len(code) == 12 and set(code) <= set(ALPHABET) for code in codes)
        assert not set("ILOU") & set(ALPHABET)
        assert read_code(" 7kqm-2xvb 9tra ") == "7KQM2XVB9TRA"
        for wrong in ("", "7KQM", "7KQM-2XVB-9TRU", "7KQM-2XVB-9TRAA", "'; --"):
            assert read_code(wrong) == ""


class TestPdf:
    def test_it_is_pdf_ua_in_our_own_typeface(self, cast: Cast, session: Session, sign_in: SignIn) -> None:
        cast.support_staff.name = "Łucja Ó’Brien-<Żak>"
        cast.support_staff.save()
        client = sign_in(cast.support_staff, mfa=False)
        code = made(session, client).code
        answer = client.get(reverse("cpd:certificate_pdf", args=[session.pk]))
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Cache-Control"] == "no-store"
        with pikepdf.open(io.BytesIO(answer.content)) as file:
            assert file.Root.MarkInfo.Marked
            assert str(file.Root.Lang) == "en-GB"
            assert file.Root.ViewerPreferences.DisplayDocTitle
            assert "/StructTreeRoot" in file.Root
            with file.open_metadata() as facts:
                assert str(facts["pdfuaid:part"]) == "1"
                assert facts["dc:title"] == "Certificate of attendance: Calm after break, Łucja Ó’Brien-<Żak>"
            fonts = {str(font.BaseFont) for page in file.pages for font in page.Resources.Font.values()}
            assert fonts
            assert all("Atkinson" in font for font in fonts), fonts
            tags = {str(item.objgen) for item in file.objects if isinstance(item, pikepdf.Dictionary)}
            assert tags
        assert code

    def test_nothing_is_fetched_but_our_fonts(self, caplog: pytest.LogCaptureFixture) -> None:
        page = '<html lang="en"><head><title>x</title></head><body><img src="{}" alt="a"></body></html>'
        for source in ("http://127.0.0.1:9/x.png", "file:///etc/hostname"):
            assert pdf.to_pdf(page.format(source), fonts=pdf.Path("."))
            assert "is no font of ours" in caplog.text
            caplog.clear()

    def test_where_it_cannot_be_made_the_page_says_so_and_prints(
        self, cast: Cast, session: Session, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        client = sign_in(cast.support_staff, mfa=False)
        made(session, client)
        monkeypatch.setattr(pdf, "engine", lambda: None)
        shown = text(client.get(address(session)))
        assert "Download as PDF" not in shown
        assert "Printed, this page is the certificate" in shown
        answer = client.get(reverse("cpd:certificate_pdf", args=[session.pk]), follow=True)
        assert "Print the page instead" in text(answer)
        assert not re.search(r"passport\.pdf", text(client.get(reverse("cpd:passport"))))
