"""Codes that a school gives its people to sign in with: how one looks, and how it is kept."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.core.internal.cryptokit import normalize_user_code
from django.utils.crypto import salted_hmac

SPOKEN = {
    word[0]: word
    for word in (
        "Bravo", "Charlie", "Delta", "Foxtrot", "Golf", "Hotel", "Juliett", "Kilo", "Lima", "Mike", "November",
        "Papa", "Quebec", "Romeo", "Sierra", "Tango", "Victor", "Whiskey", "X-ray", "Zulu",
    )
}  # fmt: skip
"""How to say each letter on the telephone."""


def new_code() -> str:
    """As the code by mail is: eight letters, such as BCDF-GHJK."""
    return str(get_adapter().generate_login_code())


def spoken(code: str) -> list[list[str]]:
    """Its letters in words, by the groups in which they stand."""
    return [[SPOKEN[letter] for letter in group] for group in code.split("-")]


def hashed(code: str) -> str:
    """How a code is kept, however it is spaced or cased: it is short, so the server's secret goes in too."""
    return salted_hmac("accounts.sign_in_code", normalize_user_code(code), algorithm="sha256").hexdigest()
