"""After a session: a TA answers on a phone, opens the certificate, somebody checks it; a head reads matrix and picture."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from cpd.enums import Came
from cpd.models import Attendance, PassportEntry, Session
from tests.cast import Cast
from tests.cpd.afterwards import came, held
from tests.factories.cpd import BookingFactory
from tests.journeys.conftest import Visitor

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def session(cast: Cast) -> Session:
    made = held(
        cast.cluster,
        ago=timedelta(hours=3),
        title="Talking in threes: language for learning in the middle years",
        certificate_asks=True,
    )
    for person in (cast.support_staff, cast.class_teacher):
        BookingFactory(session=made, person=person, organisation=cast.junior)
    came(made, cast.support_staff, school=cast.junior)
    came(made, cast.class_teacher, school=cast.junior, came=Came.ABSENT)
    return made


def test_from_the_three_questions_to_a_checked_certificate(
    visit: Callable[..., Visitor], cast: Cast, session: Session
) -> None:
    visitor = visit(cast.support_staff, mfa=False, width="phone")
    page = visitor.goto(f"/cpd/{session.pk}/")
    page.get_by_role("link", name="Your certificate").click()
    expect(page.get_by_text("asks how it was first")).to_be_visible()
    page.get_by_role("button", name="Say how it was").click()
    assert visitor.axe() == []
    visitor.screens("cpd-feedback")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Choose a number from 1 to 5.").first).to_be_visible()
    page.get_by_label("4, a good deal").check()
    page.get_by_label("What will you try?").fill("Wait ten seconds before I help.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Your answer is in, without your name.")).to_be_visible()
    page.get_by_role("button", name="Make my certificate").click()
    assert visitor.axe() == []
    visitor.screens("cpd-certificate")
    code = page.locator(".certificate__code").inner_text()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as PDF").click()
    assert download.value.path().read_bytes().startswith(b"%PDF-")
    page.get_by_role("link", name="Your CPD").click()
    assert visitor.axe() == []
    visitor.screens("cpd-passport")

    stranger = visit(width="phone")
    page = stranger.goto("/cpd/check/")
    page.get_by_label("The code on the certificate").fill(code.lower())
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_text("This certificate is valid")).to_be_visible()
    expect(page.get_by_text(cast.support_staff.name)).to_be_visible()
    assert stranger.axe() == []
    stranger.screens("cpd-check")
    Attendance.objects.filter(person=cast.support_staff).update(came=Came.ABSENT)
    page.reload()
    expect(page.get_by_text("Withdrawn")).to_be_visible()


def test_an_entry_of_ones_own_without_scripts(visit: Callable[..., Visitor], cast: Cast) -> None:
    visitor = visit(cast.support_staff, mfa=False, width="phone", scripts=False)
    page = visitor.goto("/cpd/passport/")
    page.get_by_role("button", name="Add something of your own").click()
    page.get_by_label("What was it?").fill("Makaton, level 1")
    for part, value in (("Day", "27"), ("Month", "march"), ("Year", "2026")):
        page.get_by_label(part, exact=True).fill(value)
    page.get_by_label("How many hours did it take?").fill("6")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("It is in your passport.")).to_be_visible()
    assert PassportEntry.objects.get().person == cast.support_staff


def test_a_head_reads_the_matrix_and_the_picture(
    visit: Callable[..., Visitor], cast: Cast, session: Session
) -> None:
    today = timezone.localdate()
    for person, code, ago in (
        (cast.dsl, "safeguarding-lead", 715),
        (cast.senco, "safeguarding", 400),
        (cast.class_teacher, "safeguarding", 30),
    ):
        PassportEntry.objects.create(
            person=person, title="Training", on=today - timedelta(days=ago), hours=3, counts_for=code
        )
    visitor = visit(cast.head)
    page = visitor.goto("/cpd/training/")
    expect(page.get_by_text("1 has training overdue, 1 has training that ends soon")).to_be_visible()
    assert visitor.axe() == []
    visitor.screens("cpd-training")
    page = visitor.goto("/cpd/")
    page.get_by_role("link", name="CPD in numbers").click()
    assert re.search(r"1 attendance, 1 no-show", page.locator(".lead").inner_text())
    bar = page.locator(".bars__bar").first.bounding_box()
    assert bar is not None
    assert bar["width"] > 100
    assert visitor.axe() == []
    visitor.screens("cpd-figures")
    coordinator = visit(cast.coordinator)
    coordinator.goto("/cpd/figures/")
    assert coordinator.axe() == []
    coordinator.goto(f"/cpd/{session.pk}/feedback/")
    assert coordinator.axe() == []
    coordinator.screens("cpd-feedback-results")


def test_an_office_enters_the_staff_day_and_one_of_them_says_it_is_wrong(
    visit: Callable[..., Visitor], cast: Cast
) -> None:
    office = visit(cast.school_office, mfa=False)
    page = office.goto("/cpd/training/")
    page.get_by_role("button", name="Enter a training").click()
    page.get_by_label("Who offered it?").fill("Wendlebury County")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Tick at least one person.").first).to_be_visible()
    expect(page.get_by_label("Who offered it?")).to_have_value("Wendlebury County")
    assert office.axe() == []
    office.screens("cpd-training-enter")
    page.get_by_label("Which training?").select_option("safeguarding")
    for part, value in (("Day", "2"), ("Month", "september"), ("Year", "2026")):
        page.get_by_label(part, exact=True).fill(value)
    page.get_by_label("How many hours did it take?").fill("3")
    page.get_by_label("What have you seen of it?").fill("The list everybody signed")
    page.get_by_label(cast.support_staff.name, exact=True).check()
    page.get_by_label(cast.class_teacher.name, exact=True).check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("It stands in 2 passports")).to_be_visible()

    visitor = visit(cast.support_staff, mfa=False, width="phone")
    page = visitor.goto("/cpd/passport/")
    expect(page.get_by_text(f"entered by {cast.junior.name}")).to_be_visible()
    assert visitor.axe() == []
    visitor.screens("cpd-passport-entered")
    page.get_by_role("link", name="Is it wrong?").click()
    assert visitor.axe() == []
    visitor.screens("cpd-entry-wrong")
    page.get_by_role("button", name="This is wrong").click()
    expect(page.get_by_text("You say that this is wrong")).to_be_visible()

    page = office.goto("/cpd/training/")
    expect(page.get_by_text("Called wrong", exact=True)).to_be_visible()
    assert office.axe() == []
    office.screens("cpd-training-wrong")
    page.get_by_role("link", name="Look at 1 entry").click()
    assert office.axe() == []
    office.screens("cpd-training-entered")
    page.get_by_role(
        "link", name=f"Correct Safeguarding and child protection of {cast.support_staff.name}"
    ).click()
    page.get_by_role("link", name="Withdraw it").click()
    page.get_by_role("button", name="Withdraw it").click()
    expect(page.get_by_text("Withdrawn from the passport")).to_be_visible()
    assert PassportEntry.objects.get().person == cast.class_teacher
