"""What narrows a board. Everything stands in the address, so that a list can be sent on and comes back as it was."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Any

import django_filters as df
from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict

from partnership.access.viewer import Viewer
from partnership.lib.dates import academic_year_words
from partnership.lib.names import fold
from schools.enums import SenProvision
from transitions.enums import Boundary, DestinationState
from transitions.models import Transition
from transitions.queries.boards import STEPS, moves_on_board, own_schools
from transitions.queries.lines import Board, Line, board_of
from transitions.queries.progress import Side

SEND = "send"
SCOPE = ("school", "entry_year", "boundary", "q")
"""Asked of the database; the counts above the list are of these rows, the rest narrows what is shown of them."""


class BoardFilter(df.FilterSet):
    """One board as the address asks for it. A value nobody offered narrows nothing."""

    q = df.CharFilter(label="Name", method="by_name")
    school = df.ModelChoiceFilter(
        label="School", queryset=None, empty_label="All your schools", method="by_school"
    )
    entry_year = df.ChoiceFilter(label="Joins in", empty_label="Every school year")
    boundary = df.ChoiceFilter(label="Moves from", choices=Boundary.choices, empty_label="Every year group")
    sen = df.ChoiceFilter(
        label="SEN",
        choices=[(SEND, "SEN support or EHC plan"), *SenProvision.choices],
        empty_label="Everyone",
        method="later",
    )
    destination = df.ChoiceFilter(
        label="Next school is", choices=DestinationState.choices, empty_label="Whatever it is", method="later"
    )
    step = df.ChoiceFilter(label="Step", choices=STEPS, empty_label="Every step", method="later")
    late = df.BooleanFilter(label="Late only", method="later", widget=forms.CheckboxInput)

    class Meta:
        model = Transition
        fields: list[str] = []

    def __init__(self, data: QueryDict, *, viewer: Viewer, side: Side, today: date) -> None:
        moves = moves_on_board(viewer, side, today=today)
        super().__init__(data, queryset=moves)
        self.viewer, self.side, self.today = viewer, side, today
        self.filters["school"].queryset = own_schools(viewer)
        years = moves.order_by("entry_year").values_list("entry_year", flat=True).distinct()
        self.filters["entry_year"].extra["choices"] = [
            (str(year), f"September {year} ({academic_year_words(year)})") for year in years
        ]
        if side == Side.NEXT:
            del self.filters["destination"]

    def by_school(self, rows: QuerySet[Transition], name: str, value: Any) -> QuerySet[Transition]:
        return rows.filter(school=value) if self.side == Side.PRESENT else rows.filter(seen_by=value.pk)

    def by_name(self, rows: QuerySet[Transition], name: str, value: str) -> QuerySet[Transition]:
        """The beginning of the surname or of another name, folded; two words in either order."""
        text = fold(value[:100])
        if not text:
            return rows
        turned = " ".join(reversed(text.split(" ", 1)))
        return rows.filter(
            Q(pupil__name_key__startswith=text)
            | Q(pupil__name_key__startswith=turned)
            | Q(pupil__name_key__contains=f" {text}")
        )

    def later(self, rows: QuerySet[Transition], name: str, value: Any) -> QuerySet[Transition]:
        """Judged of a row once its next move is known: see `keeps`."""
        return rows

    def filter_queryset(self, queryset: QuerySet[Transition]) -> QuerySet[Transition]:
        """As asked; what cannot be read is left out rather than emptying the list."""
        for name, value in self.form.cleaned_data.items():
            queryset = self.filters[name].filter(queryset, value)
        return queryset

    @cached_property
    def asked(self) -> dict[str, Any]:
        """What was asked and understood."""
        self.form.is_valid()
        return {
            name: value for name, value in self.form.cleaned_data.items() if value not in (None, "", False)
        }

    @property
    def active(self) -> bool:
        return bool(self.asked)

    def board(self) -> Board:
        """The children in scope; the counts are of these."""
        self.form.is_valid()
        return board_of(self.qs, self.side, today=self.today)

    def keeps(self, line: Line) -> bool:
        """Whether the child is among those asked for."""
        asked = self.asked
        sen = asked.get("sen")
        return (
            (not sen or (line.send if sen == SEND else line.sen == sen))
            and asked.get("destination") in (None, line.destination)
            and asked.get("step") in (None, line.step)
            and (not asked.get("late") or line.late)
        )
