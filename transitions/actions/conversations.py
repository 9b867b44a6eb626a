"""Conversations: planned or held, for one child or many. Green means people met, so this is where green comes from."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.utils import timezone

from partnership.access.guards import ensure, user_id_of
from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from partnership.audit.models import record
from partnership.lib.once import UsedElsewhere, make_once
from partnership.outbox.enums import Urgency
from schools.models import Post
from schools.rules import roles_with
from transitions.actions.applying import OTHER_FORM, Refused, apply_move, tell
from transitions.enums import HandoverState
from transitions.models import Conversation, ConversationAdult, ConversationLine, Handover
from transitions.queries.pairs import Adult
from transitions.rules import may_record_conversation


@transaction.atomic
def plan(
    *,
    id: uuid.UUID,
    handovers: Sequence[Handover],
    planned_for: date,
    planned_time: time | None,
    way: str,
    adults: Sequence[Adult],
    by: Viewer,
    at: datetime,
) -> Conversation:
    """A conversation on a day to come. `id` comes with the form: sent twice, there is one."""
    school_id, reader_id = pair_of(handovers, by=by)
    conversation, made = once(
        id,
        school_id=school_id,
        reader_id=reader_id,
        way=way,
        planned_for=planned_for,
        planned_time=planned_time,
        recorded_by_id=user_id_of(by),
        recorded_at=at,
    )
    if made:
        fill(conversation, handovers, adults, notes={})
        record(
            "conversation.planned",
            by=by.user_id,
            subject=conversation,
            organisation=school_id,
            at=at,
            facts={"children": len(handovers), "on": planned_for.isoformat(), "reader": str(reader_id)},
        )
        for organisation_id in (school_id, reader_id):
            tell(
                "conversation_planned",
                organisation_id=organisation_id,
                subject_id=conversation.pk,
                by=by,
                at=at,
                mark="planned",
                urgency=Urgency.NOW,
                on=planned_for,
                children=len(handovers),
            )
    return conversation


@transaction.atomic
def hold(
    *,
    id: uuid.UUID,
    handovers: Sequence[Handover],
    held_on: date,
    way: str,
    adults: Sequence[Adult],
    notes: Mapping[uuid.UUID, str],
    by: Viewer,
    at: datetime,
    extra: bool = False,
) -> Conversation:
    """Record that people met: who, when, and a line for each child. Every shared handover in it becomes *met*, save one
    whose child needs a conversation of their own when several were talked over (practice P7). An extra meeting leaves
    every handover where it is (P18)."""
    school_id, reader_id = pair_of(handovers, by=by)
    if held_on > timezone.localdate(at):
        raise Refused("That day is still to come: plan the conversation instead.")
    must_have_met(handovers, adults, school_id=school_id, reader_id=reader_id, on=held_on)
    conversation, made = once(
        id,
        school_id=school_id,
        reader_id=reader_id,
        way=way,
        held_on=held_on,
        recorded_by_id=user_id_of(by),
        recorded_at=at,
    )
    if not made:
        if conversation.held_on is not None:
            return conversation
        if conversation.cancelled_at is not None:
            raise Refused("This conversation was cancelled: record the one you held as a new one.")
        Conversation.objects.filter(pk=conversation.pk).update(
            held_on=held_on, way=way, recorded_by_id=user_id_of(by), recorded_at=at
        )
        conversation.held_on = held_on
    fill(conversation, handovers, adults, notes=notes)
    for handover in handovers:
        own = not extra and counts_for(handover, children=len(handovers))
        if own and handover.state == HandoverState.SHARED:
            apply_move(handover, "meet", by=by, at=at, reader_id=reader_id, met_on=held_on)
            for organisation_id in (school_id, reader_id):
                tell(
                    "handover_met",
                    organisation_id=organisation_id,
                    subject_id=handover.pk,
                    by=by,
                    at=at,
                    mark=held_on.isoformat(),
                )
    record(
        "conversation.held",
        by=by.user_id,
        subject=conversation,
        organisation=school_id,
        at=at,
        facts={"children": len(handovers), "on": held_on.isoformat(), "reader": str(reader_id)},
    )
    return conversation


def once(
    id: uuid.UUID, *, school_id: uuid.UUID, reader_id: uuid.UUID, **facts: Any
) -> tuple[Conversation, bool]:
    """The conversation with the form's own id, made where it is missing; refused where that id is another pair's."""
    try:
        conversation, made = make_once(
            Conversation.objects, id, school_id=school_id, reader_id=reader_id, **facts
        )
    except UsedElsewhere:
        raise Refused(OTHER_FORM) from None
    if (conversation.school_id, conversation.reader_id) != (school_id, reader_id):
        raise Refused(OTHER_FORM)
    return conversation, made


def counts_for(handover: Handover, *, children: int) -> bool:
    """Whether a conversation over so many children is this child's own where the sender asked for that (practice P7)."""
    return children == 1 or not handover.own_conversation


@transaction.atomic
def cancel(conversation: Conversation, *, by: Viewer, at: datetime) -> None:
    """A planned conversation will not take place."""
    ensure(
        by.may(Permission.SHARE_HANDOVERS, conversation.school_id)
        or by.may(Permission.RECEIVE_HANDOVERS, conversation.reader_id)
    )
    rows = Conversation.objects.filter(pk=conversation.pk, held_on__isnull=True, cancelled_at__isnull=True)
    if not rows.update(cancelled_at=at):
        raise Refused("This conversation has been held or cancelled already.")
    record(
        "conversation.cancelled",
        by=by.user_id,
        subject=conversation,
        organisation=conversation.school_id,
        at=at,
    )
    for organisation_id in (conversation.school_id, conversation.reader_id):
        tell(
            "conversation_cancelled",
            organisation_id=organisation_id,
            subject_id=conversation.pk,
            by=by,
            at=at,
            mark="cancelled",
            urgency=Urgency.NOW,
        )


def pair_of(handovers: Sequence[Handover], *, by: Viewer) -> tuple[uuid.UUID, uuid.UUID]:
    """The two schools a conversation is between; refuses a mixture, a handover not shared, and a viewer of neither."""
    if not handovers:
        raise Refused("Choose at least one child.")
    pairs = {(handover.school_id, handover.seen_by) for handover in handovers}
    if len(pairs) > 1:
        raise Refused(
            "A conversation is between two schools: choose children of one present and one next school."
        )
    for handover in handovers:
        ensure(may_record_conversation(by, handover))
        if handover.state in (HandoverState.DRAFT, HandoverState.WITHDRAWN):
            raise Refused("A handover that is not shared cannot be talked over here yet.")
    return pairs.pop()


def must_have_met(
    handovers: Sequence[Handover],
    adults: Sequence[Adult],
    *,
    school_id: uuid.UUID,
    reader_id: uuid.UUID,
    on: date,
) -> None:
    """Two schools met only if an adult of each was there; one who leads at both counts for the present one (P20)."""
    present = {adult.user_id for adult in adults if adult.organisation_id == school_id}
    coming = {adult.user_id for adult in adults if adult.organisation_id == reader_id}
    posts = Post.objects.current(on=on)
    for organisation_id, people in ((school_id, present), (reader_id, coming)):
        known = posts.filter(organisation=organisation_id, user__in=people).values_list("user_id", flat=True)
        if people - set(known):
            raise Refused("Somebody named here held no post at that school on that day.")
    if school_id == reader_id:
        if len(present | coming) < 2 or not coming:
            raise Refused("Name two adults of the school who met: one who knows the child, one who will.")
        return
    leads = roles_with(Permission.SHARE_HANDOVERS)
    both = set(
        posts.filter(organisation=school_id, role__in=leads, user__in=coming).values_list(
            "user_id", flat=True
        )
    )
    if not present:
        raise Refused("Name an adult of the present school who was there.")
    if not coming - both:
        raise Refused("Name an adult of the next school who was there and does not stand on both sides.")


def fill(
    conversation: Conversation,
    handovers: Sequence[Handover],
    adults: Sequence[Adult],
    *,
    notes: Mapping[uuid.UUID, str],
) -> None:
    """The adults and a line for each child; what was planned is kept, what is new is added."""
    ConversationAdult.objects.bulk_create(
        [
            ConversationAdult(
                conversation=conversation, user_id=adult.user_id, organisation_id=adult.organisation_id
            )
            for adult in adults
        ],
        ignore_conflicts=True,
    )
    existing = {line.handover_id: line for line in conversation.lines.all()}
    for handover in handovers:
        note = notes.get(handover.pk, "")
        if line := existing.get(handover.pk):
            ConversationLine.objects.filter(pk=line.pk).update(note=note)
            continue
        ConversationLine(
            conversation=conversation,
            handover=handover,
            pupil_id=handover.pupil_id,
            school_id=handover.school_id,
            seen_by=handover.seen_by,
            reader_id=handover.seen_by,
            note=note,
        ).save(force_insert=True)
