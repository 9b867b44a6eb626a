"""Three short questions."""

from __future__ import annotations

from typing import Any

from django import forms

from cpd.rules.afterwards import SCORES, Questions


class FeedbackForm(forms.Form):
    """A number and two sentences; the sentences may stay empty."""

    score = forms.TypedChoiceField(
        choices=SCORES,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a number from 1 to 5."},
    )
    practice = forms.CharField(max_length=500, required=False, widget=forms.Textarea({"rows": 3}))
    wish = forms.CharField(max_length=500, required=False, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args: Any, questions: Questions, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("score", "practice", "wish"):
            self.fields[name].label = getattr(questions, name)
