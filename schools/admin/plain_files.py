"""Small spreadsheets for plain records: in and out, within the viewer's reach, safe from formulas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.core.exceptions import NON_FIELD_ERRORS, ObjectDoesNotExist, ValidationError
from django.db.models import Model, QuerySet
from django.forms import Form
from django.http import HttpRequest
from django.template.response import TemplateResponse
from tablib.formats import registry

from partnership.lib.csvsafe import safe_cell
from partnership.ui.admin import AdminViewer, ViewerAdmin, viewer_of
from schools.enums import OrganisationKind
from schools.models import Organisation

registry.register(
    "xlsx", ""
)  # our lists are CSV: offered it, the package loads openpyxl into every web process

from import_export.admin import ImportExportMixin  # noqa: E402
from import_export.formats.base_formats import CSV  # noqa: E402
from import_export.resources import ModelResource  # noqa: E402
from import_export.tmp_storages import CacheStorage  # noqa: E402
from import_export.widgets import DateWidget, ForeignKeyWidget  # noqa: E402


class List(CSV):
    """A list with a row of headings; one without is told so in the form. The package breaks on an empty line."""

    def create_dataset(self, in_stream: Any, **kwargs: Any) -> Any:
        dataset = super().create_dataset(in_stream, **kwargs)
        if not dataset.headers:
            raise ValueError("no row of headings")
        return dataset


class OrganisationCell(ForeignKeyWidget):
    """An organisation as people write it in a list: URN, LA code, or its whole name, among those one may choose."""

    def __init__(self, choices: QuerySet[Organisation]) -> None:
        super().__init__(Organisation)
        self.choices = choices

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Organisation | None:
        text = str(value or "").strip()
        if not text:
            return None
        if text.isdigit() and len(text) == 3:
            found = self.choices.filter(la_code=text, kind=OrganisationKind.LOCAL_AUTHORITY)
        elif text.isdigit():
            found = self.choices.filter(urn=int(text)) if len(text) == 6 else self.choices.none()
        else:
            found = self.choices.filter(name__iexact=text)
        rows = list(found[:2])
        if len(rows) != 1:
            several = "Several organisations are" if rows else "No organisation of yours is"
            raise ValueError(f"{several} called “{text}”. Write its URN, or the LA code.")
        return rows[0]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        if value is None:
            return ""
        if value.urn:
            return str(value.urn)
        return value.la_code if value.kind == OrganisationKind.LOCAL_AUTHORITY else value.name


DATES = ("%Y-%m-%d", "%d/%m/%Y")
"""As we write them, and as a British spreadsheet does: the package's own would read 02/09 as a day in February."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list: what to write in it, and an example."""

    name: str
    says: str
    example: str


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong where in a list, by the row of the spreadsheet; 0 is the list as a whole, '' the whole row."""

    row: int
    column: str
    says: str


UNREAD = "This cannot be read. Compare it with the headings above."


def problems_of(result: Any) -> list[Problem]:
    """All that keeps a list from coming in, in our words: never an exception's own with what stands behind it."""
    whole = [str(each.error) for each in result.base_errors if isinstance(each.error, NoSuchList)]
    found = [Problem(0, "", each) for each in whole or ([UNREAD] if result.base_errors else [])]
    found += [Problem(number + 1, "", UNREAD) for number, _ in result.row_errors()]
    for row in result.invalid_rows:
        for name, said in row.error_dict.items():
            column = "" if name == NON_FIELD_ERRORS else name
            found.append(Problem(row.number + 1, column, " ".join(map(str, said))))
    return sorted(found, key=lambda each: each.row)


class NoSuchList(ValueError):
    """The list as a whole cannot come in; the message says why."""


class SeenResource(ModelResource):
    """Rows the viewer sees; each row that comes in is asked whether the viewer may change it. `columns` explain it."""

    columns: ClassVar[Sequence[Column]] = ()

    def __init__(self, *, viewer: AdminViewer, model_admin: ViewerAdmin, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.viewer, self.model_admin = viewer, model_admin
        related = model_admin.admin_site._registry[Organisation]
        assert isinstance(related, ViewerAdmin)
        for name in {"organisation", "partnership"} & self.fields.keys():
            # As it comes, the package writes whatever id stands in the file straight into the column.
            own = model_admin.model._meta.get_field(name)
            self.fields[name].attribute = name
            self.fields[name].widget = OrganisationCell(related.choices_for(viewer, own))
        for field in self.fields.values():
            if isinstance(field.widget, DateWidget):
                field.widget.formats = DATES

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        """A column that every row needs is missing: said before any row is read."""
        needed = [self.fields[name].column_name for name in self.get_import_id_fields()]
        if missing := [name for name in needed if name not in (dataset.headers or ())]:
            raise NoSuchList(
                f"There is no column {' and no column '.join(missing)}. The headings are in the first row."
            )

    def before_import_row(self, row: Any, **kwargs: Any) -> None:
        """Each cell is read once by itself, so that what is wrong is said of its column."""
        wrong = {}
        for field in self.get_import_fields():
            if field.column_name in row:
                try:
                    value = field.clean(row)
                    known = dict(self.model_admin.model._meta.get_field(field.attribute).flatchoices)
                    if known and value not in known and value not in field.empty_values:
                        raise ValueError("not among the choices")
                except (ValueError, ArithmeticError, ObjectDoesNotExist) as fault:
                    wrong[field.column_name] = self.unread(field, row[field.column_name], fault)
        if wrong:
            raise ValidationError(wrong)

    def unread(self, field: Any, value: Any, fault: Exception) -> str:
        """What to write instead."""
        if isinstance(field.widget, OrganisationCell):
            return str(fault)
        if isinstance(field.widget, DateWidget):
            return f"“{value}” is no date we can read. Write it like 2026-10-22 or 22/10/2026."
        says = next((each.says for each in self.columns if each.name == field.column_name), "")
        return f"“{value}” cannot stand here. {says}".strip()

    def get_queryset(self) -> QuerySet[Any]:
        return self.model_admin.rows_for(self.viewer)

    def before_save_instance(self, instance: Model, row: Any, **kwargs: Any) -> None:
        if not self.model_admin.may_change(self.viewer, instance):
            raise ValidationError(
                "This row is not yours to change: name an organisation of your partnership."
            )

    def export_field(self, field: Any, instance: Any, **kwargs: Any) -> str:
        return safe_cell(super().export_field(field, instance, **kwargs))


class PlainFilesAdmin(ImportExportMixin, ViewerAdmin):
    """An admin of plain records with import and export as CSV. Each row that came in is one audit event."""

    formats = [List]
    skip_export_form = True
    skip_import_confirm = False
    tmp_storage_class = CacheStorage
    import_template_name = "admin/plain_import.html"

    def import_action(self, request: HttpRequest, **kwargs: Any) -> Any:
        """The package's page, with what each column means and what is wrong in our own words."""
        response = super().import_action(request, **kwargs)
        if isinstance(response, TemplateResponse) and response.context_data is not None:
            result = response.context_data.get("result")
            response.context_data |= {
                "title": f"Bring in a list: {self.heading().lower()}",
                "columns": self.resource_classes[0].columns,
                "problems": problems_of(result) if result else [],
            }
        return response

    def has_import_permission(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request) and self.has_change_permission(request)

    def has_export_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_resource_kwargs(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return {"viewer": viewer_of(request), "model_admin": self}

    def get_import_resource_kwargs(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        return self.get_resource_kwargs(request)

    def get_export_resource_kwargs(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        return self.get_resource_kwargs(request)

    def add_data_read_fail_error_to_form(self, form: Form, e: Exception) -> None:
        form.add_error(
            "import_file",
            "This is no list we can read: save it as CSV UTF-8, with headings in its first row.",
        )

    def generate_log_entries(self, result: Any, request: HttpRequest) -> None:
        changed = [row for row in result if row.import_type in ("new", "update") and row.object_id]
        rows = self.model._default_manager.in_bulk([row.object_id for row in changed])
        for each in rows.values():
            self.audit(request, "imported", each, {})
