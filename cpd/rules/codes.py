"""Codes that a person can read out and type: no letter is taken for a figure."""

from __future__ import annotations

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: without I, L, O and U
LENGTH = 12  # sixty bits: nobody guesses one
MEANT = str.maketrans("OIL", "011")


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def spaced(code: str) -> str:
    """ "7KQM-2XVB-9TRA"."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def read_code(typed: str) -> str:
    """What was meant by what was typed, with or without hyphens, in either case; '' where it can be no code."""
    code = "".join(each for each in typed.upper() if each.isalnum()).translate(MEANT)
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else ""
