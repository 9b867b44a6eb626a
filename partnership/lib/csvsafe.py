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


class CsvFile:
    """A CSV written row by row, with a BOM for Excel; memory holds its bytes alone."""

    suffix = "csv"
    content_type = "text/csv; charset=utf-8"

    def __init__(self, header: Sequence[str]) -> None:
        self._bytes = io.BytesIO()
        self._text = io.TextIOWrapper(self._bytes, encoding="utf-8-sig", newline="", write_through=True)
        self._writer = csv.writer(self._text)
        self.add([header])

    def add(self, rows: Iterable[Iterable[object]]) -> None:
        self._writer.writerows(safe_row(row) for row in rows)

    def content(self) -> bytes:
        """The whole file."""
        self._text.flush()
        return self._bytes.getvalue()


def download(filename: str, body: bytes, content_type: str) -> HttpResponse:
    """A file that a browser keeps and never shows, and that no cache keeps."""
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", filename).strip("-.") or "export"
    response = HttpResponse(body, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response


def csv_response(filename: str, header: Sequence[str], rows: Iterable[Iterable[object]]) -> HttpResponse:
    """A download built whole inside the transaction (a stream would see no rows); with a BOM for Excel."""
    file = CsvFile(header)
    file.add(rows)
    return download(filename, file.content(), file.content_type)
