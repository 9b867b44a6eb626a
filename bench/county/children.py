"""Five years of children: their moves, handovers, conversations and the steps of each, as lists of rows by model."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models

from bench.county import plan
from bench.county.places import Dice, Places, School, surname
from bench.county.sheet import Row
from partnership.home.world.terms import half_terms
from schools.formats.upn import check_letter
from schools.models import ClassPlace, Pupil
from transitions.enums import SectionKind
from transitions.models import (
    NO_SCHOOL,
    Conversation,
    ConversationAdult,
    ConversationLine,
    DestinationChange,
    Handover,
    HandoverStep,
    Receipt,
    Section,
    Transition,
    Version,
)
from transitions.rules import sections_of

ORDER: tuple[type[models.Model], ...] = (
    Pupil, Transition, DestinationChange, Handover, Section, Version, Receipt, HandoverStep, Conversation,
    ConversationAdult, ConversationLine, ClassPlace,
)  # fmt: skip
"""As the foreign keys want it."""

ROAD = ("draft", "shared", "met", "accepted", "settled")
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


class Year:
    """The children of one year of entry."""

    def __init__(self, dice: Dice, places: Places, *, entry: int, now: datetime) -> None:
        self.dice, self.places, self.entry, self.now = dice, places, entry, now
        self.moves_on = half_terms(entry)[0][0]
        ahead = self.moves_on > now.date()
        settled = self.moves_on < now.date() - timedelta(days=300)
        self.when = "next" if ahead else "past" if settled else "now"
        self.rows: dict[type[models.Model], list[Row]] = defaultdict(list)
        self.talks: dict[tuple[str, str, date, bool], str] = {}
        self.by_stage = {school.kind.stage: places.of(school.kind.stage) for school in places.schools}

    def lay(self) -> dict[type[models.Model], list[Row]]:
        for school in self.places.schools:
            for n in range(round(school.kind.leavers * plan.KNOWN)):
                pupil = self.pupil(school, n)
                if n < school.kind.leavers:
                    self.move(school, pupil, n)
        return self.rows

    def add(self, model: type[models.Model], **values: Any) -> str:
        pk = self.dice.uuid()
        self.rows[model].append({"id": pk, **values})
        return pk

    def pupil(self, school: School, n: int) -> dict[str, Any]:
        dice, kind = self.dice, school.kind
        forename, last = dice.choice(plan.FORENAMES), surname(dice)
        rest = f"899{2000 + school.number}{self.entry % 100:02d}{n:03d}"
        sen = dice.pick(plan.SEN, "N")
        made = {
            "school_id": school.id, "upn": check_letter(rest) + rest, "surname": last, "forename": forename,
            "name_key": Pupil.make_name_key(surname=last, forename=forename),
            "born_on": date(self.entry - min(kind.high, 16), 9, 1) + timedelta(days=dice.randrange(365)),
            "year_group": min(kind.high, 16) - 5, "sen_provision": sen, "sex": dice.choice("FM"),
            "needs": [{"code": dice.choice(["SLCN", "SEMH", "ASD", "SPLD"]), "rank": 1}] if sen != "N" else [],
            "attendance": [{"year": self.entry, "possible": 370, "attended": dice.randint(280, 370)}],
        }  # fmt: skip
        return made | {"id": self.add(Pupil, **made)}

    def move(self, school: School, pupil: dict[str, Any], n: int) -> None:
        dice = self.dice
        state = dice.pick(plan.DESTINATIONS_NEXT, "none") if self.when == "next" else "accepted"
        target = self.target(school) if state != "none" and dice.random() > 0.02 else None
        to = target.id if target else None
        sure = state in ("accepted", "named")
        seen_by = to if to and (sure or state == "offered") else str(NO_SCHOOL)
        common = {"pupil_id": pupil["id"], "school_id": school.id}
        told = self.at(self.entry - 1, 11, 2) if self.when == "next" else self.at(self.entry, 3, 1)
        pk = self.add(
            Transition, **common, reference=self.reference(), to_school_id=to, seen_by=seen_by,
            elsewhere="" if target or state == "none" else dice.choice(["home_education", "outside_england"]),
            boundary=school.kind.boundary, entry_year=self.entry, moves_on=self.moves_on, destination_state=state,
            destination_source="" if state == "none" else "present_school",
            destination_on=None if state == "none" else told.date(), created_at=told,
        )  # fmt: skip
        if state != "none":
            for step in ("expected", state) if state != "expected" else (state,):
                self.add(
                    DestinationChange, transition_id=pk, state=step, to_school_id=to, on=told.date(), at=told,
                    elsewhere="" if target else "unknown", source="present_school", by_id=school.staff["school_office"],
                )  # fmt: skip
        if self.when == "next":
            self.add(ClassPlace, class_group_id=school.classes[n // 30], pupil_id=pupil["id"])
        send = pupil["sen_provision"] != "N"
        if self.begun(send):
            self.handover(school, target if sure else None, common, pk, seen_by, send=send)

    def begun(self, send: bool) -> bool:
        """With SEND nearly all; the rest so that the share of the year comes out."""
        share, with_send = plan.HANDED_OVER[self.when], sum(part for _, part in plan.SEN)
        mine = plan.SEND_NEXT if self.when == "next" else 1.0
        return self.dice.random() < (mine if send else (share - mine * with_send) / (1 - with_send))

    def handover(
        self, school: School, reader: School | None, common: dict[str, Any], move: str, seen_by: str, *, send: bool
    ) -> None:  # fmt: skip
        state = self.state(reader, send)
        begun = self.day(school.staff["senco"], 0)
        reached = ROAD.index(state)
        shared = self.day(move, 10) if reached else None
        received = (
            self.day(move, 14) if shared and (self.when != "next" or self.dice.random() < 0.6) else None
        )
        if reached > 1:
            received = self.day(move, 14)
        met = self.day(move, 20).date() if reached > 1 else None
        pk = self.add(
            Handover, **common, transition_id=move, seen_by=seen_by, kind="send" if send else "class", state=state,
            latest=1 if shared else 0, begun_by_id=school.staff["senco"], begun_at=begun, shared_at=shared,
            received_at=received, met_on=met, accepted_at=self.day(move, 24) if reached > 2 else None,
            settled_at=self.settled() if reached > 3 else None,
        )  # fmt: skip
        body = self.sections(school, common, pk, begun, "send" if send else "class")
        if reader is None or shared is None:
            return
        sent = self.add(
            Version, **common, handover_id=pk, seen_by=seen_by, reader_id=reader.id, number=1, body=body,
            shared_by_id=school.staff["senco"], shared_at=shared,
        )  # fmt: skip
        if received:
            self.add(
                Receipt, **common, version_id=sent, reader_id=reader.id, by_id=reader.staff["senco"], at=received
            )  # fmt: skip
        steps = zip(("share", "meet", "accept", "settle")[:reached], ROAD, ROAD[1:], strict=False)
        for n, (name, before, after) in enumerate(steps):
            self.add(
                HandoverStep, **common, handover_id=pk, reader_id=reader.id, move=name, from_state=before,
                to_state=after, version=1, at=self.day(move, 10 + 5 * n), note="",
                by_id=(school if name == "share" else reader).staff["senco"],
            )  # fmt: skip
        if send and received and (met or self.dice.random() < 0.4):
            self.talk(school, reader, common, pk, seen_by, held_on=met)

    def talk(
        self, school: School, reader: School, common: dict[str, Any], handover: str, seen_by: str, *, held_on: date | None
    ) -> None:  # fmt: skip
        """One conversation of two schools covers the children of a day."""
        planned = self.now.date() + timedelta(days=self.dice.randint(-4, 20)) if held_on is None else None
        key = (school.id, reader.id, held_on or planned or date.max, held_on is None)
        if key not in self.talks:
            self.talks[key] = self.add(
                Conversation, school_id=school.id, reader_id=reader.id, way="in_person", planned_for=planned,
                held_on=held_on, recorded_by_id=reader.staff["senco"], recorded_at=self.now,
            )  # fmt: skip
            for side in (school, reader):
                self.add(
                    ConversationAdult, conversation_id=self.talks[key], user_id=side.staff["senco"],
                    organisation_id=side.id,
                )  # fmt: skip
        self.add(
            ConversationLine, **common, conversation_id=self.talks[key], handover_id=handover, seen_by=seen_by,
            reader_id=reader.id, note=self.dice.choice(plan.SENTENCES) if held_on else "",
        )  # fmt: skip

    def sections(
        self, school: School, common: dict[str, Any], handover: str, at: datetime, kind: str
    ) -> list[dict[str, Any]]:
        body = []
        for each in sections_of(kind):
            nothing = each == SectionKind.HEALTH and self.dice.random() < 0.6
            text = "" if nothing else " ".join(self.dice.choices(plan.SENTENCES, k=self.dice.randint(1, 3)))
            self.add(
                Section, **common, handover_id=handover, kind=str(each), text=text, nothing=nothing, updated_at=at,
                updated_by_id=school.staff["senco"],
            )  # fmt: skip
            body.append({"kind": str(each), "text": text, "facts": {}, "nothing": nothing})
        return body

    def state(self, reader: School | None, send: bool) -> str:
        if reader is None:
            return "draft"
        if not send:
            return "draft" if self.when == "next" and self.dice.random() < 0.8 else "shared"
        shares = {"next": plan.STATES_NEXT, "now": plan.STATES_NOW, "past": ()}[self.when]
        return self.dice.pick(shares, "draft" if self.when == "next" else "settled")

    def target(self, school: School) -> School:
        """Most go to the school that lies next, some to its neighbours."""
        there = self.by_stage.get(school.kind.to, self.places.schools)
        return there[(school.number + self.dice.choice((0, 0, 0, 0, 1, 2))) % len(there)]

    def reference(self) -> str:
        number = self.dice.getrandbits(34)
        return "T-" + "".join(LETTERS[(number // 30**place) % 30] for place in range(7))

    def day(self, mark: str, plus: int) -> datetime:
        """A day of this child's story: in spring for those who have moved, in the last weeks for the others."""
        start = self.now - timedelta(days=32) if self.when == "next" else self.at(self.entry, 5, 3)
        return start + timedelta(days=plus + int(mark[:2], 16) % 5)

    def settled(self) -> datetime:
        return min(self.at(self.entry, 10, 20), self.now)

    def at(self, year: int, month: int, day: int) -> datetime:
        return datetime.combine(date(year, month, day), time(9, 30), ZoneInfo("Europe/London"))


def years_of(now: datetime, this: int) -> Sequence[int]:
    return range(this - plan.YEARS_BACK, this + plan.YEARS_ON + 1)
