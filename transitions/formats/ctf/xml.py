"""Streams XML through defusedxml into small nodes, keeping only the elements on a list.

What is not on the list leaves no trace in memory. A DTD, deep nesting, a foreign root or a namespace refuses
the file with a sentence of its own (walls §5).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import XMLParser

from schools.formats.errors import FileRefused
from schools.formats.sniff import foreign_kind, head_of, is_html, size_of

MEGABYTE = 1024 * 1024
MOST_BYTES = 32 * MEGABYTE
MOST_PUPILS = 20_000
DEEPEST = 12  # a CTF goes seven deep
LONGEST_TEXT = 500
MOST_ELEMENTS = 5_000  # of one pupil, or before the first; comments count too
LONGEST_TOKEN = 128 * 1024  # without a single ">": the parser would read it again and again
CHUNK = 64 * 1024

NAMESPACE = "}"  # stands between a namespace and a name, as the parser gives them

Wanted = dict[str, Any]  # element: the elements wanted inside it; an empty dict is a leaf

AGAIN = "ask the sender to export it again"
_DAMAGED = {3: "breaks off before its end", 5: "breaks off before its end", 6: "breaks off before its end"}


class Node:
    """An element: the texts of its leaves, and its other wanted children by their names, in order."""

    __slots__ = ("children", "tag", "texts")

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self.texts: dict[str, str] = {}
        self.children: dict[str, list[Node]] = {}

    def get(self, tag: str) -> str:
        """The stripped text of the first such leaf, "" where there is none."""
        return self.texts.get(tag, "")

    def all(self, *path: str) -> Iterator[Node]:
        """Every descendant along this path."""
        found = [self]
        for tag in path:
            found = [child for node in found for child in node.children.get(tag, ())]
        return iter(found)


class _Target:
    """Receives the parser's events; finished header and pupils are taken from here."""

    def __init__(self, header: Wanted, pupil: Wanted) -> None:
        self._wanted: Wanted = {"CTfile": {"Header": header, "CTFpupilData": {"Pupil": pupil}}}
        self._open: list[tuple[Node, Wanted]] = []
        self._skipped = 0
        self._elements = 0
        self._leaf = ""
        self._text = ""
        self.header: Node | None = None
        self.pupils: list[Node] = []
        self.count = 0

    def count_one(self, *_said: str | None) -> None:
        """One more element, comment or instruction since the last pupil was complete."""
        self._elements += 1
        if self._elements > MOST_ELEMENTS:
            raise FileRefused(
                f"The file has more than {MOST_ELEMENTS:,} elements in one place: it is no common transfer file."
            )

    comment = pi = count_one

    def start(self, tag: str, _attributes: object) -> None:
        self._elements += 1
        if self._elements > MOST_ELEMENTS:
            self.count_one()
        depth = len(self._open) + self._skipped
        if self._leaf:  # a leaf has no elements of its own
            self._skipped += 1
            depth += 1
        if depth >= DEEPEST:
            raise FileRefused(
                f"The file nests its elements more than {DEEPEST} deep: it is no common transfer file."
            )
        if not depth:
            _check_root(tag)
        elif NAMESPACE in tag:
            raise FileRefused("The file uses XML namespaces, which a common transfer file never does.")
        if self._leaf:
            return
        wanted = None if self._skipped else (self._open[-1][1] if self._open else self._wanted).get(tag)
        if wanted is None:
            self._skipped += 1
        elif not wanted:
            self._leaf, self._text = tag, ""
        else:
            if tag == "Pupil" and depth == 2:
                self._begin_pupil()
            self._open.append((Node(tag), wanted))

    def _begin_pupil(self) -> None:
        self.count += 1
        if self.header is None:
            raise FileRefused("The file has pupils and no header before them: it does not say who sends it.")
        if self.count > MOST_PUPILS:
            raise FileRefused(f"The file holds more than {MOST_PUPILS:,} pupils: send it in parts.")

    def end(self, _tag: str) -> None:
        if self._skipped:
            self._skipped -= 1
            return
        if self._leaf:
            self._open[-1][0].texts.setdefault(self._leaf, self._text.strip())
            self._leaf = ""
            return
        node = self._open.pop()[0]
        depth = len(self._open)
        if depth == 2 and node.tag == "Pupil":
            self.pupils.append(node)
            self._elements = 0
        elif depth == 1 and node.tag == "Header":
            self.header = node
        elif depth > 2 or (depth == 2 and self._open[1][0].tag == "Header"):
            self._open[-1][0].children.setdefault(node.tag, []).append(node)

    def data(self, text: str) -> None:
        if self._leaf and not self._skipped and len(self._text) < LONGEST_TEXT:
            self._text = (self._text + text)[:LONGEST_TEXT]

    def close(self) -> None:
        return None


def _parser_of(target: _Target) -> XMLParser:
    """defusedxml's parser with all that it forbids; elements and texts go from expat straight to the target."""
    parser = XMLParser(target=target, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    parser.parser.StartElementHandler = target.start
    parser.parser.EndElementHandler = target.end
    return parser


class Stream:
    """Feeds a file to the parser chunk by chunk. Any fault is a FileRefused."""

    def __init__(self, source: BinaryIO, *, header: Wanted, pupil: Wanted) -> None:
        _check_start(source)
        self._source = source
        self._target = _Target(header, pupil)
        self._parser = _parser_of(self._target)
        self._finished = False
        self._unclosed = 0
        while self._target.header is None and not self._finished:
            self._feed()
        if self._target.header is None:
            raise FileRefused("The file has no header: it does not say who sends it.")
        self.header = self._target.header

    def pupils(self) -> Iterator[Node]:
        """Each Pupil once, as soon as it is complete."""
        while True:
            ready, self._target.pupils = self._target.pupils, []
            yield from ready
            if self._finished:
                break
            self._feed()

    def _feed(self) -> None:
        chunk = self._source.read(CHUNK)
        self._unclosed = 0 if b">" in chunk else self._unclosed + len(chunk)
        if self._unclosed >= LONGEST_TOKEN:
            raise FileRefused(
                f"The file goes on for {LONGEST_TOKEN // 1024} KB without a tag: it is no common transfer file."
            )
        try:
            if chunk:
                self._parser.feed(chunk)
            else:
                self._finished = True
                self._parser.close()
        except ParseError as error:
            raise FileRefused(_what_is_wrong(error, self._source)) from None
        except DefusedXmlException:
            raise FileRefused(_forbidden(head_of(self._source, MEGABYTE))) from None
        except (ValueError, LookupError):  # an encoding that Python has and the parser cannot use
            raise FileRefused(f"The file is in an encoding that cannot be read: {AGAIN} as UTF-8.") from None


def _check_start(source: BinaryIO) -> None:
    size = size_of(source)
    if size > MOST_BYTES:
        raise FileRefused(f"The file is larger than {MOST_BYTES // MEGABYTE} MB: send it in parts.")
    head = head_of(source)
    if not head.removeprefix(codecs.BOM_UTF8).strip():
        raise FileRefused("The file is empty.")
    if is_html(head):
        raise FileRefused(
            "This is a web page, not a common transfer file: the download failed or needs a sign-in."
        )
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return
    if foreign_kind(head):
        what = "a zip file: unpack it and upload the XML inside" if head.startswith(b"PK") else "no XML"
        raise FileRefused(f"This is {what}, and a common transfer file is XML.")
    if not head.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"<"):
        first = head.split(b"\n", 1)[0]
        if any(mark in first for mark in b",;\t"):
            raise FileRefused("This is a CSV list, not a common transfer file: it has an upload of its own.")
        raise FileRefused("This is not XML, and a common transfer file is.")


def _check_root(tag: str) -> None:
    if tag == "CTfile":
        return
    if tag == "ATfile":
        raise FileRefused(
            "This is an admissions transfer file (ATF): ask for the common transfer file (CTF)."
        )
    if tag in ("Message", "SchoolCensus"):
        raise FileRefused(
            "This is a return to the DfE, such as the School Census, not a common transfer file."
        )
    if NAMESPACE in tag:
        raise FileRefused(
            "The file's root stands in an XML namespace, which a common transfer file never has."
        )
    shown = tag if len(tag) <= 40 and tag.isascii() else "another"
    raise FileRefused(f"This is XML of another kind: its root is {shown}, and that of a CTF is CTfile.")


def _forbidden(head: bytes) -> str:
    if b"<!ENTITY" in head.replace(b"\x00", b""):
        return "The file defines XML entities, which can be used to attack a reader: it is not read."
    return "The file has a document type declaration (DTD), which a common transfer file never has: it is not read."


def _what_is_wrong(error: ParseError, source: BinaryIO) -> str:
    line = error.position[0]
    if told := _DAMAGED.get(error.code):
        return f"The file {told}: {AGAIN}."
    if error.code in (18, 19):
        return f"The file declares an encoding that cannot be read: {AGAIN} as UTF-8."
    if error.code == 4 and (encoding := _misdeclared(source)):
        return f"The file says it is {encoding} and near line {line} holds bytes that are not: {AGAIN}."
    if error.code == 9:
        return f"The file goes on after its end (line {line}): {AGAIN}."
    if error.code == 11:
        return f"The file uses an XML entity it does not define (line {line}): {AGAIN}."
    return f"The file is not well-formed XML (line {line}): {AGAIN}."


def _misdeclared(source: BinaryIO) -> str | None:
    """The declared encoding, if the bytes are not in it. Asked only after the parser has stumbled."""
    head = head_of(source, 300)
    found = re.search(
        rb"""^<\?xml[^>]*encoding=["']([A-Za-z0-9._-]{1,40})["']""", head.removeprefix(codecs.BOM_UTF8)
    )
    name = found[1].decode() if found else "UTF-8"
    source.seek(0)
    try:
        source.read().decode(name)
    except (UnicodeDecodeError, LookupError):
        return name.upper()
    return None
