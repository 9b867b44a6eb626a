"""Which words, what stands instead, and why."""

from __future__ import annotations

from typing import Any

from django import forms

from transitions.enums import Rectifying
from transitions.rules.rectifying import SHORTEST


class RectifyForm(forms.Form):
    """First looked at, then confirmed: `confirmed` comes with the second page alone."""

    kind = forms.ChoiceField(
        label="What do you want to do with the words?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what to do."},
    )
    passage = forms.CharField(
        label="The words",
        max_length=2000,
        help_text="Copy them exactly as they stand, from one paragraph. Capitals count.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    instead = forms.CharField(
        label="What stands there instead",
        required=False,
        max_length=2000,
        help_text="For a correction. Redacted words are replaced by “[redacted]”.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    why = forms.CharField(
        label="Why?",
        max_length=300,
        help_text="One line, without the words themselves. It stays in the history that both schools see.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    confirmed = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, may_correct: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = list(Rectifying.choices) if may_correct else [(Rectifying.REDACT, Rectifying.REDACT.label)]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        if not may_correct:
            self.fields["kind"].initial = Rectifying.REDACT
            del self.fields["instead"]

    def clean_passage(self) -> str:
        passage: str = self.cleaned_data["passage"].replace("\r\n", "\n")
        if len(passage) < SHORTEST:
            raise forms.ValidationError("Give at least three letters, so that nothing else is replaced.")
        return passage

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        passage, why = cleaned.get("passage", ""), cleaned.get("why", "")
        cleaned["instead"] = (cleaned.get("instead") or "").replace("\r\n", "\n")
        if cleaned.get("kind") == Rectifying.CORRECT and not cleaned["instead"]:
            self.add_error("instead", "Enter what stands there instead, or choose to redact.")
        if passage and passage in why:
            self.add_error("why", "The reason stays in the history: say it without the words themselves.")
        return cleaned
