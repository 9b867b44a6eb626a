"""How and when the family heard of a changed destination."""

from __future__ import annotations

from django import forms

from partnership.ui.fields import DateField
from transitions.enums import TellingWay


class FamilyToldForm(forms.Form):
    """One line for the record; nothing that the family said."""

    how = forms.ChoiceField(
        label="How was the family told?", choices=TellingWay.choices, widget=forms.RadioSelect
    )
    on = DateField(label="On which day?")
