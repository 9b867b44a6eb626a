"""The form renderer: Django's forms in the design system's patterns, our words, accessible by default."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField as DjangoBoundField
from django.forms.renderers import TemplatesSetting

from partnership.ui.fields import DateInput

# First match wins: Django's checkbox list descends from its radios, and those from select.
KINDS: tuple[tuple[str, type[forms.Widget]], ...] = (
    ("date", DateInput),
    ("checkboxes", forms.CheckboxSelectMultiple),
    ("radios", forms.RadioSelect),
    ("checkbox", forms.CheckboxInput),
    ("select", forms.Select),
    ("textarea", forms.Textarea),
    ("file", forms.FileInput),
)

CLASSES = {
    "checkboxes": "govuk-checkboxes__input",
    "radios": "govuk-radios__input",
    "checkbox": "govuk-checkboxes__input",
    "select": "govuk-select",
    "textarea": "govuk-textarea",
    "file": "govuk-file-upload",
    "input": "govuk-input",
}
LIMITS = {
    "max_length": "Use %(limit_value)d characters or fewer. There are %(show_value)d.",
    "min_length": "Use %(limit_value)d characters or more. There are %(show_value)d.",
    "max_value": "Enter %(limit_value)s or less.",
    "min_value": "Enter %(limit_value)s or more.",
    "max_digits": "Enter a number of %(max)s figures or fewer.",
    "max_whole_digits": "Enter a number of %(max)s figures or fewer before the point.",
    "max_decimal_places": "Enter a number of %(max)s figures or fewer after the point.",
}
"""Ours for what Django says of a value beyond a field's limits."""

WITH_ERROR_CLASS = ("select", "textarea", "file", "input")


class BoundField(DjangoBoundField):
    """A field that knows its pattern. Widgets of the admin are left as Django makes them."""

    @property
    def kind(self) -> str:
        """Which pattern draws this field."""
        widget = self.field.widget
        return next((kind for kind, base in KINDS if isinstance(widget, base)), "input")

    @property
    def first_id(self) -> str:
        """The id of the control an error links to: the first option of a group, the day of a date."""
        if self.kind in ("radios", "checkboxes"):
            return f"{self.auto_id}_0"
        return self.id_for_label or self.auto_id

    @property
    def optional(self) -> bool:
        """Whether the label says '(optional)': not for a single tick, nor where the form says it marks none, nor
        where nothing in the form is asked for, as in a filter."""
        if self.field.required or self.field.disabled or self.kind == "checkbox":
            return False
        asked = any(field.required for field in self.form.fields.values())
        return bool(asked and getattr(self.form, "mark_optional", True))

    @property
    def problems(self) -> list[str]:
        """The errors as sentences; Django's own become ours, and "This field is required" one that names the field."""
        data = self.form.errors.as_data().get(self.name, [])
        texts = [str(text) for text in self.errors]
        if len(data) != len(texts):
            return texts
        return [self._said(each, text) for each, text in zip(data, texts, strict=True)]

    def _said(self, error: ValidationError, text: str) -> str:
        if error.code == "required" and text == str(forms.Field.default_error_messages["required"]):
            return self._empty()
        if error.code in LIMITS and error.code not in self.field.error_messages:
            return LIMITS[error.code] % error.params
        return text

    def _empty(self) -> str:
        verb = {"select": "Choose an answer for", "radios": "Choose an answer for", "checkbox": "Tick",
                "checkboxes": "Tick at least one of", "file": "Choose a file for"}  # fmt: skip
        return f"{verb.get(self.kind, 'Fill in')} “{self.label}”."

    @property
    def is_page_heading(self) -> bool:
        """One question on its page: `self.fields["x"].widget.is_page_heading = True` makes the label the h1."""
        return bool(getattr(self.field.widget, "is_page_heading", False))

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        """Django's attributes and our classes; `required` and placeholders go, since errors and labels say it better."""
        built: dict[str, Any] = super().build_widget_attrs(attrs, widget)
        widget = widget or self.field.widget
        if widget.is_hidden or type(widget).__module__.startswith("django.contrib.admin"):
            return built
        built.pop("required", None)
        if "placeholder" in widget.attrs:
            built["placeholder"] = False
        if self.kind in CLASSES:
            built["class"] = " ".join(self._classes(widget))
        return built

    def _classes(self, widget: forms.Widget) -> list[str]:
        own = CLASSES[self.kind]
        names = [own]
        if self.errors and self.kind in WITH_ERROR_CLASS:
            names.append(f"{own}--error")
        if asked := widget.attrs.get("class"):
            names.append(asked)
        return names


class Renderer(TemplatesSetting):
    """Set as FORM_RENDERER: `{{ form }}` and `{{ form.name.as_field_group }}` come out in our patterns."""

    form_template_name = "forms/form.html"
    formset_template_name = "forms/formset.html"
    field_template_name = "forms/field.html"
    bound_field_class = BoundField


@dataclass(frozen=True, slots=True)
class Problem:
    """One line of the error summary; without an id it concerns the whole form."""

    text: str
    field_id: str = ""


def problems_of(*things: Any) -> list[Problem]:
    """What is wrong in forms and formsets, in reading order, each with the id of its control."""
    found: list[Problem] = []
    for thing in things:
        if thing is None or not thing.is_bound:
            continue
        if isinstance(thing, forms.BaseFormSet):
            found += [Problem(str(error)) for error in thing.non_form_errors()]
            found += problems_of(*thing.forms)
            continue
        found += [Problem(str(error)) for error in thing.non_field_errors()]
        for field in thing:
            anchor = "" if field.is_hidden else getattr(field, "first_id", field.id_for_label)
            found += [Problem(str(error), anchor) for error in getattr(field, "problems", field.errors)]
    return found
