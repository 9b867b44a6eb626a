"""A code from the school's office: who gives it to whom, that it signs in once, and how short and narrow the session is."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from partnership.access import rls
from partnership.accounts.models import SignInCode, User
from partnership.accounts.office_codes import hashed, new_code
from partnership.accounts.sessions import BEGAN, SEEN, end_sessions
from partnership.audit.models import Event
from partnership.outbox.collect import make_mail
from partnership.outbox.housekeeping import sweep_all
from partnership.outbox.models import Delivery, Message
from schools.actions.codes import use_code
from tests.accounts.door import enrol
from tests.cast import Cast, Road, SignIn
from tests.factories.schools import PostFactory

pytestmark = pytest.mark.django_db

TYPED, ACCOUNT, STAFF = reverse("schools:office_code"), "/account/", "/staff/"
MINUTE = 60
NOT_GOOD = "That code is not good, or not any more."


@pytest.fixture
def colleague(cast: Cast) -> User:
    """Support staff without a mail address and without a password."""
    user = User.objects.create_user(name="Maureen Gill")
    PostFactory(user=user, role="support_staff", organisation=cast.junior)
    return user


def asked(client: Client, user: User, **where: Any) -> Any:
    return client.post(reverse("schools:give_code", args=[user.posts.filter(**where)[0].pk]))


def given(client: Client, user: User) -> str:
    page = asked(client, user)
    assert page.status_code == 200, page
    code: str = page.context["code"]
    return code


def typed(code: str, client: Client | None = None, **more: str) -> tuple[Client, Any]:
    client = client or Client()
    return client, client.post(TYPED, {"code": code, **more})


def inside(client: Client) -> str:
    return str(client.session.get("_auth_user_id", ""))


# The road ---------------------------------------------------------------------------------------------------------


def test_the_office_lets_in_a_colleague_without_mail(cast: Cast, sign_in: SignIn, colleague: User) -> None:
    office = sign_in(cast.school_office)
    assert (
        f'Sign-in code<span class="govuk-visually-hidden"> for {colleague.name}'
        in office.get(STAFF).content.decode()
    )
    page = asked(office, colleague)
    code, text = page.context["code"], page.content.decode()
    assert re.fullmatch(r"[A-Z]{4}-[A-Z]{4}", code)
    assert code in text
    assert page.context["spoken"][0][0][0] == code[0]
    assert "no-store" in page["Cache-Control"]
    client, answer = typed(code.lower().replace("-", " "))
    assert answer["Location"] == "/"
    assert inside(client) == str(colleague.pk)
    assert client.get("/cpd/").status_code == 200
    kinds = [("account.code_given", cast.school_office.pk), ("account.code_used", colleague.pk)]
    events = Event.objects.filter(subject_id=colleague.pk, kind__startswith="account.").order_by("at")
    assert [(event.kind, event.actor_id) for event in events] == kinds
    assert not any(code[:4] in str(event.facts) for event in events)
    assert events[1].facts == {"given_by": str(cast.school_office.pk)}
    assert not SignInCode.objects.exists()


def test_it_leads_to_the_page_that_was_asked_for_and_to_no_other_site(
    cast: Cast, sign_in: SignIn, colleague: User
) -> None:
    office = sign_in(cast.school_office)
    assert f"{TYPED}?next=/cpd/" in Client().get(reverse("account_login"), {"next": "/cpd/"}).content.decode()
    assert typed(given(office, colleague), next="/cpd/")[1]["Location"] == "/cpd/"
    assert typed(given(office, colleague), next="https://elsewhere.example/")[1]["Location"] == "/"


def test_its_person_is_told_in_the_inbox_and_those_with_mail_by_mail(
    cast: Cast, sign_in: SignIn, colleague: User
) -> None:
    office = sign_in(cast.school_office)
    client, _ = typed(given(office, colleague))
    given(office, cast.support_staff)
    text = client.get("/inbox/").content.decode()
    assert f"{cast.school_office.name} gave out a sign-in code for you at" in text
    make_mail(at=timezone.now())
    assert [mail.recipient for mail in Delivery.objects.all()] == [cast.support_staff]
    assert Message.objects.filter(kind="schools.code_given").count() == 2
    stored = str(list(Message.objects.values())) + str(list(SignInCode.objects.values()))
    assert inside(client) == str(colleague.pk)
    assert not re.search(r"\b[A-Z]{4}-[A-Z]{4}\b", stored)


# Who gives it -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["school_office", "head", "deputy_head", "senco"])
def test_those_who_book_colleagues_give_it(cast: Cast, sign_in: SignIn, colleague: User, who: str) -> None:
    assert inside(typed(given(sign_in(cast.people[who]), colleague))[0]) == str(colleague.pk)


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("support_staff", 403), ("class_teacher", 403), ("transition_lead", 403), ("dsl", 403), ("coordinator", 403),
        ("superuser", 403), ("other_school_office", 404), ("stranger_head", 404),
    ],
)  # fmt: skip
def test_nobody_else_does(cast: Cast, sign_in: SignIn, colleague: User, who: str, status: int) -> None:
    assert asked(sign_in(cast.people[who]), colleague).status_code == status
    assert not SignInCode.objects.exists()


def test_a_password_alone_or_an_hour_old_proof_gives_none(
    cast: Cast, sign_in: SignIn, colleague: User
) -> None:
    for office in (sign_in(cast.school_office, mfa=False), sign_in(cast.school_office, ago=20 * MINUTE)):
        assert asked(office, colleague).status_code in (302, 403)
    assert not SignInCode.objects.exists()


def test_a_link_gives_none(cast: Cast, sign_in: SignIn, colleague: User) -> None:
    page = reverse("schools:give_code", args=[colleague.posts.get().pk])
    assert sign_in(cast.school_office).get(page).status_code == 405


# To whom ----------------------------------------------------------------------------------------------------------


def second_step(cast: Cast, user: User) -> None:
    enrol(user)


def post_elsewhere(cast: Cast, user: User) -> None:
    PostFactory(user=user, role="support_staff", organisation=cast.other_junior)


def post_elsewhere_to_come(cast: Cast, user: User) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    PostFactory(user=user, role="head", organisation=cast.far_junior, starts_on=tomorrow)


def cover_to_come(cast: Cast, user: User) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    PostFactory(user=user, role="class_teacher", organisation=cast.junior, starts_on=tomorrow)


def superuser(cast: Cast, user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_superuser=True)


def desk(cast: Cast, user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_staff=True)


def closed(cast: Cast, user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def gone(cast: Cast, user: User) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    user.posts.update(starts_on=yesterday, ends_on=yesterday)


CHANGES = [second_step, post_elsewhere, post_elsewhere_to_come, cover_to_come, superuser, desk, closed, gone]


@pytest.mark.parametrize("change", CHANGES)
def test_some_are_given_none_and_the_page_says_why(
    cast: Cast, sign_in: SignIn, colleague: User, change: Callable[[Cast, User], None]
) -> None:
    change(cast, colleague)
    office = sign_in(cast.school_office)
    answer = asked(office, colleague, organisation=cast.junior)
    assert answer.status_code == 302
    assert f"No sign-in code for {colleague.name}. The" in office.get(answer["Location"]).content.decode()
    assert not SignInCode.objects.exists()
    listed = office.get(STAFF).content.decode()
    assert f'Sign-in code<span class="govuk-visually-hidden"> for {colleague.name}' not in listed
    if change is not gone:
        assert "No sign-in code. The" in listed


@pytest.mark.parametrize(
    "role",
    [
        "head",
        "deputy_head",
        "senco",
        "transition_lead",
        "dsl",
        "deputy_dsl",
        "class_teacher",
        "governor",
        "dpo",
    ],
)
def test_no_post_that_reaches_children_is_opened_by_one(cast: Cast, sign_in: SignIn, role: str) -> None:
    office = sign_in(cast.school_office)
    assert asked(office, cast.people[role]).status_code == 302
    assert not SignInCode.objects.exists()
    given(office, cast.support_staff)  # the control


@pytest.mark.parametrize("change", CHANGES)
def test_what_has_changed_since_closes_it(
    cast: Cast, sign_in: SignIn, colleague: User, change: Callable[[Cast, User], None]
) -> None:
    code = given(sign_in(cast.school_office), colleague)
    change(cast, colleague)
    client, answer = typed(code)
    assert NOT_GOOD in answer.content.decode()
    assert not inside(client)


def test_the_end_of_their_sessions_ends_it(cast: Cast, sign_in: SignIn, colleague: User) -> None:
    code = given(sign_in(cast.school_office), colleague)
    end_sessions(colleague.pk)
    assert not inside(typed(code)[0])


# Once, for ten minutes --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("minutes", "opens"), [(9.9, True), (10.1, False)])
def test_it_is_good_for_ten_minutes(
    cast: Cast, sign_in: SignIn, colleague: User, minutes: float, opens: bool
) -> None:
    code = given(sign_in(cast.school_office), colleague)
    user = use_code(code, at=timezone.now() + timedelta(minutes=minutes))
    assert (user == colleague) is opens
    assert timedelta(minutes=10) == settings.OFFICE_CODE_LASTS


def test_every_bad_code_is_answered_alike(cast: Cast, sign_in: SignIn, colleague: User) -> None:
    office = sign_in(cast.school_office)
    used, replaced, over = given(office, colleague), given(office, cast.support_staff), ""
    typed(used)
    given(office, cast.support_staff)
    over = given(office, colleague)
    SignInCode.objects.filter(user=colleague).update(expires_at=timezone.now())
    texts = []
    for code in (used, replaced, over, "BBBB-BBBB", "-", "' OR 1=1 --", "ß"):
        client, answer = typed(code)
        assert not inside(client)
        assert answer.status_code == 200
        assert answer.context["form"].errors["code"] == [
            f"{NOT_GOOD} Look at it again, or ask the office for a new one."
        ]
        texts.append(re.sub(r'value="[^"]*"', "", answer.content.decode()))
    assert len(set(texts)) == 1


def test_wrong_tries_burn_nobodys_code_and_are_limited_where_they_come_from(
    cast: Cast, sign_in: SignIn, colleague: User
) -> None:
    code, guesser = given(sign_in(cast.school_office), colleague), Client(REMOTE_ADDR="192.0.2.7")
    answers = [typed(new_code(), guesser)[1].content.decode() for _ in range(25)]
    assert NOT_GOOD in answers[0]
    assert "too many tries" in answers[-1]
    assert "too many tries" in typed(code, guesser)[1].content.decode(), (
        "the right one too, or guessing went on"
    )
    assert not inside(guesser)
    assert inside(typed(code, Client(REMOTE_ADDR="192.0.2.8"))[0]) == str(colleague.pk)


def test_what_is_over_is_swept(cast: Cast, sign_in: SignIn, colleague: User) -> None:
    office = sign_in(cast.school_office)
    given(office, colleague)
    given(office, cast.support_staff)
    SignInCode.objects.filter(user=colleague).update(expires_at=timezone.now() - timedelta(seconds=1))
    sweep_all(at=timezone.now())
    assert [each.user for each in SignInCode.objects.all()] == [cast.support_staff]


def test_whoever_is_signed_in_types_none(cast: Cast, sign_in: SignIn, colleague: User) -> None:
    office = sign_in(cast.school_office)
    code = given(office, colleague)
    assert typed(code, office)[1]["Location"] == "/"
    assert inside(office) == str(cast.school_office.pk)
    assert SignInCode.objects.exists()


def test_the_security_log_says_who_came_in_and_never_the_code(
    cast: Cast, sign_in: SignIn, colleague: User, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    code, wrong = given(sign_in(cast.school_office), colleague), new_code()
    typed(wrong)
    typed(code)
    told = [each.getMessage() for each in caplog.records if each.name == "partnership.security"]
    assert told[-2].startswith("sign_in.refused")
    assert told[-1].startswith("sign_in.done")
    assert all('"by": "office_code"' in line for line in told[-2:])
    assert str(colleague.pk) in told[-1]
    assert code not in caplog.text
    assert wrong not in caplog.text


# The session ------------------------------------------------------------------------------------------------------


def seen(client: Client, seconds: float) -> Client:
    session = client.session
    session[SEEN] = time.time() - seconds
    session[BEGAN] = time.time() - seconds
    session.save()
    return client


def test_a_quarter_of_an_hour_without_use_ends_it(cast: Cast, sign_in: SignIn, colleague: User) -> None:
    client, _ = typed(given(sign_in(cast.school_office), colleague))
    page = seen(client, 14 * MINUTE).get(ACCOUNT)
    assert page.status_code == 200
    assert page["Refresh"] == str(15 * MINUTE + 1), "and the page goes with it"
    assert "On a shared device, sign out" in page.content.decode()
    over = seen(client, 15 * MINUTE + 1).get(ACCOUNT)
    assert over["Location"].startswith(reverse("account_login"))
    assert "cache" in over["Clear-Site-Data"]
    assert not inside(client)
    ordinary = seen(sign_in(cast.support_staff), 16 * MINUTE).get(ACCOUNT)
    assert ordinary.status_code == 200, "the control: one's own session lasts longer"
    assert "Refresh" not in ordinary
    assert "shared device" not in ordinary.content.decode()


def test_it_ends_with_the_browser_and_with_the_button(cast: Cast, sign_in: SignIn, colleague: User) -> None:
    client, _ = typed(given(sign_in(cast.school_office), colleague))
    assert client.cookies[settings.SESSION_COOKIE_NAME]["expires"] == ""
    left = client.post(reverse("account_logout"))
    assert "cache" in left["Clear-Site-Data"]
    assert client.get(ACCOUNT).status_code == 302


DOOR_PAGES = [
    "account_change_password", "account_set_password", "account_reauthenticate", "mfa_index", "mfa_activate_totp",
    "mfa_add_webauthn", "mfa_generate_recovery_codes", "mfa_authenticate", "usersessions_list",
    "account_request_login_code", "account_reset_password",
]  # fmt: skip


@pytest.mark.parametrize("page", DOOR_PAGES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_it_changes_no_way_in(cast: Cast, sign_in: SignIn, colleague: User, page: str, method: str) -> None:
    """Else whoever gives a code could set a password or a passkey with it, and come back as that person."""
    client, _ = typed(given(sign_in(cast.school_office), colleague))
    answer = getattr(client, method)(reverse(page))
    assert answer["Location"] == ACCOUNT
    assert "mfa" not in str(client.session["account_authentication_methods"])
    colleague.refresh_from_db()
    assert not colleague.has_usable_password()


def test_it_is_one_step_and_reaches_no_child(
    cast: Cast, sign_in: SignIn, colleague: User, road: Road
) -> None:
    code = given(sign_in(cast.school_office), colleague)
    client, _ = typed(code)
    PostFactory(user=colleague, role="class_teacher", organisation=cast.junior).classes.add(road.class_group)
    answer = client.get(reverse("transitions:leaving"))
    assert answer["Location"].startswith(reverse("mfa_activate_totp"))
    assert client.get(answer["Location"])["Location"] == ACCOUNT
    assert "Marsh" not in client.get(ACCOUNT).content.decode()
    with_step = sign_in(colleague).get(reverse("transitions:leaving"))
    assert "Marsh" in with_step.content.decode(), "the control: there is a child to see"


# The walls --------------------------------------------------------------------------------------------------------


def test_the_database_opens_a_code_to_its_school_and_to_whoever_has_it(
    cast: Cast, sign_in: SignIn, colleague: User
) -> None:
    code = given(sign_in(cast.school_office), colleague)
    rows = SignInCode.objects.filter(user=colleague)

    def count_as(user: User, *, mfa: bool = True) -> int:
        with rls.acting_as(user.pk, mfa=mfa):
            return rows.count()

    assert count_as(cast.school_office) == count_as(cast.head) == 1
    assert count_as(cast.school_office, mfa=False) == 0
    for other in (colleague, cast.coordinator, cast.stranger_school_office, cast.superuser):
        assert count_as(other) == 0, other
    with rls.nobody():
        assert not rows.exists()
        with rls.widened(code=hashed(new_code())):
            assert not rows.exists()
        with rls.widened(code=hashed(code)):
            assert rows.exists()


@pytest.mark.parametrize(
    ("who", "organisation", "fits"),
    [
        ("school_office", "junior", True),
        ("school_office", "far_junior", False),
        ("stranger_head", "far_junior", False),
    ],
)
def test_the_database_takes_none_for_people_of_elsewhere(
    cast: Cast, colleague: User, who: str, organisation: str, fits: bool
) -> None:
    giver = cast.people[who]
    row = SignInCode(
        user=colleague, organisation_id=getattr(cast, organisation).pk, code_hash=hashed(new_code()),
        given_by=giver, expires_at=timezone.now(), sessions_ended=0,
    )  # fmt: skip
    error = ""
    try:
        with rls.acting_as(giver.pk), transaction.atomic():
            row.save(force_insert=True)
    except Exception as fault:
        error = str(fault)
    assert ("row-level security" not in error) is fits, error


# Two at once ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first_comes_through", [True, False])
def test_of_two_at_once_one_comes_in(
    cast: Cast, sign_in: SignIn, colleague: User, first_comes_through: bool
) -> None:
    """The second waits for the first; where the first is undone, the control, the code is the second's."""
    code, found = given(sign_in(cast.school_office), colleague), []

    def second() -> None:
        try:
            with rls.nobody():
                found.append(use_code(code, at=timezone.now()))
        finally:
            connection.close()

    thread = threading.Thread(target=second)
    with rls.nobody():
        assert use_code(code, at=timezone.now()) == colleague
        thread.start()
        thread.join(1)
        assert thread.is_alive(), "it waits"
        if not first_comes_through:
            transaction.set_rollback(True)
    thread.join(30)
    assert found == [None if first_comes_through else colleague]
