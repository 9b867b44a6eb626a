"""Where a child goes next: a school of the partnership, another one by its URN, or an end without a school."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from partnership.ui.fields import DateField
from schools.models import Organisation
from transitions.enums import DestinationSource, DestinationState, Elsewhere

HERE, REGISTER, ELSEWHERE, NOWHERE = "here", "register", "elsewhere", "nowhere"

STATES = [
    (DestinationState.EXPECTED.value, "Expected: the family's wish, no offer yet"),
    (DestinationState.OFFERED.value, "Offered: the next school sees the child's name"),
    (DestinationState.ACCEPTED.value, "Accepted: a handover can be shared"),
    (DestinationState.NAMED.value, "Named in the EHC plan: a handover can be shared"),
]
SOURCES = [
    (choice.value, choice.label)
    for choice in DestinationSource
    if choice not in (DestinationSource.CTF, DestinationSource.NEXT_SCHOOL)
]


class DestinationForm(forms.Form):
    """The next school with its state, its source and its date."""

    mark_optional = False  # what must be filled in follows from the first answer

    where = forms.ChoiceField(
        label="Where is the child going?",
        choices=[
            (HERE, "A school of the partnership"),
            (REGISTER, "Another school in England"),
            (ELSEWHERE, "Not to a school on the register"),
            (NOWHERE, "Not known yet"),
        ],
        widget=forms.RadioSelect,
    )
    to_school = forms.ChoiceField(label="School of the partnership", required=False)
    urn = forms.IntegerField(
        label="URN of the other school",
        required=False,
        min_value=100_000,
        max_value=999_999,
        help_text="Six figures. It stands on the school's page in the directory.",
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    elsewhere = forms.ChoiceField(
        label="Where instead", required=False, choices=[("", "Choose"), *Elsewhere.choices]
    )
    elsewhere_name = forms.CharField(label="Name of the place, if it has one", required=False, max_length=200)
    state = forms.ChoiceField(
        label="How sure is it?", choices=STATES, widget=forms.RadioSelect, required=False
    )
    source = forms.ChoiceField(label="Who says so?", choices=SOURCES, required=False)
    on = DateField(label="Since when", required=False)

    def __init__(self, *args: Any, schools: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to_school"].choices = [("", "Choose a school"), *((str(s.pk), s.name) for s in schools)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        where = cleaned.get("where")
        cleaned["school"] = None
        if where == HERE and not cleaned.get("to_school") and "to_school" not in self.errors:
            self.add_error("to_school", "Choose the school.")
        if where == REGISTER and "urn" not in self.errors:
            self.clean_urn_known(cleaned)
        if where == ELSEWHERE and not cleaned.get("elsewhere"):
            self.add_error("elsewhere", "Choose where the child goes instead.")
        if where != NOWHERE:
            for name, sentence in (
                ("state", "Say how sure it is."),
                ("on", "Enter since when."),
                ("source", "Say who says so."),
            ):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, sentence)
        return cleaned

    def clean_urn_known(self, cleaned: dict[str, Any]) -> None:
        urn = cleaned.get("urn")
        if not urn:
            self.add_error("urn", "Enter the URN of the school.")
            return
        school = Organisation.objects.schools().filter(urn=urn).first()
        if school is None:
            self.add_error("urn", f"No school with URN {urn} is known here: look for it in the directory.")
        cleaned["school"] = school
