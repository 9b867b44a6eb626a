"""Passwords that somebody who knows schools would try first: our own words with a number, a telephone number, a date."""

from __future__ import annotations

import re

from django.conf import settings
from django.core.exceptions import ValidationError

from partnership.lib.names import fold

EXPECTED = frozenset(
    {
        "academy", "admin", "administrator", "autumn", "children", "class", "classroom", "coordinator",
        "deputy", "dsl", "handover", "head", "headteacher", "infant", "junior", "letmein", "nursery",
        "office", "partnership", "password", "primary", "pupil", "pupils", "qwerty", "safeguarding",
        "school", "schools", "secondary", "senco", "send", "spring", "summer", "teacher", "teaching",
        "term", "transition", "transitions", "welcome", "winter", "year",
    }
)  # fmt: skip
"""Documented in docs/security.md; the platform's own name joins them."""
OWN_LETTERS = 5
"""How many letters a password must have beside these words."""


class ExpectedWordsValidator:
    """Refuses a password that is little more than such words: 'Handover2026!', 'welcome-to-school-1'."""

    def validate(self, password: str, user: object = None) -> None:
        words = sorted(EXPECTED | set(fold(settings.PLATFORM_NAME).split()), key=len, reverse=True)
        rest = re.sub("|".join(map(re.escape, words)), " ", fold(password))
        if any(word in fold(password) for word in words) and len(re.findall(r"[^\W\d_]", rest)) < OWN_LETTERS:
            raise ValidationError(
                "This is made of words that anybody would try at a school. Choose three or four unrelated words.",
                code="password_expected_words",
            )

    def get_help_text(self) -> str:
        return "Your password can't be made of words like school, handover or welcome alone."


TELEPHONE = re.compile(r"(?:0|44|0044)[1-9]\d{8,9}")
DAY, MONTH, YEAR = r"(?:0[1-9]|[12]\d|3[01])", r"(?:0[1-9]|1[0-2])", r"(?:19|20)\d\d"
DATE = re.compile(f"{DAY}{MONTH}{YEAR}|{MONTH}{DAY}{YEAR}|{YEAR}{MONTH}{DAY}")
BETWEEN = re.compile(r"[ ()+./-]")
FEWEST_FIGURES = 5


class GuessableFiguresValidator:
    """Figures alone are as good as letters, but not a telephone number, a date or the same few over and over."""

    def validate(self, password: str, user: object = None) -> None:
        figures = BETWEEN.sub("", password)
        if not figures.isdecimal():
            return
        if TELEPHONE.fullmatch(figures) or DATE.search(figures) or len(set(figures)) < FEWEST_FIGURES:
            raise ValidationError(
                "This reads as a telephone number, a date or a row of figures, which people try first.",
                code="password_guessable_figures",
            )

    def get_help_text(self) -> str:
        return "Your password can't be a telephone number or a date."
