"""The two documents that the code writes: the moves of a handover, and who sees what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from django.conf import settings

from partnership.access.permissions import PUPIL_DATA, Permission
from partnership.home.walls import OPEN, WALLED
from schools.enums import Role
from schools.rules import ROLE_PERMISSIONS, WIDENED
from transitions.enums import HandoverKind
from transitions.rules.sections import NEVER_FOR_FAMILIES, NEVER_SENT, NEVER_SKIPPED, SECTIONS, sections_of
from transitions.workflow import HANDOVER

P = Permission
MADE = "<!-- Written by `manage.py write_docs`. Change the code, then write it again. -->"

WORDS: Mapping[Permission, str] = {
    P.SEE_DIRECTORY: "look schools up, in the list and on the map",
    P.SEE_PUPILS: "see children by name: their own school's, and those offered a place at it",
    P.SEE_PROGRESS: "see how far each of these handovers is",
    P.MANAGE_PUPILS: "add a child by hand",
    P.SET_DESTINATIONS: "record and change the next school of a child of their own school",
    P.READ_HANDOVERS: "read handovers: their own school's, and incoming ones once shared",
    P.WRITE_HANDOVERS: "write the handovers of their own school",
    P.SHARE_HANDOVERS: "share and amend them",
    P.WITHDRAW_HANDOVERS: "withdraw what was shared",
    P.RECEIVE_HANDOVERS: "accept incoming handovers, and say when a child has settled",
    P.ALLOT_CLASSES: "put incoming children into classes",
    P.TEACH: "read and write about the children of their own class, and read about those allotted to it",
    P.IMPORT_FILES: "bring in common transfer files, pupil lists and offer lists",
    P.SEE_STAFF: "see who works at their school",
    P.APPOINT: "appoint and invite people at their school, and bring in staff lists",
    P.SET_SIGN_IN: "say with which Microsoft or Google accounts their school's people may sign in",
    P.GIVE_CODES: "let in, by a code for one sign-in, a colleague of their own school who reaches no page about children",
    P.COORDINATE: "keep the records of their partnership; children only by reference, step and dates",
    P.SEE_COUNTS: "see counts of their schools' moves, small numbers hidden",
    P.NEW_IDENTITY: "give a child of their own school a new identity after an order, and seal the former record",
    P.SEE_SEALED: "inspect what was done with sealed records of their own school, without names",
    P.BOOK_CPD: "see what CPD their partnerships offer, and book for themselves; no second factor is asked",
    P.BOOK_STAFF: "book, cancel and pass on CPD places of their own school's staff, and see who is booked",
    P.RELEASE_STAFF: "say yes or no to what staff book for themselves, and set what their school wants and gives for it",
    P.ACT_AS_CONTROLLER: "name the controller and its data protection officer, and accept the sharing agreement for it",
}


def workflows() -> str:
    """docs/workflows.md."""
    return "\n".join(
        [
            MADE,
            "",
            "# Workflows",
            "",
            f"## {HANDOVER.name}",
            "",
            "The table is `transitions/workflow.py`; a move that is not in it does not exist. *Received* is no state: it is"
            " a fact of one version, with a named person and a time. Each move is a step in the history, an event of the"
            " audit and a message, in one transaction.",
            "",
            HANDOVER.diagram(),
        ]
    )


def visibility() -> str:
    """docs/visibility.md."""
    lines = [MADE, "", "# Who sees what", ""]
    lines += ["What each role may do at the organisation of its post, from `schools/rules.py`.", ""]
    for granted, roles in alike().items():
        lines += [f"**{', '.join(str(role.label) for role in roles)}**", "", *role_lines(granted), ""]
    lines += [
        "A superuser keeps the records of all partnerships and holds none of these permissions: no child's name, no"
        " progress, no content.",
        "",
        f"Reach from a partnership, an authority or a trust to its schools: {joined(sorted(WIDENED))}.",
        "",
        "## Sections of a handover",
        "",
        "| section | who reads it | besides |",
        "| --- | --- | --- |",
        *(section_line(kind) for kind in SECTIONS),
        "",
        "The next school reads only what was shared, as it was shared, and only while the child is still coming to it.",
        "",
        "## Tables",
        "",
        "| table | row-level policies open it to |",
        "| --- | --- |",
        *(f"| {label} | {whom} |" for label, whom in WALLED.items()),
        "",
        "| table without policies | because |",
        "| --- | --- |",
        *(f"| {label} | {why} |" for label, why in OPEN.items()),
        "",
    ]
    return "\n".join(lines)


def alike() -> Mapping[frozenset[Permission], list[Role]]:
    """The roles by what they may do, in their order."""
    found: dict[frozenset[Permission], list[Role]] = {}
    for role in Role:
        found.setdefault(ROLE_PERMISSIONS[role], []).append(role)
    return found


def role_lines(granted: Iterable[Permission]) -> list[str]:
    """One line a permission; those behind the second factor say so."""
    return [
        f"- {WORDS[permission]}{' (second factor)' if permission in PUPIL_DATA else ''}"
        for permission in Permission
        if permission in granted
    ]


def section_line(kind: str) -> str:
    spec = SECTIONS[kind]
    notes = [f"in the {HandoverKind(each).label}" for each in HandoverKind if spec.kind in sections_of(each)]
    if spec.kind in NEVER_SKIPPED:
        notes.append("never skipped, only answered “none”")
    if spec.kind in NEVER_FOR_FAMILIES:
        notes.append("on no family page")
    notes += [f"“{part.label}” is never sent" for part in spec.parts if part.name in NEVER_SENT]
    return f"| {spec.kind.label} | {spec.readers} | {'; '.join(notes)} |"


def joined(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def documents() -> Mapping[Path, str]:
    """The files and what should stand in them."""
    folder = Path(settings.BASE_DIR) / "docs"
    return {folder / "workflows.md": workflows(), folder / "visibility.md": visibility()}
