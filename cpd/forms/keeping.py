"""What a coordinator says of a session: when and where it is, which half-term it is copied to, why it is called off."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from datetime import date
from typing import Any

import psycopg
from django import forms
from django.db import IntegrityError, transaction
from django.utils import timezone

from cpd.models import Session
from cpd.queries.terms import against, calendar_at
from partnership.lib.dates import SATURDAY, HalfTermSpan, day_words


class CallOffForm(forms.Form):
    """The reason, as those who are booked read it."""

    why = forms.CharField(
        label="Why, in a sentence that everybody who is booked will read",
        max_length=200,
        error_messages={"required": "Say why, so that nobody has to ask."},
    )


class SessionForm(forms.ModelForm[Session]):
    """A session in the admin. A day on which schools are closed is asked about once: there may be a reason for it."""

    any_day = forms.BooleanField(
        label="It takes place on that day all the same", required=False, widget=forms.HiddenInput
    )

    class Meta:
        model = Session
        fields = ("programme",)  # the admin names the others

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():  # the label names neither half of a day and an hour
            for part, widget in zip(("day", "time"), getattr(field.widget, "widgets", ()), strict=False):
                widget.attrs["aria-label"] = f"{field.label}: {part}"
        if self.data.get(self.add_prefix("any_day")):
            self.ask()

    def ask(self) -> None:
        self.fields["any_day"].widget = forms.CheckboxInput()

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        starts_at, programme = found.get("starts_at"), found.get("programme")
        if not (starts_at and programme) or found.get("any_day") or "starts_at" not in self.changed_data:
            return found
        day, venue = timezone.localdate(starts_at), found.get("venue")
        venue_id = venue.pk if venue else None
        calendar = calendar_at(programme.partnership_id, venue_id, today=timezone.localdate())
        fault = against(day, calendar, venue_id=venue_id)
        if not fault and day.weekday() >= SATURDAY:
            fault = f"{day_words(day)} is at a weekend."
        if fault:
            self.ask()
            self.add_error(
                "starts_at", f"{fault} Choose another day, or tick that it takes place all the same."
            )
        return found

    def _post_clean(self) -> None:
        """A clash with a session that the coordinator cannot see, another partnership's, is known to the database alone:
        it is tried, taken back, and told beside the field."""
        super()._post_clean()  # type: ignore[misc]
        if self.errors or not self.has_changed():
            return
        try:
            with transaction.atomic():
                copy(self.instance).save()
                transaction.set_rollback(True)
        except IntegrityError as fault:
            told = UNSEEN.get(constraint_of(fault))
            if told is None:
                raise
            self.add_error(*told)


UNSEEN = {
    "session_room_free": ("room", "Another partnership has this room at that time."),
    "session_facilitator_free": ("facilitator", "They lead a session of another partnership at that time."),
}


def constraint_of(fault: IntegrityError) -> str:
    """Which constraint the database named."""
    cause = fault.__cause__
    return str(cause.diag.constraint_name) if isinstance(cause, psycopg.Error) else ""


class HalfTermForm(forms.Form):
    """Which half-term is copied to which."""

    from_term = forms.ChoiceField(label="Copy the sessions of")
    to_term = forms.ChoiceField(label="To")

    def __init__(self, data: Any, *, spans: Sequence[HalfTermSpan], today: date) -> None:
        present = next((n for n, each in enumerate(spans) if each.ends_on >= today), len(spans) - 1)
        usual = {"from_term": present, "to_term": min(present + 1, len(spans) - 1)}
        given = {name: data.get(name, str(number)) for name, number in usual.items()}
        super().__init__(given)
        self.spans = spans
        choices = [
            (str(n), f"{each.name}, {each.starts_on:%d/%m/%Y} to {each.ends_on:%d/%m/%Y}")
            for n, each in enumerate(spans)
        ]
        for name in usual:
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        found = self.cleaned_data
        if (
            found.get("from_term")
            and found.get("to_term")
            and int(found["to_term"]) <= int(found["from_term"])
        ):
            self.add_error("to_term", "Choose a half-term after the one that is copied.")
        return found

    @property
    def chosen(self) -> tuple[HalfTermSpan, HalfTermSpan]:
        return self.spans[int(self.cleaned_data["from_term"])], self.spans[int(self.cleaned_data["to_term"])]
