"""A child added by hand (practice P4): for those no file brought."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from partnership.ui.fields import DateField
from schools.enums import SenProvision
from schools.models import ClassGroup, Organisation

OLDEST, YOUNGEST = 20, 2
"""Ages in years between which a child can be at a school here."""

YEARS = [("-1", "Nursery"), ("0", "Reception"), *((str(year), f"Year {year}") for year in range(1, 14))]


def set_choices(field: forms.Field, choices: list[tuple[str, str]]) -> None:
    """Give a choice field what it may be."""
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


class PupilForm(forms.Form):
    """What a move needs to know of a child, and no more."""

    mark_optional = False

    key = forms.UUIDField(widget=forms.HiddenInput)
    school = forms.ChoiceField(label="School")
    forename = forms.CharField(label="Legal first name", max_length=100)
    surname = forms.CharField(label="Legal surname", max_length=100)
    known_as = forms.CharField(
        label="Known as", required=False, max_length=200, help_text="Where the name used every day differs."
    )
    born_on = DateField(label="Date of birth")
    year_group = forms.TypedChoiceField(label="Year group", choices=[("", "Choose"), *YEARS], coerce=int)
    class_group = forms.ChoiceField(label="Class", required=False)
    sen_provision = forms.ChoiceField(
        label="SEN provision", choices=SenProvision.choices, widget=forms.RadioSelect
    )
    moves = forms.ChoiceField(
        label="When does the child move?",
        choices=[("phase", "At the end of this school year"), ("in_year", "During this school year")],
        widget=forms.RadioSelect,
    )
    moves_on = DateField(label="First day at the next school, if known", required=False)

    def __init__(
        self,
        *args: Any,
        schools: Sequence[Organisation],
        classes: Sequence[ClassGroup],
        today: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.classes = {str(group.pk): group for group in classes}
        set_choices(self.fields["school"], [(str(school.pk), school.name) for school in schools])
        named = [(pk, group.name) for pk, group in self.classes.items()]
        set_choices(self.fields["class_group"], [("", "No class"), *named])
        if len(schools) == 1:
            self.fields["school"].widget = forms.HiddenInput()
            self.fields["school"].initial = str(schools[0].pk)

    def clean_born_on(self) -> date:
        born: date = self.cleaned_data["born_on"]
        age = self.today.year - born.year - ((self.today.month, self.today.day) < (born.month, born.day))
        if not YOUNGEST <= age <= OLDEST:
            raise forms.ValidationError(
                "That would make the child younger than 2 or older than 20: look at the year."
            )
        return born

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        group = self.classes.get(cleaned.get("class_group") or "")
        if group and str(group.school_id) != cleaned.get("school"):
            self.add_error("class_group", "That class is at another school.")
        if (
            cleaned.get("moves") == "in_year"
            and not cleaned.get("moves_on")
            and "moves_on" not in self.errors
        ):
            self.add_error("moves_on", "Enter the first day at the next school, as far as it is known.")
        cleaned["group"] = group
        return cleaned
