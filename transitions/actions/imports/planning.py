"""What a row would do, worked out the same way for the preview and for the moment of applying.

Two modes: *own*, a file of the present school, which keeps its children's facts; and *joining*, a file of the next
school, which fills only its joining list: of a child the sender keeps it neither changes nor shows anything."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from schools.actions.imports.base import StagedRow, problem, too_long
from schools.enums import RowOutcome
from schools.models import ClassPlace, Pupil
from transitions.actions.imports import facts as said
from transitions.actions.imports.destinations import Verdict, judge
from transitions.actions.imports.matching import Match, Matcher, agrees
from transitions.models import Transition

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
    pupil: Pupil | None = None
    move: Transition | None = None
    destination: Verdict = field(default_factory=Verdict)
    changes: dict[str, list[str]] = field(default_factory=dict)
    column: str = ""
    value: str = ""
    reason: str = ""
    candidates: tuple[Pupil, ...] = ()


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
        schools = {uuid.UUID(row["school"]) for row in data if row.get("school")}
        self._matcher = Matcher(schools, (row["facts"] for row in data))
        self._moves: dict[uuid.UUID, list[Transition]] = defaultdict(list)
        self._classes: dict[uuid.UUID, str] = {}
        self.stays = 0
        """How many keep another place that is accepted already."""
        ids = set(self._matcher.everyone)
        for move in (
            Transition.objects.filter(pupil__in=ids).select_related("to_school", "school").order_by("pk")
        ):
            self._moves[move.pupil_id].append(move)
        for place in ClassPlace.objects.filter(pupil__in=ids).select_related("class_group", "pupil"):
            if place.class_group.school_id == place.pupil.school_id:
                self._classes[place.pupil_id] = place.class_group.name

    def plan(
        self, data: Mapping[str, Any], *, target: uuid.UUID | None = None, new_child: bool = False
    ) -> Plan:
        """`target` and `new_child` are a person's decision about whom the row means."""
        facts = {name: value for name, value in data["facts"].items() if name in said.LABELS}
        if long := too_long(Pupil, facts):
            name, value, reason = long
            return Plan(RowOutcome.REFUSED, column=said.LABELS[name], value=value, reason=reason)
        school_id = uuid.UUID(data["school"])
        if school_id in self._barred:
            return Plan(RowOutcome.REFUSED, column="School", reason=self._barred[school_id])
        match = self._matcher.match(school_id, data["facts"])
        if target is not None:
            decided = self._matcher.everyone.get(target)
            if decided is None or decided.school_id != school_id:
                return Plan(RowOutcome.REFUSED, reason="The child chosen has left this school meanwhile")
            owner = self._matcher.with_upn(data["facts"].get("upn", ""))
            if owner is not None and owner.pk != decided.pk:
                return Plan(RowOutcome.REFUSED, reason="Another child has this UPN by now")
            match = Match(pupil=decided)
        elif new_child and match.pupil is None and match.elsewhere is None:
            match = Match()
        if data["mode"] == OWN:
            return self._own(data, match)
        return self._joining(data, match, new_child=new_child)

    def staged(self, line: int, data: dict[str, Any]) -> StagedRow:
        """The row as it is kept and shown."""
        plan = self.plan(data)
        self.stays += plan.destination.stays
        row = StagedRow(
            line=line,
            outcome=plan.outcome,
            data=data,
            key=person_key(data),
            changes=plan.changes,
            target_id=plan.pupil.pk if plan.pupil else None,
        )
        if plan.outcome == RowOutcome.UNCHANGED:
            row.data = {}
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
            if not self._has_arrived(match.elsewhere, uuid.UUID(data["school"])):
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
        if pupil.school_id != uuid.UUID(data["school"]):
            changes["School"] = ["their former school", "yours"]
        if facts.get("class_name") and self._classes.get(pupil.pk) != facts["class_name"]:
            changes["Class"] = [self._classes.get(pupil.pk, "none"), facts["class_name"]]
        if move is None:
            changes["Move"] = ["none yet", f"September {data['move']['entry_year']}"]
        changes |= verdict.changes
        outcome = RowOutcome.CHANGED if changes else RowOutcome.UNCHANGED
        return Plan(outcome, pupil=pupil, move=move, destination=verdict, changes=changes)

    def _has_arrived(self, pupil: Pupil, school_id: uuid.UUID) -> bool:
        """Whether a child of another school was on the way to this one and should be here by now."""
        return any(
            move.seen_by == school_id and move.moves_on <= self._today for move in self._moves[pupil.pk]
        )

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

    def _move_of(self, pupil: Pupil | None, leaving: Mapping[str, Any]) -> Transition | None:
        """The child's move of that year: over the same boundary, else the only one it has."""
        if pupil is None:
            return None
        moves = [move for move in self._moves[pupil.pk] if move.entry_year == leaving["entry_year"]]
        exact = [move for move in moves if move.boundary == leaving["boundary"]]
        return exact[0] if exact else moves[0] if len(moves) == 1 else None


def person_key(data: Mapping[str, Any]) -> str:
    """What tells the child of a row from the others of its file."""
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
        key=row.key,
        problems=[repeated],
    )
