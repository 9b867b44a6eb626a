"""Passwords that somebody who knows schools would try first: our own words with a number behind them."""

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
