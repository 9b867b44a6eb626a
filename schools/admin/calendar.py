"""Terms, closures, bank holidays and duties: plain records, edited as Django does and as spreadsheets."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.forms import ModelChoiceField
from django.http import HttpRequest

from partnership.ui.admin import AdminViewer, ViewerAdmin, viewer_of
from partnership.ui.admin_filters import AsSeenFilter
from schools.admin import reach
from schools.admin.plain_files import Column, PlainFilesAdmin, SeenResource
from schools.enums import DutyKind, PeriodUnit
from schools.models import AcademicYear, BankHoliday, Closure, Duty, HalfTerm


@admin.register(AcademicYear)
class AcademicYearAdmin(ViewerAdmin):
    """School years: they hold everywhere."""

    desk = ("Terms and duties", 33)
    list_display = ("__str__",)
    search_fields = ("starts_in",)
    ordering = ("-starts_in",)

    def rows_for(self, viewer: AdminViewer) -> QuerySet[AcademicYear]:
        return AcademicYear.objects.all()

    def may_add(self, viewer: AdminViewer) -> bool:
        return reach.keeps_all(viewer)

    def get_readonly_fields(self, request: HttpRequest, obj: AcademicYear | None = None) -> tuple[str, ...]:
        return ("starts_in",) if obj else ()


class TermRows(PlainFilesAdmin):
    """Rows of an organisation whose terms one keeps."""

    def rows_for(self, viewer: AdminViewer) -> QuerySet[Any]:
        return self.model._default_manager.filter(organisation__in=reach.with_terms(viewer))

    def may_add(self, viewer: AdminViewer) -> bool:
        return True

    def may_change(self, viewer: AdminViewer, row: Any | None) -> bool:
        return row is None or reach.with_terms(viewer).filter(pk=row.organisation_id).exists()

    def may_delete(self, viewer: AdminViewer, row: Any | None) -> bool:
        return self.may_change(viewer, row)


WHOSE = "A local authority’s code (three figures), a school’s URN (six figures), or the whole name."


class HalfTermFile(SeenResource):
    columns = (
        Column("organisation", WHOSE, "899"),
        Column("year", "The year in which the school year starts: 2026 for 2026/27.", "2026"),
        Column("number", "1 and 2 for the half-terms of autumn, 3 and 4 spring, 5 and 6 summer.", "1"),
        Column("starts_on", "The first day, with INSET days.", "2026-09-02"),
        Column("ends_on", "The last day.", "2026-10-22"),
        Column("source", "Where the dates come from. May be empty.", "County council, term dates"),
    )

    class Meta:
        model = HalfTerm
        fields = ("organisation", "year", "number", "starts_on", "ends_on", "source")
        import_id_fields = ("organisation", "year", "number")
        clean_model_instances = True
        skip_unchanged = True


@admin.register(HalfTerm)
class HalfTermAdmin(TermRows):
    """Six blocks a year, for a local authority or for a school that sets its own."""

    desk = ("Terms and duties", 30)
    intro = "Enter them for the local authority; a school has rows of its own only where its terms differ."
    resource_classes = [HalfTermFile]
    list_display = ("__str__", "organisation", "starts_on", "ends_on", "source")
    list_filter = (("organisation", AsSeenFilter), "number")
    list_select_related = ("organisation", "year")
    search_fields = ("organisation__name",)
    date_hierarchy = "starts_on"
    ordering = ("-starts_on", "organisation__name_key", "pk")
    autocomplete_fields = ("organisation",)


class ClosureFile(SeenResource):
    columns = (
        Column("organisation", WHOSE, "123456"),
        Column("on", "The day.", "2027-01-04"),
        Column("reason", "What people will read.", "INSET day"),
    )

    class Meta:
        model = Closure
        fields = ("organisation", "on", "reason")
        import_id_fields = ("organisation", "on")
        clean_model_instances = True
        skip_unchanged = True


@admin.register(Closure)
class ClosureAdmin(TermRows):
    """Days without pupils, INSET days above all."""

    desk = ("Terms and duties", 31)
    intro = "Days on which a school has no pupils. No date that counts school days falls on one."
    resource_classes = [ClosureFile]
    list_display = ("on", "organisation", "reason")
    list_filter = (("organisation", AsSeenFilter),)
    list_select_related = ("organisation",)
    search_fields = ("organisation__name", "reason")
    date_hierarchy = "on"
    ordering = ("-on", "organisation__name_key", "pk")
    autocomplete_fields = ("organisation",)


class BankHolidayFile(SeenResource):
    columns = (
        Column("on", "The day.", "2027-12-27"),
        Column("title", "Its name.", "Christmas Day (substitute day)"),
        Column("source", "Where it stands. May be empty.", "GOV.UK"),
    )

    class Meta:
        model = BankHoliday
        fields = ("on", "title", "source")
        import_id_fields = ("on",)
        clean_model_instances = True
        skip_unchanged = True


@admin.register(BankHoliday)
class BankHolidayAdmin(PlainFilesAdmin):
    """England's bank holidays: they hold everywhere."""

    desk = ("Terms and duties", 32)
    intro = "They hold everywhere, so a county’s coordinator or a superuser keeps them."
    resource_classes = [BankHolidayFile]
    list_display = ("on", "title", "source")
    search_fields = ("title",)
    date_hierarchy = "on"
    ordering = ("-on",)

    def rows_for(self, viewer: AdminViewer) -> QuerySet[BankHoliday]:
        return BankHoliday.objects.all()

    def may_add(self, viewer: AdminViewer) -> bool:
        return reach.keeps_all(viewer)

    def may_change(self, viewer: AdminViewer, row: Any | None) -> bool:
        return reach.keeps_all(viewer)

    def may_delete(self, viewer: AdminViewer, row: Any | None) -> bool:
        return reach.keeps_all(viewer)

    def get_readonly_fields(self, request: HttpRequest, obj: BankHoliday | None = None) -> tuple[str, ...]:
        return ("on",) if obj else ()


class DutyFile(SeenResource):
    columns = (
        Column("code", "The code of a duty in the list: the pages ask for it.", "received_within"),
        Column("partnership", "The whole name of your partnership.", "Northfield Cluster"),
        Column("title", "What is to be done.", "Received handovers are read"),
        Column("kind", f"One of: {', '.join(DutyKind.values)}.", "partnership"),
        Column("amount", "How many of the unit; empty for a day of the year.", "5"),
        Column("unit", f"One of: {', '.join(PeriodUnit.values)}.", "school_days"),
        Column("month", "For a day of the year: 1 to 12. Else empty.", ""),
        Column("day", "For a day of the year: 1 to 31. Else empty.", ""),
        Column("owner_role", "Who must do it, by code. May be empty.", "senco"),
        Column("source", "What stands behind it.", "The heads, 3 June 2026"),
        Column("effective_from", "From when it holds.", "2026-09-01"),
        Column("effective_to", "Until when. May be empty.", ""),
    )

    class Meta:
        model = Duty
        fields = (
            "code", "partnership", "title", "kind", "amount", "unit", "month", "day", "owner_role", "source",
            "effective_from", "effective_to",
        )  # fmt: skip
        import_id_fields = ("code", "partnership", "effective_from")
        clean_model_instances = True
        skip_unchanged = True


@admin.register(Duty)
class DutyAdmin(PlainFilesAdmin):
    """Periods and dates, each with what stands behind it. A partnership's own row comes before the one for all."""

    desk = ("Terms and duties", 34)
    intro = "A row of your own partnership comes before the one that holds everywhere. The code is what the pages ask for."
    resource_classes = [DutyFile]
    list_display = ("title", "kind", "period", "owner_role", "partnership", "effective_from", "effective_to")
    list_filter = ("kind", "owner_role", ("partnership", AsSeenFilter))
    list_select_related = ("partnership",)
    search_fields = ("title", "code", "source")
    date_hierarchy = "effective_from"
    ordering = ("title", "effective_from", "pk")

    def rows_for(self, viewer: AdminViewer) -> QuerySet[Duty]:
        return Duty.objects.filter(
            Q(partnership__isnull=True) | Q(partnership__in=reach.partnerships(viewer))
        )

    def may_add(self, viewer: AdminViewer) -> bool:
        return True

    def may_change(self, viewer: AdminViewer, row: Duty | None) -> bool:
        return row is None or reach.holds(viewer, row.partnership_id)

    def may_delete(self, viewer: AdminViewer, row: Duty | None) -> bool:
        return self.may_change(viewer, row)

    def organisation_of(self, row: Duty) -> Any:
        return row.partnership_id

    @admin.display(description="period")
    def period(self, row: Duty) -> str:
        if row.month and row.day:
            return f"by {row.day}/{row.month}"
        return f"{row.amount} {row.get_unit_display()}"

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField[Any] | None:
        """A duty that holds everywhere is a superuser's: everyone else names their partnership."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None and db_field.name == "partnership" and not viewer_of(request).is_superuser:
            field.required = True
            field.help_text = "The partnership for which it holds."
        return field
