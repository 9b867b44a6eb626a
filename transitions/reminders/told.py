"""Messages about what somebody did with a handover. Each asks again whether it is still so before it is shown or sent."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse

from partnership.access.viewer import Viewer
from partnership.outbox import reminders
from partnership.outbox.reminders import Rendered
from transitions.enums import HandoverState as S
from transitions.queries.standing import handovers_of
from transitions.reminders.topics import NEWS
from transitions.reminders.words import child_url, name_of, subject_of

if TYPE_CHECKING:
    from partnership.outbox.models import Message
    from transitions.models import Handover

OPEN = (S.SHARED, S.MET, S.ACCEPTED, S.SETTLED)


@dataclass(frozen=True, slots=True)
class Event:
    """One kind of news: in which states it is still so, its subject for mail, its line for the page."""

    kind: str
    states: tuple[S, ...]
    subject: str
    line: str
    action: str = "Open the child"


EVENTS = (
    Event(
        "handover_shared",
        OPEN,
        "{sender} has shared a handover with you",
        "{sender} has shared the handover of {child}. Read it and say that you have received it.",
        "Read the handover",
    ),
    Event(
        "handover_amended",
        OPEN,
        "{sender} has sent an amendment to a handover",
        "{sender} has changed something in the handover of {child}. The new version waits to be read.",
        "Read the new version",
    ),
    Event(
        "handover_withdrawn",
        (S.WITHDRAWN,),
        "{sender} has withdrawn a handover",
        "{sender} has withdrawn the handover of {child}. You cannot open it any more; destroy what was printed "
        "or downloaded.",
    ),
    Event(
        "section_withheld",
        OPEN,
        "{sender} has taken a section out of a handover",
        "{sender} has taken a section out of the handover of {child}. Destroy what was printed or downloaded of it, "
        "and print it again.",
    ),
    Event(
        "handover_corrected",
        OPEN,
        "{sender} has corrected a handover",
        "{sender} has corrected or redacted words in the handover of {child}. Destroy what was printed or downloaded of "
        "it, and print it again.",
    ),
    Event(
        "handover_received",
        OPEN,
        "{reader} has received a handover",
        "{reader} has read the handover of {child}. A conversation comes next.",
    ),
    Event(
        "handover_met",
        (S.MET, S.ACCEPTED, S.SETTLED),
        "A handover has been talked over",
        "{sender} and {reader} have talked about {child}.",
    ),
    Event(
        "handover_accepted",
        (S.ACCEPTED, S.SETTLED),
        "{reader} has accepted a handover",
        "{reader} has accepted the handover of {child}.",
    ),
    Event(
        "handover_settled",
        (S.SETTLED,),
        "A child you handed over has settled",
        "{child} has settled at {reader}.",
    ),
)


TO_READ = ("handover_shared", "handover_amended")


def load(messages: Sequence[Message], viewer: Viewer) -> Mapping[uuid.UUID, object]:
    """The handovers as the viewer may see them; none without a second factor."""
    found = handovers_of(viewer, {subject_of(message) for message in messages}) if viewer.mfa else {}
    return {message.pk: found[pk] for message in messages if (pk := subject_of(message)) in found}


def holds(event: Event) -> Callable[[Message, Viewer], bool]:
    """In one of the event's states; what asks to be read is over once that version has been received."""

    def still_true(message: Message, viewer: Viewer) -> bool:
        handover: Handover | None = message.about
        if handover is None:
            return not viewer.mfa
        unread = handover.received_at is None and message.facts.get("version") in (None, handover.latest)
        return handover.state in event.states and (unread or event.kind not in TO_READ)

    return still_true


def words(event: Event) -> Callable[[Message, Viewer], Rendered]:
    def render(message: Message, viewer: Viewer) -> Rendered:
        handover: Handover | None = message.about
        if handover is None:
            return Rendered(
                subject="News of a handover",
                line="There is news of a child’s handover.",
                url=reverse("home"),
                action="Open your home page",
            )
        move = handover.transition
        names = {
            "sender": handover.school.name,
            "reader": move.to_school.name if move.to_school else "The next school",
        }
        return Rendered(
            subject=event.subject.format(**names),
            line=event.line.format(**names, child=name_of(move, viewer)),
            url=child_url(move.pk),
            action=event.action,
        )

    return render


def word_gone(message: Message, viewer: Viewer) -> Rendered:
    """To the former next school, which may not see the child any more: so without a name (practice P3)."""
    reference = str(message.facts.get("reference", "")).upper()
    named = f" (reference {reference})" if reference else ""
    return Rendered(
        subject="A child who was coming to you now goes elsewhere",
        line=f"Their handover{named} has been closed for you. Destroy what was printed or downloaded of it, and confirm "
        "that it is done.",
        url=reverse("transitions:closed_places"),
        action="Confirm that it is destroyed",
    )


for _event in EVENTS:
    reminders.register(
        f"transitions.{_event.kind}", render=words(_event), still_true=holds(_event), load=load, topic=NEWS
    )
reminders.register("transitions.destination_changed", render=word_gone, topic=NEWS)
