"""What a person wishes of mail, read for many at once; the default is data (settings)."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from django.conf import settings
from django.utils import timezone

from partnership.outbox.enums import Way
from partnership.outbox.models import Choice, Preference
from partnership.outbox.topics import Topic


@dataclass(frozen=True, slots=True)
class DigestTime:
    """A day of the week (1 is Monday) and an hour. `always` for a demo, whose digest is made whenever something waits."""

    day: int
    at: time
    always: bool = False

    @classmethod
    def from_settings(cls) -> DigestTime:
        """OUTBOX_DIGEST is (1, "07:30")."""
        day, at = settings.OUTBOX_DIGEST
        always = getattr(settings, "OUTBOX_MAIL_HOURS", None) == "always"
        return cls(int(day), time.fromisoformat(at), always=always)

    def next_after(self, moment: datetime) -> datetime:
        """The first such hour that is not before the moment, by the clock on the wall."""
        if self.always:
            return moment
        local = timezone.localtime(moment)
        day = local.date() + timedelta(days=(self.day - local.isoweekday()) % 7)
        found = timezone.make_aware(datetime.combine(day, self.at))
        if found < moment:
            found = timezone.make_aware(datetime.combine(day + timedelta(weeks=1), self.at))
        return found


@dataclass(frozen=True, slots=True)
class Wish:
    """One person's: when their digest goes, and what they chose for some topics."""

    digest: DigestTime
    chosen: Mapping[str, str] = field(default_factory=dict)

    def way(self, topic: Topic, urgency: str) -> Way:
        """As chosen, else as the message comes; what is firm is never chosen."""
        return Way(urgency if topic.firm else self.chosen.get(topic.code, urgency))


def wishes_of(people: Collection[uuid.UUID]) -> dict[uuid.UUID, Wish]:
    """The wishes of these people, in two queries however many they are."""
    if not people:
        return {}
    default = DigestTime.from_settings()
    times = {
        row.person_id: DigestTime(row.digest_day, row.digest_at, always=default.always)
        for row in Preference.objects.filter(person__in=people)
    }
    chosen: defaultdict[uuid.UUID, dict[str, str]] = defaultdict(dict)
    for person, topic, way in Choice.objects.filter(person__in=people).values_list(
        "person_id", "topic", "way"
    ):
        chosen[person][topic] = way
    return {person: Wish(times.get(person, default), chosen.get(person, {})) for person in people}


def undisturbed(people: Collection[uuid.UUID], *, at: datetime) -> frozenset[uuid.UUID]:
    """Those of the people who have their quiet hours now."""
    now = timezone.localtime(at).time()
    rows = Preference.objects.filter(person__in=people, quiet_from__isnull=False)
    return frozenset(
        person
        for person, begins, ends in rows.values_list("person_id", "quiet_from", "quiet_until")
        if begins is not None and ends is not None and is_within(now, begins, ends)
    )


def is_within(now: time, begins: time, ends: time) -> bool:
    """Hours that end before they begin reach over midnight."""
    return begins <= now < ends if begins < ends else now >= begins or now < ends
