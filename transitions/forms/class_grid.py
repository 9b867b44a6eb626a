"""One child's row of the class grid."""

from __future__ import annotations

from typing import Any

from django import forms

from transitions.enums import SectionKind
from transitions.rules import CLASS_SECTIONS

NOTE_LIMIT = 1000


class RowForm(forms.Form):
    """Friends, learning, attendance, family: a sentence each, and "talk to me"."""

    mark_optional = False

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    talk_to_me = forms.BooleanField(label="Talk to me about this child", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in CLASS_SECTIONS:
            self.fields[str(kind)] = forms.CharField(
                label=SectionKind(kind).label,
                required=False,
                max_length=NOTE_LIMIT,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    @property
    def notes(self) -> list[forms.BoundField]:
        """The four notes, in order."""
        return [self[str(kind)] for kind in CLASS_SECTIONS]

    @property
    def changed(self) -> bool:
        """Whether it says anything else than the page was opened with."""
        opened = {kind: self.initial.get(kind, "") for kind in self.texts}
        return self.texts != opened or self.cleaned_data["talk_to_me"] != self.initial.get(
            "talk_to_me", False
        )

    @property
    def texts(self) -> dict[str, str]:
        return {str(kind): self.cleaned_data[str(kind)] for kind in CLASS_SECTIONS}
