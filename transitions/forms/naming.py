"""Naming an adult for a child."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms


class NameAdultForm(forms.Form):
    """One colleague of one's own school."""

    mark_optional = False

    user = forms.ChoiceField(label="Colleague", error_messages={"required": "Choose a colleague."})
    talk_counts = forms.BooleanField(
        label="Ten minutes of theirs at a CPD session are the conversation about this child",
        required=False,
        help_text="Otherwise it is an extra meeting, and the conversation is still to be held.",
    )

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]], sender: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["user"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [("", "Choose"), *people]
        if not sender:
            del self.fields["talk_counts"]
