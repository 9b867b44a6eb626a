"""Choosing workshops: one for each part of the day, and another in case it is full."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils import timezone

from cpd.models import Day, Session
from cpd.models.days import on_day
from cpd.queries.days import Chooser, Part
from cpd.queries.offer import Line


def words_of(line: Line) -> str:
    """ "Calm after break, Hall (12 places left)"."""
    room = f", {line.session.room}" if line.session.room else ""
    full = f"{line.left} left" if line.has_room else "queue" if line.left else "full"
    return f"{line.session.name}{room} ({full})"


class PartsForm(forms.Form):
    """The workshops of each part as choices; `parts` are those with something to choose."""

    def __init__(self, *args: Any, parts: Sequence[Part], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parts = parts
        self.known: dict[str, Session] = {}
        for part in parts:
            offered = [line for line in part.lines if line.may_book or line is part.mine]
            self.known |= {str(line.session.pk): line.session for line in offered}
            choices = [(str(line.session.pk), words_of(line)) for line in offered]
            self.add_part(part, choices)

    def add_part(self, part: Part, choices: list[tuple[str, str]]) -> None:
        self.fields[f"first_{part.key}"] = forms.ChoiceField(
            label=part.hours, choices=choices, required=False, widget=forms.RadioSelect,
            initial=str(part.mine.session.pk) if part.mine else "",
        )  # fmt: skip

    def chosen(self, kind: str, part: Part) -> Session | None:
        return self.known.get(self.cleaned_data.get(f"{kind}_{part.key}") or "")

    def refuse_twice(self, kinds: Sequence[str], *, keeps: bool) -> None:
        """Nobody is at the same workshop twice on one day; with `keeps` what one has in a part not chosen for counts."""
        has: dict[tuple[uuid.UUID, str], Part] = {}
        for part in self.parts:
            held = part.mine.session if keeps and part.mine else None
            if session := self.chosen("first", part) or held:
                has.setdefault((session.programme_id, session.name), part)
        for part in self.parts:
            for kind in kinds:
                session = self.chosen(kind, part)
                there = has.get((session.programme_id, session.name)) if session else None
                if there is not None and there is not part:
                    self.add_error(
                        f"{kind}_{part.key}",
                        f"You have this workshop from {there.hours}. Choose another one.",
                    )

    def refuse_empty(self) -> None:
        if not self.errors and not any(self.chosen("first", part) for part in self.parts):
            self.add_error(None, "Choose a workshop for at least one part of the day.")


class ChooseForm(PartsForm):
    """For oneself: a first choice, and a second one for where it is full."""

    def add_part(self, part: Part, choices: list[tuple[str, str]]) -> None:
        super().add_part(part, choices)
        self.fields[f"second_{part.key}"] = forms.ChoiceField(
            label=f"If that is full ({part.hours})",
            choices=[("", "Then I queue for it"), *choices],
            required=False,
        )

    def clean(self) -> dict[str, Any]:
        """A second choice stands behind a first one, and is another."""
        for part in self.parts:
            first, second = self.chosen("first", part), self.chosen("second", part)
            if second and not first:
                self.add_error(f"first_{part.key}", "Choose the workshop you would like first.")
            elif second and first == second:
                self.add_error(f"second_{part.key}", "This is your first choice already. Choose another one.")
        self.refuse_twice(["first", "second"], keeps=True)
        self.refuse_empty()
        return self.cleaned_data


class StaffChooseForm(PartsForm):
    """For one's staff: who, and the same workshops for all of them."""

    everybody = forms.BooleanField(label="Everybody who has not chosen yet", required=False)
    people = forms.MultipleChoiceField(
        label="Or for whom?", widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args: Any, parts: Sequence[Part], staff: Sequence[Chooser], **kwargs: Any) -> None:
        super().__init__(*args, parts=parts, **kwargs)
        self.staff = staff
        for part in parts:
            self.fields[f"first_{part.key}"].initial = ""
        self.fields["people"].choices = [(str(each.person.pk), each.person.name) for each in staff]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        if not self.cleaned_data.get("everybody") and not self.cleaned_data.get("people"):
            self.add_error("people", "Tick at least one colleague.")
        self.refuse_twice(["first"], keeps=False)
        self.refuse_empty()
        return self.cleaned_data

    @property
    def who(self) -> list[uuid.UUID]:
        if self.cleaned_data["everybody"]:
            return [each.person.pk for each in self.staff]
        return [uuid.UUID(each) for each in self.cleaned_data["people"]]


class WorkshopForm(forms.ModelForm[Session]):
    """A workshop beneath its day, in the admin: by the hour, since the day says when, where and how long one may choose."""

    begins = forms.TimeField(widget=forms.TimeInput(format="%H:%M", attrs={"class": "short"}))
    ends = forms.TimeField(widget=forms.TimeInput(format="%H:%M", attrs={"class": "short"}))

    class Meta:
        model = Session
        fields = ("programme", "title", "room", "facilitator", "led_by", "capacity")

    def __init__(self, *args: Any, day: Day, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.day = day
        for name, field in self.fields.items():  # a table's headings are no labels
            field.widget.attrs.setdefault("aria-label", str(field.label or name).capitalize())
        if not self.instance._state.adding:
            self.initial["begins"] = timezone.localtime(self.instance.starts_at).time()
            self.initial["ends"] = timezone.localtime(self.instance.ends_at).time()

    def clean(self) -> dict[str, Any]:
        """What the day lends its workshops."""
        found, day, session = self.cleaned_data, self.day, self.instance
        programme = found.get("programme")
        if programme and programme.partnership_id != day.partnership_id:
            self.add_error("programme", "This programme is another partnership’s than the day.")
        if not (found.get("begins") and found.get("ends") and day.on):
            return found
        session.starts_at, session.ends_at = on_day(day.on, found["begins"]), on_day(day.on, found["ends"])
        session.opens_at, session.closes_at, session.venue = day.opens_at, day.closes_at, day.venue
        if session.ends_at <= session.starts_at:
            self.add_error("ends", "It must end after it begins.")
        return found

    def _update_errors(self, errors: ValidationError) -> None:
        """What the session says of a field that its day lends stands above the row."""
        if hasattr(errors, "error_dict"):
            found: dict[str, list[Any]] = {}
            for name, said in errors.error_dict.items():
                found.setdefault(name if name in self.fields else NON_FIELD_ERRORS, []).extend(said)
            errors = ValidationError(found)
        super()._update_errors(errors)  # type: ignore[misc]  # the stubs leave it out


class WorkshopRows(forms.BaseInlineFormSet[Session, Day, WorkshopForm]):
    """The workshops of one day, none of which takes another's room or leader."""

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {**super().get_form_kwargs(index), "day": self.instance}

    def clean(self) -> None:
        rows = [form for form in self.forms if form.is_valid() and form.cleaned_data]
        for number, form in enumerate(rows):
            for other in rows[:number]:
                one, two = form.instance, other.instance
                if one.starts_at >= two.ends_at or two.starts_at >= one.ends_at:
                    continue
                if one.room and one.room.lower() == two.room.lower():
                    form.add_error("room", "Another workshop has this room at that time.")
                if one.facilitator_id and one.facilitator_id == two.facilitator_id:
                    form.add_error("facilitator", "They lead another workshop at that time.")
