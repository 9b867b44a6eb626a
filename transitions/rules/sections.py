"""The sections of a handover: what each asks, who will read it, and which may not be left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from transitions.enums import HandoverKind, SectionKind, Voice

NO_SAFEGUARDING = "No safeguarding here: tell your DSL."

READERS = "Read by head, SENCO, transition lead, DSL and the child's teachers at both schools. The family may see it too."
READERS_STAFF = (
    "Read by staff only: head, SENCO, transition lead, DSL and the child's teachers. Never on a family page."
)


@dataclass(frozen=True, slots=True)
class Part:
    """One labelled part of a section besides its text; `choices` makes it a choice, `day` a date."""

    name: str
    label: str
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    day: bool = False
    long: bool = False


@dataclass(frozen=True, slots=True)
class SectionSpec:
    """What a section asks for, an example of a good answer, and its parts."""

    kind: SectionKind
    prompt: str
    example: str
    readers: str = READERS
    parts: tuple[Part, ...] = ()
    nothing: str = ""
    text_label: str = ""


ABOUT_ME = SectionSpec(
    SectionKind.ABOUT_ME,
    "In the child's own words: who I am, what I like, what I want my new school to know.",
    "“I like drawing maps and I know all the bus numbers. I do not like it when people shout. I want to know where "
    "the library is.” Said to Mrs Hart in the reading corner.",
    text_label="The child's words",
    parts=(
        Part(
            "voice",
            "How these words came about",
            choices=tuple((voice.value, voice.label) for voice in Voice),
        ),
        Part("asked_by", "Who asked"),
        Part("written_by", "Who wrote it down"),
        Part("on", "When", day=True),
        Part(
            "not_to_tell",
            "Anything the child does not want passed on",
            "Kept at your school: it is never sent.",
            long=True,
        ),
    ),
)
STRENGTHS = SectionSpec(
    SectionKind.STRENGTHS,
    "What is going well? What does this child do best, enjoy, and help others with?",
    "Remembers every detail of a story. Patient with younger children; reads to Reception on Fridays.",
)
CONNECT = SectionSpec(
    SectionKind.CONNECT,
    "How do you get along well with this child? What opens a good day?",
    "Say hello by name at the gate. Ask about the dog. Give two minutes' warning before a change.",
)
HELPS = SectionSpec(
    SectionKind.HELPS,
    "What helps with learning and with being in school? Be as practical as you can.",
    "Instructions one at a time, written on a sticky note. A seat by the door. Five minutes outside after maths.",
)
TRIGGERS = SectionSpec(
    SectionKind.TRIGGERS,
    "What makes things hard, and what are the first signs that they are?",
    "Fire alarms, supply teachers, being watched while eating. First sign: hood up, rubbing one thumb.",
)
FRIENDS = SectionSpec(
    SectionKind.FRIENDS,
    "Who are this child's friends and trusted adults? Who is moving with them?",
    "Closest to two children who are coming to you too. Trusts Mr Bell at lunch club.",
)
SEATING = SectionSpec(
    SectionKind.SEATING,
    "Who is it good to sit with, and who is best kept apart?",
    "Works well beside a quiet partner from the same class. Best not in a group with one child: ring us for the name.",
    readers=READERS_STAFF,
)
LEARNING = SectionSpec(
    SectionKind.LEARNING,
    "In a sentence: learning, effort, anything to build on.",
    "Secure in maths, reads below age but loves being read to.",
)
ATTENDANCE = SectionSpec(
    SectionKind.ATTENDANCE,
    "In a sentence: attendance, and what stands behind it.",
    "94 %. Late on Mondays: travels from the other parent's home.",
)
FAMILY = SectionSpec(
    SectionKind.FAMILY,
    "What should the next school know about working with the family?",
    "Mum prefers a call after 3.30. Gran collects on Thursdays. They would like to see the building when it is empty.",
)
IN_PLACE = SectionSpec(
    SectionKind.IN_PLACE,
    "What is in place now: provision, needs, and the professionals involved?",
    "Speech and language twice a half-term; ten minutes of phonics each morning with a teaching assistant.",
    text_label="Support in place now",
    parts=(
        Part("provision", "SEN provision"),
        Part("needs", "Needs", "The main one first.", long=True),
        Part(
            "professionals",
            "Professionals involved",
            "Name the service, how often, and who to ring.",
            long=True,
        ),
    ),
)
HEALTH = SectionSpec(
    SectionKind.HEALTH,
    "What must be known and ready for health, care and kit before the first day?",
    "Epilepsy: individual healthcare plan held, reviewed in September. Two staff to be trained by the school nurse.",
    text_label="Anything else",
    nothing="None: there is nothing for health, care or kit",
    parts=(
        Part("allergies", "Allergies"),
        Part("medicines", "Medicines"),
        Part("plan", "Individual healthcare plan", "Is one held? When was it reviewed?"),
        Part("care", "Personal care"),
        Part("training", "Who must be trained before the first day, and by when"),
        Part("equipment", "Equipment to order"),
        Part("travel", "Travel"),
        Part("evacuation", "Evacuation"),
        Part("tests", "Test arrangements"),
    ),
)
OPEN_QUESTIONS = SectionSpec(
    SectionKind.OPEN_QUESTIONS,
    "What have you not worked out yet? A hunch is worth passing on.",
    "We wonder about hearing: better in a quiet room. No assessment yet.",
)

SECTIONS: Mapping[str, SectionSpec] = {
    spec.kind: spec
    for spec in (
        ABOUT_ME,
        STRENGTHS,
        CONNECT,
        HELPS,
        TRIGGERS,
        FRIENDS,
        SEATING,
        LEARNING,
        ATTENDANCE,
        FAMILY,
        IN_PLACE,
        HEALTH,
        OPEN_QUESTIONS,
    )
}

CLASS_SECTIONS = (SectionKind.FRIENDS, SectionKind.LEARNING, SectionKind.ATTENDANCE, SectionKind.FAMILY)
SEND_SECTIONS = tuple(
    kind for kind in SectionKind if kind not in (SectionKind.LEARNING, SectionKind.ATTENDANCE)
)
NEVER_SKIPPED = (SectionKind.HEALTH,)
"""Sections that are written or answered "none" before a handover can be shared (practice P14)."""
NEVER_FOR_FAMILIES = (SectionKind.SEATING,)
"""Sections that appear on no family page and no passport (practice P9)."""
NEVER_SENT = frozenset({"not_to_tell"})
"""Parts that stay at the sending school: the child may say what not to tell (practice P23)."""


def sections_of(kind: str) -> tuple[SectionKind, ...]:
    """The sections a handover of this kind is written in, in reading order."""
    return CLASS_SECTIONS if kind == HandoverKind.CLASS else SEND_SECTIONS


def is_answered(*, text: str, facts: Mapping[str, object], nothing: bool, prefilled: bool) -> bool:
    """Whether somebody has written in a section, or said there is nothing: what a file filled in does not count."""
    return not prefilled and (nothing or bool(text.strip()) or any(facts.values()))
