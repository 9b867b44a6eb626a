"""The world of the matrix: every role at five schools and around them, and four children whose words could leak."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cpd.models import Booking, Day, PassportEntry, Talk
from partnership.accounts.models import User
from partnership.outbox.models import Message
from schools.enums import ImportKind, ImportState, RowOutcome
from schools.models import Import, ImportRow, Invitation, Organisation, Post
from tests.cast import CANARY, Cast, Road, SignIn, make_road
from tests.factories.cpd import BookingFactory, DayFactory, ProgrammeFactory, SessionFactory
from tests.factories.schools import (
    ClassGroupFactory,
    ClassPlaceFactory,
    MembershipFactory,
    PostFactory,
    SecondaryFactory,
    UserFactory,
)
from tests.factories.transitions import NOW, shared
from tests.meta.expected import Outcome
from transitions.models import (
    Conversation,
    ConversationAdult,
    ConversationLine,
    Export,
    ExportFile,
    Handover,
    Section,
)

SIDES = ("", "next_", "other_", "stranger_", "stranger_next_")
FAR = ("stranger_", "far_")


@dataclass
class Thing:
    """One child's road with everything around it, and who stands where to it."""

    name: str
    surname: str
    road: Road
    present: str
    next: str | None
    cluster: frozenset[str]
    taught_by: frozenset[str]
    shared: bool
    post: Post | None = None
    invitation: Invitation | None = None
    planned: Conversation | None = None
    held: Conversation | None = None
    file: Import | None = None
    booking: Booking | None = None
    day: Day | None = None
    talk: Talk | None = None
    export: Export | None = None
    entry: PassportEntry | None = None
    entered: PassportEntry | None = None

    @property
    def working(self) -> str:
        return f"working-of-{self.name}"

    @property
    def sent(self) -> str:
        return f"sent-of-{self.name}"

    @property
    def note(self) -> str:
        return f"note-of-{self.name}"

    @property
    def school(self) -> Organisation:
        return self.road.move.school

    def stands(self, person: Person) -> str:
        """Where this person stands: at the present school, the next one, in the cluster that holds them, or nowhere."""
        if person.name in self.cluster:
            return "cluster"
        if person.side == self.present:
            return "present"
        return "next" if self.next is not None and person.side == self.next else ""

    def key(self, kind: str) -> uuid.UUID | None:
        """The id in the address for rows of this kind; None where there is no such row."""
        rows = {
            "move": self.road.move,
            "class": self.road.class_group,
            "conversation": self.planned,
            "school": self.school,
            "post": self.post,
            "invitation": self.invitation,
            "import": self.file,
            "session": self.booking.session if self.booking else None,
            "booking": self.booking,
            "day": self.day,
            "talk": self.talk,
            "export": self.export,
            "entry": self.entry,
            "entered": self.entered,
        }
        row = rows[kind]
        return row.pk if row is not None else None


@dataclass(frozen=True)
class Person:
    """Somebody of the cast: `role` as the table calls it, `side` the school's prefix ('-' for those of no school)."""

    name: str
    role: str
    side: str
    user: User = field(hash=False, compare=False)

    @property
    def far(self) -> bool:
        return self.name.startswith(FAR)


class World:
    """People with their sessions, and things by name."""

    def __init__(self, cast: Cast, sign_in: SignIn) -> None:
        self.cast, self.sign_in = cast, sign_in
        self.people = {name: person_of(name, user) for name, user in cast.people.items()}
        self.clients: dict[tuple[str, bool], Client] = {}
        self.things = {thing.name: thing for thing in make_things(cast)}
        senco = self.people["senco"].user
        for thing, name in (("home", "senco"), ("stranger", "stranger_senco")):
            self.tell(self.things[thing], self.people[name].user)
        self.message = Message.objects.create(
            key="matrix",
            recipient=senco,
            kind="matrix.none",
            urgency="digest",
            due_at=NOW - timedelta(days=30),
        )

    def tell(self, thing: Thing, user: User) -> Message:
        """A message whose words name the child, for those who may know: only facts are stored."""
        return Message.objects.create(
            key=f"matrix {thing.name}", recipient=user, kind="transitions.handover_received", urgency="digest",
            due_at=NOW - timedelta(days=30),
            facts={
                "subject": str(thing.road.handover.pk), "organisation": str(thing.school.pk), "version": 1,
            },
        )  # fmt: skip

    def client(self, name: str, *, mfa: bool = True) -> Client:
        """One session per person; '' is nobody signed in."""
        if (name, mfa) not in self.clients:
            assert not INSIDE, (
                "a session begun inside `undone` would be undone too, and its next request be nobody's"
            )
            client = self.sign_in(self.people[name].user, mfa=mfa) if name else Client()
            client.raise_request_exception = False
            self.clients[name, mfa] = client
        return self.clients[name, mfa]


def person_of(name: str, user: User) -> Person:
    for side in sorted(SIDES, key=len, reverse=True):
        role = name.removeprefix(side)
        if name.startswith(side) and user.posts.filter(role=role, organisation__kind="school").exists():
            return Person(name, role, side, user)
    return Person(name, name, "-", user)


def make_things(cast: Cast) -> Iterator[Thing]:
    """A shared handover at home, one being written, a neighbour's, and the strangers' canary."""
    southfield = SecondaryFactory(name="Southfield School", local_authority=cast.la)
    MembershipFactory(partnership=cast.cluster, organisation=southfield)
    home = frozenset({"coordinator", "county_coordinator"})
    places: tuple[tuple[Any, ...], ...] = (
        ("home", "Homechild", cast.junior, cast.secondary, "", "next_", home, {"class_teacher"}, "senco"),
        ("draft", "Draftchild", cast.junior, cast.secondary, "", "next_", home, set(), ""),
        ("neighbour", "Neighbourchild", cast.other_junior, southfield, "other_", None, home, set(), "other_senco"),
        (
            "stranger", CANARY, cast.far_junior, cast.far_secondary, "stranger_", "stranger_next_",
            frozenset({"far_coordinator"}), {"stranger_class_teacher"}, "stranger_senco",
        ),
    )  # fmt: skip
    for name, surname, school, to_school, present, following, cluster, taught, by in places:
        road = make_road(school, to_school, forename=f"Fore{name}", surname=surname)
        if name == "draft":
            put_in_another_class(road)
        thing = Thing(name, surname, road, present, following, cluster, frozenset(taught), bool(by))
        Section.objects.filter(handover=road.handover).update(text=thing.working)
        for teacher in taught:
            getattr(cast, teacher).posts.get().classes.add(road.class_group)
        if by:
            share(thing, by=getattr(cast, by))
            thing.post, thing.invitation = invited(school)
            thing.file = pupil_list(thing, by=getattr(cast, by))
            thing.export = board_as_file(thing, by=getattr(cast, by))
        if partnership := {"home": cast.cluster, "stranger": cast.far_cluster}.get(name):
            thing.booking = booked(school, partnership, title=f"Session of {name}")
            thing.day = DayFactory(partnership=partnership, title=f"Day of {name}")
            thing.talk = talk_of(thing.booking)
            thing.entry = PassportEntry.objects.create(
                person=thing.booking.person, title="Makaton", on=date(2026, 3, 27), hours=6
            )
            thing.entered = PassportEntry.objects.create(
                person=thing.booking.person, title="Safeguarding", on=date(2026, 9, 1), hours=2,
                counts_for="safeguarding", school=school, by=thing.booking.person, evidence="Certificate",
            )  # fmt: skip
        yield thing


def booked(school: Organisation, partnership: Organisation, *, title: str) -> Booking:
    """A member of staff with a place in a session of the partnership, which is open for booking."""
    now = timezone.now()
    session = SessionFactory(
        programme=ProgrammeFactory(partnership=partnership, title=title),
        starts_at=now + timedelta(days=20),
        opens_at=now - timedelta(days=2),
    )
    person = UserFactory(name=f"Betty of {title}")
    PostFactory(user=person, role="support_staff", organisation=school)
    return BookingFactory(session=session, person=person, organisation=school)


def talk_of(booking: Booking) -> Talk:
    """Ten minutes with somebody of elsewhere, offered."""
    other = BookingFactory(
        session=booking.session, person=UserFactory(name="Otto Other"), organisation=booking.organisation
    )
    return Talk.objects.create(
        session=booking.session,
        asked_by=other.person,
        asked=booking.person,
        at=timezone.now(),
        time_by=other.person,
        starts_at=booking.session.ends_at,
        ends_at=booking.session.ends_at + timedelta(minutes=10),
    )


def pupil_list(thing: Thing, *, by: User) -> Import:
    """A list that names the child in its file name, warnings and one refused row; read, and waiting to be applied."""
    surname = thing.surname
    made = Import.objects.create(
        kind=ImportKind.PUPILS, state=ImportState.READY, organisation=thing.school, by=by, at=timezone.now(),
        file_name=f"{surname}.csv", counts={"refused": 1}, warnings=[f"{surname} stands in it twice."],
        facts={"name": surname}, options={"name": surname}, reason=f"Line 2 names {surname}.",
    )  # fmt: skip
    ImportRow.objects.create(
        of=made, line=2, outcome=RowOutcome.REFUSED, key=surname, data={"show": {"title": surname, "detail": ""}},
        problems=[{"line": 2, "column": "Surname", "value": surname, "reason": f"{surname} has no date."}],
    )  # fmt: skip
    return made


def board_as_file(thing: Thing, *, by: User) -> Export:
    """The leaving board with this child alone, ready to be fetched; the name was searched for, too."""
    now = timezone.now()
    made = Export.objects.create(
        board="leaving", format="csv", asked=f"q={thing.surname}", state="ready", rows=1, organisation=thing.school,
        by=by, at=now, expires_at=now + timedelta(days=1),
    )  # fmt: skip
    content = f"Reference,Child\r\n{thing.road.move.reference},{thing.surname}\r\n".encode()
    ExportFile.objects.create(of=made, content=content, moves=[thing.road.move.pk])
    return made


def put_in_another_class(road: Road) -> None:
    road.pupil.class_places.all().delete()
    road.class_group = ClassGroupFactory(school=road.move.school, name="6B")
    ClassPlaceFactory(class_group=road.class_group, pupil=road.pupil)


def share(thing: Thing, *, by: User) -> None:
    """Shared, received, once talked over with a note, and one more talk planned."""
    handover, move = thing.road.handover, thing.road.move
    shared(handover, by=by, body_text=thing.sent)
    Handover.objects.filter(pk=handover.pk).update(received_at=NOW)
    reader = move.to_school
    assert reader is not None
    about = {"school": move.school, "reader": reader, "recorded_by": by, "recorded_at": NOW}
    thing.planned = Conversation.objects.create(planned_for=timezone.localdate() + timedelta(days=3), **about)
    thing.held = Conversation.objects.create(held_on=date(2026, 11, 19), **about)
    for conversation, note in ((thing.planned, ""), (thing.held, thing.note)):
        ConversationAdult.objects.create(conversation=conversation, user=by, organisation=move.school)
        ConversationLine.objects.create(
            conversation=conversation, handover=handover, pupil=move.pupil, school=move.school,
            seen_by=move.seen_by, reader=reader, note=note,
        )  # fmt: skip


def invited(school: Organisation) -> tuple[Post, Invitation]:
    """Somebody who has not come in yet."""
    person = UserFactory(name="Wanda Waiting", password=make_password(None))
    post = PostFactory(user=person, role="support_staff", organisation=school)
    invitation = Invitation.objects.create(
        post=post,
        email=person.email,
        token_hash=uuid.uuid4().hex,
        created_at=timezone.now(),
        expires_at=timezone.now() + timedelta(days=9),
    )
    return post, invitation


INSIDE: list[bool] = []


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside leaves no trace, so that one case never helps the next."""
    INSIDE.append(True)
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        INSIDE.pop()


class RoleProbe:
    """A last middleware that writes into the answer as which database role the view ran."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            role = cursor.fetchone()[0]
        response = self.get_response(request)
        response.headers["X-Database-Role"] = role
        return response


FACTOR_PAGES = ("mfa_reauthenticate", "mfa_activate_totp")


def outcome_of(response: Any) -> Outcome:
    """What an answer amounts to."""
    if response.status_code == 302:
        place = response.headers["Location"].split("?")[0]
        if place in (reverse("account_login"), reverse("admin:login")):
            return Outcome.SIGN_IN
        if place in {reverse(name) for name in FACTOR_PAGES}:
            return Outcome.FACTOR
        return Outcome.OK
    known = {403: Outcome.NO, 404: Outcome.MISSING, 405: Outcome.METHOD}
    return known.get(response.status_code, Outcome.FAULT if response.status_code >= 500 else Outcome.OK)
