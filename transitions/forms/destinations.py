"""Where a child goes next: a school of the partnership, another one by its name or URN, or an end without a school."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.utils import timezone

from partnership.ui.fields import DateField
from schools.models import Organisation
from transitions.enums import DestinationSource, DestinationState, Elsewhere

AT_MOST = 10
"""So many schools are offered for what was typed: more is not a choice but a list to search in."""

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
    named = forms.CharField(
        label="Name, town or URN",
        required=False,
        max_length=100,
        help_text="A part of the name is enough. If several schools match, you choose from a list.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    found = forms.ChoiceField(label="Which school is it?", required=False, widget=forms.RadioSelect)
    elsewhere = forms.ChoiceField(
        label="Where instead", required=False, choices=[("", "Choose"), *Elsewhere.choices]
    )
    elsewhere_name = forms.CharField(label="Name of the place, if it has one", required=False, max_length=200)
    state = forms.ChoiceField(
        label="How sure is it?", choices=STATES, widget=forms.RadioSelect, required=False
    )
    source = forms.ChoiceField(label="Who says so?", choices=SOURCES, required=False)
    on = DateField(label="Since when", required=False)

    def __init__(
        self,
        *args: Any,
        schools: Sequence[Organisation],
        search: Callable[[str], list[Organisation]],
        **kwargs: Any,
    ) -> None:
        """`search` finds schools by what is typed, one more than AT_MOST where there are more."""
        super().__init__(*args, **kwargs)
        self.search = search
        self.fields["to_school"].choices = [("", "Choose a school"), *((str(s.pk), s.name) for s in schools)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        where = cleaned.get("where")
        cleaned["school"] = None
        if where == HERE and not cleaned.get("to_school") and "to_school" not in self.errors:
            self.add_error("to_school", "Choose the school.")
        self.errors.pop("found", None)  # what was chosen is compared with what is typed now
        if where == REGISTER and "named" not in self.errors:
            self.find_other_school(cleaned)
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
        if (on := cleaned.get("on")) and on > timezone.localdate():
            self.add_error("on", "This day is still to come: enter the day on which it was said.")
        return cleaned

    def find_other_school(self, cleaned: dict[str, Any]) -> None:
        """One match is taken; of several the one that is chosen, else they are offered."""
        text = cleaned.get("named")
        if not text:
            self.add_error("named", "Enter the name, the town or the URN of the school.")
            return
        matches = self.search(text)
        chosen = [school for school in matches if str(school.pk) == self.data.get(self.add_prefix("found"))]
        if not matches:
            self.add_error(
                "named", f"No school here matches “{text}”: look at the spelling, or try a part of the name."
            )
        elif len(chosen or matches) == 1:
            cleaned["school"] = (chosen or matches)[0]
        else:
            self.offer(text, matches)

    def offer(self, text: str, matches: list[Organisation]) -> None:
        shown = matches[:AT_MOST]
        self.fields["found"].choices = [(str(each.pk), described(each)) for each in shown]  # type: ignore[attr-defined]
        more = len(matches) > AT_MOST
        sentence = (
            f"More than {AT_MOST} schools match “{text}”: choose one of the first, or type more of the name."
        )
        self.add_error("found", sentence if more else f"{len(shown)} schools match “{text}”: choose the one.")


def described(school: Organisation) -> str:
    """ "Ashfield Primary School, Wendle (URN 900012)"."""
    town = f", {school.town}" if school.town else ""
    return f"{school.name}{town} (URN {school.urn})" if school.urn else f"{school.name}{town}"
