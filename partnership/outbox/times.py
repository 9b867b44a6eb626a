"""When mail may go out: on a person's working days, within working hours. The hours are data (settings)."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Protocol, cast

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from partnership.lib.dates import is_working_day
from partnership.outbox.wishes import undisturbed


class WorkingFor(Protocol):
    """Which of these people work at this moment. The feature that knows schools, their terms and who works when answers."""

    def __call__(self, *, at: datetime, people: Collection[uuid.UUID]) -> Collection[uuid.UUID]: ...


def morning(day: date) -> datetime:
    """The beginning of a day: from then on it may be told. Mail waits for working hours anyway."""
    return timezone.make_aware(datetime.combine(day, time.min))


@dataclass(frozen=True)
class MailHours:
    """From and until on a working day; `always` for a demo, which is looked at on any day."""

    opens: time = time(7, 30)
    closes: time = time(18, 0)
    always: bool = False

    @classmethod
    def from_settings(cls) -> MailHours:
        """OUTBOX_MAIL_HOURS is ("07:30", "18:00") or "always"."""
        value = getattr(settings, "OUTBOX_MAIL_HOURS", None)
        if value is None:
            return cls()
        if value == "always":
            return cls(always=True)
        opens, closes = value
        return cls(opens=time.fromisoformat(opens), closes=time.fromisoformat(closes))

    def open_at(self, at: datetime) -> bool:
        """Whether this is within the hours, by the clock on the wall, summer and winter."""
        return self.always or self.opens <= timezone.localtime(at).time() < self.closes


def people_at_work(people: Collection[uuid.UUID], *, at: datetime) -> frozenset[uuid.UUID]:
    """Those of the people to whom mail may be sent now: they work and have no quiet hours. The rest are asked again."""
    hours = MailHours.from_settings()
    if hours.always:
        return frozenset(people)
    if not people or not hours.open_at(at):
        return frozenset()
    path = getattr(settings, "OUTBOX_WORKING_FOR", "")
    if not path:
        found = frozenset(people) if is_working_day(timezone.localdate(at)) else frozenset()
    else:
        found = frozenset(cast(WorkingFor, import_string(path))(at=at, people=people))
    return found - undisturbed(found, at=at) if found else found
