"""What a coordinator says when a session does not take place."""

from __future__ import annotations

from django import forms


class CallOffForm(forms.Form):
    """The reason, as those who are booked read it."""

    why = forms.CharField(
        label="Why, in a sentence that everybody who is booked will read",
        max_length=200,
        error_messages={"required": "Say why, so that nobody has to ask."},
    )
