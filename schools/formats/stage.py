"""The stage of a school, from its ages: GIAS's phase knows neither infant nor junior, nor special schools."""

from __future__ import annotations

from schools.formats.codes import ALTERNATIVE_TYPES, SIXTEEN_PLUS_TYPES, SPECIAL_TYPES

_BY_PHASE = {
    "Nursery": "nursery",
    "Primary": "primary",
    "Middle deemed primary": "middle",
    "Secondary": "secondary",
    "Middle deemed secondary": "middle",
    "16 plus": "sixteen_plus",
    "All-through": "all_through",
}
_GROUPS = {
    "nursery": "primary",
    "infant": "primary",
    "junior": "primary",
    "first": "primary",
    "primary": "primary",
    "secondary": "secondary",
    "upper": "secondary",
    "sixteen_plus": "fe",
}


def stage_of(*, type_code: str, phase: str, low_age: int | None, high_age: int | None) -> str:
    """A code of `schools.enums.Stage`. Type first (special, alternative, 16 plus), then ages, then phase.

    `type_code` is unpadded; `phase` is a name as in `codes.PHASES`, "" where GIAS has none.
    """
    if type_code in SPECIAL_TYPES:
        return "special"
    if type_code in ALTERNATIVE_TYPES:
        return "alternative"
    if type_code in SIXTEEN_PLUS_TYPES or phase == "16 plus":
        return "sixteen_plus"
    if type_code == "15":
        return "nursery"
    if type_code == "29":  # universities
        return "other"
    if phase in ("All-through", "Middle deemed primary", "Middle deemed secondary"):
        return _BY_PHASE[phase]
    if low_age is None or high_age is None or not 0 <= low_age < high_age:
        return _BY_PHASE.get(phase, "other")
    return _by_ages(low_age, high_age)


def phase_group(stage: str, phase: str) -> str:
    """primary, secondary, fe or other: the four colours of the map. A middle school goes as it is deemed."""
    if stage == "middle":
        return "secondary" if phase in ("Middle deemed secondary", "Secondary") else "primary"
    return _GROUPS.get(stage, "other")


def _by_ages(low: int, high: int) -> str:
    """The ends are statutory ages: an infant school is 4–7, a junior 7–11, a first 4–9, a middle 9–13."""
    if high <= 5:
        return "nursery"
    if low >= 16:
        return "sixteen_plus"
    if high >= 15:
        if low <= 8:
            return "all_through"
        return "secondary" if low <= 12 else "upper"
    if low <= 5:
        return "infant" if high <= 7 else "first" if high <= 10 else "primary"
    if low <= 7:
        return "primary" if high >= 13 else "junior"
    return "middle" if low <= 10 else "secondary"
