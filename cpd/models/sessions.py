"""What is offered: programmes with their aims, and their sessions at a place and a time."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Lower, Now
from django.utils import timezone

from cpd.enums import Asks, Mechanism, SessionState
from cpd.models.days import Day, partnerships_of
from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from partnership.lib.dates import day_words
from partnership.lib.suppression import SMALLEST_SHOWN
from schools.models import Organisation


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    def kept_by(self, viewer: Viewer) -> ProgrammeQuerySet:
        """Those a coordinator keeps."""
        return self.filter(partnership__in=viewer.reach(Permission.COORDINATE))


class Programme(models.Model):
    """What a course is for: one or many sessions share it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partnership = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        related_name="programmes",
        limit_choices_to={"kind": "partnership"},
    )
    title = models.CharField(max_length=150)
    aims = models.TextField(max_length=1500, help_text="What somebody can do afterwards.")
    audience = models.CharField(
        max_length=200, help_text="For whom it is: teaching assistants in Years 5 to 8, say."
    )
    helps_pupils = models.TextField("how it helps pupils", max_length=1000, blank=True)
    mechanisms = ArrayField(
        models.CharField(max_length=20, choices=Mechanism),
        default=list,
        blank=True,
        help_text="Which of the fourteen mechanisms of effective professional development it uses (EEF, 2021).",
    )
    asks = models.CharField(
        "asks for feedback",
        max_length=10,
        choices=Asks,
        default=Asks.DAY,
        help_text="Three short questions each time, a minute in all.",
    )
    fewest = models.PositiveSmallIntegerField(
        "answers before results show",
        default=SMALLEST_SHOWN,
        help_text=f"Fewer, and nobody reads them. {SMALLEST_SHOWN} or more.",
    )
    certificate_asks = models.BooleanField(
        "certificate only after feedback",
        default=False,
        help_text="Otherwise being there is enough.",
    )
    talks_before = models.PositiveSmallIntegerField(
        "times for ten minutes of two before it begins",
        default=1,
        help_text="For two colleagues who share a child. 0 where the room is not open before.",
    )
    talks_after = models.PositiveSmallIntegerField(
        "times for ten minutes of two after it ends",
        default=3,
        help_text="0 where the room is locked at once.",
    )
    counts_for = models.SlugField(
        "counts as statutory training", max_length=40, blank=True, help_text="The code of that training."
    )

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partnership", "title"], name="programme_title_unique"),
            models.CheckConstraint(condition=Q(asks__in=Asks.values), name="programme_asks_known"),
            models.CheckConstraint(
                condition=Q(fewest__gte=SMALLEST_SHOWN),
                name="programme_hides_few",
                violation_error_message=f"Results of fewer than {SMALLEST_SHOWN} would tell who wrote what.",
            ),
            models.CheckConstraint(
                condition=Q(certificate_asks=False) | ~Q(asks=Asks.NONE),
                name="programme_asks_before_certificate",
                violation_error_message="A certificate can wait for feedback only where feedback is asked for.",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class SessionQuerySet(models.QuerySet["Session"]):
    def visible_to(self, viewer: Viewer) -> SessionQuerySet:
        """What the viewer's partnerships offer or have called off, and one's own while it is planned."""
        return self.filter(
            Q(partnership__in=partnerships_of(viewer)) & ~Q(state=SessionState.DRAFT)
            | Q(partnership__in=viewer.reach(Permission.COORDINATE))
            | Q(facilitator=viewer.user_id)
        )

    def kept_by(self, viewer: Viewer) -> SessionQuerySet:
        """Those a coordinator keeps."""
        return self.filter(partnership__in=viewer.reach(Permission.COORDINATE))

    def led_by(self, viewer: Viewer) -> SessionQuerySet:
        """One's own to lead, drafts too."""
        return self.filter(facilitator=viewer.user_id)

    def by_day(self) -> SessionQuerySet:
        return self.order_by("starts_at", "pk")

    def open_to_booking(self, *, at: datetime) -> SessionQuerySet:
        return self.filter(state=SessionState.OFFERED, opens_at__lte=at, closes_at__gt=at)

    def take_numbers(self, session_id: uuid.UUID, *, count: int, at: datetime) -> int | None:
        """Draw the next `count` numbers of the queue and hold the session's row until the transaction ends; the first
        of them, or None where booking is not open at this moment (docs/adr/0100)."""
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE cpd_session SET last_number = last_number + %s WHERE id = %s AND state = %s"
                " AND opens_at <= %s AND closes_at > %s RETURNING last_number",
                [count, session_id, SessionState.OFFERED.value, at, at],
            )
            row = cursor.fetchone()
        return None if row is None else int(row[0]) - count + 1

    def hold(self, ids: Collection[uuid.UUID]) -> None:
        """Hold these rows until the transaction ends. Always in the same order, by time: two who hold several never wait
        for each other."""
        rows = self.filter(pk__in=ids).order_by("starts_at", "pk").select_for_update(no_key=True)
        list(rows.values_list("pk"))


class Hours(Func):
    """From beginning to end, as a range of time for the constraints that refuse clashes."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


HOURS = Hours(F("starts_at"), F("ends_at"), Value("[)"))
TAKES_PLACE = ~Q(state=SessionState.CALLED_OFF)


class Session(models.Model):
    """One meeting of a programme. Its last number is the last one drawn in its queue: places and queue are one row of
    numbers (walls §4)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="sessions")
    partnership = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", editable=False)
    title = models.CharField(
        max_length=150, blank=True, help_text="Left empty, the programme’s title stands."
    )
    starts_at = models.DateTimeField("starts")
    ends_at = models.DateTimeField("ends")
    venue = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text="The school where it takes place. Left empty, it is online.",
    )  # fmt: skip
    room = models.CharField(max_length=80, blank=True)
    online_at = models.URLField("address of the online meeting", blank=True, max_length=400)
    facilitator = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    led_by = models.CharField(
        max_length=150, blank=True, help_text="Who leads it, where that is nobody with an account."
    )
    capacity = models.PositiveSmallIntegerField("places")
    minimum = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Fewer, and it does not go ahead."
    )
    decide_on = models.DateField("go or no go on", null=True, blank=True)
    opens_at = models.DateTimeField("booking opens")
    closes_at = models.DateTimeField("booking closes")
    share_cap = models.PositiveSmallIntegerField(
        "places per school at first", null=True, blank=True, help_text="Until they are released to everyone."
    )
    share_until = models.DateField("released to everyone on", null=True, blank=True)
    cancel_days = models.PositiveSmallIntegerField(
        "working days to cancel in time",
        default=2,
        help_text="So many working days before it, a place is given back.",
    )
    bring = models.TextField("what to bring", max_length=500, blank=True)
    access = models.TextField("getting there and in", max_length=500, blank=True)
    state = models.CharField(max_length=12, choices=SessionState, default=SessionState.DRAFT)
    called_off_why = models.CharField(max_length=200, blank=True)
    materials = models.TextField(
        max_length=1000, blank=True, help_text="Links or a few lines; whoever has a place sees them."
    )
    day = models.ForeignKey(
        Day, null=True, blank=True, on_delete=models.PROTECT, related_name="workshops", editable=False
    )
    """The joint day of which it is a workshop; the same partnership's, which a key in the database holds."""
    goes_ahead_at = models.DateTimeField(null=True, editable=False)
    """When it was decided that it goes ahead although fewer came than the minimum."""
    last_number = models.PositiveIntegerField(default=0, editable=False)
    revision = models.PositiveSmallIntegerField(default=0, editable=False)
    """How often its time or place has changed: calendars take the copy with the higher number (RFC 5545, SEQUENCE)."""
    changed_at = models.DateTimeField(auto_now=True, db_default=Now())

    objects = SessionQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["partnership", "starts_at"], name="session_partnership"),
            models.Index(fields=["facilitator", "starts_at"], name="session_facilitator"),
            models.Index(fields=["state", "starts_at"], name="session_state"),
            models.Index(fields=["day", "starts_at"], name="session_day"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="session_in_order"),
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="session_booking_in_order"),
            models.CheckConstraint(
                condition=Q(closes_at__lte=F("starts_at")), name="session_booking_before_it"
            ),
            models.CheckConstraint(condition=Q(capacity__gte=1), name="session_has_places"),
            models.CheckConstraint(
                condition=Q(share_cap__isnull=True, share_until__isnull=True)
                | Q(share_cap__gte=1, share_until__isnull=False),
                name="session_shares_end",
            ),
            models.CheckConstraint(condition=Q(state__in=SessionState.values), name="session_state_known"),
            ExclusionConstraint(
                name="session_room_free",
                expressions=[
                    ("venue", RangeOperators.EQUAL),
                    (Lower("room"), RangeOperators.EQUAL),
                    (HOURS, RangeOperators.OVERLAPS),
                ],
                condition=TAKES_PLACE & Q(venue__isnull=False) & ~Q(room=""),
                violation_error_message="Another session has this room at that time.",
            ),
            ExclusionConstraint(
                name="session_facilitator_free",
                expressions=[("facilitator", RangeOperators.EQUAL), (HOURS, RangeOperators.OVERLAPS)],
                condition=TAKES_PLACE & Q(facilitator__isnull=False),
                violation_error_message="Whoever leads it leads another session at that time.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.title or self.programme.title

    @property
    def name_and_hours(self) -> str:
        """ "“Calm after break”, Thursday 3 December, 15:45 to 17:00"."""
        start, end = timezone.localtime(self.starts_at), timezone.localtime(self.ends_at)
        return f"“{self.name}”, {day_words(start.date())}, {start:%H:%M} to {end:%H:%M}"

    @property
    def online(self) -> bool:
        return self.venue_id is None

    @property
    def leader(self) -> str:
        return self.led_by or (self.facilitator.name if self.facilitator else "")

    def clean(self) -> None:
        """What the database refuses too, said beside the field."""
        wrong: dict[str, str] = {}
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            wrong["ends_at"] = "It must end after it starts."
        if self.opens_at and self.closes_at and self.closes_at <= self.opens_at:
            wrong["closes_at"] = "Booking must close after it opens."
        if self.closes_at and self.starts_at and self.closes_at > self.starts_at:
            wrong["closes_at"] = "Booking must close before it starts."
        if bool(self.share_cap) != bool(self.share_until):
            missing = "share_until" if self.share_cap else "share_cap"
            wrong[missing] = "A share per school needs both: how many places, and until when."
        if self.capacity and self.minimum and self.minimum > self.capacity:
            wrong["minimum"] = "There are fewer places than that."
        if self.decide_on and self.starts_at and self.decide_on >= timezone.localdate(self.starts_at):
            wrong["decide_on"] = "It must be decided before the day of the session."
        if self.share_until and self.closes_at and self.share_until > timezone.localdate(self.closes_at):
            wrong["share_until"] = "Places must be released before booking closes."
        if self.state == SessionState.OFFERED and self.online and not self.online_at and not self.day_id:
            wrong["online_at"] = (
                "An online session needs its address before it is offered; else choose a venue."
            )
        if wrong:
            raise ValidationError(wrong)
        if clashes := self.clashes():
            raise ValidationError(clashes)

    def clashes(self) -> dict[str, str]:
        """By field, whichever other session has the same room or leader at that time, by title and hour."""
        if not (self.starts_at and self.ends_at) or self.state == SessionState.CALLED_OFF:
            return {}
        others = Session.objects.filter(TAKES_PLACE, starts_at__lt=self.ends_at, ends_at__gt=self.starts_at)
        others = others.exclude(pk=self.pk).select_related("programme").by_day()
        found: dict[str, str] = {}
        if (
            self.venue_id
            and self.room
            and (other := others.filter(venue=self.venue_id, room__iexact=self.room).first())
        ):
            found["room"] = f"Another session has this room at that time: {other.name_and_hours}."
        if self.facilitator_id and (other := others.filter(facilitator=self.facilitator_id).first()):
            found["facilitator"] = f"They lead another session at that time: {other.name_and_hours}."
        return found

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.partnership_id = self.programme.partnership_id
        super().save(*args, **kwargs)
