"""Who is asked what at this moment, one's own answers, and what all of them come to."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.crypto import salted_hmac

from cpd.enums import Asks, SessionState, Step
from cpd.models import Attendance, Booking, Feedback, FeedbackGiven, Session
from cpd.queries.attended import Attended, attended_by, was_in
from cpd.queries.queue import queues_of, seen_in
from cpd.rules.acts import may_read_feedback
from cpd.rules.afterwards import QUESTIONS, STEPS, Periods, Questions, Window, window_of
from partnership.access import rls
from partnership.access.viewer import Viewer
from partnership.lib.suppression import SMALLEST_SHOWN
from schools.queries.duties import DutyBook, duties_for

BEFORE, FIRST, OPEN, IMPACT = (
    "cpd_feedback_before",
    "cpd_feedback_first",
    "cpd_feedback_open",
    "cpd_impact_after",
)
LOOKS_BACK = timedelta(days=400)
"""What ended longer ago is asked of nobody."""


def key_of(person_id: uuid.UUID, session_id: uuid.UUID, step: str) -> uuid.UUID:
    """The id of one person's answer: always the same, and to be worked out by nobody without the installation's secret."""
    mark = salted_hmac("cpd.feedback", f"{person_id}:{session_id}:{step}", algorithm="sha256")
    return uuid.UUID(bytes=mark.digest()[:16])


def periods_of(partnership_id: uuid.UUID, book: DutyBook) -> Periods:
    return Periods(*(book.of(code, partnership_id).span for code in (BEFORE, FIRST, OPEN, IMPACT)))


@dataclass(frozen=True, slots=True)
class Asked:
    """One step of one session that somebody may answer now."""

    session: Session
    step: Step
    window: Window
    given: bool

    @property
    def questions(self) -> Questions:
        return QUESTIONS[self.step]


def open_steps(sessions: Collection[Session], *, now: datetime) -> Iterator[tuple[Session, Step, Window]]:
    """What can be answered now in these sessions, in one query for their periods."""
    book = duties_for({each.partnership_id for each in sessions}, on=timezone.localdate(now))
    for session in sessions:
        periods = periods_of(session.partnership_id, book)
        for step in STEPS[session.programme.asks]:
            window = window_of(step, starts_at=session.starts_at, ends_at=session.ends_at, periods=periods)
            if window.is_open(now):
                yield session, step, window


def asked_of(viewer: Viewer, *, now: datetime, attended: Collection[Attended] | None = None) -> list[Asked]:
    """What the viewer may answer now: of sessions they were in (where these have been read already, `attended`), and before
    those they have a place in."""
    there = attended_by(viewer) if attended is None else attended
    since = now - LOOKS_BACK
    return asked_in(
        viewer,
        [each.session for each in there if each.session.ends_at > since],
        comes_to(viewer, now=now),
        now=now,
    )


def asked_in(
    viewer: Viewer, been: Sequence[Session], coming: Sequence[Session], *, now: datetime
) -> list[Asked]:
    """The same of sessions they were in, and of those they have a place in."""
    sessions = [*(each for each in been if each.state == SessionState.OFFERED), *coming]
    if not sessions:
        return []
    mine = FeedbackGiven.objects.filter(person=viewer.user_id, session__in=[each.pk for each in sessions])
    given = set(mine.values_list("session_id", "step"))
    there = {each.pk for each in been}
    return [
        Asked(session, step, window, (session.pk, step.value) in given)
        for session, step, window in open_steps(sessions, now=now)
        if (step == Step.BEFORE) is (session.pk not in there)
    ]


def asked_here(
    viewer: Viewer, session: Session, *, was_there: bool, has_place: bool, now: datetime
) -> list[Asked]:
    """The same of one session whose register and queue have been read already."""
    if not (was_there or has_place):
        return []
    steps = [
        (step, window)
        for _session, step, window in open_steps([session], now=now)
        if (step == Step.BEFORE) is not was_there
    ]
    if not steps:
        return []
    mine = FeedbackGiven.objects.filter(person=viewer.user_id, session=session)
    given = set(mine.values_list("step", flat=True))
    return [Asked(session, step, window, step.value in given) for step, window in steps]


def comes_to(viewer: Viewer, *, now: datetime, session_id: uuid.UUID | None = None) -> list[Session]:
    """Sessions to come that ask beforehand, in which the viewer has a place."""
    mine = Booking.objects.live().filter(person=viewer.user_id, session__starts_at__gt=now)
    if session_id is not None:
        mine = mine.filter(session=session_id)
    rows = Session.objects.visible_to(viewer).filter(
        pk__in=mine.values("session_id"), state=SessionState.OFFERED, programme__asks=Asks.THREE
    )
    sessions = list(rows.select_related("programme", "venue", "partnership"))
    today = timezone.localdate(now)
    seen = seen_in(sessions, Booking.objects.in_offer_of(viewer), viewer.user_id, today=today)
    return [each for each in sessions if (found := seen[each.pk].standing) and found.placed]


def find_asked(viewer: Viewer, session_id: uuid.UUID, step: str, *, now: datetime) -> Asked | None:
    there = was_in(viewer, session_id)
    been = [there] if there is not None else []
    asked = asked_in(viewer, been, comes_to(viewer, now=now, session_id=session_id), now=now)
    return next((each for each in asked if each.step == step), None)


def my_answer(viewer: Viewer, session_id: uuid.UUID, step: str) -> Feedback | None:
    """What the viewer wrote, which nobody but they can find."""
    if viewer.user_id is None:
        return None
    key = key_of(viewer.user_id, session_id, step)
    with rls.widened(answer=str(key)):
        return Feedback.objects.filter(pk=key).first()


@dataclass(frozen=True, slots=True)
class Result:
    """What the answers of one step come to; nothing of it before the step has closed or while too few have answered, so
    that no answer can be told from the one before it."""

    step: Step
    questions: Questions
    last_day: date
    closed: bool
    fewest: int
    number: int = 0
    average: float = 0.0
    practices: tuple[str, ...] = ()
    wishes: tuple[str, ...] = ()

    @property
    def shown(self) -> bool:
        return self.closed and self.number >= self.fewest


def reads_feedback(viewer: Viewer, session: Session) -> bool:
    """Whether there is anything to read for this viewer, now or when it has closed."""
    return session.programme.asks != Asks.NONE and may_read_feedback(
        viewer, facilitator_id=session.facilitator_id, partnership_id=session.partnership_id
    )


def results_of(viewer: Viewer, session: Session, *, now: datetime) -> list[Result]:
    """By step, for whoever led the session or keeps it. Texts stand in the order of the alphabet, each by itself: neither
    the order nor a neighbour tells whose they are."""
    if not may_read_feedback(
        viewer, facilitator_id=session.facilitator_id, partnership_id=session.partnership_id
    ):
        return []
    book = duties_for({session.partnership_id}, on=timezone.localdate(now))
    periods = periods_of(session.partnership_id, book)
    with rls.widened(summed=rls.uuid_array({session.pk})):
        answers = list(Feedback.objects.filter(session=session))
    found = []
    for step in STEPS[session.programme.asks]:
        window = window_of(step, starts_at=session.starts_at, ends_at=session.ends_at, periods=periods)
        fewest = max(session.programme.fewest, SMALLEST_SHOWN)
        result = Result(step, QUESTIONS[step], window.last_day, window.closes_at <= now, fewest)
        of_step = [each for each in answers if each.step == step]
        if result.closed and len(of_step) >= fewest:
            result = Result(
                step,
                QUESTIONS[step],
                window.last_day,
                True,
                fewest,
                number=len(of_step),
                average=round(sum(each.score for each in of_step) / len(of_step), 1),
                practices=told(each.practice for each in of_step),
                wishes=told(each.wish for each in of_step),
            )
        found.append(result)
    return found


def told(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted((text.strip() for text in texts if text.strip()), key=str.casefold))


@dataclass(frozen=True, slots=True)
class ToRemind:
    """Somebody who has not answered yet."""

    person_id: uuid.UUID
    session_id: uuid.UUID
    step: Step


def to_remind(*, today: date) -> Iterator[ToRemind]:
    """For reminders alone: whoever is asked by this day and has not answered."""
    now = timezone.make_aware(datetime.combine(today, datetime.min.time())) + timedelta(hours=12)
    rows = Session.objects.filter(
        state=SessionState.OFFERED,
        ends_at__gt=now - LOOKS_BACK,
        starts_at__lt=now + timedelta(days=60),
    ).exclude(programme__asks=Asks.NONE)
    sessions = list(rows.select_related("programme"))
    due = [
        (session, step) for session, step, window in open_steps(sessions, now=now) if window.remind_at <= now
    ]
    after = {session.pk for session, step in due if step != Step.BEFORE}
    before = [session for session, step in due if step == Step.BEFORE]
    given = set(
        FeedbackGiven.objects.filter(session__in={session.pk for session, _ in due}).values_list(
            "person_id", "session_id", "step"
        )
    )
    came: dict[uuid.UUID, list[uuid.UUID]] = {}
    there = Attendance.objects.in_the_room().filter(session__in=after, person__isnull=False)
    for session_id, person_id in there.values_list("session_id", "person_id"):
        came.setdefault(session_id, []).append(person_id)
    queues = queues_of(before, Booking.objects.filter(session__in=[each.pk for each in before]), today=today)
    for session, step in due:
        if step == Step.BEFORE:
            people = [turn.person_id for turn in queues[session.pk].placed()]
        else:
            people = came.get(session.pk, [])
        for person_id in people:
            if (person_id, session.pk, step.value) not in given:
                yield ToRemind(person_id, session.pk, step)
