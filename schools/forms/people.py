"""Forms for people and posts. They validate and never save."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms

from partnership.accounts.models import User
from partnership.ui.fields import DateField
from schools.enums import LAService, OrganisationKind, Role
from schools.models import Organisation, Post

NOW, ON_A_DAY = "now", "day"


class AppointForm(forms.Form):
    """A person and a post, by hand. With a known person only the post is asked for."""

    name = forms.CharField(
        label="Full name", max_length=150, error_messages={"required": "Enter their full name."}
    )
    email = forms.EmailField(
        label="E-mail address",
        required=False,
        max_length=254,
        help_text="Their own, not a shared mailbox. People without one can hold a post too.",
        error_messages={"invalid": "Enter an e-mail address like name@school.example, or leave it blank."},
    )
    role = forms.ChoiceField(label="Post", error_messages={"required": "Choose a post."})
    service = forms.ChoiceField(label="Service", required=False, choices=[("", "Choose"), *LAService.choices])
    starts_on = DateField(label="First day")
    ends_on = DateField(label="Last day", required=False, help_text="Only where it is known already.")
    invite = forms.BooleanField(
        label="Send an invitation now",
        required=False,
        initial=True,
        help_text="By e-mail. It lasts ten school days.",
    )

    def __init__(
        self,
        *args: Any,
        roles: Sequence[Role],
        organisation: Organisation,
        person: User | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [("", "Choose"), *((role.value, role.label) for role in roles)]  # type: ignore[attr-defined]
        if person is not None:
            del self.fields["name"], self.fields["email"]
        if organisation.kind != OrganisationKind.LOCAL_AUTHORITY:
            del self.fields["service"]
        if person is not None and person.has_usable_password():
            del self.fields["invite"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", "The last day lies before the first.")
        if "service" in self.fields and cleaned.get("role") == Role.LA_OFFICER and not cleaned.get("service"):
            self.add_error("service", "Choose the officer's service.")
        return cleaned


class EndPostForm(forms.Form):
    """When a post ends: now, or at the end of a day."""

    when = forms.ChoiceField(
        label="When does it end?",
        choices=[(NOW, "Now: access closes at once"), (ON_A_DAY, "At the end of a day")],
        widget=forms.RadioSelect,
        error_messages={"required": "Say when it ends."},
    )
    last_day = DateField(label="Last day", required=False, help_text="Only if it ends at the end of a day.")

    def __init__(self, *args: Any, post: Post, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.post, self.today = post, today

    mark_optional = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("when") == ON_A_DAY and "last_day" not in self.errors:
            last = cleaned.get("last_day")
            if last is None:
                self.add_error("last_day", "Enter the last day.")
            elif last < self.today:
                self.add_error(
                    "last_day", "The last day cannot lie in the past. Choose “Now” to close access at once."
                )
            elif last < self.post.starts_on:
                self.add_error("last_day", "The last day lies before the post begins.")
        return cleaned


class CoverForm(forms.Form):
    """Who takes on a post's duties, from–to."""

    person = forms.ChoiceField(label="Who covers", error_messages={"required": "Choose a person."})
    starts_on = DateField(label="From")
    ends_on = DateField(label="To", help_text="The last day of the cover. It ends by itself.")

    def __init__(self, *args: Any, people: Iterable[User], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(user.pk): user for user in people}
        self.today = today
        choices = [("", "Choose"), *((pk, user.name) for pk, user in self.people.items())]
        self.fields["person"].choices = choices  # type: ignore[attr-defined]

    def clean_person(self) -> User:
        return self.people[self.cleaned_data["person"]]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if last and last < self.today:
            self.add_error("ends_on", "The last day lies in the past.")
        elif first and last and last < first:
            self.add_error("ends_on", "The last day lies before the first.")
        return cleaned


class InviteForm(forms.Form):
    """The address an invitation goes to, and is bound to."""

    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        help_text="The person's own. They will sign in with it.",
        error_messages={
            "required": "Enter the person's e-mail address.",
            "invalid": "Enter an e-mail address like name@school.example.",
        },
    )


class CodeForm(forms.Form):
    """What stands on a printed slip."""

    email = forms.EmailField(
        label="E-mail address",
        help_text="The one printed on your slip.",
        error_messages={
            "required": "Enter the address on your slip.",
            "invalid": "Enter the address on your slip.",
        },
    )
    code = forms.CharField(
        label="Code",
        max_length=20,
        help_text="Ten letters and figures, such as ABCDE-23467.",
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        error_messages={"required": "Enter the code on your slip."},
    )


class OfficeCodeForm(forms.Form):
    """The code that the school's office gave."""

    code = forms.CharField(
        label="Code",
        max_length=20,
        help_text="Eight letters, such as BCDF-GHJK.",
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        error_messages={
            "required": "Enter the code.",
            "max_length": "A code has eight letters. Look at it again.",
        },
    )
