"""Names of trusts, which GIAS keeps in capitals as Companies House does."""

from __future__ import annotations

import re

_SMALL = re.compile(r"a|an|and|at|by|for|from|in|of|on|or|the|to|with")
_KEEP = re.compile(r"CE|C\.E\.|RC|R\.C\.|MAT|SAT|UTC|SEND?|EYFS|LA|UK|NHS|AP|STEM|I{2,3}|I?V|VI")


def trust_name(name: str) -> str:
    """Title case for a name wholly in capitals ("ST MARY'S TRUST (LEEDS)"); any other is left as it is."""
    if not name.isupper() or len(name) < 5:
        return name
    words = name.split(" ")
    return " ".join(_word(word, first=place == 0) for place, word in enumerate(words))


def _word(word: str, *, first: bool) -> str:
    bare = word.strip("()[],.;:")
    if _KEEP.fullmatch(bare) or any(char.isdigit() for char in bare):
        return word
    if 2 <= len(bare) <= 5 and bare.isalpha() and not re.search("[AEIOUY]", bare) and bare not in _TITLES:
        return word  # LDBS, DRBT: no word of English, so somebody's initials
    if _SMALL.fullmatch(bare.lower()) and not first:
        return word.lower()
    return re.sub(r"[^\W\d_]+(?:['’][^\W\d_]+)?", _capital, word)


_TITLES = frozenset({"ST", "DR", "MR", "MRS", "MS"})


def _capital(match: re.Match[str]) -> str:
    word = match.group().lower()
    head, mark, tail = word[:2], word[1:2], word[2:]
    if mark in ("'", "’") and head[0] in "od" and len(tail) > 1:  # O'Brien, D'Arcy
        return head.upper() + tail.capitalize()
    if word.startswith("mc") and len(word) > 4:
        return "Mc" + word[2:].capitalize()
    return word.capitalize()
