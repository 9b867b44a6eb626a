"""SEN in a CTF: every provision and every need, in whatever order, and what holds now."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date

from transitions.formats.ctf.records import SenNeed, SenProvision
from transitions.formats.ctf.xml import Node

PROVISIONS = {"N": 0, "K": 1, "E": 2}  # by weight: of two that begin the same day, the greater holds
OLDER_PROVISIONS = {"S": "E", "A": "K", "P": "K"}  # statement, School Action and School Action Plus, to 2015
NEEDS = frozenset(
    ["SPLD", "MLD", "SLD", "PMLD", "SEMH", "SLCN", "HI", "VI", "MSI", "PD", "ASD", "OTH", "NSA", "DS"]
)
OLDER_NEEDS = {"BESD": "SEMH"}  # behaviour, emotional and social difficulty, to 2014

Day = Callable[[Node, str], date | None]
Tell = Callable[[str], None]


def provisions(pupil: Node, day: Day, note: Tell) -> tuple[SenProvision, ...]:
    """In order of their start, one without a start first. An unknown code is left out and told."""
    found = []
    for sen in pupil.all("SENhistory", "SEN"):
        code = sen.get("SENprovision").upper()
        if code in OLDER_PROVISIONS:
            note("An old code of SEN provision was read as what replaced it")
            found.append(SenProvision(OLDER_PROVISIONS[code], day(sen, "StartDate"), was=code))
        elif code in PROVISIONS:
            found.append(SenProvision(code, day(sen, "StartDate")))
        else:
            note("A code of SEN provision is blank or unknown and was left out")
    return tuple(sorted(found, key=_begins))


def provision_now(history: Sequence[SenProvision], on: date | None) -> SenProvision | None:
    """The last to have begun by that day; where all are to come, the first of them."""
    begun = [item for item in history if not on or not item.started_on or item.started_on <= on]
    return begun[-1] if begun else history[0] if history else None


def needs(pupil: Node, day: Day, note: Tell, unknown: Tell) -> tuple[SenNeed, ...]:
    """By rank, ended ones too. Codes we do not know are kept, since the list grows; they are told once."""
    found = []
    for path in (("SENhistory", "SENneeds", "SENneed"), ("SENneeds", "SENneed")):
        for need in pupil.all(*path):
            code = re.sub(r"[^A-Z0-9]", "", need.get("SENtype").upper())[:10]
            rank = need.get("SENtypeRank")
            if not code:
                note("A need without a type was left out")
                continue
            was = code if code in OLDER_NEEDS else ""
            if was:
                note("An old code of need was read as what replaced it")
            elif code not in NEEDS:
                unknown(code)
            found.append(
                SenNeed(
                    code=OLDER_NEEDS.get(code, code),
                    rank=int(rank) if re.fullmatch(r"[0-9]{1,2}", rank) else None,
                    started_on=day(need, "NeedStartDate"),
                    ended_on=day(need, "NeedEndDate"),
                    was=was,
                )
            )
    return tuple(sorted(found, key=lambda need: (need.rank is None, need.rank or 0)))


def needs_now(found: Sequence[SenNeed], on: date | None) -> tuple[str, ...]:
    """Codes in order of rank, each once, without those that have ended by that day."""
    current = (need.code for need in found if not need.ended_on or (on is not None and need.ended_on > on))
    return tuple(dict.fromkeys(current))


def _begins(item: SenProvision) -> tuple[date, int]:
    return item.started_on or date.min, PROVISIONS[item.code]
