"""What a school says to its staff's bookings, and whether a session lies in paid hours. Who is out: `out.py`."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from cpd.enums import Approval, Given, SessionState
from cpd.models import Booking, Release, SchoolRule, Session
from cpd.queries.offer import Line, Place, miles_between, place_words
from cpd.queries.queue import queues_of
from cpd.rules import hours_words, minutes_outside
from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from partnership.accounts.models import User
from schools.models import Organisation, Post
from schools.queries.calendars import calendar_for
from schools.queries.hours import HOURS, Pattern, by_person, patterns_of
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
    miles: float | None = None
    """From the school one comes from to where it takes place; None online and at home."""

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
    """For the page of a session, in two queries."""
    school = own_school(viewer, organisation_id, on=timezone.localdate(line.now))
    patterns, venue = school.patterns, line.session.venue
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
        given=(release.given if release else "") or school.given,
        approves=school.approval and not viewer.may(Permission.RELEASE_STAFF, organisation_id),
        release=release,
        miles=miles_between(school.place, (venue.easting, venue.northing))
        if venue is not None and venue.pk != organisation_id
        else None,
    )


@dataclass(frozen=True, slots=True)
class OwnSchool:
    """The school somebody comes from: their hours there, what it says to all bookings, where it lies."""

    patterns: Sequence[Pattern] = ()
    approval: bool = False
    given: str = ""
    place: Place = (None, None)


def own_school(viewer: Viewer, organisation_id: uuid.UUID, *, on: date) -> OwnSchool:
    """In one query."""
    rule = SchoolRule.objects.visible_to(viewer).filter(organisation=OuterRef("organisation"))
    posts = Post.objects.current(on=on).filter(user=viewer.user_id, organisation=organisation_id)
    rows = posts.order_by("starts_on", "pk").annotate(
        approval=Subquery(rule.values("approval")), given=Subquery(rule.values("given"))
    )
    read = rows.values_list(*HOURS, "approval", "given", "organisation__easting", "organisation__northing")
    found = list(read)
    if not found:
        return OwnSchool()
    approval, given, *place = found[-1][len(HOURS) :]
    patterns = by_person(row[: len(HOURS)] for row in found)
    return OwnSchool(next(iter(patterns.values())), bool(approval), given or "", (place[0], place[1]))


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
