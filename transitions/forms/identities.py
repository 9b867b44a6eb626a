"""The name of every day; and a new identity, with the words of who answers for it."""

from __future__ import annotations

from django import forms

from partnership.ui.fields import DateField
from transitions.enums import IdentityOrder


class KnownAsForm(forms.Form):
    """The name the child is called by."""

    known_as = forms.CharField(
        label="Known as",
        required=False,
        max_length=200,
        help_text="First name and surname as used every day. Left empty, the legal name is used.",
    )


class NewIdentityForm(forms.Form):
    """Who the child is from now on, what stands behind it, and that it cannot be undone."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    forename = forms.CharField(label="New legal first name", max_length=100)
    surname = forms.CharField(label="New legal surname", max_length=100)
    born_on = DateField(label="Date of birth")
    order = forms.ChoiceField(
        label="What has been ordered?", choices=IdentityOrder.choices, widget=forms.RadioSelect
    )
    advised = forms.BooleanField(
        label="I have seen the order, and spoken with our data protection officer and safeguarding lead",
        error_messages={"required": "Before the order only the name used every day changes."},
    )
    sure = forms.BooleanField(
        label="I understand that this cannot be undone",
        error_messages={"required": "Tick the box, or leave everything as it is."},
    )
