"""How schools write year groups, SEN and needs in a list, and the code each stands for."""

from __future__ import annotations

import re

_SEN = {
    "N": "n|no sen|none|no|no send",
    "K": "k|sen support|support|sen k|k sen support|send support|sen",
    "E": "e|ehc plan|ehcp|ehc|education health and care plan|e ehcp|e ehc plan",
}
_OLDER_SEN = {"E": "s|statement|statemented", "K": "a|p|school action|school action plus"}
_NEEDS = {
    "SPLD": "specific learning difficulty|specific learning difficulties|dyslexia",
    "MLD": "moderate learning difficulty|moderate learning difficulties",
    "SLD": "severe learning difficulty|severe learning difficulties",
    "PMLD": "profound and multiple learning difficulty|profound and multiple learning difficulties",
    "SEMH": "social emotional and mental health|social emotional mental health",
    "SLCN": "speech language and communication|speech language and communication needs",
    "HI": "hearing impairment",
    "VI": "visual impairment|vision impairment",
    "MSI": "multi sensory impairment",
    "PD": "physical disability",
    "ASD": "autistic spectrum disorder|autism|autism spectrum disorder|asc|autistic spectrum condition",
    "OTH": "other difficulty or disability|other",
    "NSA": "no specialist assessment|sen support but no specialist assessment of type of need",
    "DS": "down syndrome|downs syndrome",
}
_OLDER_NEEDS = {"SEMH": "besd|behaviour emotional and social difficulty"}


def _fold(words: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", words.casefold().replace("'", "").replace("’", "")).strip()


def _table(words: dict[str, str], *, codes: bool = True) -> dict[str, str]:
    table = {word: code for code, joined in words.items() for word in joined.split("|")}
    return table | ({code.lower(): code for code in words} if codes else {})


_SEN_BY_WORDS = _table(_SEN)
_OLDER_SEN_BY_WORDS = _table(_OLDER_SEN, codes=False)
_NEED_BY_WORDS = _table(_NEEDS)
_OLDER_NEED_BY_WORDS = _table(_OLDER_NEEDS, codes=False)


def sen_code(words: str) -> tuple[str, bool] | None:
    """N, K or E, and whether the word is one of before 2015; None for words we do not know."""
    folded = _fold(words)
    if folded in _SEN_BY_WORDS:
        return _SEN_BY_WORDS[folded], False
    return (_OLDER_SEN_BY_WORDS[folded], True) if folded in _OLDER_SEN_BY_WORDS else None


def need_codes(words: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The needs of one cell in order (“SLCN; autism”), and those we do not know, kept as codes if short."""
    found: dict[str, None] = {}
    unknown: list[str] = []
    whole = _fold(words)
    parts = [words] if whole in _NEED_BY_WORDS else re.split(r"[;,/|+&]|\band\b(?=\s+[A-Z]{2,4}\b)", words)
    for part in parts:
        folded = _fold(part)
        if not folded:
            continue
        code = _NEED_BY_WORDS.get(folded) or _OLDER_NEED_BY_WORDS.get(folded)
        if code is None:
            unknown.append(part.strip())
            code = folded.upper() if re.fullmatch(r"[a-z0-9]{2,10}", folded) else None
        if code:
            found[code] = None
    return tuple(found), tuple(unknown)


def year_group(words: str) -> str | None:
    """R, N1, N2 or 1 to 14, from "6", "Y6", "Year 06", "Reception"; None for words we do not know."""
    folded = _fold(words)
    if folded in (
        "r",
        "reception",
        "yr",
        "year r",
        "year reception",
        "yr r",
        "foundation",
        "0",
        "y0",
        "year 0",
    ):
        return "R"
    if folded in ("n", "nursery", "n2", "nursery 2"):
        return "N2"
    if folded in ("n1", "nursery 1"):
        return "N1"
    number = re.fullmatch(r"(?:y|yr|year|nc year|nc|national curriculum year)? ?0?([1-9]|1[0-4])", folded)
    return number[1] if number else None
