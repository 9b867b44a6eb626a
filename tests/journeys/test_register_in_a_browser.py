"""A register on a phone whose signal comes and goes: nothing is lost, nothing is there twice, nothing stays behind."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session as SignedIn
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Dialog, LocatorAssertions, Page, expect

from cpd.models import Attendance, Booking, Session
from partnership.accounts.models import User
from tests.cast import Cast
from tests.cpd.test_register import leader as leader
from tests.cpd.test_register import session as session
from tests.factories.cpd import ProgrammeFactory, SessionFactory
from tests.journeys.conftest import Visitor

Visit = Callable[..., Visitor]
NO_SIGNAL = r"ERR_INTERNET_DISCONNECTED|ERR_FAILED"
KEPT = """async () => ({
    bases: (await indexedDB.databases()).map(each => each.name),
    caches: await caches.keys(),
    workers: (await navigator.serviceWorker.getRegistrations()).length,
})"""
NOTHING = {"bases": [], "caches": [], "workers": 0}
IN_THE_CACHE = (
    "async () => (await (await caches.open('register')).keys()).map(each => new URL(each.url).pathname)"
)


def address(session: Session) -> str:
    return reverse("cpd:register", args=[session.pk])


def opened(visitor: Visitor, session: Session) -> Page:
    """The register, with all that the phone needs to open it without a signal."""
    page = visitor.goto(address(session))
    expect(page.locator("[data-register][data-ready]")).to_have_count(1)
    return page


def mark(page: Page, name: str, came: str) -> None:
    page.get_by_role("group", name=re.compile(f"^{name} ")).get_by_role(
        "radio", name=came, exact=True
    ).click()


def gone(page: Page) -> None:
    """Nothing of it is on the phone any more, soon."""
    page.wait_for_function(
        f'async () => JSON.stringify(await ({KEPT})()) === \'{{"bases":[],"caches":[],"workers":0}}\''
    )


def state(page: Page) -> LocatorAssertions:
    return expect(page.locator("[data-sync]"))


def register_of(session: Session) -> dict[str, str]:
    return {
        each.person.name if each.person else each.name: each.came
        for each in Attendance.objects.filter(session=session).select_related("person")
    }


@pytest.mark.django_db(transaction=True)
class TestPoorSignal:
    def test_it_opens_ticks_and_adds_without_one_and_sends_once(
        self, visit: Visit, cast: Cast, session: Session, leader: User
    ) -> None:
        visitor = visit(leader, mfa=False, width="phone")
        visitor.watch.allow(NO_SIGNAL)
        page = opened(visitor, session)
        assert visitor.axe() == []
        visitor.screens("register")
        visitor.context.set_offline(True)
        page.reload()
        expect(page.locator(".masthead--bare")).to_be_visible()
        expect(page.get_by_role("group")).to_have_count(4)
        mark(page, "Support Staff", "Came late")
        mark(page, "Support Staff", "Here")
        mark(page, "Senco", "Not here")
        page.get_by_label("Find a name, or add one").fill("Ada Brown")
        page.get_by_label("Not listed? Their school").select_option(label="Northfield School")
        page.get_by_role("button", name="Add “Ada Brown”").click()
        state(page).to_contain_text("No connection: 3 ticks are kept on this phone")
        assert visitor.axe() == []
        visitor.screens("register-offline")
        page.reload()
        expect(page.get_by_role("group", name=re.compile("^Ada Brown"))).to_be_visible()
        assert register_of(session) == {}

        visitor.context.set_offline(False)
        state(page).to_have_text("Everything is sent.")
        assert register_of(session) == {"Support Staff": "present", "Senco": "absent", "Ada Brown": "present"}
        mark(page, "Ada Brown", "Left early")
        state(page).to_have_text("Everything is sent.")
        page.get_by_role("button", name="Finish and close").click()
        expect(page.get_by_role("heading", name="Sessions you lead")).to_be_visible()
        assert register_of(session) == {
            "Support Staff": "present", "Senco": "absent", "Ada Brown": "left_early",
        }  # fmt: skip
        assert page.evaluate(KEPT) == NOTHING
        assert visitor.axe() == []
        visitor.screens("sessions-led")

    def test_of_pages_the_phone_keeps_the_bare_one_alone(
        self, visit: Visit, cast: Cast, session: Session, leader: User
    ) -> None:
        visitor = visit(leader, mfa=False, width="phone")
        page = opened(visitor, session)
        visitor.goto("/")
        visitor.goto(reverse("cpd:sign_in_sheet", args=[session.pk]))
        page = opened(visitor, session)
        kept = page.evaluate(IN_THE_CACHE)
        assert [each for each in kept if not each.startswith("/static/")] == [f"{address(session)}shell/"]
        assert any(each.endswith("app.css") for each in kept)

    def test_two_phones_see_each_others_ticks_and_the_later_stands(
        self, visit: Visit, cast: Cast, session: Session, leader: User
    ) -> None:
        one, other = visit(leader, mfa=False, width="phone"), visit(cast.coordinator, width="phone")
        one.watch.allow(NO_SIGNAL)
        first, second = opened(one, session), opened(other, session)
        one.context.set_offline(True)
        mark(first, "Senco", "Not here")
        state(first).to_contain_text("1 tick is kept")
        mark(second, "Senco", "Came late")
        state(second).to_have_text("Everything is sent.")
        one.context.set_offline(False)
        state(first).to_have_text("Everything is sent.")
        assert register_of(session) == {"Senco": "late"}
        expect(
            first.get_by_role("group", name=re.compile("^Senco ")).get_by_label("Came late")
        ).to_be_checked()


@pytest.mark.django_db(transaction=True)
class TestBeforeTheDay:
    def test_made_ready_the_evening_before_it_opens_on_the_day_without_a_signal(
        self, visit: Visit, cast: Cast, session: Session, leader: User
    ) -> None:
        tomorrow = timezone.now() + timedelta(days=1)
        Session.objects.filter(pk=session.pk).update(
            starts_at=tomorrow, ends_at=tomorrow + timedelta(hours=1)
        )
        visitor = visit(leader, mfa=False, width="phone")
        visitor.watch.allow(NO_SIGNAL + "|422")
        page = opened(visitor, session)
        state(page).to_have_text("This phone is ready: on the day the register opens here without a signal.")
        radio = page.get_by_role("group", name=re.compile("^Senco ")).get_by_role("radio", name="Came late")
        expect(radio).to_be_disabled()
        expect(page.get_by_label("Find a name, or add one")).to_be_hidden()
        assert visitor.axe() == []
        visitor.screens("register-ready")
        Booking.objects.filter(person=cast.senco).update(cancelled_at=timezone.now())
        page.reload()
        expect(page.locator("[data-group=cancelled] [data-line]")).to_have_count(2)

        visitor.context.set_offline(True)
        page.reload()
        expect(page.locator(".masthead--bare")).to_be_visible()
        state(page).to_have_text("No connection. This register opens on the day.")
        expect(radio).to_be_disabled()
        page.clock.set_fixed_time(tomorrow)
        page.reload()
        mark(page, "Senco", "Came late")
        state(page).to_contain_text("No connection: 1 tick is kept on this phone")
        visitor.context.set_offline(False)
        state(page).to_contain_text("The register opens on the day")
        assert register_of(session) == {}, "the phone's clock is not believed"
        begun = timezone.now() - timedelta(minutes=5)
        Session.objects.filter(pk=session.pk).update(
            opens_at=begun - timedelta(days=9), closes_at=begun - timedelta(hours=1), starts_at=begun
        )
        page.reload()
        state(page).to_contain_text("The clock of this phone is wrong")
        assert register_of(session) == {"Senco": "late"}

    def test_when_its_time_is_over_it_goes(
        self, visit: Visit, cast: Cast, session: Session, leader: User
    ) -> None:
        """Not a day after it was made ready, but once its own day is over."""
        begins = timezone.now() + timedelta(days=2)
        Session.objects.filter(pk=session.pk).update(starts_at=begins, ends_at=begins + timedelta(hours=1))
        visitor = visit(leader, mfa=False, width="phone")
        page = opened(visitor, session)
        page.clock.set_fixed_time(timezone.now() + timedelta(days=1, hours=12))
        visitor.goto("/")
        expect(page.locator("h1")).to_be_visible()
        assert page.evaluate(KEPT)["bases"] == ["register"]
        page.clock.set_fixed_time(begins + timedelta(days=1, minutes=1))
        visitor.goto("/")
        gone(page)
        begun = opened(visitor, session)
        begun.get_by_role("button", name="Take it off this phone").click()
        expect(page.get_by_role("heading", name="Sessions you lead")).to_be_visible()
        assert page.evaluate(KEPT) == NOTHING


@pytest.mark.django_db(transaction=True)
class TestCalledOff:
    def test_ticks_of_a_session_called_off_are_told_and_go_once_read(
        self, visit: Visit, cast: Cast, session: Session, leader: User
    ) -> None:
        visitor = visit(leader, mfa=False, width="phone")
        visitor.watch.allow(NO_SIGNAL + "|422")
        page = opened(visitor, session)
        visitor.context.set_offline(True)
        mark(page, "Senco", "Here")
        mark(page, "Support Staff", "Came late")
        state(page).to_contain_text("2 ticks are kept on this phone")
        Session.objects.filter(pk=session.pk).update(state="called_off")
        visitor.context.set_offline(False)
        words = "This session is called off: there is no register. 2 ticks on this phone were not taken."
        state(page).to_have_text(words)
        assert visitor.axe() == []
        visitor.screens("register-called-off")
        page.reload()
        state(page).to_have_text(words)
        assert page.evaluate(KEPT)["bases"] == ["register"], "kept until it was read"
        page.get_by_role("button", name="I have read this").click()
        expect(page.get_by_role("heading", name="Sessions you lead")).to_be_visible()
        assert page.evaluate(KEPT) == NOTHING
        assert register_of(session) == {}

    def test_where_nothing_was_ticked_there_is_nothing_to_read(
        self, visit: Visit, cast: Cast, session: Session, leader: User
    ) -> None:
        visitor = visit(leader, mfa=False, width="phone")
        page = opened(visitor, session)
        Session.objects.filter(pk=session.pk).update(state="called_off")
        page.reload()
        state(page).to_have_text("This session is called off: there is no register.")
        expect(page.get_by_role("button", name="I have read this")).to_be_hidden()
        gone(page)


@pytest.mark.django_db(transaction=True)
class TestWalkIn:
    def test_two_letters_and_a_press(self, visit: Visit, cast: Cast, session: Session, leader: User) -> None:
        visitor = visit(leader, mfa=False, width="phone")
        page = opened(visitor, session)
        page.get_by_label("Find a name, or add one").fill("next se")
        page.get_by_role("button", name="Add Next Senco, Northfield School").click()
        expect(page.locator("[data-count]")).to_contain_text("That makes 3 for 2 places.")
        state(page).to_have_text("Everything is sent.")
        assert register_of(session) == {"Next Senco": "present"}
        visitor.screens("register-walk-in")

    def test_the_rest_are_not_here(self, visit: Visit, cast: Cast, session: Session, leader: User) -> None:
        visitor = visit(leader, mfa=False, width="phone")
        page = opened(visitor, session)
        mark(page, "Senco", "Here")
        page.get_by_role("button", name="The last one “Not here”").click()
        state(page).to_have_text("Everything is sent.")
        expect(page.locator("[data-count]")).to_contain_text("1 here, all with a place are marked.")
        assert register_of(session) == {"Senco": "present", "Support Staff": "absent"}

    def test_without_scripts_it_is_a_form(
        self, visit: Visit, cast: Cast, session: Session, leader: User
    ) -> None:
        visitor = visit(leader, mfa=False, width="phone", scripts=False)
        page = visitor.goto(address(session))
        mark(page, "Senco", "Came late")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_text("Saved.")).to_be_visible()
        page.get_by_role("textbox", name="Name").fill("Ada Brown")
        page.get_by_role("combobox", name="School").select_option(label="Northfield School")
        page.get_by_role("button", name="Add", exact=True).click()
        assert register_of(session) == {"Senco": "late", "Ada Brown": "present"}


@pytest.mark.django_db(transaction=True)
class TestNothingStays:
    def test_signed_out_meanwhile_the_ticks_wait_for_the_same_person(
        self, visit: Visit, cast: Cast, session: Session, leader: User
    ) -> None:
        visitor = visit(leader, mfa=False, width="phone")
        page = opened(visitor, session)
        SignedIn.objects.all().delete()
        mark(page, "Senco", "Came late")
        state(page).to_contain_text("You are signed out. 1 tick is kept on this phone until Miriam Kane")
        expect(page.get_by_role("link", name="Sign in again")).to_be_visible()
        visitor.screens("register-signed-out")
        assert register_of(session) == {}
        visitor.signed_in(leader, mfa=False)
        visitor.goto(address(session))
        state(page).to_have_text("Everything is sent.")
        assert register_of(session) == {"Senco": "late"}

    def test_somebody_else_who_signs_in_gets_nothing_of_it(
        self, visit: Visit, cast: Cast, session: Session, leader: User
    ) -> None:
        visitor = visit(leader, mfa=False, width="phone")
        page = opened(visitor, session)
        SignedIn.objects.all().delete()
        mark(page, "Senco", "Came late")
        state(page).to_contain_text("You are signed out")
        visitor.signed_in(cast.coordinator)
        visitor.goto("/")
        gone(page)
        opened(visitor, session)
        assert register_of(session) == {}

    def test_signing_out_forgets_it(self, visit: Visit, cast: Cast, session: Session, leader: User) -> None:
        visitor = visit(leader, mfa=False, width="phone")
        page = opened(visitor, session)
        assert page.evaluate(KEPT)["bases"] == ["register"]
        page.locator(".who__menu summary").click()
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()
        assert page.evaluate(KEPT) == NOTHING

    def test_closing_with_somebody_unmarked_is_asked_first(
        self, visit: Visit, cast: Cast, session: Session, leader: User
    ) -> None:
        page = opened(visit(leader, mfa=False, width="phone"), session)
        mark(page, "Senco", "Came late")
        state(page).to_have_text("Everything is sent.")
        asked: list[str] = []

        def answer(dialog: Dialog) -> None:
            asked.append(dialog.message)
            if len(asked) == 1:
                dialog.dismiss()
            else:
                dialog.accept()

        page.on("dialog", answer)
        finish = page.get_by_role("button", name="Finish and close")
        finish.click()
        expect(finish).to_be_visible()
        finish.click()
        expect(page.get_by_role("heading", name="Sessions you lead")).to_be_visible()
        assert asked == ["1 person is not marked yet. Close all the same? You can come back."] * 2

    def test_who_signs_out_with_ticks_unsent_is_asked_first(
        self, visit: Visit, cast: Cast, session: Session, leader: User
    ) -> None:
        visitor = visit(leader, mfa=False, width="phone")
        visitor.watch.allow(NO_SIGNAL)
        page = opened(visitor, session)
        visitor.context.set_offline(True)
        mark(page, "Senco", "Came late")
        state(page).to_contain_text("1 tick is kept")
        asked: list[str] = []

        def stay(dialog: Dialog) -> None:
            asked.append(dialog.message)
            dialog.dismiss()

        page.once("dialog", stay)
        page.locator(".who__menu summary").click()
        with page.expect_event("dialog"):
            page.get_by_role("button", name="Sign out").click()
        assert asked == ["1 tick of a register is not sent yet and will be lost. Sign out all the same?"]
        visitor.context.set_offline(False)
        state(page).to_have_text("Everything is sent.")
        assert register_of(session) == {"Senco": "late"}

    def test_ticks_of_one_session_are_sent_before_the_phone_keeps_another(
        self, visit: Visit, cast: Cast, session: Session, leader: User
    ) -> None:
        other = SessionFactory(
            programme=ProgrammeFactory(partnership=cast.cluster, title="Talking in threes"),
            starts_at=timezone.now() - timedelta(hours=5), ends_at=timezone.now() - timedelta(hours=4),
            opens_at=timezone.now() - timedelta(days=9), closes_at=timezone.now() - timedelta(hours=6),
            facilitator=leader,
        )  # fmt: skip
        visitor = visit(leader, mfa=False, width="phone")
        visitor.watch.allow(NO_SIGNAL)
        page = opened(visitor, session)
        visitor.context.set_offline(True)
        mark(page, "Senco", "Came late")
        state(page).to_contain_text("1 tick is kept")
        page.close()
        visitor.context.set_offline(False)
        visitor.page = visitor.context.new_page()
        page = opened(visitor, other)
        assert register_of(session) == {"Senco": "late"}
        kept = page.evaluate(KEPT)
        assert (kept["bases"], kept["workers"]) == (["register"], 1)


def test_the_sheet_is_a_page_one_would_hand_round(
    visit: Visit, cast: Cast, session: Session, leader: User, db: None
) -> None:
    visitor = visit(leader, mfa=False)
    page = visitor.goto(reverse("cpd:sign_in_sheet", args=[session.pk]))
    assert visitor.axe() == []
    visitor.screens("sign-in-sheet")
    page.emulate_media(media="print")
    visitor.screens("sign-in-sheet-print")
    expect(page.get_by_role("button", name="Print")).to_be_hidden()
