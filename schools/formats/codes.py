"""Code lists of Get Information about Schools. Files carry the code, the name, or both; either is enough.

Types and groups: GIAS, TypeOfEstablishment and EstablishmentTypeGroup (April 2025).
"""

from __future__ import annotations

import re

TYPE_GROUPS = {
    "1": "Colleges",
    "2": "Universities",
    "3": "Independent schools",
    "4": "Local authority maintained schools",
    "5": "Special schools",
    "6": "Welsh schools",
    "9": "Other types",
    "10": "Academies",
    "11": "Free Schools",
    "13": "Online provider",
}

# code: (name, code of its group)
TYPES = {
    "1": ("Community school", "4"),
    "2": ("Voluntary aided school", "4"),
    "3": ("Voluntary controlled school", "4"),
    "5": ("Foundation school", "4"),
    "6": ("City technology college", "3"),
    "7": ("Community special school", "5"),
    "8": ("Non-maintained special school", "5"),
    "10": ("Other independent special school", "5"),
    "11": ("Other independent school", "3"),
    "12": ("Foundation special school", "5"),
    "14": ("Pupil referral unit", "4"),
    "15": ("Local authority nursery school", "4"),
    "18": ("Further education", "1"),
    "24": ("Secure units", "9"),
    "25": ("Offshore schools", "9"),
    "26": ("Service children's education", "9"),
    "27": ("Miscellaneous", "9"),
    "28": ("Academy sponsor led", "10"),
    "29": ("Higher education institutions", "2"),
    "30": ("Welsh establishment", "6"),
    "31": ("Sixth form centres", "1"),
    "32": ("Special post 16 institution", "9"),
    "33": ("Academy special sponsor led", "10"),
    "34": ("Academy converter", "10"),
    "35": ("Free schools", "11"),
    "36": ("Free schools special", "11"),
    "37": ("British schools overseas", "9"),
    "38": ("Free schools alternative provision", "11"),
    "39": ("Free schools 16 to 19", "11"),
    "40": ("University technical college", "11"),
    "41": ("Studio schools", "11"),
    "42": ("Academy alternative provision converter", "10"),
    "43": ("Academy alternative provision sponsor led", "10"),
    "44": ("Academy special converter", "10"),
    "45": ("Academy 16-19 converter", "10"),
    "46": ("Academy 16 to 19 sponsor led", "10"),
    "49": ("Online provider", "13"),
    "56": ("Institution funded by other government department", "9"),
    "57": ("Academy secure 16 to 19", "10"),
}
SPECIAL_TYPES = frozenset({"7", "8", "10", "12", "32", "33", "36", "44"})
ALTERNATIVE_TYPES = frozenset({"14", "38", "42", "43"})
SIXTEEN_PLUS_TYPES = frozenset({"18", "31", "39", "45", "46", "57"})
CHILDRENS_CENTRE_TYPES = frozenset({"47", "48"})

STATUSES = {"1": "open", "2": "closed", "3": "proposed_to_close", "4": "proposed_to_open"}
STATUS_NAMES = {
    "open": "Open",
    "closed": "Closed",
    "proposed_to_close": "Open, but proposed to close",
    "proposed_to_open": "Proposed to open",
}

PHASES = {
    "0": "Not applicable",
    "1": "Nursery",
    "2": "Primary",
    "3": "Middle deemed primary",
    "4": "Secondary",
    "5": "Middle deemed secondary",
    "6": "16 plus",
    "7": "All-through",
}


def fold_name(text: str) -> str:
    """Names of codes are compared without case or punctuation: "16-19" is "16 19"."""
    return re.sub(r"[^a-z0-9]+", " ", text.casefold()).strip()


def unpad(code: str) -> str:
    """Codes come as "02" and as "2"."""
    return code.lstrip("0") or "0" if code.isdigit() else code


_TYPE_BY_NAME = {fold_name(name): code for code, (name, _group) in TYPES.items()}
_PHASE_BY_NAME = {fold_name(name): name for name in PHASES.values()}
_STATUS_BY_NAME = {fold_name(name): status for status, name in STATUS_NAMES.items()}


def type_code(code: str, name: str) -> str:
    """The unpadded code, looked up by name where the file has none; "" for a type not in the list."""
    return unpad(code) if code else _TYPE_BY_NAME.get(fold_name(name), "")


def type_group(code: str) -> str:
    """The name of the group a type belongs to, or ""."""
    return TYPE_GROUPS[TYPES[code][1]] if code in TYPES else ""


def status(code: str, name: str) -> str:
    """open, closed, proposed_to_close, proposed_to_open, or "" for neither known code nor known name."""
    return STATUSES.get(unpad(code), "") or _STATUS_BY_NAME.get(fold_name(name), "")


def phase(code: str, name: str) -> str:
    """The phase's name, "" where GIAS has none (special schools, PRUs). A new phase is kept as it stands."""
    known = PHASES.get(unpad(code)) if code else None
    known = known or _PHASE_BY_NAME.get(fold_name(name), name)
    return "" if known == "Not applicable" else known
