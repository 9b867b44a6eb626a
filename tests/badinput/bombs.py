"""Files that are small to send and would be huge to read, each given to a reader in a process of its own.

Run as `python -m tests.badinput.bombs <kind>`: one line of JSON for each bomb says how it ended, its seconds of work, and
by how much the process grew. Growing by more than 100 MB is refused by the system itself, and is then no refusal of ours."""

from __future__ import annotations

import io
import json
import os
import resource
import sys
import time
import zipfile
import zlib
from collections.abc import Callable
from datetime import datetime

from schools.formats.errors import FileRefused
from tests.badinput.importers import READERS, TABLES
from transitions.formats.ctf import CtfHeader, CtfSchool, write_ctf

MEGABYTE = 1024 * 1024
MOST = 100 * MEGABYTE
UPLOAD = 10 * MEGABYTE - 1
Bomb = Callable[[], bytes]


def main(kind: str) -> None:
    for name, make in bombs_for(kind).items():
        said = {"kind": kind, "bomb": name, **apart(kind, make)}
        sys.stdout.write(f"{json.dumps(said)}\n")
        sys.stdout.flush()


def apart(kind: str, make: Bomb) -> dict[str, object]:
    """What a fork of this process says; one that was killed says so."""
    out, into = os.pipe()
    child = os.fork()
    if not child:
        os.close(out)
        with os.fdopen(into, "w") as pipe:
            pipe.write(json.dumps(measured(kind, make())))
        os._exit(0)
    os.close(into)
    with os.fdopen(out) as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    found: dict[str, object] = json.loads(said) if said else {"outcome": f"killed ({status})"}
    return found


def measured(kind: str, content: bytes) -> dict[str, object]:
    """Read it to the end within the limit."""
    before = peak()
    resource.setrlimit(resource.RLIMIT_AS, (size_now() + MOST, resource.RLIM_INFINITY))
    start, outcome = time.process_time(), "read to its end"
    try:
        for _ in READERS[kind](content):
            pass
    except FileRefused as refusal:
        outcome = f"refused: {refusal.reason}"
    except MemoryError:
        outcome = "out of memory"
    seconds = time.process_time() - start
    return {
        "outcome": outcome,
        "seconds": round(seconds, 3),
        "megabytes": round((peak() - before) / MEGABYTE, 1),
    }


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def size_now() -> int:
    """This process's addresses, in bytes."""
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[0]) * resource.getpagesize()


def bombs_for(kind: str) -> dict[str, Bomb]:
    """Those of text and of zip for every importer, those of XML for the one that reads it."""
    head = b"" if kind == "ctf" else ",".join(TABLES[kind][0]).encode() + b"\r\n"
    return {**texts(head), **zips(head), **xml()}


def texts(head: bytes) -> dict[str, Bomb]:
    def many(piece: bytes) -> Bomb:
        return lambda: (head + piece * (UPLOAD // len(piece)))[:UPLOAD]

    return {
        "one line": many(b"x"), "an open quotation mark": lambda: head + head + b'"' + (b"x" * 400 + b"\n") * 25_000,
        "commas": many(b","), "quotation marks": many(b'"'), "zero bytes": many(b"\x00"), "rows": many(b"a,b\n"),
        "short rows of half a letter": many(b"\xc3\n"), "empty lines": lambda: b"\n" * UPLOAD,
        "headings": lambda: b"x," * (UPLOAD // 2), "tabs on lines": many(b"\t" * 4000 + b"\n"),
    }  # fmt: skip


def zips(head: bytes) -> dict[str, Bomb]:
    return {
        "a zip of zeros": lambda: zipped([("a.csv", b"0" * MEGABYTE, 300)]),
        "a zip of rows": lambda: zipped([("a.csv", head, 1), ("b.csv", b"1,2\n" * (MEGABYTE // 4), 300)]),
        "a zip that lies about its size": lambda: lying(zipped([("a.csv", b"0" * MEGABYTE, 200)])),
        "a zip just within its limits": lambda: zipped(
            [("a.csv", head + noise(16_000) + b"0" * 990_000, 199)]
        ),
        "a zip just within, of text": lambda: zipped(
            [("a.csv", head + noise(16_000) + b"0,\n" * 330_000, 199)]
        ),
        "a zip of ten thousand files": lambda: zipped([(f"{n}.csv", b"x", 1) for n in range(10_000)]),
        "a zip of zips": lambda: zipped([("a.csv", zipped([("b.csv", b"0" * MEGABYTE, 300)]), 1)]),
        "a zip of twenty files": lambda: zipped(
            [(f"{n}.csv", noise(24_000) + b"0" * 900_000, 13) for n in range(20)]
        ),
        "a gzip": lambda: zlib.compress(b"0" * 64 * MEGABYTE, 9, 31),
    }


def noise(size: int) -> bytes:
    """Text that packs badly, so that the whole stays under a hundred to one."""
    return os.urandom(size // 2).hex().encode() + b"\n"


def zipped(members: list[tuple[str, bytes, int]]) -> bytes:
    """(name, a piece, how many times it stands there)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, piece, times in members:
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(info, "w", force_zip64=times > 1000) as member:
                for _ in range(times):
                    member.write(piece)
    return out.getvalue()


def lying(content: bytes) -> bytes:
    """The directory says that the member is small."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = archive.infolist()[0].file_size.to_bytes(4, "little")
    return content.replace(size, (1000).to_bytes(4, "little"))


HEADER = CtfHeader(
    version="25.0", made_at=datetime(2026, 11, 16, 15, 30), qualifier="full",  # noqa: DTZ001  (as a CTF gives it)
    source=CtfSchool("899", "0001", 900001, "A School", academic_year=2026), destination=CtfSchool("XXX", "XXXX"),
)  # fmt: skip
LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))


def xml() -> dict[str, Bomb]:
    start = '<?xml version="1.0" encoding="UTF-8"?>'
    laughs = f'{start}<!DOCTYPE x [<!ENTITY a0 "ha">{LAUGHS}]><CTfile><Header>&a11;</Header></CTfile>'
    header = write_ctf(HEADER, []).decode().partition("?>")[2].partition("</CTFpupilData>")[0]

    many = " ".join(f"a{n}='x'" for n in range(900_000))

    def filled(before: str, piece: str, after: str = "") -> Bomb:
        return lambda: f"{start}{before}{piece * ((UPLOAD - 500) // len(piece))}{after}".encode()

    return {
        "a billion laughs": lambda: laughs.encode(),
        "a billion laughs in UTF-16": lambda: laughs.replace("UTF-8", "UTF-16").encode("utf-16"),
        "one long entity many times": lambda: (
            f'{start}<!DOCTYPE x [<!ENTITY a "{"x" * MEGABYTE}">]><CTfile>{"&a;" * 100_000}</CTfile>'.encode()
        ),
        "a file of the server": lambda: (
            f'{start}<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><CTfile>&a;</CTfile>'.encode()
        ),
        "elements in elements": filled("<CTfile>", "<a>"),
        "pupils without end": filled(header, "<Pupil><UPN/></Pupil>"),
        "one text": filled(f"{header}<Pupil><UPN>", "x"),
        "attributes": lambda: f"{start}<CTfile {many}>".encode()[:UPLOAD],
        "a long tag": filled("<CTfile><", "x", "/>"),
        "comments": filled("<CTfile>", "<!--x-->"), "instructions": filled("<CTfile>", "<?x?>"),
        "elements nobody asked for": filled("<CTfile>", "<a/>"),
        "children of one pupil": filled(f"{header}<Pupil>", "<UPN>x</UPN>"),
        "children of the header": filled("<CTfile><Header>", "<SourceSchool><LEA>1</LEA></SourceSchool>"),
    }  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1])
