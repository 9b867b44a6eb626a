"""The unique pupil number: its shape, its check letter, and what spreadsheets do to it.

Rule: DfE, "Unique pupil numbers": the check letter is the sum of characters 2–13, each times its place,
modulo 23.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from operator import mul

ALPHABET = "ABCDEFGHJKLMNPQRTUVWXYZ"  # no I, O or S
LENGTH = 13

_SHAPE = re.compile(rf"^[{ALPHABET}][0-9]{{11}}[0-9{ALPHABET}]$")
_SCIENTIFIC = re.compile(r"^[A-Z]?[0-9](?:[.,][0-9]+)?E\+?[0-9]{1,2}$", re.IGNORECASE)


_PLACES = range(2, 14)
_WORTH = {str(digit): digit for digit in range(10)} | {char: place for place, char in enumerate(ALPHABET)}


class UpnFault(ValueError):
    """Not a UPN we may rely on. The reason does not repeat the number."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Upn:
    """A valid UPN and its parts. The establishment is where the number began, not where the child is."""

    value: str
    la_code: str
    establishment_number: str
    year: int
    temporary: bool


def check_letter(rest: str) -> str:
    """The letter that belongs before these twelve characters."""
    return ALPHABET[sum(map(mul, _PLACES, map(_WORTH.__getitem__, rest))) % 23]


def parse_upn(text: str) -> Upn:
    """Takes the number exactly as the standard writes it; `tidy_upn` first for what people type."""
    if not _SHAPE.match(text):
        raise UpnFault(_what_is_wrong(text))
    expected = check_letter(text[1:])
    if text[0] != expected:
        raise UpnFault(f"The check letter should be {expected}, not {text[0]}: look for a mistyped digit")
    if not "200" <= text[1:4] <= "999":
        raise UpnFault("Characters 2 to 4 are not a local authority's number: look for a mistyped digit")
    return Upn(
        value=text,
        la_code=text[1:4],
        establishment_number=text[4:8],
        year=int(text[8:10]),
        temporary=text[12].isalpha(),
    )


def tidy_upn(text: str) -> str:
    """Without spaces and in capitals, and without the apostrophe that makes a spreadsheet keep text."""
    return "".join(text.split()).removeprefix("'").upper()


def _what_is_wrong(text: str) -> str:
    if not text.strip():
        return "The UPN is blank"
    if _SCIENTIFIC.match(text):
        return (
            "A spreadsheet turned this UPN into a rounded number: format the column as text "
            "and export the list again"
        )
    if re.fullmatch(r"[0-9]{12}(?:\.0+)?", text):
        return "The UPN has lost its first letter: look it up in your own records"
    if text != tidy_upn(text) and _SHAPE.match(tidy_upn(text)):
        return "A UPN is written in capitals and without spaces"
    if not text.isascii() or not text.isalnum():
        return "A UPN has letters and digits only"
    if len(text) != LENGTH:
        return f"A UPN has {LENGTH} characters; this has {len(text)}"
    if text[0] in "IOS":
        return "A UPN never begins with I, O or S: look for a mistyped letter"
    if text[-1] in "IOS":
        return "A UPN never ends with I, O or S: look for 1, 0 or 5"
    if text[0].isdigit():
        return "A UPN begins with a letter"
    return "A UPN is a letter and twelve digits; in a temporary one the last is a letter"
