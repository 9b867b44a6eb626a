"""Booking colleagues, and passing a place on."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms

from partnership.accounts.models import User

TOGETHER, SPLIT = "together", "split"


class PeopleForm(forms.Form):
    """Who of the school comes."""

    people = forms.MultipleChoiceField(
        label="Who comes?",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tick at least one colleague."},
    )
    party = forms.ChoiceField(
        label="If there are not places for all of them",
        choices=[
            (SPLIT, "Each takes a place as it comes: some may be in and some in the queue"),
            (TOGETHER, "They come together or not at all: all wait until there are places for all"),
        ],
        initial=SPLIT,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, staff: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].choices = [(str(each.pk), each.name) for each in staff]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> list[uuid.UUID]:
        return [uuid.UUID(each) for each in self.cleaned_data["people"]]

    @property
    def together(self) -> bool:
        return bool(self.cleaned_data["party"] == TOGETHER)


class PassOnForm(forms.Form):
    """Which colleague takes the place."""

    to = forms.ChoiceField(label="Who comes instead?", error_messages={"required": "Choose a colleague."})

    def __init__(self, *args: Any, colleagues: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [("", "Choose"), *((str(each.pk), each.name) for each in colleagues)]  # type: ignore[attr-defined]
