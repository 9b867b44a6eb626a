"""What somebody has done elsewhere; what a school enters of its staff."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from cpd.enums import EntryKind
from cpd.rules.training import Kind
from partnership.accounts.models import User
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


class TrainingForm(EntryForm):
    """The same of one's staff: which training, and what the school has seen of it."""

    evidence = forms.CharField(
        label="What have you seen of it?",
        help_text="A certificate, or the list that everybody signed",
        max_length=150,
        error_messages={"required": "Say what you have seen: a school enters only what it has evidence of."},
    )
    field_order: tuple[str, ...] = ("key", "counts_for", "title", "provider", "on", "hours", "evidence")

    def __init__(self, *args: Any, trainings: Sequence[Kind], **kwargs: Any) -> None:
        super().__init__(*args, trainings=trainings, **kwargs)
        del self.fields["kind"]
        training = forms.ChoiceField(
            label="Which training?",
            choices=[("", "Choose"), *((kind.code, kind.title) for kind in trainings)],
            error_messages={"required": "Choose the training."},
        )
        self.fields["counts_for"] = training
        self.fields["title"].required = False
        self.fields["title"].label = "What was it called?"
        self.fields["title"].help_text = "Left empty, the name of the training stands."
        self.titles = {kind.code: kind.title for kind in trainings}

    @property
    def facts(self) -> dict[str, Any]:
        found = {name: value for name, value in self.cleaned_data.items() if name not in ("key", "people")}
        return found | {"title": found["title"] or self.titles[found["counts_for"]]}


class StaffTrainingForm(TrainingForm):
    """For several at once: the day on which all staff were there."""

    people = forms.MultipleChoiceField(
        label="Who was there?",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tick at least one person."},
    )
    field_order = (*TrainingForm.field_order, "people")

    def __init__(self, *args: Any, staff: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].choices = [(str(each.pk), each.name) for each in staff]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> list[uuid.UUID]:
        return [uuid.UUID(each) for each in self.cleaned_data["people"]]
