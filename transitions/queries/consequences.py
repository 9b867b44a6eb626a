"""What a change of destination would end, in sentences, asked before it is done (practice P3)."""

from __future__ import annotations

import uuid

from schools.enums import SenProvision
from transitions.enums import DestinationState, HandoverState
from transitions.models import NO_SCHOOL, Handover, Transition
from transitions.models.moves import SEEN_FROM, SHARED_FROM

EHC_PLAN = "{child} has an EHC plan: the local authority names the school in it. Record another only once it has said so."
GONE = (
    "{former} no longer sees anything about {child} from that moment, and is asked to destroy what it printed or "
    "downloaded."
)
CLOSED = "{former} keeps the name of {child} and can no longer read the handover."
FAMILY = "The family is to be told. A letter to print is ready on the page of {child} afterwards."
AGAIN = "What was shared goes to nobody by itself: you share it again with the next school."
READ = (HandoverState.SHARED, HandoverState.MET, HandoverState.ACCEPTED)


def consequences(
    move: Transition, handover: Handover | None, *, to_school_id: uuid.UUID | None, elsewhere: str, state: str
) -> list[str]:
    """Nothing where the place only becomes surer, or where nobody could see the child yet."""
    names = {"child": move.pupil.first_name, "former": move.to_school.name if move.to_school else ""}
    moved = move.has_destination and (to_school_id, elsewhere) != (move.to_school_id, move.elsewhere)
    seen_by = to_school_id if to_school_id is not None and DestinationState(state) in SEEN_FROM else NO_SCHOOL
    loses_sight = move.seen_by not in (NO_SCHOOL, seen_by)
    was_read = handover is not None and handover.state in READ
    found = []
    if moved and move.pupil.sen_provision == SenProvision.EHC_PLAN:
        found.append(EHC_PLAN)
    if loses_sight:
        found += [GONE, FAMILY]
    elif was_read and DestinationState(state) not in SHARED_FROM:
        found.append(CLOSED)
    if was_read and found:
        found.append(AGAIN)
    return [sentence.format(**names) for sentence in found]
