"""The form of one section, made from what the section asks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms

from partnership.ui.fields import DateField
from transitions.models import Section
from transitions.rules import SECTIONS

TEXT_LIMIT = 10_000
PART_LIMIT = 2_000


class SectionForm(forms.Form):
    """A section's parts, its text, and, where it may not be skipped, the answer "none"."""

    mark_optional = False

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, *args: Any, section: Section, **kwargs: Any) -> None:
        self.section = section
        self.spec = SECTIONS[section.kind]
        kwargs.setdefault("initial", initial_of(section))
        kwargs.setdefault("auto_id", f"id_{section.kind}_%s")
        super().__init__(*args, **kwargs)
        for part in self.spec.parts:
            self.fields[f"part_{part.name}"] = part_field(
                part.label, part.hint, part.choices, day=part.day, long=part.long
            )
        self.fields["text"] = forms.CharField(
            label=self.spec.text_label or str(section.get_kind_display()),
            required=False,
            max_length=TEXT_LIMIT,
            widget=forms.Textarea(attrs={"rows": 7 if not self.spec.parts else 4}),
        )
        if self.spec.nothing:
            self.fields["nothing"] = forms.BooleanField(label=self.spec.nothing, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("nothing") and (cleaned.get("text") or any(self.facts.values())):
            self.add_error(
                "nothing", "Something is written above: take the tick away, or clear what is written."
            )
        return cleaned

    @property
    def changed(self) -> bool:
        """Whether it says anything else than what is kept."""
        now = (self.cleaned_data["text"], kept(self.facts), self.cleaned_data.get("nothing", False))
        return now != (self.section.text, kept(self.section.facts), self.section.nothing)

    @property
    def facts(self) -> dict[str, str]:
        """The parts as they are stored: text, days in ISO form."""
        found = {}
        for part in self.spec.parts:
            value = self.cleaned_data.get(f"part_{part.name}")
            found[part.name] = value.isoformat() if isinstance(value, date) else str(value or "").strip()
        return found


def kept(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The parts that say something."""
    return {name: value for name, value in facts.items() if value}


def part_field(
    label: str, hint: str, choices: tuple[tuple[str, str], ...], *, day: bool, long: bool
) -> forms.Field:
    """The field for one part of a section."""
    if choices:
        return forms.ChoiceField(
            label=label, help_text=hint, required=False, choices=choices, widget=forms.RadioSelect
        )
    if day:
        return DateField(label=label, help_text=hint, required=False)
    widget = forms.Textarea(attrs={"rows": 3}) if long else forms.TextInput()
    return forms.CharField(label=label, help_text=hint, required=False, max_length=PART_LIMIT, widget=widget)


def initial_of(section: Section) -> dict[str, Any]:
    """What the form shows when opened."""
    found: dict[str, Any] = {"version": section.version, "text": section.text, "nothing": section.nothing}
    for part in SECTIONS[section.kind].parts:
        value = section.facts.get(part.name, "")
        found[f"part_{part.name}"] = as_day(value) if part.day else value
    return found


def as_day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


class OwnConversationForm(forms.Form):
    """Whether this child needs a conversation of their own."""

    own = forms.BooleanField(label="This child needs a conversation of their own", required=False)


class ReasonForm(forms.Form):
    """Why something sent is taken back or amended, for those who read the history."""

    reason = forms.CharField(
        label="Why?",
        max_length=300,
        help_text="One line. It stands in the history that both schools see.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class SettleForm(forms.Form):
    """One friendly line for those who sent the child (practice P16)."""

    note = forms.CharField(
        label="One friendly line for those who sent the child",
        required=False,
        max_length=300,
        help_text="About the handover and the welcome, not about health, behaviour or attendance.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
