"""The table of moves of a handover. Received is no state: it is a fact of a version (a named person, a time)."""

from __future__ import annotations

from partnership.lib.workflow import Move, Workflow
from transitions.enums import HandoverState as S
from transitions.rules import (
    may_accept,
    may_change_destination,
    may_record_conversation,
    may_settle,
    may_share,
    may_withdraw,
)

OPEN = (S.SHARED, S.MET, S.ACCEPTED, S.SETTLED)

HANDOVER = Workflow(
    [
        Move(
            name="share",
            label="Share",
            sources=(S.DRAFT, S.WITHDRAWN),
            target=S.SHARED,
            may=may_share,
            event="handover.shared",
            tells=("next school",),
        ),
        Move(
            name="amend",
            label="Send an amendment",
            sources=OPEN,
            target=None,
            may=may_share,
            event="handover.amended",
            tells=("next school",),
        ),
        Move(
            name="meet",
            label="Record the conversation",
            sources=(S.SHARED,),
            target=S.MET,
            may=may_record_conversation,
            event="handover.met",
            tells=("present school", "next school"),
        ),
        Move(
            name="accept",
            label="Accept",
            sources=(S.MET,),
            target=S.ACCEPTED,
            may=may_accept,
            event="handover.accepted",
            tells=("present school",),
        ),
        Move(
            name="settle",
            label="Mark as settled",
            sources=(S.ACCEPTED,),
            target=S.SETTLED,
            may=may_settle,
            event="handover.settled",
            tells=("present school",),
        ),
        Move(
            name="withdraw",
            label="Withdraw",
            sources=(S.SHARED, S.MET),
            target=S.WITHDRAWN,
            may=may_withdraw,
            event="handover.withdrawn",
            tells=("next school",),
        ),
        Move(
            name="change_destination",
            label="Destination changed",
            sources=(S.SHARED, S.MET, S.ACCEPTED),
            target=S.WITHDRAWN,
            may=may_change_destination,
            event="handover.destination_changed",
            tells=("former school",),
        ),
    ],
    name="SEND handover",
)
