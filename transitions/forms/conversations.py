"""Three fields and a tick per child: when, how, who; done in two minutes (look: Conversation)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from partnership.ui.fields import DateField
from transitions.enums import ConversationWay, HandoverState
from transitions.models import Handover
from transitions.queries.pairs import Adult

HELD, PLANNED = "held", "planned"


class ConversationForm(forms.Form):
    """A conversation that was held, or one on a day to come."""

    mark_optional = False

    key = forms.UUIDField(widget=forms.HiddenInput)
    when = forms.ChoiceField(
        label="Has it taken place?",
        choices=[(HELD, "Yes, we have met"), (PLANNED, "No, it is planned")],
        widget=forms.RadioSelect,
    )
    day = DateField(label="On which day?")
    time = forms.TimeField(
        label="At what time, if planned",
        required=False,
        help_text="For example 15:45.",
        widget=forms.TextInput(attrs={"class": "govuk-input--width-5"}),
    )
    way = forms.ChoiceField(label="How?", choices=ConversationWay.choices, widget=forms.RadioSelect)

    def __init__(
        self,
        *args: Any,
        handovers: Sequence[Handover],
        present: Sequence[tuple[str, str]],
        coming: Sequence[tuple[str, str]],
        present_name: str,
        coming_name: str,
        today: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.handovers = list(handovers)
        self.today = today
        tick = forms.CheckboxSelectMultiple
        self.fields["present"] = forms.MultipleChoiceField(
            label=f"Who was or will be there from {present_name}?", choices=present, widget=tick, required=True,
            error_messages={"required": f"Tick at least one adult of {present_name}."},
        )  # fmt: skip
        self.fields["coming"] = forms.MultipleChoiceField(
            label=f"And from {coming_name}?", choices=coming, widget=tick, required=True,
            error_messages={"required": f"Tick at least one adult of {coming_name}."},
        )  # fmt: skip
        for handover in self.handovers:
            self.fields[f"child_{handover.pk}"] = forms.BooleanField(
                label=handover.pupil.display_name, required=False
            )
            self.fields[f"note_{handover.pk}"] = forms.CharField(
                label=f"What was said about {handover.pupil.first_name}",
                required=False,
                max_length=2000,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def rows(self) -> list[tuple[Handover, forms.BoundField, forms.BoundField, bool]]:
        """Each child to be talked over, and whoever is ticked: the tick, the line, and whether it is ticked."""
        return [row for row in self._rows() if row[3] or row[0].state == HandoverState.SHARED]

    def other_rows(self) -> list[tuple[Handover, forms.BoundField, forms.BoundField, bool]]:
        """The children who have been talked over already."""
        return [row for row in self._rows() if not row[3] and row[0].state != HandoverState.SHARED]

    def _rows(self) -> list[tuple[Handover, forms.BoundField, forms.BoundField, bool]]:
        return [
            (each, tick, self[f"note_{each.pk}"], bool(tick.value()))
            for each in self.handovers
            for tick in [self[f"child_{each.pk}"]]
        ]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        day, when = cleaned.get("day"), cleaned.get("when")
        if day and when == HELD and day > self.today:
            self.add_error("day", "That day is still to come: choose “No, it is planned”.")
        if day and when == PLANNED and day < self.today:
            self.add_error("day", "That day has passed: choose “Yes, we have met”, or another day.")
        if not self.chosen(cleaned):
            self.add_error(None, "Tick at least one child.")
        return cleaned

    def chosen(self, cleaned: dict[str, Any]) -> list[Handover]:
        """The children ticked."""
        return [each for each in self.handovers if cleaned.get(f"child_{each.pk}")]

    def notes(self) -> dict[uuid.UUID, str]:
        """The line of each child ticked."""
        return {
            each.pk: self.cleaned_data.get(f"note_{each.pk}", "") for each in self.chosen(self.cleaned_data)
        }

    def adults(self, *, school_id: uuid.UUID, reader_id: uuid.UUID) -> list[Adult]:
        """Everybody ticked, each for their side."""
        return [
            *(Adult(uuid.UUID(person), school_id) for person in self.cleaned_data["present"]),
            *(Adult(uuid.UUID(person), reader_id) for person in self.cleaned_data["coming"]),
        ]
