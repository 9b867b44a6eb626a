"""What happens after a session, in plain rules: when who is asked what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from cpd.enums import Asks, Step

STEPS: Mapping[str, tuple[Step, ...]] = {
    Asks.NONE: (),
    Asks.DAY: (Step.DAY,),
    Asks.THREE: (Step.BEFORE, Step.DAY, Step.IMPACT),
}
"""At which steps a programme asks."""

SCORES = (
    (5, "5, very much"),
    (4, "4, a good deal"),
    (3, "3, somewhat"),
    (2, "2, a little"),
    (1, "1, not at all"),
)


@dataclass(frozen=True, slots=True)
class Questions:
    """The three questions of one step, and what stands above them."""

    intro: str
    score: str
    practice: str
    wish: str


QUESTIONS: Mapping[str, Questions] = {
    Step.BEFORE: Questions(
        "Your answers help whoever leads it to start where you are.",
        "How sure do you feel about this today?",
        "What do you want to take away?",
        "What is hard about it in your work?",
    ),
    Step.DAY: Questions(
        "A minute now, so that the next one is better.",
        "How useful was it for your work?",
        "What will you try?",
        "What should change?",
    ),
    Step.IMPACT: Questions(
        "A minute to look back, so that you keep what helps.",
        "How much of it do you use now?",
        "What have you tried, and what came of it?",
        "What would help you to keep it up, or to begin?",
    ),
}


@dataclass(frozen=True, slots=True)
class Periods:
    """How long before, after, and for how long people are asked: data of the partnership."""

    before: timedelta
    first: timedelta
    open: timedelta
    impact: timedelta


@dataclass(frozen=True, slots=True)
class Window:
    """From when to when a step can be answered, and from when on one is reminded."""

    opens_at: datetime
    remind_at: datetime
    closes_at: datetime

    @property
    def last_day(self) -> date:
        """The last day on which it is open, for people to read."""
        return timezone.localdate(self.closes_at - timedelta(seconds=1))

    def is_open(self, now: datetime) -> bool:
        return self.opens_at <= now < self.closes_at


def window_of(step: str, *, starts_at: datetime, ends_at: datetime, periods: Periods) -> Window:
    """Before: some days until it begins. On the day: from its beginning, for some days after. Impact: weeks later. What
    closes on a day is open for all of that day."""
    if step == Step.BEFORE:
        opens = morning(starts_at - periods.before)
        return Window(opens, opens, starts_at)
    if step == Step.IMPACT:
        opens = morning(ends_at + periods.impact)
        return Window(opens, opens, morning(opens + periods.open + timedelta(days=1)))
    return Window(
        starts_at, morning(ends_at + periods.first), morning(ends_at + periods.open + timedelta(days=1))
    )


def morning(moment: datetime) -> datetime:
    """The beginning of that day on the clock here."""
    return timezone.make_aware(datetime.combine(timezone.localdate(moment), time.min))
