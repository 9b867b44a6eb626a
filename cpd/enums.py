"""The fixed words of professional development. Codes are stored; labels are what people read."""

from __future__ import annotations

from django.db.models import TextChoices


class SessionState(TextChoices):
    DRAFT = "draft", "Being planned"
    OFFERED = "offered", "Offered"
    CALLED_OFF = "called_off", "Called off"


class DayState(TextChoices):
    DRAFT = "draft", "Being planned"
    OFFERED = "offered", "Offered"


class Came(TextChoices):
    """What a register says of somebody."""

    PRESENT = "present", "Here"
    LATE = "late", "Came late"
    LEFT_EARLY = "left_early", "Left early"
    ABSENT = "absent", "Not here"


class TalkState(TextChoices):
    """Ten minutes of two who share a child."""

    ASKED = "asked", "Offered"
    AGREED = "agreed", "Agreed"
    DECLINED = "declined", "Not this time"
    HELD = "held", "You have talked"


class Stood(TextChoices):
    """Where somebody on a register stood before they came."""

    PLACED = "placed", "With a place"
    WAITING = "waiting", "In the queue"
    WALKED_IN = "walked_in", "Walked in"
    CANCELLED = "cancelled", "Cancelled before"


class Asks(TextChoices):
    """When a programme asks those who come."""

    NONE = "none", "Not at all"
    DAY = "day", "On the day"
    THREE = "three", "Three times: before, on the day, and some weeks later"


class Step(TextChoices):
    """One of the times at which somebody is asked."""

    BEFORE = "before", "Before the session"
    DAY = "day", "On the day"
    IMPACT = "impact", "Some weeks later"


class EntryKind(TextChoices):
    """What somebody has done for their own learning."""

    COURSE = "course", "Course or workshop"
    ONLINE = "online", "Online course"
    CONFERENCE = "conference", "Conference"
    COACHING = "coaching", "Coaching or mentoring"
    VISIT = "visit", "Visit to another school"
    READING = "reading", "Reading or study group"
    OTHER = "other", "Something else"


class Mechanism(TextChoices):
    """The fourteen mechanisms of the Education Endowment Foundation's "Effective Professional Development" (2021)."""

    MANAGE_LOAD = "manage_load", "Managing cognitive load"
    REVISIT = "revisit", "Revisiting prior learning"
    GOALS = "goals", "Setting and agreeing on goals"
    CREDIBLE = "credible", "Presenting information from a credible source"
    REINFORCE = "reinforce", "Providing affirmation and reinforcement after progress"
    INSTRUCT = "instruct", "Instructing on a technique"
    SUPPORT = "support", "Arranging practical social support"
    MODEL = "model", "Modelling the technique"
    FEEDBACK = "feedback", "Providing feedback"
    REHEARSE = "rehearse", "Rehearsing the technique"
    PROMPTS = "prompts", "Providing prompts and cues"
    ACTION_PLAN = "action_plan", "Prompting action planning"
    SELF_MONITOR = "self_monitor", "Encouraging self-monitoring"
    CONTEXT = "context", "Prompting context-specific repetition"


class Waits(TextChoices):
    """Why somebody in the queue has no place yet."""

    FULL = "full", "All places are taken."
    SHARE = "share", "Your school has its share of places until the rest are released."
    SHARE_TOGETHER = "share_together", "Your school’s share of places has no room for the whole group."
    SHARE_AHEAD = "share_ahead", "A group of your school waits for places before you."
    TOGETHER = "together", "There are not enough places for the whole group yet."
    AHEAD = "ahead", "A group before you waits for places together."

    @property
    def until_release(self) -> bool:
        """Whether it ends, at the latest, when the rest of the places are released."""
        return self in (Waits.SHARE, Waits.SHARE_TOGETHER, Waits.SHARE_AHEAD)


class Approval(TextChoices):
    """How a school that wants to approve answered a booking of its staff. Empty where nobody was asked."""

    ASKED = "asked", "Waits for approval"
    AGREED = "agreed", "Approved"
    DECLINED = "declined", "Declined"


class Given(TextChoices):
    """What a school gives for hours outside paid time (practice P21)."""

    PAID = "paid", "The hours are paid"
    TIME_BACK = "time_back", "The hours come back as time off"
