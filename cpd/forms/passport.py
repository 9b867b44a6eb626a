"""What somebody has done elsewhere."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from cpd.enums import EntryKind
from cpd.rules.training import Kind
from partnership.ui.fields import DateField


class EntryForm(forms.Form):
    """Five facts; the id comes with the form, so that a second press adds nothing."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    title = forms.CharField(label="What was it?", max_length=150)
    provider = forms.CharField(label="Who offered it?", max_length=150, required=False)
    on = DateField(label="The day it ended", help_text="For example 27 3 2026")
    hours = forms.DecimalField(
        label="How many hours did it take?",
        help_text="1.5 for an hour and a half",
        max_digits=5,
        decimal_places=2,
        min_value=0,
        widget=forms.TextInput({"inputmode": "decimal", "class": "govuk-input--width-5"}),
        error_messages={"invalid": "Enter a number, such as 1.5."},
    )
    kind = forms.ChoiceField(label="What kind?", choices=EntryKind.choices, initial=EntryKind.COURSE)
    counts_for = forms.ChoiceField(
        label="Does it count as statutory training?",
        required=False,
        help_text="If it does, the leaders of your school see it, so that they know when yours runs out.",
    )

    def __init__(self, *args: Any, trainings: Sequence[Kind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [("", "No"), *((kind.code, kind.title) for kind in trainings)]
        self.fields["counts_for"].choices = offered  # type: ignore[attr-defined]

    def clean_on(self) -> date:
        day: date = self.cleaned_data["on"]
        if day > timezone.localdate():
            raise forms.ValidationError("It has not happened yet. A passport holds what is done.")
        if day.year < 1950:
            raise forms.ValidationError("Look at the year again.")
        return day

    def clean_hours(self) -> Any:
        hours = self.cleaned_data["hours"]
        if not hours:
            raise forms.ValidationError("Enter how long it took: more than nothing.")
        return hours

    @property
    def facts(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "key"}
