"""What a file really is, told by its first bytes: its name and its content type are not to be believed."""

from __future__ import annotations

from typing import BinaryIO

HEAD = 4096


def size_of(stream: BinaryIO) -> int:
    """The size in bytes; leaves the stream at its beginning."""
    stream.seek(0, 2)
    size = stream.tell()
    stream.seek(0)
    return size


def head_of(stream: BinaryIO, count: int = HEAD) -> bytes:
    """The first bytes; leaves the stream at its beginning."""
    stream.seek(0)
    head = stream.read(count)
    stream.seek(0)
    return head


def foreign_kind(head: bytes) -> str | None:
    """The sentence for a file that is plainly no text table and no XML of ours, or None."""
    if head.startswith(b"PK"):
        if b"[Content_Types].xml" in head or b"xl/" in head or b"_rels/" in head:
            return "This is an Excel workbook, not CSV: in Excel choose Save as, then CSV UTF-8."
        return "This is a zip file, not CSV: unpack it and upload the file inside."
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return "This is an old Excel or Office document, not CSV: in Excel choose Save as, then CSV UTF-8."
    if head.startswith(b"%PDF"):
        return "This is a PDF, not a table: ask the sender for the list as CSV."
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "This file was saved as Unicode text (UTF-16): in Excel choose Save as, then CSV UTF-8."
    if head.startswith(b"\x1f\x8b"):
        return "This is a gzip file: unpack it and upload the file inside."
    if is_html(head):
        return "This is a web page, not a data file: the download failed or needs a sign-in; try it again."
    return None


def is_html(head: bytes) -> bool:
    """A page of HTML, whatever it is called (the GIAS service sometimes answers with one)."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:300].lower()
    return start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")) or (
        start.startswith((b"<!--", b"<?xml")) and b"<html" in head.lower()
    )


def is_xml(head: bytes) -> bool:
    """Begins as XML does; HTML is asked for first."""
    return head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")
