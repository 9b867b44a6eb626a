"""Files as nobody should send them: those of every importer with anything in their cells, tags and bytes."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from hypothesis import strategies as st

from schools.formats.errors import FileRefused
from tests.badinput.importers import READERS, TABLES, Rows
from tests.badinput.nasty import BITS, texts
from tests.transitions.imports.helpers import child, ctf

LEAF = re.compile(r">([^<>\n]+)<")


@dataclass(frozen=True)
class FileCase:
    """A file of some kind, whole in cells or broken in bytes."""

    kind: str
    content: bytes
    name: str = "list.csv"

    def __str__(self) -> str:
        return f"{self.kind}, {len(self.content):,} bytes: {self.content[:400]!r}"


def file_cases(schools: Sequence[Any], *, huge: bool = True) -> st.SearchStrategy[FileCase]:
    """`schools` are the sender and the receiver of a common transfer file."""
    transfer = ctf(schools[0], schools[1], child(1), child(2))
    value = texts() if huge else st.sampled_from(BITS)

    @st.composite
    def one(draw: st.DrawFn) -> FileCase:
        kind = draw(st.sampled_from(sorted(READERS)))
        content = draw(transfers(transfer, value) if kind == "ctf" else tables(TABLES[kind], value))
        for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2]))):
            content = draw(broken(content))
        return FileCase(
            kind, content, draw(st.sampled_from(["list.csv", "8990001_CTF_8994001_001.xml", *BITS[:24]]))
        )

    return one()


def tables(rows: Rows, value: st.SearchStrategy[str]) -> st.SearchStrategy[bytes]:
    """Some cells are anything, some rows stand twice, the delimiter and the encoding are any."""

    @st.composite
    def one(draw: st.DrawFn) -> bytes:
        cells = [list(rows[0]), *(list(rows[1]) for _ in range(draw(st.integers(1, 3))))]
        for _ in range(draw(st.integers(0, 4))):
            row = draw(st.integers(0 if draw(st.integers(0, 7)) == 0 else 1, len(cells) - 1))
            cells[row][draw(st.integers(0, len(rows[0]) - 1))] = draw(value)
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=draw(st.sampled_from(",,,;\t|"))).writerows(cells)
        return encode(
            out.getvalue(),
            draw(st.sampled_from(["utf-8", "utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-7"])),
        )

    return one()


def transfers(content: bytes, value: st.SearchStrategy[str]) -> st.SearchStrategy[bytes]:
    """Some of the texts between tags are anything, escaped as an exporter does or not at all."""

    @st.composite
    def one(draw: st.DrawFn) -> bytes:
        text = content.decode()
        for _ in range(draw(st.integers(0, 4))):
            found = draw(st.sampled_from(list(LEAF.finditer(text))))
            new = draw(value)
            text = (
                text[: found.start(1)] + (escape(new) if draw(st.booleans()) else new) + text[found.end(1) :]
            )
        return encode(
            text, draw(st.sampled_from(["utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "cp1252"]))
        )

    return one()


def broken(content: bytes) -> st.SearchStrategy[bytes]:
    """Cut short, with bytes put in, doubled, packed, or another thing altogether."""
    place = st.integers(0, len(content))
    return st.one_of(
        place.map(lambda at: content[:at]),
        st.tuples(place, st.binary(min_size=1, max_size=9)).map(
            lambda p: content[: p[0]] + p[1] + content[p[0] :]
        ),
        place.map(lambda at: content + content[at:]),
        place.map(lambda at: content[:at] + content[at + 40 :]),
        st.sampled_from(
            [packed(content), b"PK\x03\x04" + content, b"\xff\xfe" + content, b"\x1f\x8b" + content]
        ),
        st.binary(max_size=400),
    )


def packed(content: bytes, name: str = "edubasealldata.csv") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


def encode(text: str, encoding: str) -> bytes:
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:
        return text.encode("utf-8", errors="surrogatepass")


def reader_fault(case: FileCase) -> str:
    """Whatever the bytes, a reader gives rows or refuses the file with a sentence."""
    try:
        for _ in READERS[case.kind](case.content):
            pass
    except FileRefused as refusal:
        return "" if refusal.reason.strip() else f"{case.kind}: refused without a word"
    except Exception as fault:  # that any other is a fault is what is tried here
        return f"{case.kind}: {type(fault).__name__} {str(fault)[:120]}"
    return ""
