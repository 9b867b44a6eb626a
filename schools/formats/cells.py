"""Small readings of one cell, shared by the tables: numbers, addresses of the web, telephones."""

from __future__ import annotations

import re
from datetime import date

from schools.formats.dates import DateFault, parse_date

NOTHING = frozenset(
    {"", "not applicable", "does not apply", "n/a", "none", "null", "not recorded", "unknown"}
)
YES = frozenset({"y", "yes", "true", "t", "1"})
NO = frozenset({"n", "no", "false", "f", "0"})

_SCIENTIFIC = re.compile(r"^[0-9](?:\.[0-9]+)?E\+?[0-9]{1,3}$", re.IGNORECASE)
_HOST = re.compile(r"^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}$", re.IGNORECASE)
_REST = re.compile(r"^[/?#][^\s<>\"'`\\{}|^\x00-\x1f\x7f]*$")
_UNKNOWN_DAY = date(1900, 1, 1)  # how GIAS writes "not known"


def squeeze(text: str, longest: int = 200) -> str:
    """One line, single spaces, no control characters."""
    if text.isprintable() and "  " not in text:
        return text.strip()[:longest].rstrip()
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:longest].rstrip()


def something(text: str) -> str:
    """ "" where the file says "Not applicable", "Does not apply" or "None"."""
    text = squeeze(text)
    return "" if text.casefold() in NOTHING else text


def is_scientific(text: str) -> bool:
    """5.00E+06: a spreadsheet has rounded a number, and its digits are lost."""
    return bool(_SCIENTIFIC.match(text.strip()))


def whole(text: str) -> int | None:
    """A whole number, with "1,594" and "7.0" as spreadsheets write them; None for anything else."""
    text = text.strip()
    if text.isascii() and text.isdecimal():
        return int(text) if len(text) <= 9 else None
    if re.fullmatch(r"[0-9]{1,3}(?:,[0-9]{3}){1,2}", text):
        text = text.replace(",", "")
    found = re.fullmatch(r"([0-9]{1,9})(?:\.0+)?", text)
    return int(found[1]) if found else None


def known_day(text: str) -> date | None:
    """A date of GIAS: None for blank and for 1 January 1900, its word for unknown. May raise DateFault."""
    if not text:
        return None
    try:
        day = parse_date(text)
    except DateFault:
        if text.casefold() in NOTHING:
            return None
        raise
    return None if day == _UNKNOWN_DAY else day


def website(text: str) -> str:
    """An http(s) address fit for a link, or "". One without a scheme (most of GIAS) gets http://."""
    text = text.strip()
    scheme, separator, rest = text.partition("://")
    if separator:
        scheme = scheme.lower()
    else:
        scheme, rest = "http", text
    if scheme not in ("http", "https") or len(rest) > 400:
        return ""
    split = re.search(r"[/?#]", rest)
    host, tail = (rest[: split.start()], rest[split.start() :]) if split else (rest, "")
    name, _, port = host.partition(":")
    if not _HOST.match(name) or (port and not re.fullmatch(r"[0-9]{1,5}", port)):
        return ""
    if tail and not _REST.match(tail):
        return ""
    return f"{scheme}://{host.lower()}{tail}"


def telephone(text: str) -> tuple[str, bool]:
    """Digits only, and whether a lost leading 0 was put back. Numbers from abroad keep their digits."""
    if text.casefold() in NOTHING:
        return "", False
    digits = re.sub(r"[^0-9]", "", text.replace("(0)", ""))
    if not 6 <= len(digits) <= 15:
        return "", False
    if text.lstrip().startswith("+44") or (digits.startswith("44") and len(digits) == 12):
        return "0" + digits.removeprefix("44").lstrip("0"), False
    if len(digits) in (9, 10) and digits[0] in "12378":
        return "0" + digits, True
    return digits, False


def yes_or_no(text: str) -> bool | None:
    """None where the cell says neither."""
    low = text.strip().casefold()
    return True if low in YES else False if low in NO else None
