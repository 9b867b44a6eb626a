"""Made-up content for the style guide: short, long and none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from partnership.ui.cards import Card, Number, Place, Row
from partnership.ui.components import (
    Count,
    Crumb,
    PageStep,
    Phase,
    StatusKind,
    SummaryRow,
    Task,
    TrackStep,
    steps_at,
)
from partnership.ui.fields import CodeInput, DateField, HintedRadios

LONG_NAME = "Anneliese-Marguerite Oluwaseun Featherstonehaugh-Villanueva de Souza"
STEPS = ("Begun", "Shared", "Received", "Met", "Accepted")


class SampleForm(forms.Form):
    """One field of each pattern."""

    name = forms.CharField(label="Name the child goes by", help_text="As the child would say it.")
    birth = DateField(label="Date of birth", help_text="For example, 27 3 2015")
    school = forms.ChoiceField(
        label="School",
        choices=[("", "Choose a school"), ("n", "Northfield School"), ("l", "St " + LONG_NAME)],
    )
    held = forms.ChoiceField(
        label="How did you meet?",
        choices=[("met", "In person"), ("call", "By telephone"), ("not", "Not yet")],
        widget=HintedRadios(hints={"met": "At either school, or at the CPD evening."}),
    )
    needs = forms.MultipleChoiceField(
        label="What is in place",
        choices=[("a", "Adult beside the child"), ("b", "Visual timetable"), ("c", "A quiet place to go")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    about = forms.CharField(
        label="What helps", widget=forms.Textarea(attrs={"rows": 5}), required=False,
        help_text="Begin with what works on a hard morning.",
    )  # fmt: skip
    file = forms.FileField(
        label="Common transfer file", help_text="The XML file from your MIS, at most 10 MB."
    )
    code = forms.CharField(label="Code from your authenticator app", widget=CodeInput())
    agreed = forms.BooleanField(label="I have read this with the child", help_text="Or with their family.")

    def clean(self) -> dict[str, Any]:
        raise ValidationError("The two schools are the same: choose where the child goes next.")


@dataclass(frozen=True, slots=True)
class SampleJob:
    """Stands for a job of the outbox."""

    id: str
    state: str
    done: int = 0
    total: int = 0
    error: str = ""


def context(rows: int = 3) -> dict[str, Any]:
    """Everything the style guide shows, with as many rows as asked."""
    day = date(2026, 11, 20)
    wrong = SampleForm(
        {"birth_day": "31", "birth_month": "2", "birth_year": "2015", "school": "", "held": ""}
    )
    late = Row(
        LONG_NAME,
        "#",
        "Received 12 school days ago, and nobody has talked yet.",
        day,
        "late by 2 days",
        "red",
    )
    people = ["Ada Brightwell", "Tomás Ó Briain", LONG_NAME, "Łucja Wiśniewska", "Bo"]
    return {
        "kinds": list(StatusKind),
        "phases": list(Phase),
        "tracks": [
            steps_at(STEPS, 0),
            steps_at(STEPS, 2),
            steps_at(STEPS, 3, late=True),
            steps_at(STEPS, 5),
            (
                TrackStep("Begun by the feeder school", "done"),
                TrackStep("Shared with Northfield", "done"),
                TrackStep("Received by their SENCO", "current"),
                TrackStep("Conversation held", "todo"),
                TrackStep("Accepted", "todo"),
            ),
        ],
        "crumbs": [Crumb("Leaving", "#"), Crumb("Year 6", "#"), Crumb(LONG_NAME, "#")],
        "summary": [
            SummaryRow("Name", LONG_NAME, "#"),
            SummaryRow("From", "Oakfield Junior School"),
            SummaryRow("Talked over", "Friday 20 November\nwith Ms Obi, by telephone", "#"),
        ],
        "tasks": [
            Task("About me", "green", "written", "In the child's own words.", "#"),
            Task("Health, care and kit", "amber", "due Friday", "Cannot be skipped: say “none” if so.", "#"),
            Task("What helps", "blue", href="#"),
            Task("What we have not worked out yet", "grey", href="#"),
            Task("Check and share", "grey", "cannot start yet"),
        ],
        "counts": [
            Count(31, "leaving", "#", True), Count(4, "without a destination", "#"), Count(2, "late", "#"),
            Count(9, "with SEN support", "#"),
        ],
        "card": Card(
            Place.WAITING, "Waiting on you",
            (
                Row("Ada Brightwell", "#", "Shared by Oakfield Junior. You have not opened it.", day, "", "", "Open"),
                late,
                Row("Bo", "#", "Conversation with Ms Obi.", None, "tomorrow, 10:30", "amber", "Prepare"),
            ),
            more_href="#", more_text="All 14 in your inbox",
        ),
        "empty_card": Card(Place.LATE, "Late in your school", empty="Nothing is late. The next day to watch is Friday."),
        "numbers": (
            Number(22, "handovers met", "#", 31), Number(4, "children without a destination", "#"),
            Number(0, "unread for more than five school days"),
        ),
        "people": [
            {
                "name": people[i % len(people)],
                "year": "Year 6",
                "to": "Northfield School" if i % 3 else "",
                "steps": steps_at(STEPS, i % 6, late=i % 4 == 1),
                "late": i % 4 == 1,
                "whose": "Their SENCO" if i % 2 else "You",
            }
            for i in range(rows)
        ],
        "form": wrong,
        "fresh": SampleForm(auto_id="fresh_%s"),
        "jobs": [
            SampleJob("1", "queued"), SampleJob("2", "running", 1240, 3000), SampleJob("3", "done"),
            SampleJob("4", "failed", error="The file ends in the middle of line 412: export it again."),
        ],
        "page_steps": [PageStep("Choose the file"), PageStep("Check", True), PageStep("Done")],
        "day": day,
        "saved_at": datetime(2026, 11, 20, 10, 42, tzinfo=UTC),
        "long_name": LONG_NAME,
    }  # fmt: skip
