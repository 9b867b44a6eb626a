"""Opens the service's zip without trusting it: bounded in count, size and ratio, and no path may leave it."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import PurePosixPath
from typing import IO, BinaryIO, cast

from schools.formats.errors import FileRefused

MEGABYTE = 1024 * 1024
MOST_MEMBERS = 20
MOST_UNPACKED = 250 * MEGABYTE
MOST_RATIO = 100  # a GIAS extract packs about 1:8
SMALL = MEGABYTE  # below this a high ratio harms nobody


_FAULTS = (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError, RuntimeError, zlib.error)
_DAMAGED = "The zip file is damaged: a file in it cannot be unpacked; download it again."


def is_zip(head: bytes) -> bool:
    """By its signature; an Excel workbook is one too and is told apart by `sniff.foreign_kind`."""
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"))


class CsvZip:
    """The CSV members of a zip, each opened as a seekable stream. Refuses the whole for one bad member."""

    def __init__(self, stream: BinaryIO) -> None:
        try:
            self._zip = zipfile.ZipFile(stream)
            members = self._zip.infolist()
        except _FAULTS:
            raise FileRefused("The zip file is damaged or cut short: download it again.") from None
        _check(members)
        self.names = [
            info.filename for info in members if not info.is_dir() and info.filename.lower().endswith(".csv")
        ]
        if not self.names:
            raise FileRefused("The zip holds no CSV file.")

    def open(self, name: str) -> BinaryIO:
        """A stream of one member. A damaged one may be refused only while it is being read."""
        try:
            return cast(BinaryIO, _Guarded(self._zip.open(name)))
        except _FAULTS:
            raise FileRefused(_DAMAGED) from None


class _Guarded:
    """Turns the faults of a damaged member, found only while unpacking, into a refusal."""

    def __init__(self, member: IO[bytes]) -> None:
        self._member = member

    def read(self, size: int = -1) -> bytes:
        try:
            return self._member.read(size)
        except _FAULTS:
            raise FileRefused(_DAMAGED) from None

    def seek(self, offset: int, whence: int = 0) -> int:
        try:
            return self._member.seek(offset, whence)
        except _FAULTS:
            raise FileRefused(_DAMAGED) from None

    def tell(self) -> int:
        return self._member.tell()


def _check(members: list[zipfile.ZipInfo]) -> None:
    if not members:
        raise FileRefused("The zip is empty.")
    if len(members) > MOST_MEMBERS:
        raise FileRefused(f"The zip holds {len(members):,} files; the service's holds a few: it is not read.")
    if sum(info.file_size for info in members) > MOST_UNPACKED:
        most = MOST_UNPACKED // MEGABYTE
        raise FileRefused(f"The zip would unpack to more than {most} MB: it is not read.")
    for info in members:
        if _leaves(info.orig_filename):
            raise FileRefused("The zip holds a path that leads out of its own folder: it is not read.")
        if info.flag_bits & 0x1:
            raise FileRefused("The zip is protected by a password: upload it without one.")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise FileRefused("The zip is packed in an unusual way: unpack it and upload the CSV.")
        if info.file_size > SMALL and info.file_size > MOST_RATIO * max(info.compress_size, 1):
            raise FileRefused("The zip unpacks to more than a hundred times its size: it is not read.")


def _leaves(name: str) -> bool:
    if "\x00" in name or "\\" in name or ":" in name or name.startswith("/"):
        return True
    return ".." in PurePosixPath(name).parts
