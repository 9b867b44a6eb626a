"""A board as a file: in which format. The filters stand in the address."""

from __future__ import annotations

from django import forms

from transitions.enums import ExportFormat


class ExportForm(forms.Form):
    """The button that is pressed says the format; the key makes twenty presses ask for one file."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    format = forms.ChoiceField(
        choices=ExportFormat,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose Excel or CSV."),
    )
