"""CSV that a spreadsheet opens as text: no cell becomes a formula."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from django.http import HttpResponse

# OWASP "CSV Injection": the four signs, their full-width forms, tab, carriage return and line feed.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe_cell(value: object) -> str:
    """The value as text; an apostrophe goes before anything a spreadsheet would run. Numbers stay numbers."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float | Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    text = str(value).replace("\x00", "")
    if text.startswith(FORMULA_STARTS) or text.lstrip().startswith(FORMULA_STARTS):
        return f"'{text}"
    return text


def safe_row(values: Iterable[object]) -> list[str]:
    """One row of a CSV with every cell neutralised."""
    return [safe_cell(value) for value in values]


def csv_text(header: Sequence[str], rows: Iterable[Iterable[object]]) -> str:
    """The whole file as text, header first."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(safe_row(header))
    writer.writerows(safe_row(row) for row in rows)
    return out.getvalue()


def csv_response(filename: str, header: Sequence[str], rows: Iterable[Iterable[object]]) -> HttpResponse:
    """A download built whole inside the transaction (a stream would see no rows); with a BOM for Excel."""
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", filename).strip("-.") or "export.csv"
    body = csv_text(header, rows).encode("utf-8-sig")
    response = HttpResponse(body, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response
