"""Dates as people and spreadsheets write them, day first; a doubtful one is told, never guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache

_ISO = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?Z?)?$")
_DAY_FIRST = re.compile(r"^(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{4})(?: 0{1,2}:00(?::00)?)?$")
_SHORT_YEAR = re.compile(r"^\d{1,2}[/.\- ](?:\d{1,2}|[A-Za-z]{3,9})[/.\- ]\d{2}$")
_WORDS = re.compile(r"^(\d{1,2})(?:st|nd|rd|th)?[ \-]([A-Za-z]{3,9})[ \-,]+(\d{4})$")
_SERIAL = re.compile(r"^[1-6]\d{4}(?:\.\d+)?$")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_FULL = (
    "january", "february", "march", "april", "may", "june", "july",
    "august", "september", "october", "november", "december",
)  # fmt: skip

EARLIEST, LATEST = 1900, 2100
HOW = "write it as 25/03/2016 or 2016-03-25"  # an example of the shape, not a value from the file
AGAIN = "format the column as a date and save the list again"


class DateFault(ValueError):
    """Not a date we may rely on. The reason does not repeat what was written."""

    def __init__(self, reason: str, *, month_first: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.month_first = month_first


@lru_cache(maxsize=16_384)
def parse_date(text: str) -> date:
    """ISO, dd/mm/yyyy, dd-mm-yyyy, dd.mm.yyyy or 25 March 2016; DateFault says what else it looks like."""
    text = text.strip()
    if iso := _ISO.match(text):
        year, month, day = map(int, iso.groups())
    elif day_first := _DAY_FIRST.match(text):
        day, month, year = map(int, day_first.groups())
        if month > 12 >= day:
            raise DateFault(f"This looks like month first (US order): {HOW}", month_first=True)
    elif words := _WORDS.match(text):
        day, month, year = int(words[1]), _month(words[2]), int(words[3])
    else:
        raise DateFault(_what_else(text))
    if not EARLIEST <= year <= LATEST:
        raise DateFault(f"The year {'is far in the past' if year < EARLIEST else 'is far in the future'}")
    try:
        return date(year, month, day)
    except ValueError:
        raise DateFault("There is no such day in the calendar: look for a mistyped day or month") from None


def is_ambiguous(text: str) -> bool:
    """Reads as another real day when month and day are exchanged (03/04/2016)."""
    match = _DAY_FIRST.match(text.strip())
    if match is None:
        return False
    one, two = int(match[1]), int(match[2])
    return one <= 12 and two <= 12 and one != two


def any_month_first(texts: Iterable[str]) -> bool:
    """Whether one value can only be month first: then its ambiguous neighbours are in doubt too."""
    for text in texts:
        match = _DAY_FIRST.match(text.strip())
        if match and int(match[1]) <= 12 < int(match[2]) <= 31:
            return True
    return False


def _month(word: str) -> int:
    low = word.lower()
    if low in _FULL or low in _MONTHS or low == "sept":
        return _MONTHS.index(low[:3]) + 1
    raise DateFault(f"The month is not a month's name: {HOW}")


def _what_else(text: str) -> str:
    if not text:
        return "The date is blank"
    if _SERIAL.match(text):
        return f"This is a spreadsheet's day number, not a date: {AGAIN}"
    if set(text) == {"#"}:
        return "The spreadsheet's column was too narrow to show the date: widen it and save the list again"
    if _SHORT_YEAR.match(text):
        return f"The year has two figures only: {HOW}"
    if re.match(r"^\d\.?\d*E\+?\d+$", text, re.IGNORECASE):
        return f"A spreadsheet turned this date into a number: {AGAIN}"
    return f"This is not a date: {HOW}"
