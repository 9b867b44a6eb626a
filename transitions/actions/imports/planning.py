"""What a row would do, worked out the same way for the preview and for the moment of applying.

Two modes: *own*, a file of the present school, which keeps its children's facts; and *joining*, a file of the next
school, which fills only its joining list: of a child the sender keeps it neither changes nor shows anything."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from schools.actions.imports.base import StagedRow, problem, too_long
from schools.enums import RowOutcome
from schools.models import Pupil
from transitions.actions.imports import facts as said
from transitions.actions.imports.destinations import Verdict, judge
from transitions.actions.imports.known import Known, Move
from transitions.actions.imports.matching import Match, Matcher, agrees

OWN, JOINING = "own", "joining"
NEW_CHILD, USE, LEAVE_OUT = "new_child", "use", "leave_out"

UPN_ELSEWHERE = (
    "A child with this UPN is at another school here: look for a mistyped digit, or ask your coordinator"
)
UPN_DISAGREES = "This UPN does not fit the name, birth date and present school given: ask the present school"
UPN_ALONE = "A UPN alone does not show that this child is meant: add surname, first name and birth date"
NOT_TOLD_APART = (
    "This child cannot be told apart by name and birth date alone: add the UPN, or ask the present school"
)
UNKNOWN_THERE = (
    "The present school has no child of this name and birth date here: look for a mistyped one, or say that the child "
    "is new"
)
NOBODY_KNOWN = "No child with this UPN is known: add surname, first name and birth date"


@dataclass(slots=True)
class Plan:
    """What one row comes to."""

    outcome: RowOutcome
    pupil: Known | None = None
    move: Move | None = None
    destination: Verdict = field(default_factory=Verdict)
    changes: dict[str, list[str]] = field(default_factory=dict)
    column: str = ""
    value: str = ""
    reason: str = ""
    candidates: tuple[Known, ...] = ()
    apart: tuple[uuid.UUID, ...] = ()


class Planner:
    """Plans the rows of one file; everything it needs is fetched at the beginning, in a handful of queries."""

    def __init__(
        self,
        rows: Iterable[Mapping[str, Any]],
        *,
        today: date,
        trusted: bool,
        barred: Mapping[uuid.UUID, str],
    ) -> None:
        data = list(rows)
        self._barred = barred
        """By present school, why no child of it may be brought in: its controller has not accepted the agreement."""
        self._today = today
        self._trusted = trusted
        """A command on the server matches by UPN alone; a school's file must know the child (name, birth date)."""
        self._schools = {school: uuid.UUID(school) for school in {row["school"] for row in data}}
        self._matcher = Matcher(self._schools.values(), (row["facts"] for row in data))
        self.stays = 0
        """How many keep another place that is accepted already."""

    def rests_on(self, rows: Iterable[Mapping[str, Any]]) -> str:
        """A fingerprint of all that decides what becomes of these rows: who might be meant, as they are kept, with their
        moves and classes, and the day. While it is the same, so is each row's plan."""
        near = {pk for row in rows for pk in self._matcher.near(self._schools[row["school"]], row["facts"])}
        told = hashlib.sha256(f"{self._today} {self._trusted} {sorted(self._barred.items())}".encode())
        for pk in sorted(near):
            child = self._matcher.everyone[pk]
            moves = " ".join(f"{move.pk} {move.version}" for move in child.moves)
            told.update(f"{pk} {child.version} {child.class_name} {moves}\n".encode())
        return told.hexdigest()

    def plan(
        self, data: Mapping[str, Any], *, target: uuid.UUID | None = None, new_child: bool = False
    ) -> Plan:
        """`target` and `new_child` are a person's decision about whom the row means."""
        facts = data["facts"]
        if long := too_long(Pupil, facts):
            name, value, reason = long
            return Plan(RowOutcome.REFUSED, column=said.LABELS[name], value=value, reason=reason)
        school_id = self._schools[data["school"]]
        if school_id in self._barred:
            return Plan(RowOutcome.REFUSED, column="School", reason=self._barred[school_id])
        match = self._matcher.match(school_id, facts, data.get("apart", ()))
        if target is not None:
            decided = self._matcher.everyone.get(target)
            if decided is None or decided.school_id != school_id:
                return Plan(RowOutcome.REFUSED, reason="The child chosen has left this school meanwhile")
            owner = self._matcher.with_upn(facts.get("upn", ""))
            if owner is not None and owner.pk != decided.pk:
                return Plan(RowOutcome.REFUSED, reason="Another child has this UPN by now")
            match = Match(pupil=decided)
        elif new_child and match.pupil is None and match.elsewhere is None:
            match = Match()
        own = data["mode"] == OWN
        plan = self._own(data, match) if own else self._joining(data, match, new_child=new_child)
        plan.apart = match.apart
        return plan

    def staged(self, line: int, data: dict[str, Any]) -> StagedRow:
        """The row as it is kept and shown."""
        plan = self.plan(data)
        self.stays += plan.destination.stays
        row = StagedRow(
            line=line,
            outcome=plan.outcome,
            data=data,
            changes=plan.changes,
            target_id=plan.pupil.pk if plan.pupil else None,
        )
        if plan.outcome == RowOutcome.UNCHANGED:
            row.data = {}
        elif plan.outcome in (RowOutcome.NEW, RowOutcome.CHANGED):
            row.data = {**data, "plan": kept(plan, data)}
            if plan.apart:
                row.data["apart"] = [str(pk) for pk in plan.apart]
        elif plan.outcome == RowOutcome.REFUSED:
            row.data = {"show": data["show"]}
            row.problems = [problem(line, plan.column, plan.value, plan.reason)]
        elif plan.outcome == RowOutcome.UNDECIDED:
            row.data = {**data, "choices": self._choices(data, plan)}
            row.problems = [problem(line, plan.column, plan.value, plan.reason)]
        return row

    def _choices(self, data: dict[str, Any], plan: Plan) -> list[dict[str, Any]]:
        choices = []
        for pupil in plan.candidates:
            as_them = self.plan(data, target=pupil.pk)
            choices.append(
                {
                    "value": str(pupil.pk),
                    "label": f"{pupil.display_name}, born {said.day_words(pupil.born_on.isoformat())}"
                    + (f", UPN {pupil.upn}" if pupil.upn else ", without a UPN"),
                    "outcome": as_them.outcome,
                    "target": str(pupil.pk),
                    "changes": as_them.changes,
                }
            )
        choices.append(
            {
                "value": NEW_CHILD,
                "label": "Another child, not known yet"
                if data["mode"] == OWN
                else "A new child: their present school is told",
                "outcome": RowOutcome.NEW,
            }
        )
        choices.append({"value": LEAVE_OUT, "label": "Leave this row out", "outcome": RowOutcome.DROPPED})
        return choices

    # the present school's own file ---------------------------------------------------------------------------

    def _own(self, data: Mapping[str, Any], match: Match) -> Plan:
        facts, pupil = data["facts"], match.pupil
        if match.elsewhere is not None:
            if not self._has_arrived(match.elsewhere, self._schools[data["school"]]):
                return Plan(
                    RowOutcome.REFUSED, column="UPN", value=facts.get("upn", ""), reason=UPN_ELSEWHERE
                )
            pupil = match.elsewhere
        if match.candidates:
            reason = "A child here has nearly this name and the same birth date: say whether they are one"
            return Plan(
                RowOutcome.UNDECIDED,
                column="Name",
                value=f"{facts.get('forename', '')} {facts.get('surname', '')}",
                reason=reason,
                candidates=match.candidates,
            )
        if pupil is None and "surname" not in facts:
            return Plan(RowOutcome.REFUSED, column="UPN", value=facts.get("upn", ""), reason=NOBODY_KNOWN)
        move = self._move_of(pupil, data["move"])
        verdict = judge(move, data.get("to"), joining=False)
        if verdict.refusal:
            return Plan(RowOutcome.REFUSED, column=data.get("to_column", ""), reason=verdict.refusal)
        if pupil is None:
            return Plan(RowOutcome.NEW, destination=verdict)
        changes = said.differences(pupil, said.of_concern(data, pupil))
        if pupil.school_id != self._schools[data["school"]]:
            changes["School"] = ["their former school", "yours"]
        if facts.get("class_name") and pupil.class_name != facts["class_name"]:
            changes["Class"] = [pupil.class_name or "none", facts["class_name"]]
        if move is None:
            changes["Move"] = ["none yet", f"September {data['move']['entry_year']}"]
        changes |= verdict.changes
        outcome = RowOutcome.CHANGED if changes else RowOutcome.UNCHANGED
        return Plan(outcome, pupil=pupil, move=move, destination=verdict, changes=changes)

    def _has_arrived(self, pupil: Known, school_id: uuid.UUID) -> bool:
        """Whether a child of another school was on the way to this one and should be here by now."""
        return any(move.seen_by == school_id and move.moves_on <= self._today for move in pupil.moves)

    # the next school's file ----------------------------------------------------------------------------------

    def _joining(self, data: Mapping[str, Any], match: Match, *, new_child: bool) -> Plan:
        facts, upn = data["facts"], data["facts"].get("upn", "")
        if match.elsewhere is not None:
            return Plan(RowOutcome.REFUSED, column="UPN", value=upn, reason=UPN_DISAGREES)
        if match.candidates:
            return Plan(RowOutcome.REFUSED, column="Name", reason=NOT_TOLD_APART)
        pupil = match.pupil
        if not self._trusted and "surname" not in facts:
            return Plan(RowOutcome.REFUSED, column="UPN", value=upn, reason=UPN_ALONE)
        if pupil is not None and upn and pupil.upn == upn and not (self._trusted or agrees(pupil, facts)):
            return Plan(RowOutcome.REFUSED, column="UPN", value=upn, reason=UPN_DISAGREES)
        if pupil is None and "surname" not in facts:
            return Plan(RowOutcome.REFUSED, column="UPN", value=upn, reason=NOBODY_KNOWN)
        move = self._move_of(pupil, data["move"])
        verdict = judge(move, data.get("to"), joining=True)
        if verdict.refusal:
            return Plan(RowOutcome.REFUSED, column=data.get("to_column", ""), reason=verdict.refusal)
        if pupil is None and data.get("only_new") and not (new_child or self._trusted):
            name = f"{facts['forename']} {facts['surname']}"
            return Plan(RowOutcome.UNDECIDED, column="Name", value=name, reason=UNKNOWN_THERE)
        outcome = RowOutcome.NEW if verdict.applies else RowOutcome.UNCHANGED
        return Plan(outcome, pupil=pupil, move=move, destination=verdict)

    def _move_of(self, pupil: Known | None, leaving: Mapping[str, Any]) -> Move | None:
        """The child's move of that year: over the same boundary, else the only one it has."""
        if pupil is None:
            return None
        moves = [move for move in pupil.moves if move.entry_year == leaving["entry_year"]]
        exact = [move for move in moves if move.boundary == leaving["boundary"]]
        return exact[0] if exact else moves[0] if len(moves) == 1 else None


def kept(plan: Plan, data: Mapping[str, Any]) -> dict[str, Any]:
    """What a row that goes in would write, as it is kept with it: of a child the sender keeps nothing but a move."""
    facts, child = data["facts"], plan.pupil
    wrote: dict[str, Any] = {"to": plan.destination.applies}
    if plan.move is not None:
        wrote["move"] = str(plan.move.pk)
    if child is None:
        wrote["name_key"] = Pupil.make_name_key(surname=facts["surname"], forename=facts["forename"])
        return wrote
    wrote["child"] = str(child.pk)
    if data["mode"] == OWN:
        brought = said.of_concern(data, child)
        sets = {name: brought[name] for name in said.changed_fields(child, brought)}
        if sets.keys() & {"surname", "forename"}:
            sets["name_key"] = Pupil.make_name_key(
                surname=sets.get("surname", child.surname), forename=sets.get("forename", child.forename)
            )
        wrote["set"] = sets
    return wrote


def person_key(data: Mapping[str, Any]) -> str:
    """What tells the child of a row from the others of its file: no more than what one must choose between."""
    facts = data["facts"]
    name = f"{facts.get('surname', '')}|{facts.get('forename', '')}|{facts.get('born_on', '')}".casefold()
    return uuid.uuid5(uuid.NAMESPACE_OID, facts.get("upn") or name).hex


def undecided_repeat(row: StagedRow, repeated: dict[str, Any]) -> StagedRow:
    """A child who stands twice in the file with different facts: one line is to be chosen, or none."""
    if row.outcome == RowOutcome.REFUSED:
        return row
    use = {"value": USE, "label": "Use this line", "outcome": row.outcome, "changes": row.changes}
    if row.target_id:
        use["target"] = str(row.target_id)
    out = {"value": LEAVE_OUT, "label": "Leave this line out", "outcome": RowOutcome.DROPPED}
    others = [choice for choice in row.data.get("choices", []) if choice["value"] != LEAVE_OUT]
    return StagedRow(
        line=row.line,
        outcome=RowOutcome.UNDECIDED,
        data={**row.data, "one_of": True, "choices": [*(others or [use]), out]},
        key=person_key(row.data),
        problems=[repeated],
    )
