"""The common transfer file, which carries a pupil's record from school to school. Reads CTF 17–26, writes 26."""

from transitions.formats.ctf.header import NEWEST, OLDEST, CtfName, check_name, name_warnings
from transitions.formats.ctf.reader import CtfFile, read_ctf
from transitions.formats.ctf.records import (
    AttendanceYear,
    CtfHeader,
    CtfSchool,
    FsmSpan,
    PupilRecord,
    SchoolStay,
    SenNeed,
    SenProvision,
)
from transitions.formats.ctf.writer import file_name, write_ctf

__all__ = [
    "NEWEST",
    "OLDEST",
    "AttendanceYear",
    "CtfFile",
    "CtfHeader",
    "CtfName",
    "CtfSchool",
    "FsmSpan",
    "PupilRecord",
    "SchoolStay",
    "SenNeed",
    "SenProvision",
    "check_name",
    "file_name",
    "name_warnings",
    "read_ctf",
    "write_ctf",
]
