"""What narrows the list of sessions. Everything stands in the address."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import django_filters as df
from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone

from cpd.models import Session
from cpd.queries.offer import booked_by, half_terms_of, sessions_listed
from partnership.access.viewer import Viewer
from partnership.lib.dates import HalfTermSpan

ONLINE, AT_SCHOOL = "online", "school"


class SessionFilter(df.FilterSet):
    """The offer as the address asks for it. Past sessions show only where a half-term is asked for."""

    q = df.CharFilter(label="Words", method="by_words")
    half_term = df.ChoiceFilter(label="Half-term", empty_label="From today on", method="by_half_term")
    place = df.ChoiceFilter(
        label="Where",
        choices=[(AT_SCHOOL, "At a school"), (ONLINE, "Online")],
        empty_label="Anywhere",
        method="by_place",
    )
    mine = df.BooleanFilter(label="Only mine", method="by_mine", widget=forms.CheckboxInput)

    class Meta:
        model = Session
        fields: list[str] = []

    def __init__(self, data: QueryDict, *, viewer: Viewer, now: datetime) -> None:
        super().__init__(data, queryset=sessions_listed(viewer))
        self.viewer, self.now = viewer, now
        self.spans = half_terms_of(viewer)
        self.filters["half_term"].extra["choices"] = [
            (span.starts_on.isoformat(), f"{span.name} {span.starts_on:%Y}") for span in self.spans_by_use()
        ]

    def spans_by_use(self) -> list[HalfTermSpan]:
        """The present half-term and those to come, in order; then those over, the last first."""
        today = timezone.localdate(self.now)
        over = [span for span in self.spans if span.ends_on < today]
        return [*(span for span in self.spans if span.ends_on >= today), *reversed(over)]

    def by_words(self, rows: QuerySet[Session], name: str, value: str) -> QuerySet[Session]:
        for word in value.split()[:5]:
            rows = rows.filter(
                Q(title__icontains=word)
                | Q(programme__title__icontains=word)
                | Q(programme__audience__icontains=word)
                | Q(venue__name__icontains=word)
            )
        return rows

    def by_half_term(self, rows: QuerySet[Session], name: str, value: str) -> QuerySet[Session]:
        following = [each for each in self.spans if each.starts_on.isoformat() > value]
        rows = rows.filter(starts_at__date__gte=value)
        return rows.filter(starts_at__date__lt=following[0].starts_on) if following else rows

    def by_place(self, rows: QuerySet[Session], name: str, value: str) -> QuerySet[Session]:
        return rows.filter(venue__isnull=value == ONLINE)

    def by_mine(self, rows: QuerySet[Session], name: str, value: Any) -> QuerySet[Session]:
        return rows.filter(pk__in=booked_by(self.viewer)) if value else rows

    def filter_queryset(self, queryset: QuerySet[Session]) -> QuerySet[Session]:
        """As asked; what cannot be read is left out rather than emptying the list."""
        asked = self.form.cleaned_data
        if not (asked.get("mine") or asked.get("q")):  # a joint day stands for its workshops
            queryset = queryset.filter(day__isnull=True)
        for name, value in asked.items():
            queryset = self.filters[name].filter(queryset, value)
        return queryset if asked.get("half_term") else queryset.filter(ends_at__gt=self.now)

    @property
    def active(self) -> bool:
        return any(self.form.cleaned_data.values()) if self.form.is_valid() else False
