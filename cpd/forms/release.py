"""What a school says to bookings: its rule for all, and its word to one."""

from __future__ import annotations

from typing import Any

from django import forms

from cpd.enums import Given
from partnership.lib.names import within_a_sentence


class RuleForm(forms.Form):
    """What holds for all bookings of the school's staff."""

    approval = forms.BooleanField(
        label="A booking somebody makes for themselves waits for approval",
        help_text="By their line manager, or by you where none is named. They keep their number in the queue meanwhile.",
        required=False,
    )
    given = forms.ChoiceField(
        label="For hours outside paid time",
        choices=[("", "We say it booking by booking"), *Given.choices],
        widget=forms.RadioSelect,
        required=False,
    )
    remind_manager = forms.BooleanField(
        label="Line managers are reminded too, some days before a session", required=False
    )


class NoteForm(forms.Form):
    """Paid or time back, and who covers."""

    given = forms.ChoiceField(
        label="For the hours outside paid time",
        choices=[("", "Not said yet"), *Given.choices],
        widget=forms.RadioSelect,
        required=False,
    )
    cover = forms.CharField(
        label="Who covers",
        max_length=150,
        required=False,
        help_text="A colleague’s name, say. Nothing about a child.",
    )

    def __init__(self, *args: Any, rule: str, **kwargs: Any) -> None:
        """`rule`: what the school gives for all bookings, and so for this one where nothing else is said."""
        super().__init__(*args, **kwargs)
        if rule:
            words = f"As your school’s rule says: {within_a_sentence(str(Given(rule).label))}"
            self.fields["given"].choices = [("", words), *Given.choices]  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """A sentence to go with yes or no."""

    words = forms.CharField(
        label="A sentence with it",
        max_length=200,
        required=False,
        help_text="With a no, say why.",
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.agreed = "yes" in self.data

    def clean(self) -> None:
        if not self.agreed and not self.cleaned_data.get("words") and not self.errors:
            self.add_error("words", "Say in a sentence why not, so that nobody has to ask.")
