"""The rows of the home page's cards, in words: a child, many children alike, a person behind, a day to come."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from django.urls import reverse
from django.utils.http import urlencode

from partnership.lib.dates import day_words
from partnership.ui.cards import Number, Row
from schools.enums import Role
from schools.queries.holding import Holder, PostBook
from transitions.queries.legal import LegalDay
from transitions.queries.mine import Behind, Matter, Numbers, Talk
from transitions.queries.next_moves import CLASS_WHAT, NOTES
from transitions.queries.progress import MoveKind, NextMove, Side

TOGETHER_FROM = 3
"""So many children with the same next step stand in one row: one matter, not a list."""

NAMED = 3
"""Of these so many are named."""

ACTIONS = {
    MoveKind.DESTINATION: "Enter it",
    MoveKind.CONFIRM: "Confirm",
    MoveKind.BEGIN: "Begin",
    MoveKind.SHARE: "Finish",
    MoveKind.RECEIVE: "Read",
    MoveKind.READ_AGAIN: "Read",
    MoveKind.TALK: "Arrange",
    MoveKind.HOLD: "Open",
    MoveKind.RECORD: "Record",
    MoveKind.ACCEPT: "Accept",
    MoveKind.SETTLE: "Open",
    MoveKind.NOTE: "Write it",
    MoveKind.NOTE_OF_NO_CLASS: "Write it",
}
MANY = {
    MoveKind.DESTINATION: "{n} children without a next school",
    MoveKind.CONFIRM: "{n} places to confirm",
    MoveKind.BEGIN: "{n} handovers to begin",
    MoveKind.SHARE: "{n} handovers to finish and share",
    MoveKind.RECEIVE: "{n} handovers to read",
    MoveKind.READ_AGAIN: "{n} new versions to read",
    MoveKind.TALK: "{n} conversations to arrange",
    MoveKind.HOLD: "{n} children to talk over",
    MoveKind.RECORD: "{n} conversations to record",
    MoveKind.ACCEPT: "{n} handovers to accept",
    MoveKind.SETTLE: "{n} children to mark as settled",
    MoveKind.NOTE: "{n} class notes to write",
    MoveKind.NOTE_OF_NO_CLASS: "{n} notes to write on children in no class",
}
ONE = {
    MoveKind.DESTINATION: "1 child without a next school",
    MoveKind.CONFIRM: "1 place to confirm",
    MoveKind.BEGIN: "1 handover to begin",
    MoveKind.SHARE: "1 handover to finish and share",
    MoveKind.RECEIVE: "1 handover to read",
    MoveKind.READ_AGAIN: "1 new version to read",
    MoveKind.TALK: "1 conversation to arrange",
    MoveKind.HOLD: "1 child to talk over",
    MoveKind.RECORD: "1 conversation to record",
    MoveKind.ACCEPT: "1 handover to accept",
    MoveKind.SETTLE: "1 child to mark as settled",
    MoveKind.NOTE: "1 class note to write",
    MoveKind.NOTE_OF_NO_CLASS: "1 note to write on a child in no class",
}
STEPS = {
    MoveKind.DESTINATION: {"destination": "none"},
    MoveKind.SHARE: {"step": "1"},
    MoveKind.RECEIVE: {"step": "2"},
    MoveKind.TALK: {"step": "2"},
    MoveKind.ACCEPT: {"step": "3"},
    MoveKind.SETTLE: {"step": "4"},
}


def board_url(side: Side, **asked: str) -> str:
    board = reverse("transitions:leaving" if side == Side.PRESENT else "transitions:joining")
    return f"{board}?{urlencode(asked)}" if asked else board


def waiting_rows(matters: Iterable[Matter]) -> tuple[Row, ...]:
    """A row a child; many with the same next step in one."""
    together: dict[tuple[str, MoveKind, Side], list[Matter]] = defaultdict(list)
    for matter in matters:
        together[matter.move.what, matter.move.kind, matter.move.side].append(matter)
    rows: list[Row] = []
    for group in together.values():
        rows += [many_row(group)] if len(group) >= TOGETHER_FROM else [child_row(each) for each in group]
    return tuple(sorted(rows, key=lambda row: row.due or date.max))


def child_row(matter: Matter) -> Row:
    move, child = matter.move, matter.standing.transition
    other = child.to_school if move.side == Side.PRESENT else child.school
    where = "" if other is None else f", {'to' if move.side == Side.PRESENT else 'from'} {other.name}"
    return Row(
        title=child.pupil.display_name,
        href=reverse("transitions:child", args=[child.pk]),
        why=f"{move.what}{where}",
        due=move.due_on,
        due_text=move.due_words,
        status="red" if move.late else "amber" if move.soon else "",
        action=ACTIONS.get(move.kind, "Open"),
    )


def counted(move: NextMove, number: int) -> str:
    """ "4 handovers to read"; class notes by their own name."""
    words = ONE[move.kind] if number == 1 else MANY[move.kind].format(n=number)
    return words.replace("handover", "class note") if move.what == CLASS_WHAT.get(move.kind) else words


def many_url(move: NextMove) -> str:
    """Where they all stand: the board, or the classes."""
    if move.kind in NOTES or move.what == CLASS_WHAT.get(MoveKind.SHARE):
        return reverse("transitions:class_notes")
    if move.what == CLASS_WHAT.get(MoveKind.RECEIVE):
        return board_url(move.side, step="read")
    return board_url(move.side, **STEPS.get(move.kind, {}))


def many_row(matters: list[Matter]) -> Row:
    first = min(matters, key=lambda each: each.move.due_on or date.max).move
    late = sum(each.move.late for each in matters)
    since = day_words(first.due_on) if first.due_on else ""
    words = f"{late} late, since {since}" if late else first.due_words
    names = [each.standing.transition.pupil.display_name for each in matters[:NAMED]]
    rest = len(matters) - len(names)
    return Row(
        title=counted(first, len(matters)),
        href=many_url(first),
        why=f"{', '.join(names)} and {rest} more" if rest else f"{', '.join(names[:-1])} and {names[-1]}",
        due=first.due_on,
        due_text=words,
        status="red" if late else "amber" if first.soon else "",
        action="See them",
    )


def late_row(behind: Behind) -> Row:
    """A person, what is late with them, and since when."""
    label = str(Role(behind.role).label)
    alike: dict[str, list[NextMove]] = defaultdict(list)
    for each in behind.matters:
        alike[each.move.what].append(each.move)
    what = ", ".join(counted(moves[0], len(moves)) for moves in alike.values())
    sides = {each.move.side for each in behind.matters}
    return Row(
        title=f"{behind.who}, {label}" if behind.who else f"Nobody in post: {label}",
        href=board_url(Side.PRESENT if Side.PRESENT in sides else Side.NEXT, late="true"),
        why=what,
        due=behind.oldest,
        due_text=f"since {day_words(behind.oldest)}",
        status="red",
        action="See them",
    )


def coming_rows(
    talks: Iterable[Talk],
    legal: Iterable[LegalDay],
    due: dict[tuple[str, date, Side], list[Matter]],
    posts: PostBook,
    *,
    reader: uuid.UUID | None = None,
    waits: Collection[Matter] = (),
    at_most: int = 6,
) -> tuple[Row, ...]:
    """Conversations and what falls due, with the name of whoever's move it is; what `waits` on the reader stands there."""
    mine = {(each.standing.transition.pk, each.move) for each in waits}
    rows = [
        Row(
            title=f"Conversation with {talk.with_school}",
            href=reverse("transitions:conversation", args=[talk.id]),
            why=talk.way,
            due=talk.planned_for,
            due_text=f"{day_words(talk.planned_for)}{talk.time_words}",
        )
        for talk in talks
    ]
    rows += [legal_row(each) for each in legal]
    for (_, day, _side), matters in due.items():
        matters = [each for each in matters if (each.standing.transition.pk, each.move) not in mine]
        if not matters:
            continue
        move = matters[0].move
        kind = move.kind
        people = named(posts.holders(move.organisation_id, move.role), reader=reader)
        if kind == MoveKind.HOLD:
            continue
        number = len(matters)
        rows.append(
            Row(
                title=counted(move, number),
                href=many_url(move),
                why=f"{people}, {move.role_label}" if people else f"Nobody in post: {move.role_label}",
                due=day,
                due_text=day_words(day),
                action="See it" if number == 1 else "See them",
            )
        )
    rows.sort(key=lambda row: row.due or date.max)
    return tuple(rows[:at_most])


def named(people: Iterable[Holder], *, reader: uuid.UUID | None) -> str:
    """ "You and Jo Obi": the reader is not told their own name."""
    return " and ".join("You" if each.user_id == reader else each.name for each in people)


def legal_row(coming: LegalDay) -> Row:
    """A date in law with its kind and source, on the last school day on which it can be kept."""
    children = (
        "1 child with an EHC plan" if coming.children == 1 else f"{coming.children} children with an EHC plan"
    )
    moved = f" {day_words(coming.day)} is not a school day." if coming.day != coming.shown_on else ""
    return Row(
        title=coming.duty.title,
        href=board_url(Side.PRESENT, sen="E"),
        why=f"{coming.duty.kind_label}: {coming.duty.source}. {children}.{moved}",
        due=coming.shown_on,
        due_text=day_words(coming.shown_on),
        action="See them",
    )


def numbers_shown(numbers: Numbers) -> Iterable[Number]:
    """Quiet numbers; a board without children brings none."""
    if numbers.leaving:
        yield Number(numbers.placed, "leaving with a next school", board_url(Side.PRESENT), numbers.leaving)
    if numbers.to_share:
        more = f" ({numbers.send_elsewhere} more with SEND where nothing is shared)"
        label = f"SEND handovers shared{more if numbers.send_elsewhere else ''}"
        yield Number(numbers.shared, label, board_url(Side.PRESENT, sen="send"), numbers.to_share)
    if numbers.joining:
        yield Number(numbers.joining, "joining", board_url(Side.NEXT))
    if numbers.joining_send:
        yield Number(
            numbers.met,
            "joining with SEND, talked over",
            board_url(Side.NEXT, sen="send"),
            numbers.joining_send,
        )
        yield Number(
            numbers.settled,
            "joining with SEND, settled",
            board_url(Side.NEXT, step="done"),
            numbers.joining_send,
        )
