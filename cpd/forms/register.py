"""What a phone sends of a register, and the same as a plain form."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms

from cpd.enums import Came
from cpd.rules.register import Tick

AT_MOST = 2000
"""So many ticks in one batch: more than any room holds."""
UNREADABLE = "This could not be read."


class TickForm(forms.Form):
    """One tick. Whose it is: a person, or a name with a school."""

    id = forms.UUIDField()
    came = forms.ChoiceField(choices=Came.choices)
    at = forms.DateTimeField()
    person = forms.UUIDField(required=False)
    name = forms.CharField(max_length=150, required=False)
    school = forms.UUIDField(required=False)

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        try:
            name.encode()
        except UnicodeEncodeError:
            raise forms.ValidationError(UNREADABLE) from None
        return name

    def clean(self) -> None:
        found = self.cleaned_data
        if not self.errors and not found["person"] and not (found["name"] and found["school"]):
            raise forms.ValidationError("Give a name and a school.")

    @property
    def tick(self) -> Tick:
        found = self.cleaned_data
        return Tick(
            id=found["id"],
            came=found["came"],
            at=found["at"],
            person_id=found["person"],
            name="" if found["person"] else found["name"],
            organisation_id=found["school"],
        )


@dataclass(frozen=True, slots=True)
class Batch:
    """Whose ticks they are, the ticks, and why others cannot stand, by their ids as sent."""

    owner: str
    ticks: Sequence[Tick]
    refused: Mapping[str, str]


def batch_of(body: bytes) -> Batch:
    """What a phone sent. Raises ValidationError for what is no batch."""
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        raise forms.ValidationError(UNREADABLE) from None
    rows = sent.get("ticks") if isinstance(sent, dict) else None
    if not isinstance(rows, list) or len(rows) > AT_MOST or not all(isinstance(row, dict) for row in rows):
        raise forms.ValidationError(UNREADABLE)
    ticks, refused = [], {}
    for row in rows:
        form = TickForm({name: value for name, value in row.items() if isinstance(value, str)})
        if form.is_valid():
            ticks.append(form.tick)
        else:
            refused[str(row.get("id", ""))[:36]] = UNREADABLE
    return Batch(owner=str(sent.get("owner", "")), ticks=ticks, refused=refused)


class RegisterForm:
    """The register as a page without scripts sends it: for each line what was shown and what is chosen now."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data

    def ticks(self, keys: Sequence[tuple[uuid.UUID, bool]], *, at: datetime) -> list[Tick]:
        """A tick for each line that is chosen otherwise than it was shown; `keys` are (line, whether it is a person)."""
        found = []
        for key, is_person in keys:
            came = self.data.get(f"came-{key}", "")
            if came in Came.values and came != self.data.get(f"was-{key}", ""):
                found.append(
                    Tick(
                        id=uuid.uuid4() if is_person else key,
                        came=came,
                        at=at,
                        person_id=key if is_person else None,
                    )
                )
        return found


class WalkInForm(forms.Form):
    """Somebody who came without a booking."""

    name = forms.CharField(
        label="Name", max_length=150, error_messages={"required": "Write the name of whoever walked in."}
    )
    school = forms.ChoiceField(label="School", error_messages={"required": "Choose a school."})

    def __init__(self, *args: Any, schools: Sequence[tuple[uuid.UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["school"].choices = [("", "Choose"), *((str(pk), name) for pk, name in schools)]  # type: ignore[attr-defined]

    def tick(self, *, at: datetime) -> Tick:
        return Tick(
            id=uuid.uuid4(),
            came=Came.PRESENT,
            at=at,
            name=" ".join(self.cleaned_data["name"].split()),
            organisation_id=uuid.UUID(self.cleaned_data["school"]),
        )


class NameForm(forms.Form):
    """The beginning of a name."""

    q = forms.CharField(max_length=100, required=False)
