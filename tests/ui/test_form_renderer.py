"""Forms come out in the design system's patterns, whoever wrote them."""

from __future__ import annotations

from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest
from django import forms
from django.contrib.admin.widgets import AdminTextInputWidget

from partnership.ui.fields import DateField, HintedRadios
from partnership.ui.forms import problems_of


class Move(forms.Form):
    """One field of each kind, some with hints."""

    name = forms.CharField(help_text="As the child says it.")
    day = DateField(label="Day of the visit", required=False)
    met = forms.ChoiceField(
        label="How you met",
        choices=[("p", "In person"), ("c", "By call")],
        widget=HintedRadios(hints={"c": "Or video."}),
    )
    needs = forms.MultipleChoiceField(
        choices=[("a", "Adult"), ("b", "Timetable")], widget=forms.CheckboxSelectMultiple, required=False
    )
    school = forms.ChoiceField(choices=[("", "Choose"), ("n", "Northfield")])
    words = forms.CharField(
        widget=forms.Textarea(attrs={"class": "wide", "placeholder": "Write"}), required=False
    )
    file = forms.FileField(required=False)
    agreed = forms.BooleanField(label="Read with the child", help_text="Or the family.")
    seen = forms.CharField(widget=forms.HiddenInput, required=False)


class Page(HTMLParser):
    """The tags of a page with their attributes."""

    def __init__(self, html: object) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(str(html))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def by_id(self, wanted: str) -> dict[str, str | None]:
        return next(attrs for _, attrs in self.tags if attrs.get("id") == wanted)

    @property
    def ids(self) -> list[str]:
        return [str(attrs["id"]) for _, attrs in self.tags if "id" in attrs]

    @property
    def labelled(self) -> set[str]:
        return {str(attrs["for"]) for tag, attrs in self.tags if tag == "label"}


@pytest.mark.parametrize("data", [None, {}])
def test_every_control_has_a_label_and_every_description_stands_on_the_page(
    data: dict[str, str] | None,
) -> None:
    page = Page(Move(data))
    assert len(page.ids) == len(set(page.ids))
    for tag, attrs in page.tags:
        if tag in ("input", "select", "textarea") and attrs.get("type") != "hidden":
            assert attrs["id"] in page.labelled
        for described in (attrs.get("aria-describedby") or "").split():
            assert described in page.ids


@pytest.mark.parametrize(
    ("field_id", "css"),
    [
        ("id_name", "govuk-input"),
        ("id_words", "govuk-textarea wide"),
        ("id_school", "govuk-select"),
        ("id_file", "govuk-file-upload"),
        ("id_met_0", "govuk-radios__input"),
        ("id_needs_1", "govuk-checkboxes__input"),
        ("id_agreed", "govuk-checkboxes__input"),
    ],
)
def test_each_widget_carries_its_pattern(field_id: str, css: str) -> None:
    assert Page(Move()).by_id(field_id)["class"] == css


def test_hint_and_error_are_read_with_the_field() -> None:
    page = Page(Move({}))
    assert page.by_id("id_name")["aria-describedby"] == "id_name_helptext id_name_error"
    assert page.by_id("id_name")["aria-invalid"] == "true"
    assert page.by_id("id_name")["class"] == "govuk-input govuk-input--error"


def test_an_option_carries_its_hint() -> None:
    page = Page(Move())
    assert page.by_id("id_met_1")["aria-describedby"] == "id_met_1_hint"
    assert "Or video." in str(Move())


def test_no_placeholder_and_no_browser_check() -> None:
    html = str(Move())
    assert "placeholder" not in html
    assert " required" not in html


def test_optional_is_said_unless_the_form_says_not() -> None:
    assert 'Words <span class="optional">(optional)</span>' in str(Move())
    assert "Read with the child</label>" in str(Move())

    class Filter(Move):
        mark_optional = False

    assert "(optional)" not in str(Filter())

    class NothingAsked(forms.Form):
        name = forms.CharField(required=False)

    assert "(optional)" not in str(NothingAsked())


def test_what_people_typed_is_escaped() -> None:
    class Hostile(forms.Form):
        x = forms.ChoiceField(
            label="<b>L</b>",
            help_text="<i>h</i>",
            choices=[("<v>", "<s>o</s>")],
            widget=HintedRadios(hints={"<v>": "<u>"}),
        )
        y = forms.CharField(max_length=3)

    form = Hostile({"x": "<script>", "y": '"><script>alert(1)</script>'})
    html = str(form)
    for raw in ("<script", "<b>", "<i>", "<s>", "<u>"):
        assert raw not in html


def test_widgets_of_the_admin_are_left_alone() -> None:
    class AdminForm(forms.Form):
        name = forms.CharField(widget=AdminTextInputWidget)

    assert Page(AdminForm()["name"]).by_id("id_name") == {
        "type": "text", "name": "name", "class": "vTextField", "required": None, "id": "id_name",
    }  # fmt: skip


def test_problems_come_in_reading_order_and_point_at_a_control() -> None:
    form = Move({})
    ids = Page(form).ids
    problems = problems_of(form)
    assert [problem.text for problem in problems] == [
        "Fill in “Name”.",
        "Choose an answer for “How you met”.",
        "Choose an answer for “School”.",
        "Tick “Read with the child”.",
    ]
    assert all(problem.field_id in ids for problem in problems)


def test_an_untouched_form_has_no_problems() -> None:
    assert problems_of(Move(), None) == []


def test_problems_of_a_formset_name_its_controls() -> None:
    form_set = forms.formset_factory(Move)({"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1"})
    assert problems_of(form_set)[0].field_id == "id_form-0-name"


class Day(forms.Form):
    day = DateField(label="Date of birth")


def parts(day: str, month: str, year: str) -> dict[str, Any]:
    return {"day_day": day, "day_month": month, "day_year": year}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        (("27", "3", "2015"), date(2015, 3, 27)),
        ((" 1", "09 ", "2015"), date(2015, 9, 1)),
        (("1", "Sept", "2015"), date(2015, 9, 1)),
        (("29", "february", "2024"), date(2024, 2, 29)),
    ],
)
def test_a_day_is_read(typed: tuple[str, str, str], found: date) -> None:
    form = Day(parts(*typed))
    assert form.is_valid(), form.errors
    assert form.cleaned_data["day"] == found


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("", "", ""), "Enter date of birth."),
        (("27", "", "2015"), "Date of birth must include a month."),
        (("27", "", ""), "Date of birth must include a month and year."),
        (("29", "2", "2015"), "Date of birth must be a real date, such as 27 3 2027."),
        (("a", "b", "c"), "Date of birth must be a real date, such as 27 3 2027."),
        (("9" * 40, "3", "2015"), "Date of birth must be a real date, such as 27 3 2027."),
        (("1", "3", "-9223372036854775809"), "Date of birth must be a real date, such as 27 3 2027."),
        (("27", "3", "15"), "Date of birth must have a year of four figures, such as 2027."),
    ],
)
def test_a_day_that_cannot_be_read_says_why(typed: tuple[str, str, str], said: str) -> None:
    form = Day(parts(*typed))
    assert form.errors["day"] == [said]
    assert all(f'value="{part}"' in str(form) for part in typed if part)


def test_a_day_shows_its_initial_value() -> None:
    page = Page(Day(initial={"day": date(2015, 3, 27)}))
    assert [page.by_id(f"id_day_{n}")["value"] for n in range(3)] == ["27", "3", "2015"]
