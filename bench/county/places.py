"""The schools of a county, their partnerships, terms, classes and staff."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from bench.county import plan
from bench.county.sheet import Row, Sheet
from partnership.accounts.models import User
from partnership.home.world.terms import half_terms
from partnership.lib.names import fold
from schools.models import (
    AcademicYear,
    Acceptance,
    Agreement,
    ClassGroup,
    HalfTerm,
    Membership,
    Organisation,
    Post,
)

SINCE = date(2021, 9, 1)


class Dice(random.Random):
    """Chance that falls alike on every run."""

    def uuid(self) -> str:
        return str(uuid.UUID(int=self.getrandbits(128), version=4))

    def pick(self, shares: Sequence[tuple[str, float]], otherwise: str) -> str:
        """One of the words by its share, or the last."""
        place = self.random()
        for word, share in shares:
            place -= share
            if place < 0:
                return word
        return otherwise


@dataclass(slots=True)
class School:
    """One school, with the people and classes the rest of the county needs to name."""

    id: str
    name: str
    number: int
    kind: plan.Kind
    cluster: str
    staff: dict[str, str] = field(default_factory=dict)
    """By role, the first who holds it."""
    classes: list[str] = field(default_factory=list)
    assistants: list[str] = field(default_factory=list)
    """Its support staff, who come to CPD."""


@dataclass(slots=True)
class Places:
    """All that stands before the first child comes."""

    schools: list[School]
    partnerships: list[str]
    """The county's own, then the clusters."""
    everywhere: str
    """Somebody with a post at every school: the widest sight of names there is."""
    coordinator: str
    counts: dict[str, int]

    def of(self, stage: str) -> list[School]:
        return [school for school in self.schools if school.kind.stage == stage]


def build_places(dice: Dice, kinds: Sequence[plan.Kind], *, year: int, now: datetime) -> Places:
    la, county = dice.uuid(), dice.uuid()
    clusters = [dice.uuid() for _ in range(max(1, sum(kind.count for kind in kinds) // 12))]
    schools = list(lay_schools(dice, kinds, clusters))
    rows: list[Row] = [organisation(la, "local_authority", "Wendleshire", la_code="899")]
    rows.append(organisation(county, "partnership", "Wendleshire Education Partnership", is_county=True))
    rows += [organisation(each, "partnership", f"Cluster {n}") for n, each in enumerate(clusters, 1)]
    rows += [school_row(school, la) for school in schools]
    counts = {"organisations": Sheet(Organisation).copy(rows)}
    members = [(county, each) for each in clusters] + [(each.cluster, each.id) for each in schools]
    Sheet(Membership).copy(
        {"id": dice.uuid(), "partnership_id": to, "organisation_id": who, "starts_on": SINCE}
        for to, who in members
    )
    lay_terms(dice, la, year)
    people, posts = [], []
    everywhere, coordinator = dice.uuid(), dice.uuid()
    people += [
        person(everywhere, "Wide Sight", "wide", now),
        person(coordinator, "Cora Ordinator", "cora", now),
    ]
    posts.append(post(dice, coordinator, "coordinator", county))
    for school in schools:
        posts.append(post(dice, everywhere, "head", school.id))
        for n, role in enumerate(plan.STAFF_ROLES):
            who = dice.uuid()
            name = f"{dice.choice(plan.FORENAMES)} {surname(dice)}"
            people.append(person(who, name, f"{role}{n}.{school.number}", now))
            posts.append(post(dice, who, role, school.id))
            school.staff.setdefault(role, who)
            if role == "support_staff":
                school.assistants.append(who)
    counts["people"] = Sheet(User).copy(people)
    counts["posts"] = Sheet(Post).copy(posts)
    lay_agreement(dice, schools, now)
    counts["classes"] = Sheet(ClassGroup).copy(lay_classes(dice, schools))
    lay_teachers(schools, posts)
    return Places(schools, [county, *clusters], everywhere, coordinator, counts)


def lay_agreement(dice: Dice, schools: Sequence[School], now: datetime) -> None:
    """Every head has accepted the sharing agreement: without it a school sees no child."""
    agreement = dice.uuid()
    Sheet(Agreement).copy(
        [
            {
                "id": agreement, "version": 1, "effective_from": SINCE, "binding_from": SINCE,
                "text": "## 1. Who agrees", "published_at": now,
            }
        ]
    )  # fmt: skip
    Sheet(Acceptance).copy(
        {
            "id": dice.uuid(), "organisation_id": school.id, "agreement_id": agreement, "version": 1, "at": now,
            "controller_name": f"The governing body of {school.name}", "name": "Ada Signer", "role": "head",
        }
        for school in schools
    )  # fmt: skip


def lay_schools(dice: Dice, kinds: Sequence[plan.Kind], clusters: Sequence[str]) -> Iterator[School]:
    number = 0
    for kind in kinds:
        for _ in range(kind.count):
            words = kind.stage.replace("_", " ").title()
            name = f"{dice.choice(plan.PLACES)}{dice.choice(plan.ENDS)} {words} School {number}"
            yield School(dice.uuid(), name, number, kind, clusters[number % len(clusters)])
            number += 1


def organisation(pk: str, kind: str, name: str, **more: Any) -> Row:
    return {"id": pk, "kind": kind, "name": name, "name_key": fold(name)} | more


def school_row(school: School, la: str) -> Row:
    return organisation(
        school.id, "school", school.name, local_authority_id=la, urn=900_000 + school.number, la_code="899",
        establishment_number=str(2000 + school.number), low_age=school.kind.low, high_age=school.kind.high,
        stage=school.kind.stage, phase_group=school.kind.group, status="open", town="Wendlebury",
        easting=420_000 + school.number * 97, northing=250_000 + school.number * 89,
    )  # fmt: skip


def person(pk: str, name: str, mailbox: str, now: datetime) -> Row:
    return {
        "id": pk, "name": name, "name_key": fold(name), "email": f"{mailbox}@wendleshire.example", "password": "!",
        "date_joined": now,
    }  # fmt: skip


def post(dice: Dice, user: str, role: str, organisation: str) -> Row:
    return {
        "id": dice.uuid(), "user_id": user, "role": role, "organisation_id": organisation, "starts_on": SINCE
    }  # fmt: skip


def surname(dice: Dice) -> str:
    return dice.choice(plan.SURNAMES) + dice.choice(plan.ENDINGS)


def lay_classes(dice: Dice, schools: Sequence[School]) -> Iterator[Row]:
    """Classes of thirty for the children who leave, and as many for those who come."""
    for school in schools:
        for n in range(max(2, school.kind.leavers // 30 + 1)):
            pk = dice.uuid()
            school.classes.append(pk)
            yield {"id": pk, "school_id": school.id, "name": f"Class {n + 1}"}


def lay_teachers(schools: Sequence[School], posts: Sequence[Row]) -> None:
    """The first teachers of each school have its classes, one each."""
    teaching: dict[str, list[str]] = {}
    for row in posts:
        if row["role"] == "class_teacher":
            teaching.setdefault(row["organisation_id"], []).append(row["id"])
    pairs = [
        {"post_id": holder, "classgroup_id": group}
        for school in schools
        for holder, group in zip(teaching[school.id], school.classes, strict=False)
    ]
    through = Post.classes.through
    through.objects.bulk_create(through(**pair) for pair in pairs)


def lay_terms(dice: Dice, la: str, year: int) -> None:
    for each in range(year - plan.YEARS_BACK - 1, year + plan.YEARS_ON + 2):
        AcademicYear.objects.get_or_create(starts_in=each)
        Sheet(HalfTerm).copy(
            {
                "id": dice.uuid(),
                "organisation_id": la,
                "year_id": each,
                "number": n,
                "starts_on": start,
                "ends_on": end,
            }
            for n, (start, end) in enumerate(half_terms(each), 1)
        )
