"""How one's mail comes: each topic, the day and hour of the digest, quiet hours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms

from partnership.lib.dates import DAYS
from partnership.outbox.enums import Way
from partnership.outbox.times import MailHours
from partnership.outbox.topics import Topic

AS_IT_COMES = ("mixed", "At once what cannot wait, the rest in the weekly digest")
STEP = timedelta(minutes=30)


def half_hours(*, last: bool) -> list[tuple[str, str]]:
    """The hours in which mail goes at all, in steps; `last`: the closing hour too."""
    hours = MailHours.from_settings()
    at, closes = (datetime.combine(date.min, each) for each in (hours.opens, hours.closes))
    found = []
    while at < closes or (last and at == closes):
        found.append((f"{at:%H:%M}", f"{at:%H:%M}"))
        at += STEP
    return found


class PreferencesForm(forms.Form):
    """One field for each topic that can be chosen, named by its code."""

    digest_day = forms.TypedChoiceField(
        label="Day", coerce=int, choices=[(number, DAYS[number - 1]) for number in range(1, 6)]
    )
    digest_at = forms.ChoiceField(label="From")
    quiet_from = forms.ChoiceField(label="No mail from", required=False)
    quiet_until = forms.ChoiceField(label="Until", required=False)

    def __init__(self, *args: Any, topics: Sequence[Topic], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.topics = [topic for topic in topics if not topic.firm]
        hours = half_hours(last=False)
        chosen = str(self.initial.get("digest_at", ""))
        if chosen and chosen not in dict(hours):
            hours = sorted([*hours, (chosen, chosen)])
        self.fields["digest_at"].choices = hours  # type: ignore[attr-defined]
        for name in ("quiet_from", "quiet_until"):
            self.fields[name].choices = [("", "None"), *half_hours(last=True)]  # type: ignore[attr-defined]
        for topic in self.topics:
            self.fields[topic.code] = forms.ChoiceField(
                label=topic.title,
                choices=Way.choices if topic.usual else [AS_IT_COMES, *Way.choices],
                widget=forms.RadioSelect,
            )

    def topic_fields(self) -> list[Any]:
        """The topics to choose among, as the page draws them."""
        return [self[topic.code] for topic in self.topics]

    def clean(self) -> None:
        begins, ends = self.cleaned_data.get("quiet_from"), self.cleaned_data.get("quiet_until")
        if bool(begins) != bool(ends):
            self.add_error("quiet_until" if begins else "quiet_from", "Say both: from when, and until when.")
        elif begins and begins == ends:
            self.add_error("quiet_until", "It is the same hour. Choose a later one, or none.")

    def chosen(self) -> dict[str, Way | None]:
        """By topic, what was ticked; None where it is how it comes by itself."""
        ticked = {topic: self.cleaned_data[topic.code] for topic in self.topics}
        return {
            topic.code: None if way in (topic.usual, AS_IT_COMES[0]) else Way(way)
            for topic, way in ticked.items()
        }

    def hour(self, name: str) -> time | None:
        found = self.cleaned_data.get(name)
        return time.fromisoformat(found) if found else None
