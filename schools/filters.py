"""What narrows the directory and the map. Everything stands in the address, so that a list can be sent on."""

from __future__ import annotations

from datetime import date
from typing import Any

import django_filters as df
from django.db.models import QuerySet
from django.http import QueryDict

from partnership.access.viewer import Viewer
from schools.enums import SchoolStatus, Stage
from schools.models import Organisation
from schools.models.organisations import OrganisationQuerySet
from schools.queries import directory

ANY_STATUS = "any"


class Scope(df.FilterSet):
    """Where: all that the map asks, and a part of what the directory does."""

    la = df.ModelChoiceFilter(
        label="Local authority",
        field_name="local_authority",
        queryset=None,
        empty_label="Every local authority",
    )
    partnership = df.ModelChoiceFilter(
        label="Partnership", queryset=None, empty_label="Every partnership", method="by_partnership"
    )

    class Meta:
        model = Organisation
        fields: list[str] = []

    def __init__(self, data: QueryDict | None, *, viewer: Viewer, today: date, **kwargs: Any) -> None:
        kwargs.setdefault("queryset", directory.directory(viewer))
        super().__init__(data if data is not None else QueryDict(), **kwargs)
        self.today = today
        for name, rows in self.choices_for(viewer).items():
            self.filters[name].queryset = rows
        self.form.mark_optional = False

    def choices_for(self, viewer: Viewer) -> dict[str, QuerySet[Organisation]]:
        """What each list of organisations offers."""
        return {"la": directory.authorities(viewer), "partnership": directory.partnerships(viewer)}

    def filter_queryset(self, queryset: OrganisationQuerySet) -> OrganisationQuerySet:
        """As asked; what cannot be read is left out rather than emptying the list. Without a status: open schools."""
        for name, value in self.form.cleaned_data.items():
            queryset = self.filters[name].filter(queryset, value)
        return queryset if self.form.cleaned_data.get("status") else queryset.open()

    def by_partnership(
        self, rows: QuerySet[Organisation], name: str, value: Organisation
    ) -> QuerySet[Organisation]:
        return directory.members(rows, value, on=self.today)

    @property
    def active(self) -> bool:
        """Whether anything narrows the list."""
        self.form.is_valid()
        return any(self.form.cleaned_data.values())


class SchoolFilter(Scope):
    """The directory's search."""

    q = df.CharFilter(label="Name, town, postcode or URN", method="by_text")
    stage = df.ChoiceFilter(label="Stage", choices=Stage.choices, empty_label="Every stage")
    trust = df.ModelChoiceFilter(label="Trust", queryset=None, empty_label="Every trust, or none")
    status = df.ChoiceFilter(
        label="Status",
        choices=[*SchoolStatus.choices, (ANY_STATUS, "Open or closed")],
        empty_label="Open now",
        method="by_status",
    )

    def choices_for(self, viewer: Viewer) -> dict[str, QuerySet[Organisation]]:
        return {**super().choices_for(viewer), "trust": directory.trusts(viewer)}

    def by_text(self, rows: QuerySet[Organisation], name: str, value: str) -> QuerySet[Organisation]:
        return directory.matching(rows, value[:100])

    def by_status(self, rows: QuerySet[Organisation], name: str, value: str) -> QuerySet[Organisation]:
        return rows if value == ANY_STATUS else rows.filter(status=value)
