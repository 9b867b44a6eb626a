"""What has happened to the children so far: something done, something due this week, something late, always."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from partnership.access import rls
from partnership.access.viewer import Viewer
from partnership.accounts.models import User
from partnership.home.world import places
from partnership.home.world.children import Child
from partnership.home.world.words import CLASS_NOTES, FACTS, NOTES, TEXTS
from partnership.lib.dates import SchoolCalendar
from schools.enums import Role
from schools.models import ClassGroup, Organisation, Post
from transitions.actions import class_grid, conversations, receiving, sharing, writing
from transitions.enums import HandoverKind, SectionKind
from transitions.models import Handover, Section, Transition, Version
from transitions.queries.pairs import Adult
from transitions.rules import CLASS_SECTIONS


@dataclass(frozen=True, slots=True)
class Plot:
    """How far one child's handover has come, and when, in school days before today."""

    reached: str
    shared: int = 0
    received: int = 0
    met: int = 0
    own: bool = False


PLOTS = (
    Plot("draft"),
    Plot("ready"),
    Plot("shared", shared=2),
    Plot("shared", shared=9),
    Plot("received", shared=18, received=14),
    Plot("planned", shared=8, received=6),
    Plot("met", shared=16, received=14, met=3),
    Plot("accepted", shared=25, received=23, met=18),
    Plot("received", shared=7, received=5, own=True),
    Plot("withdrawn", shared=6),
)
"""One after another over the children with SEN of the sending schools: every step is met, two of them late."""


class Teller:
    """Plays the acts as the people who would do them, each at a time in the past."""

    def __init__(self, *, now: datetime, calendar: SchoolCalendar) -> None:
        self.now = now
        self.calendar = calendar

    def ago(self, school_days: int) -> datetime:
        """So many school days before today, mid-morning."""
        day = self.calendar.add_school_days(self.calendar.on_or_before(self.now.date()), -school_days)
        return self.now.replace(
            year=day.year, month=day.month, day=day.day, hour=10, minute=40, second=0, microsecond=0
        )

    def play(self, move: Transition, plot: Plot, *, voice: int) -> None:
        """Bring one child's handover as far as its plot says."""
        sender = holder(move.school, Role.SENCO)
        with rls.acting_as(sender.pk) as viewer:
            handover = self.write(
                move, voice=voice, by=viewer, whole=plot.reached != "draft", shared=plot.shared
            )
            if plot.own:
                writing.mark_own_conversation(handover, own=True, by=viewer, at=self.ago(plot.shared))
            if plot.reached in ("draft", "ready"):
                return
            sharing.share(handover, by=viewer, at=self.ago(plot.shared))
            if plot.reached == "withdrawn":
                why = "Named another child by mistake; shared again on Monday."
                sharing.withdraw(handover, reason=why, by=viewer, at=self.ago(plot.shared - 1))
        if plot.reached not in ("shared", "withdrawn"):
            self.at_next_school(handover, move, plot, voice=voice)

    def at_next_school(self, handover: Handover, move: Transition, plot: Plot, *, voice: int) -> None:
        assert move.to_school is not None
        reader = holder(move.to_school, Role.SENCO)
        with rls.acting_as(reader.pk) as viewer:
            handover.refresh_from_db()
            version = (
                Version.objects.visible_to(viewer).filter(handover=handover).order_by("-number")[:1].get()
            )
            receiving.receive(version, handover, by=viewer, at=self.ago(plot.received))
            handover.refresh_from_db()
            adults = [
                Adult(holder(move.school, Role.SENCO).pk, move.school_id),
                Adult(reader.pk, move.to_school.pk),
            ]
            if plot.reached == "planned":
                following = self.calendar.add_school_days(self.calendar.on_or_before(self.now.date()), 1)
                conversations.plan(
                    id=uuid.uuid4(), handovers=[handover], planned_for=following, planned_time=None, way="in_person",
                    adults=adults, by=viewer, at=self.ago(plot.received - 1),
                )  # fmt: skip
            if plot.met:
                held = self.ago(plot.met)
                conversations.hold(
                    id=uuid.uuid4(), handovers=[handover], held_on=held.date(), way="in_person", adults=adults,
                    notes={handover.pk: NOTES[voice % len(NOTES)]}, by=viewer, at=held,
                )  # fmt: skip
            if plot.reached in ("accepted", "settled"):
                handover.refresh_from_db()
                receiving.accept(handover, by=viewer, at=self.ago(plot.met - 1))
            if plot.reached == "settled":
                note = "The sticky notes made all the difference. She has found the library, and it has found her."
                receiving.settle(handover, note=note, by=viewer, at=self.ago(2))

    def write(self, move: Transition, *, voice: int, by: Viewer, whole: bool, shared: int) -> Handover:
        """Fill the sections: all of them, or the first few of a draft."""
        at = self.ago(shared + 3)
        handover = writing.begin(move, kind=HandoverKind.SEND, by=by, at=at)
        for index, section in enumerate(Section.objects.filter(handover=handover)):
            if not whole and index % 3:
                continue
            variant = (voice + index) % 3
            facts = dict(section.facts)
            if section.kind in FACTS:
                facts |= FACTS[section.kind][voice % 3]
            if section.kind == SectionKind.ABOUT_ME:
                facts["on"] = at.date().isoformat()
            writing.save_section(
                section,
                text=TEXTS[section.kind][voice % 3 if section.kind in FACTS else variant],
                facts=facts,
                nothing=False,
                seen_version=section.version,
                by=by,
                at=at + timedelta(minutes=7 * index),
            )
        handover.refresh_from_db()
        return handover

    def write_class(self, group: ClassGroup, *, teacher: User, rows: int) -> None:
        """Half of a class's grid, by its teacher."""
        with rls.acting_as(teacher.pk) as viewer:
            moves = (
                Transition.objects.visible_to(viewer)
                .filter(
                    pupil__class_places__class_group=group, handover__isnull=True, pupil__sen_provision="N"
                )
                .select_related("pupil")
                .order_by("pupil__name_key")
            )
            for index, move in enumerate(moves[:rows]):
                texts = {
                    str(kind): text for kind, text in zip(CLASS_SECTIONS, CLASS_NOTES[index % 6], strict=True)
                }
                class_grid.save_row(
                    move, texts=texts, talk_to_me=index == 2, seen_version=0, by=viewer, at=self.ago(1)
                )


def holder(school: Organisation, role: Role) -> User:
    """Who holds a post at a school of the demo."""
    return (
        Post.objects.select_related("user")
        .filter(organisation=school, role=role)
        .order_by("pk")[:1]
        .get()
        .user
    )


def moves_of(children: list[Child]) -> list[Transition]:
    """The moves of these children, as the importer made them."""
    by_upn = {
        move.pupil.upn: move
        for move in Transition.objects.filter(
            pupil__upn__in=[child.record.upn for child in children]
        ).select_related("pupil", "school", "to_school")
    }
    return [by_upn[child.record.upn] for child in children if child.record.upn in by_upn]


def destinations(child: Child, index: int) -> tuple[places.Place | None, str]:
    """Where a child of the demo goes, and how sure it is: most are accepted, some elsewhere, a few not known."""
    if child.place in places.INFANTS:
        return places.NEXT_OF_INFANT[child.place], "accepted"
    if index in (10, 19):
        return None, ""
    if index in (14, 21):
        return places.WEND_VALLEY, "offered"
    if child.record.sen_now == "E":
        return places.NORTHFIELD, "named"
    return places.NORTHFIELD, "offered" if index % 13 == 12 else "accepted"
