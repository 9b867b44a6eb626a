"""What a school says to its staff's bookings, and whether a session lies in paid hours."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from cpd.enums import Approval, Given, SessionState
from cpd.models import Booking, Release, SchoolRule, Session
from cpd.queries.offer import Line, place_words
from cpd.queries.queue import queues_of
from cpd.rules import hours_words, minutes_outside
from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from partnership.accounts.models import User
from schools.models import Organisation, Post
from schools.queries.calendars import calendar_for
from schools.queries.hours import Pattern, patterns_of
from schools.queries.posts import holders
from schools.queries.working import in_term
from schools.rules import roles_with


def rule_of(viewer: Viewer, organisation_id: uuid.UUID) -> SchoolRule | None:
    """What holds at the school for all bookings; None where nobody set anything."""
    return SchoolRule.objects.visible_to(viewer).filter(organisation=organisation_id).first()


def post_at(person_id: uuid.UUID, organisation_id: uuid.UUID, *, on: date) -> Post | None:
    """The post from which somebody goes: the one with a line manager first."""
    posts = Post.objects.current(on=on).filter(user=person_id, organisation=organisation_id)
    return posts.order_by("line_manager", "starts_on", "pk").first()


def approvers_of(post: Post, *, on: date) -> list[uuid.UUID]:
    """Who is asked: the line manager, else the head, else whoever may in the head's place."""
    if post.line_manager_id:
        return [post.line_manager_id]
    at = post.organisation_id
    return holders(at, ["head"], on=on) or holders(at, roles_with(Permission.RELEASE_STAFF), on=on)


def outside(session: Session, patterns: Sequence[Pattern], *, teaching: bool) -> int | None:
    """Minutes outside paid hours; None where it cannot be said, since no hours are known. In a holiday nothing is paid
    time (`teaching` false)."""
    known = [pattern for pattern in patterns if pattern.week]
    if not known:
        return None
    start, end = timezone.localtime(session.starts_at), timezone.localtime(session.ends_at)
    spans = [pattern.week[start.isoweekday()] for pattern in known if start.isoweekday() in pattern.week]
    return minutes_outside(start, end, spans if teaching else [])


@dataclass(frozen=True, slots=True)
class OwnTime:
    """How one session lies to the viewer's hours at one school, and what that school says of it."""

    post_id: uuid.UUID | None
    said: bool
    minutes: int | None
    given: str
    approves: bool
    release: Release | None = None

    @property
    def words(self) -> str:
        """One sentence on paid time."""
        if self.minutes is None:
            return "You have no fixed hours: ask your school whether this is paid time." if self.said else ""
        if not self.minutes:
            return "Within your paid hours."
        beyond = f"{hours_words(self.minutes)} outside your paid hours."
        if self.given:
            return f"{beyond} Your school says: {str(Given(self.given).label).lower()}."
        return f"{beyond} Your school has not said yet whether they are paid or come back as time off."

    @property
    def agreed(self) -> bool:
        """Whether a booking counts as agreed: approved where that is wanted, and said what is given for the hours."""
        approval = self.release.approval if self.release else ""
        return approval != Approval.ASKED and (not self.minutes or bool(self.given))


def own_time(viewer: Viewer, line: Line, organisation_id: uuid.UUID) -> OwnTime:
    """For the page of a session, in a handful of queries."""
    on = timezone.localdate(line.now)
    held = patterns_of([viewer.user_id], organisation_id=organisation_id, on=on) if viewer.user_id else {}
    patterns = next(iter(held.values()), [])
    rule = rule_of(viewer, organisation_id)
    release = (
        Release.objects.visible_to(viewer).select_related("answered_by").filter(booking=line.mine.id).first()
        if line.mine
        else None
    )
    teaching = not any(each.week for each in patterns) or taught(organisation_id, line.session)
    return OwnTime(
        post_id=patterns[0].post_id if patterns else None,
        said=any(pattern.said for pattern in patterns),
        minutes=outside(line.session, patterns, teaching=teaching),
        given=(release.given if release else "") or (rule.given if rule else ""),
        approves=bool(rule and rule.approval) and not viewer.may(Permission.RELEASE_STAFF, organisation_id),
        release=release,
    )


def taught(organisation_id: uuid.UUID, session: Session) -> bool:
    """Whether the session lies in the school's term."""
    return in_term(calendar_for(organisation_id), timezone.localdate(session.starts_at))


def find_release(viewer: Viewer, booking_id: uuid.UUID) -> Release | None:
    """What was said to a live booking, as far as the viewer may see it; a new one, not stored, where nothing was."""
    rows = Release.objects.visible_to(viewer).filter(booking=booking_id, booking__cancelled_at__isnull=True)
    found = rows.select_related(
        "booking__session__programme",
        "booking__session__venue",
        "person",
        "organisation",
        "post__line_manager",
    ).first()
    return found or fresh_release(viewer, booking_id)


def fresh_release(viewer: Viewer, booking_id: uuid.UUID) -> Release | None:
    rows = Booking.objects.visible_to(viewer).live().select_related("session__programme", "session__venue")
    booking = rows.select_related("person", "organisation").filter(pk=booking_id).first()
    if booking is None:
        return None
    post = post_at(booking.person_id, booking.organisation_id, on=timezone.localdate())
    if post is None:
        return None
    return Release(booking=booking, person=booking.person, organisation=booking.organisation, post=post)


def waiting_on(viewer: Viewer) -> list[Release]:
    """Bookings that wait for the viewer's answer, the nearest session first."""
    rows = Release.objects.asked_of(viewer).filter(
        booking__session__state=SessionState.OFFERED, booking__session__starts_at__gt=timezone.now()
    )
    return list(
        rows.select_related("booking__session__programme", "person").order_by(
            "booking__session__starts_at", "pk"
        )
    )


def own_answers(viewer: Viewer, booking_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Release]:
    """What was said to the viewer's own bookings, cancelled ones too."""
    rows = Release.objects.visible_to(viewer).filter(person=viewer.user_id, booking__in=booking_ids)
    return {
        each.pk: each
        for each in rows.select_related(
            "booking__session__programme", "booking__session__venue", "answered_by"
        )
    }


# Who is out -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Out:
    """One colleague at one session."""

    booking: Booking
    place: str
    placed: bool
    minutes: int | None
    given: str
    release: Release | None

    @property
    def approval(self) -> str:
        return self.release.approval if self.release else ""

    @property
    def cover(self) -> str:
        return self.release.cover if self.release else ""

    @property
    def unsaid(self) -> bool:
        """Outside paid time, and nobody has said what is given for it."""
        return bool(self.minutes) and not self.given

    @property
    def minutes_words(self) -> str:
        if self.minutes is None:
            return "hours not known"
        return f"{hours_words(self.minutes)} outside" if self.minutes else "in paid time"

    @property
    def given_words(self) -> str:
        return {"": "not said yet", Given.PAID: "paid", Given.TIME_BACK: "time back"}[self.given]


@dataclass(frozen=True, slots=True)
class Day:
    """Who is out on one day, session by session."""

    on: date
    out: Sequence[Out]


@dataclass(frozen=True, slots=True)
class Sum:
    """The minutes of one person outside paid time in the period."""

    name: str
    minutes: int
    unsaid: int

    @property
    def words(self) -> str:
        return hours_words(self.minutes)


@dataclass(frozen=True, slots=True)
class WhoIsOut:
    """A school's picture of a period."""

    days: Sequence[Day] = ()
    sums: Sequence[Sum] = field(default=())

    @property
    def total(self) -> str:
        return hours_words(sum(each.minutes for each in self.sums))

    @property
    def unsaid(self) -> list[Out]:
        return [each for day in self.days for each in day.out if each.unsaid]


def who_is_out(viewer: Viewer, organisation_id: uuid.UUID, *, first: date, last: date) -> WhoIsOut:
    """Everybody of the school who is booked in the period, by day; in a fixed number of queries."""
    if not viewer.may(Permission.BOOK_STAFF, organisation_id):
        return WhoIsOut()
    bookings = booked_from(viewer, organisation_id, first=first, last=last)
    sessions = {each.session_id: each.session for each in bookings}
    queues = queues_of(sessions.values(), Booking.objects.in_offer_of(viewer), today=timezone.localdate())
    releases = releases_of(viewer, [each.pk for each in bookings])
    minutes = minutes_of(bookings, organisation_id)
    rule = rule_of(viewer, organisation_id)
    days: dict[date, list[Out]] = {}
    for each in bookings:
        standing, release = queues[each.session_id].standing(each.pk), releases.get(each.pk)
        days.setdefault(timezone.localdate(each.session.starts_at), []).append(
            Out(
                booking=each,
                place=place_words(standing, each.session),
                placed=standing.placed,
                minutes=minutes[each.pk],
                given=(release.given if release else "") or (rule.given if rule else ""),
                release=release,
            )
        )
    return WhoIsOut([Day(on, out) for on, out in sorted(days.items())], sums_of(days.values()))


def booked_from(viewer: Viewer, organisation_id: uuid.UUID, *, first: date, last: date) -> list[Booking]:
    """The school's live bookings for what takes place between two days."""
    start = timezone.make_aware(datetime.combine(first, time.min))
    end = timezone.make_aware(datetime.combine(last + timedelta(days=1), time.min))
    rows = Booking.objects.visible_to(viewer).live().filter(organisation=organisation_id)
    rows = rows.filter(session__starts_at__gte=start, session__starts_at__lt=end)
    rows = rows.exclude(session__state=SessionState.CALLED_OFF)
    rows = rows.select_related("person", "session__programme", "session__venue")
    return list(rows.order_by("session__starts_at", "person__name_key", "pk"))


def releases_of(viewer: Viewer, booking_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Release]:
    rows = Release.objects.visible_to(viewer).filter(booking__in=booking_ids)
    return {each.pk: each for each in rows.select_related("answered_by")}


def minutes_of(bookings: Sequence[Booking], organisation_id: uuid.UUID) -> dict[uuid.UUID, int | None]:
    """By booking, the minutes outside what that school pays for."""
    held = patterns_of(
        {each.person_id for each in bookings}, organisation_id=organisation_id, on=timezone.localdate()
    )
    calendar = calendar_for(organisation_id)
    return {
        each.pk: outside(
            each.session,
            held.get(each.person_id, []),
            teaching=in_term(calendar, timezone.localdate(each.session.starts_at)),
        )
        for each in bookings
    }


def sums_of(days: Iterable[Sequence[Out]]) -> list[Sum]:
    """By person, of those with a place, the most first."""
    found: dict[uuid.UUID, Sum] = {}
    for each in (out for day in days for out in day if out.placed and out.minutes):
        before = found.get(each.booking.person_id)
        found[each.booking.person_id] = Sum(
            each.booking.person.name,
            (before.minutes if before else 0) + (each.minutes or 0),
            (before.unsaid if before else 0) + int(each.unsaid),
        )
    return sorted(found.values(), key=lambda each: (-each.minutes, each.name))


def schools_to_release(viewer: Viewer) -> list[Organisation]:
    return list(Organisation.objects.filter(pk__in=viewer.reach(Permission.RELEASE_STAFF)).by_name())


@dataclass(frozen=True, slots=True)
class About:
    """What an approver wants to know of one booking."""

    minutes: str
    outside: bool
    given: str
    place: str
    others: Sequence[str]
    """Colleagues of the same school who are out at the same session."""


def about(viewer: Viewer, release: Release) -> About:
    booking = release.booking
    queue = queues_of([booking.session], Booking.objects.in_offer_of(viewer), today=timezone.localdate())
    turns = queue[booking.session_id]
    same = [
        turn.person_id
        for turn in turns.placed()
        if turn.claim.organisation_id == release.organisation_id and turn.person_id != release.person_id
    ]
    minutes = minutes_of([booking], release.organisation_id)[booking.pk]
    rule = rule_of(viewer, release.organisation_id)
    given = release.given or (rule.given if rule else "")
    return About(
        minutes="Their hours are not known."
        if minutes is None
        else (f"{hours_words(minutes)} outside paid time." if minutes else "Within paid time."),
        outside=bool(minutes),
        given=str(Given(given).label) if given else "",
        place=place_words(turns.standing(booking.pk), booking.session),
        others=[each.name for each in User.objects.filter(pk__in=same).order_by("name_key", "pk")],
    )


@dataclass(frozen=True, slots=True)
class Absent:
    """How many of one school are booked for a session."""

    session: Session
    organisation_id: uuid.UUID
    number: int


FORTNIGHT = timedelta(days=14)


def out_soon(viewer: Viewer, *, today: date) -> list[Absent]:
    """For each session of the next fortnight, how many of the schools one books for are booked; in one query."""
    first = timezone.make_aware(datetime.combine(today, time.min))
    rows = (
        Booking.objects.visible_to(viewer).live().filter(organisation__in=viewer.reach(Permission.BOOK_STAFF))
    )
    rows = rows.filter(session__starts_at__gte=first, session__starts_at__lt=first + FORTNIGHT)
    rows = rows.exclude(session__state=SessionState.CALLED_OFF)
    found: dict[tuple[uuid.UUID, uuid.UUID], list[Booking]] = {}
    for each in rows.select_related("session__programme", "session__venue").order_by(
        "session__starts_at", "pk"
    ):
        found.setdefault((each.session_id, each.organisation_id), []).append(each)
    return [Absent(of[0].session, school, len(of)) for (_, school), of in found.items()]
