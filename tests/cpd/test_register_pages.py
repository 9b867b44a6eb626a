"""The pages of a register: for whoever leads the session, its coordinator, and nobody else."""

from __future__ import annotations

import json
import uuid
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cpd.enums import Came, SessionState
from cpd.models import Attendance, Session
from partnership.accounts.models import User
from schools.models import Duty
from tests.cast import CANARY, Cast, SignIn
from tests.cpd.test_register import leader as leader
from tests.cpd.test_register import session as session
from tests.factories.cpd import AttendanceFactory, BookingFactory, ProgrammeFactory, SessionFactory
from tests.factories.schools import PostFactory, UserFactory

pytestmark = pytest.mark.django_db

PAGES = ("cpd:register", "cpd:register_shell", "cpd:register_worker", "cpd:register_sync", "cpd:register_people",
         "cpd:sign_in_sheet")  # fmt: skip


def text(response: Any) -> str:
    return str(response.content.decode())


def address(session: Session, name: str = "cpd:register") -> str:
    return reverse(name, args=[session.pk])


def send(client: Client, session: Session, owner: User, *ticks: dict[str, str]) -> Any:
    body = json.dumps({"owner": str(owner.pk), "ticks": ticks})
    return client.post(address(session, "cpd:register_sync"), body, content_type="application/json")


def tick(person: User, came: str = "present", at: datetime | None = None) -> dict[str, str]:
    moment = (at or timezone.now()).isoformat()
    return {
        "id": str(uuid.uuid4()),
        "person": str(person.pk),
        "name": "",
        "school": "",
        "came": came,
        "at": moment,
    }


class TestWhoOpensIt:
    @pytest.mark.parametrize("page", PAGES)
    def test_the_leader_and_the_coordinator(
        self, cast: Cast, session: Session, leader: User, sign_in: SignIn, page: str
    ) -> None:
        assert sign_in(leader, mfa=False).get(address(session, page)).status_code == 200
        assert sign_in(cast.coordinator).get(address(session, page)).status_code == 200

    @pytest.mark.parametrize("page", PAGES)
    def test_to_everybody_else_it_does_not_exist(
        self, cast: Cast, session: Session, sign_in: SignIn, page: str
    ) -> None:
        for stranger in (cast.support_staff, cast.head, cast.stranger_head, cast.far_coordinator):
            assert sign_in(stranger).get(address(session, page)).status_code == 404

    def test_a_leader_elsewhere_sees_their_own_alone(
        self, cast: Cast, session: Session, leader: User, sign_in: SignIn
    ) -> None:
        far = SessionFactory(
            programme=ProgrammeFactory(partnership=cast.far_cluster, title=f"{CANARY} course"),
            facilitator=cast.stranger_head,
            starts_at=timezone.now() - timedelta(days=1),
            opens_at=timezone.now() - timedelta(days=9),
        )
        client = sign_in(cast.stranger_head)
        assert CANARY in text(client.get(reverse("cpd:leading")))
        assert client.get(address(session)).status_code == 404
        shown = text(sign_in(leader, mfa=False).get(reverse("cpd:leading")))
        assert "Calm after break" in shown
        assert CANARY not in shown
        assert sign_in(leader, mfa=False).get(address(far)).status_code == 404


class TestPlainForm:
    def test_everybody_stands_where_they_stood(
        self, cast: Cast, session: Session, leader: User, sign_in: SignIn
    ) -> None:
        groups = {
            code: [line.name for line in lines]
            for code, _, lines in sign_in(leader, mfa=False).get(address(session)).context["groups"]
        }
        assert groups == {
            "placed": [cast.senco.name, cast.support_staff.name],
            "waiting": [cast.next_support_staff.name],
            "walked_in": [],
            "cancelled": [cast.other_support_staff.name],
        }

    def test_without_scripts_it_is_a_form(
        self, cast: Cast, session: Session, leader: User, sign_in: SignIn
    ) -> None:
        client = sign_in(leader, mfa=False)
        here = {f"came-{cast.senco.pk}": "late", f"was-{cast.senco.pk}": ""}
        client.post(address(session), here | {"rest": "absent"})
        assert dict(Attendance.objects.values_list("person", "came")) == {
            cast.senco.pk: "late",
            cast.support_staff.pk: "absent",
        }
        assert "Register taken: 1 of 2" in text(client.get(reverse("cpd:leading")))

    def test_what_another_marked_meanwhile_is_not_undone_by_an_old_page(
        self, cast: Cast, session: Session, leader: User, sign_in: SignIn
    ) -> None:
        AttendanceFactory(
            session=session, person=cast.senco, organisation=cast.junior, came=Came.LATE, by=leader
        )
        sign_in(leader, mfa=False).post(
            address(session), {f"came-{cast.senco.pk}": "present", f"was-{cast.senco.pk}": "present"}
        )
        assert Attendance.objects.get().came == Came.LATE

    def test_one_more_than_there_are_places_is_told_and_allowed(
        self, cast: Cast, session: Session, leader: User, sign_in: SignIn
    ) -> None:
        walk_in = {"walk_in": "1", "name": "Ada Brown", "school": str(cast.junior.pk)}
        shown = text(sign_in(leader, mfa=False).post(address(session), walk_in, follow=True))
        assert "That makes 3 for 2 places." in shown
        assert Attendance.objects.get().name == "Ada Brown"

    def test_what_is_missing_is_said_beside_the_field(
        self, session: Session, leader: User, sign_in: SignIn
    ) -> None:
        shown = text(sign_in(leader, mfa=False).post(address(session), {"walk_in": "1", "name": "Ada"}))
        assert "Choose a school." in shown
        assert 'value="Ada"' in shown

    def test_before_the_day_it_shows_who_is_expected_and_when_it_opens(
        self, cast: Cast, session: Session, leader: User, sign_in: SignIn
    ) -> None:
        Session.objects.filter(pk=session.pk).update(
            starts_at=timezone.now() + timedelta(days=4), ends_at=timezone.now() + timedelta(days=5)
        )
        client = sign_in(leader, mfa=False)
        shown = text(client.get(address(session)))
        assert "The register opens on the day" in shown
        assert cast.senco.name in shown
        assert "register-state" not in shown
        assert 'type="radio"' not in shown
        assert client.get(address(session, "cpd:register_people"), {"q": "supp"}).json() == {"people": []}
        assert send(client, session, leader, tick(cast.senco)).status_code == 422
        assert not Attendance.objects.exists()

    def test_some_days_before_a_phone_is_made_ready_and_nobody_marked(
        self, cast: Cast, session: Session, leader: User, sign_in: SignIn
    ) -> None:
        """How many days is data. Names and ticks of this session alone, as on the day."""
        begins = timezone.now() + timedelta(days=3)
        Session.objects.filter(pk=session.pk).update(starts_at=begins, ends_at=begins + timedelta(hours=1))
        client = sign_in(leader, mfa=False)
        shown = text(client.get(address(session)))
        assert "The register opens on the day" in shown
        assert shown.count(" disabled>") == shown.count('type="radio"') - 4 > 0, (
            "all but those of the template"
        )
        kept = client.get(address(session, "cpd:register_sync")).json()
        day = timezone.make_aware(datetime.combine(timezone.localdate(begins), time.min))
        assert (datetime.fromisoformat(kept["opens"]), kept["off"]) == (day, False)
        assert {each["name"] for each in kept["lines"]} == {
            person.name
            for person in (cast.support_staff, cast.senco, cast.next_support_staff, cast.other_support_staff)
        }
        answer = send(client, session, leader, tick(cast.senco))
        assert (answer.status_code, answer.json()["off"]) == (422, False)
        assert (
            client.post(address(session), {f"came-{cast.senco.pk}": "present"}, follow=True).status_code
            == 200
        )
        assert not Attendance.objects.exists()
        Duty.objects.filter(code="cpd_register_ready").update(amount=2)
        assert "register-state" not in text(client.get(address(session)))

    def test_of_a_session_called_off_the_phone_hears_it(
        self, cast: Cast, session: Session, leader: User, sign_in: SignIn
    ) -> None:
        client = sign_in(leader, mfa=False)
        Session.objects.filter(pk=session.pk).update(state="called_off")
        answer = send(client, session, leader, tick(cast.senco))
        assert (answer.status_code, answer.json()) == (
            422,
            {"why": "This session is called off: there is no register.", "off": True},
        )
        shown = text(client.get(address(session)))
        assert "register-state" in shown
        assert not Attendance.objects.exists()


class TestSync:
    def test_it_answers_what_stands(
        self, cast: Cast, session: Session, leader: User, sign_in: SignIn
    ) -> None:
        AttendanceFactory(
            session=session, person=cast.support_staff, organisation=cast.junior, came=Came.LATE, by=leader
        )
        answer = send(sign_in(leader, mfa=False), session, leader, tick(cast.senco)).json()
        assert {line["name"]: line["came"] for line in answer["lines"]} == {
            cast.senco.name: "present",
            cast.support_staff.name: "late",
            cast.next_support_staff.name: "",
            cast.other_support_staff.name: "",
        }
        assert answer["refused"] == {}

    def test_it_asks_for_a_token(self, cast: Cast, session: Session, leader: User, sign_in: SignIn) -> None:
        strict = sign_in(leader, mfa=False)
        strict.handler.enforce_csrf_checks = True
        assert send(strict, session, leader, tick(cast.senco)).status_code == 403
        token = strict.get(address(session, "cpd:register_sync")).json()["token"]
        body = json.dumps({"owner": str(leader.pk), "ticks": [tick(cast.senco)]})
        answer = strict.post(
            address(session, "cpd:register_sync"), body, content_type="application/json",
            headers={"X-CSRFToken": token},
        )  # fmt: skip
        assert answer.status_code == 200
        assert Attendance.objects.count() == 1

    def test_ticks_of_one_person_are_not_taken_from_another(
        self, cast: Cast, session: Session, leader: User, sign_in: SignIn
    ) -> None:
        assert send(sign_in(cast.coordinator), session, leader, tick(cast.senco)).status_code == 409
        assert not Attendance.objects.exists()

    @pytest.mark.parametrize(
        "body",
        ["", "[]", "{", "null", '{"ticks": 3}', '{"ticks": [3]}', "[" * 20000, '{"ticks": [{"id": 1}]}'],
    )
    def test_what_is_no_batch_changes_nothing(
        self, session: Session, leader: User, sign_in: SignIn, body: str
    ) -> None:
        client = sign_in(leader, mfa=False)
        answer = client.post(address(session, "cpd:register_sync"), body, content_type="application/json")
        assert answer.status_code in (409, 422)
        assert client.post(address(session, "cpd:register_sync"), {"ticks": body}).status_code == 422

    def test_a_broken_tick_hinders_no_other(
        self, cast: Cast, session: Session, leader: User, sign_in: SignIn
    ) -> None:
        good = tick(cast.senco)
        broken = [
            good | {"id": "1", "came": "gone"},
            good | {"id": str(uuid.uuid4()), "at": "yesterday"},
            {**good, "id": str(uuid.uuid4()), "person": "", "name": "\ud800", "school": str(cast.junior.pk)},
        ]
        answer = send(sign_in(leader, mfa=False), session, leader, *broken, good)
        assert set(answer.json()["refused"]) == {each["id"] for each in broken}
        assert Attendance.objects.count() == 1

    def test_names_of_the_partnerships_staff_alone_are_offered(
        self, cast: Cast, session: Session, leader: User, sign_in: SignIn
    ) -> None:
        PostFactory(
            user=UserFactory(name=f"Sent {CANARY}"), role="support_staff", organisation=cast.far_junior
        )
        client = sign_in(leader, mfa=False)
        found = client.get(address(session, "cpd:register_people"), {"q": "sen"}).json()["people"]
        assert {each["name"] for each in found} == {cast.next_senco.name, cast.other_senco.name}
        for nothing in ("s", "", "sen\x00", "s" * 200):
            assert not client.get(address(session, "cpd:register_people"), {"q": nothing}).json()["people"]


class TestAround:
    def test_the_shell_and_the_worker_hold_no_name(
        self, cast: Cast, session: Session, leader: User, sign_in: SignIn
    ) -> None:
        client = sign_in(leader, mfa=False)
        for page in ("cpd:register_shell", "cpd:register_worker"):
            kept = text(client.get(address(session, page)))
            for name in (leader.name, cast.senco.name, cast.junior.name, session.name, str(leader.pk)):
                assert name not in kept
        answer = client.get(address(session, "cpd:register_worker"))
        assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
        assert "worker-src 'self'" in answer.headers["Content-Security-Policy"]

    def test_the_sheet_has_lines_for_those_expected_and_blank_ones(
        self, cast: Cast, session: Session, leader: User, sign_in: SignIn
    ) -> None:
        shown = text(sign_in(leader, mfa=False).get(address(session, "cpd:sign_in_sheet")))
        assert cast.next_support_staff.name in shown
        assert cast.other_support_staff.name not in shown
        assert shown.count("Blank line") == 10

    def test_home_asks_for_the_register_until_it_is_taken(
        self, cast: Cast, session: Session, leader: User, sign_in: SignIn
    ) -> None:
        client = sign_in(leader, mfa=False)
        assert "Open the register" in text(client.get(reverse("home")))
        for person in (cast.senco, cast.support_staff):
            AttendanceFactory(session=session, person=person, organisation=cast.junior, by=leader)
        assert "Open the register" not in text(client.get(reverse("home")))
        assert "You lead" not in text(sign_in(cast.senco).get(reverse("home")))

    def test_who_leads_something_is_shown_the_way(
        self, cast: Cast, session: Session, sign_in: SignIn
    ) -> None:
        Session.objects.filter(pk=session.pk).update(facilitator=cast.class_teacher, state=SessionState.DRAFT)
        way = reverse("cpd:leading")
        assert way in text(sign_in(cast.class_teacher).get(reverse("cpd:sessions")))
        assert way not in text(sign_in(cast.support_staff).get(reverse("cpd:sessions")))
        assert "Being planned" in text(sign_in(cast.class_teacher).get(way))
        assert "You lead no session" in text(sign_in(cast.support_staff).get(way))

    def test_a_participant_reads_what_the_register_says(
        self, cast: Cast, session: Session, leader: User, sign_in: SignIn
    ) -> None:
        AttendanceFactory(session=session, person=cast.support_staff, organisation=cast.junior, by=leader)
        page = reverse("cpd:session", args=[session.pk])
        assert "You were there" in text(sign_in(cast.support_staff, mfa=False).get(page))
        assert "You were there" not in text(sign_in(cast.senco).get(page))
        assert "Open the register" not in text(sign_in(cast.senco).get(page))
        assert "Open the register" in text(sign_in(cast.coordinator).get(page))

    def test_the_desk_leads_to_it(self, cast: Cast, session: Session, sign_in: SignIn) -> None:
        page = reverse("admin:cpd_session_change", args=[session.pk])
        assert address(session) in text(sign_in(cast.coordinator).get(page))


@pytest.mark.parametrize("page", ["register", "leading", "sheet", "sync", "home"])
def test_as_many_statements_for_a_few_as_for_many(
    cast: Cast, session: Session, leader: User, sign_in: SignIn, page: str
) -> None:
    client = sign_in(leader, mfa=False)
    place = {
        "register": address(session),
        "leading": reverse("cpd:leading"),
        "sheet": address(session, "cpd:sign_in_sheet"),
        "home": reverse("home"),
    }
    ticks = [tick(cast.senco)]
    AttendanceFactory(session=session, person=cast.support_staff, organisation=cast.junior, by=leader)

    def asked() -> int:
        for each in ticks:
            each["at"] = timezone.now().isoformat()
        for turn in range(2):
            with CaptureQueriesContext(connection) as found:
                if page == "sync":
                    for each in ticks:
                        each["came"] = ("present", "late")[turn]
                        each["at"] = timezone.now().isoformat()
                    send(client, session, leader, *ticks)
                else:
                    client.get(place[page])
        return len(found)

    few = asked()
    for number in range(8):
        person = UserFactory()
        BookingFactory(session=session, person=person, organisation=cast.secondary)
        if number % 2 or page == "sync":
            AttendanceFactory(session=session, person=person, organisation=cast.secondary, by=leader)
        ticks.append(tick(person))
        SessionFactory(
            programme=session.programme, facilitator=leader,
            starts_at=session.starts_at + timedelta(days=number + 1), opens_at=session.opens_at,
        )  # fmt: skip
    assert asked() == few
