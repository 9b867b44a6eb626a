"""An Excel file of one sheet, written row by row: text stays text, and no cell becomes a formula."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from partnership.lib.csvsafe import safe_cell

ABANDONED_AFTER = timedelta(minutes=15)


class XlsxFile:
    """Rows go through a temporary file, so that memory holds the packed sheet alone.

    The library is loaded by the first file: a web process, which makes none, does without its 18 MB."""

    suffix = "xlsx"
    content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def __init__(self, title: str, header: Sequence[str], widths: Sequence[int]) -> None:
        from openpyxl import Workbook
        from openpyxl.utils import get_column_letter

        self._book = Workbook(write_only=True)
        self._sheet: Any = self._book.create_sheet(title)
        self._sheet.freeze_panes = "A2"
        for number, width in enumerate(widths, 1):
            self._sheet.column_dimensions[get_column_letter(number)].width = width
        self._sheet.append([self._heading(each) for each in header])

    def add(self, rows: Iterable[Iterable[object]]) -> None:
        for row in rows:
            self._sheet.append([self._value(value) for value in row])

    def content(self) -> bytes:
        """The whole file; nothing can be added afterwards."""
        out = BytesIO()
        self._book.save(out)
        return out.getvalue()

    def _cell(self) -> Any:
        from openpyxl.cell import WriteOnlyCell

        return WriteOnlyCell(self._sheet)

    def _heading(self, text: str) -> Any:
        from openpyxl.styles import Font

        cell = self._cell()
        cell.value, cell.font = safe_cell(text), Font(bold=True)
        return cell

    def _value(self, value: object) -> Any:
        """Days and numbers as such, everything else as the text a CSV would hold."""
        if isinstance(value, date) and not isinstance(value, datetime):
            cell = self._cell()
            cell.value, cell.number_format = value, "dd/mm/yyyy"
            return cell
        if isinstance(value, int | float) and not isinstance(value, bool):
            return value
        text = without_controls(safe_cell(value))
        if not text.startswith("#"):
            return text
        cell = self._cell()
        cell.value, cell.data_type = text, "s"  # "#N/A" is a name like any other
        return cell


def without_controls(text: str) -> str:
    """What no sheet can hold goes; line ends and tabs stay."""
    return text if text.isprintable() else "".join(c for c in text if c >= " " or c in "\t\n\r")


def clear_abandoned(*, at: datetime) -> int:
    """Take away the temporary files of sheets that were never finished, as after a kill; how many there were."""
    cleared = 0
    for path in Path(tempfile.gettempdir()).glob("openpyxl.*"):
        try:
            if path.stat().st_mtime < (at - ABANDONED_AFTER).timestamp():
                path.unlink()
                cleared += 1
        except OSError:  # another's, or gone meanwhile
            continue
    return cleared
