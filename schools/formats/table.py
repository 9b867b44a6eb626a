"""Reads an uploaded CSV or TSV as schools really save them: any of three delimiters and two encodings."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, cast

from schools.formats.errors import FileRefused
from schools.formats.sniff import foreign_kind, head_of, is_xml, size_of

MEGABYTE = 1024 * 1024
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}
LONGEST_LINE = 256 * 1024
LINES_TO_A_ROW = 4  # blank lines, and cells of several lines
_AS_TEXT = re.compile(r'^="([^"]*)"$')


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a table may hold before it is refused."""

    size: int = 10 * MEGABYTE
    rows: int = 50_000
    columns: int = 300
    cell: int = 5_000


@dataclass(frozen=True, slots=True)
class Row:
    """One record as written; `line` is the line where it begins, as a text editor counts."""

    line: int
    cells: tuple[str, ...]


class _Borrowed(io.BufferedIOBase):
    """Reads from a stream that belongs to someone else, so that letting go of it does not close it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        return self._stream.read(-1 if size is None else size)

    def read1(self, size: int = -1, /) -> bytes:
        return self._stream.read(size if size >= 0 else MEGABYTE)


class Table:
    """A heading row and an iterator of rows, read once. Blank rows are left out.

    Reading on may still raise FileRefused, since a fault can stand in the last line.
    """

    def __init__(self, stream: BinaryIO, limits: Limits) -> None:
        self.limits = limits
        self.encoding = _encoding(stream, limits)
        self.delimiter = ","
        borrowed = cast(BinaryIO, _Borrowed(stream))
        self._text = io.TextIOWrapper(borrowed, encoding=self.encoding, errors="strict", newline="")
        self._before = 0
        self._exhausted = False
        self._lines = self._read_lines()
        self._rows = self._read_rows()
        self.header = self._read_header()

    def __iter__(self) -> Iterator[Row]:
        return self._rows

    def _read_lines(self) -> Iterator[str]:
        number = 0
        while line := self._text.readline(LONGEST_LINE):
            number += 1
            if len(line) >= LONGEST_LINE:
                raise FileRefused(f"Line {number} is far too long for a table: this is not a CSV file.")
            yield line
        self._exhausted = True

    def _read_header(self) -> tuple[str, ...]:
        first = next(self._lines, "")
        self._before = 1
        while first and (not first.strip(" ,;\t\r\n") or first.lower().startswith("sep=")):
            first = next(self._lines, "")
            self._before += 1
        if not first:
            raise FileRefused("The file is empty.")
        outside = re.sub(r'"[^"]*"', "", first)
        self.delimiter = max(DELIMITERS, key=outside.count)
        self._before -= 1
        self._lines = _chain(first, self._lines)
        row = next(self._rows, None)
        header = tuple(clean_cell(cell) for cell in row.cells) if row else ()
        while header and not header[-1]:
            header = header[:-1]
        if len(header) > self.limits.columns:
            raise FileRefused(f"The file has {len(header)} columns; no list of ours has so many.")
        return header

    def _read_rows(self) -> Iterator[Row]:
        reader = csv.reader(self._lines, delimiter=self.delimiter)
        count, start = 0, self._before + 1
        try:
            for cells in reader:
                line, start = start, self._before + reader.line_num + 1
                # the reader asks past the last line only while a quotation mark is open
                if self._exhausted or max(map(len, cells), default=0) > self.limits.cell:
                    raise FileRefused(_unclosed(line))
                if len(cells) > 4 * self.limits.columns:
                    raise FileRefused(f"Line {line} has {len(cells):,} cells: this is not a CSV file.")
                if not any(map(str.strip, cells)):
                    continue
                count += 1
                if count > self.limits.rows + 1:
                    raise FileRefused(_too_many(self.limits.rows))
                yield Row(line, tuple(cells))
        except csv.Error:
            raise FileRefused(_unclosed(start)) from None
        except UnicodeDecodeError:  # checked before: only a stream that changed meanwhile gets here
            raise FileRefused("The file changed while it was being read: upload it again.") from None


def read_table(source: bytes | BinaryIO, limits: Limits | None = None) -> Table:
    """Opens a table; raises FileRefused for what is none. A stream must be seekable and is not closed."""
    stream = io.BytesIO(source) if isinstance(source, bytes) else source
    return Table(stream, limits or Limits())


def _encoding(stream: BinaryIO, limits: Limits) -> str:
    """UTF-8 where every byte agrees, else Windows-1252 (what GIAS and Excel write)."""
    if size_of(stream) > limits.size:
        most = limits.size // MEGABYTE
        raise FileRefused(f"The file is larger than {most} MB, the most this list may have.")
    head = head_of(stream)
    bom = head.startswith(codecs.BOM_UTF8)
    if not head.removeprefix(codecs.BOM_UTF8).strip():
        raise FileRefused("The file is empty.")
    if reason := foreign_kind(head):
        raise FileRefused(reason)
    if is_xml(head):
        raise FileRefused("This is an XML file, not CSV: a common transfer file has an upload of its own.")
    if _all_of(stream, "utf-8", limits):
        return "utf-8-sig" if bom else "utf-8"
    if bom:
        raise FileRefused("The file says it is UTF-8 but holds other bytes: save it again as CSV UTF-8.")
    if _all_of(stream, "cp1252", limits):
        return "cp1252"
    raise FileRefused("The file is neither UTF-8 nor Windows-1252 text: save it again as CSV UTF-8.")


def _all_of(stream: BinaryIO, encoding: str, limits: Limits) -> bool:
    """Whether the whole stream is text in this encoding; leaves it at its beginning.

    Where there are far more lines than rows may be, nobody needs to read them to refuse the file."""
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = 0
    stream.seek(0)
    try:
        while chunk := stream.read(MEGABYTE):
            if b"\x00" in chunk:
                raise FileRefused("The file holds zero bytes: it is no CSV file, or it is damaged.")
            lines += chunk.count(b"\n")
            if lines > LINES_TO_A_ROW * limits.rows:
                raise FileRefused(_too_many(limits.rows))
            decoder.decode(chunk)
        decoder.decode(b"", True)
    except UnicodeDecodeError:
        return False
    finally:
        stream.seek(0)
    return True


def clean_cell(cell: str) -> str:
    """Strips, and undoes the ="…" with which some lists stop a spreadsheet from damaging numbers."""
    cell = cell.strip()
    if cell.startswith('="') and (wrapped := _AS_TEXT.match(cell)):
        return wrapped.group(1).strip()
    return cell


def _chain(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _too_many(rows: int) -> str:
    return f"The file has more than {rows:,} rows: divide it in two."


def _unclosed(line: int) -> str:
    return f"A quotation mark opened in or after line {line} is never closed: add it and try again."
