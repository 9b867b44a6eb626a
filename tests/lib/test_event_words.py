"""Every event of the audit reads as words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.formats import date_format, time_format

from partnership.audit.words import WORDS, event_words
from tests.factories.transitions import NOW

RECORDED = re.compile(r"\"((?:[a-z_]+\.)[a-z_]+)\"")


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("handover.shared", "Handover shared"),
        ("schools.closure.added", "Closure added"),
        ("schools.bankholiday.added", "Bank holiday added"),
        ("import.ready", "File read and ready to apply"),
    ],
)
def test_a_kind_in_words(kind: str, words: str) -> None:
    assert event_words(kind) == words


def test_the_words_are_of_kinds_that_are_recorded() -> None:
    found: set[str] = set()
    for app in ("partnership", "schools", "transitions"):
        for path in Path(settings.BASE_DIR, app).rglob("*.py"):
            if path.name != "words.py":
                found |= set(RECORDED.findall(path.read_text()))
    assert set(WORDS) <= found


def test_the_hour_is_written_as_on_our_own_pages() -> None:
    assert time_format(NOW) == "09:30"
    assert date_format(NOW, "DATETIME_FORMAT") == "20 November 2026, 09:30"
