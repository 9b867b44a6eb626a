"""Forms of the agreement: who the controller is, and the word that accepts for it."""

from __future__ import annotations

from typing import Any

from django import forms

from schools.enums import ControllerKind


class ControllerForm(forms.Form):
    """Controller and data protection officer. Where somebody holds the officer's post here, they need not be named."""

    kind = forms.ChoiceField(
        label="Controller",
        choices=[("", "Choose"), *ControllerKind.choices],
        help_text="Who decides what happens with your pupils’ data: never the school as such, and never the partnership.",
        error_messages={"required": "Choose who the controller is."},
    )
    name = forms.CharField(
        label="Its full name",
        max_length=200,
        help_text="Such as “The Governing Body of Millbrook Junior School” or the registered name of the trust.",
        error_messages={"required": "Enter the controller’s full name."},
    )
    ico_number = forms.CharField(
        label="ICO registration number",
        max_length=12,
        required=False,
        help_text="As the Information Commissioner’s register has it, such as Z1234567.",
    )
    dpo_name = forms.CharField(label="Data protection officer", max_length=150, required=False)
    dpo_email = forms.EmailField(
        label="Their e-mail address",
        required=False,
        error_messages={"invalid": "Enter an e-mail address like name@school.example."},
    )
    dpo_telephone = forms.CharField(label="Their telephone", max_length=20, required=False)

    def __init__(self, *args: Any, officer: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.officer = officer
        self.fields["dpo_name"].help_text = (
            f"{officer} holds this post here and need not be named again."
            if officer
            else "A person at the school, or somebody outside who does this for you."
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        named = cleaned.get("dpo_name")
        if not named and not self.officer:
            self.add_error("dpo_name", "Enter the name of your data protection officer.")
        reached = cleaned.get("dpo_email") or cleaned.get("dpo_telephone") or "dpo_email" in self.errors
        if named and not reached:
            self.add_error("dpo_email", "Enter an e-mail address or a telephone number.")
        return cleaned


class AcceptForm(forms.Form):
    """The version that was read, and the word of authority."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    authority = forms.BooleanField(
        label="I have read the agreement, and I am authorised to accept it for the controller",
        error_messages={
            "required": "Tick the box where you are authorised; otherwise leave the page as it is."
        },
    )
