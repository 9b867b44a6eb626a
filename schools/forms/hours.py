"""When a post works, day by day."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import time
from typing import Any

from django import forms

from partnership.accounts.models import User
from schools.enums import Weekday
from schools.queries.hours import Span, Week

USUAL: dict[str, tuple[str, Span]] = {
    "day": ("School days, 08:30 to 15:30", (time(8, 30), time(15, 30))),
    "long": ("Full days, 08:00 to 16:30", (time(8), time(16, 30))),
    "mornings": ("Mornings, 08:30 to 12:15", (time(8, 30), time(12, 15))),
    "afternoons": ("Afternoons, 12:00 to 15:30", (time(12), time(15, 30))),
}
"""Weeks to take as they are, with one tap."""
NONE = "none"


def usual_week(code: str) -> Week | None:
    """Monday to Friday at these hours, or no fixed hours; None for a code that is not offered."""
    if code == NONE:
        return {}
    return dict.fromkeys(map(int, Weekday), USUAL[code][1]) if code in USUAL else None


class HoursForm(forms.Form):
    """From and until for each working day; a day left empty is a day off."""

    def __init__(self, *args: Any, week: Week, **kwargs: Any) -> None:
        initial: dict[str, str] = {}
        for day, (starts, ends) in week.items():
            initial |= {f"starts_{day}": f"{starts:%H:%M}", f"ends_{day}": f"{ends:%H:%M}"}
        super().__init__(*args, **kwargs | {"initial": initial})
        for day in Weekday:
            for name, words in (("starts", "from"), ("ends", "until")):
                self.fields[f"{name}_{day.value}"] = forms.TimeField(
                    label=f"{day.label} {words}",
                    required=False,
                    widget=forms.TimeInput(attrs={"type": "time"}),
                    error_messages={"invalid": "Enter a time like 08:45."},
                )

    def rows(self) -> list[tuple[Any, Any]]:
        """The fields of each day, side by side."""
        return [(self[f"starts_{day.value}"], self[f"ends_{day.value}"]) for day in Weekday]

    def clean(self) -> None:
        for day in Weekday:
            starts, ends = self.span(day.value)
            if bool(starts) != bool(ends) and not {f"starts_{day.value}", f"ends_{day.value}"} & set(
                self.errors
            ):
                self.add_error(
                    f"{'ends' if starts else 'starts'}_{day.value}",
                    f"Say both for {day.label}: from and until.",
                )
            elif starts and ends and ends <= starts:
                self.add_error(f"ends_{day.value}", f"{day.label} must end after it begins.")
        if not self.errors and not self.week:
            self.add_error(None, "Enter one day at least, or choose “No fixed hours”.")

    def span(self, day: int) -> tuple[time | None, time | None]:
        return self.cleaned_data.get(f"starts_{day}"), self.cleaned_data.get(f"ends_{day}")

    @property
    def week(self) -> dict[int, Span]:
        """By weekday, as entered."""
        found = {}
        for day in map(int, Weekday):
            starts, ends = self.span(day)
            if starts and ends:
                found[day] = (starts, ends)
        return found


class LineManagerForm(forms.Form):
    """A colleague of the same school, or the head."""

    manager = forms.ChoiceField(label="Line manager", required=False)

    def __init__(self, *args: Any, people: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = [(str(each.pk), each.name) for each in people]
        self.fields["manager"].choices = [("", "The head"), *found]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> uuid.UUID | None:
        found = self.cleaned_data["manager"]
        return uuid.UUID(found) if found else None
