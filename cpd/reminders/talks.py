"""Messages of two who share a child: ten minutes are offered, answered. No child stands in them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone

from cpd.actions.talks import ANSWERED, OFFERED
from cpd.enums import TalkState
from cpd.queries.talks import talks_told
from partnership.access.viewer import Viewer
from partnership.lib.dates import day_words
from partnership.outbox import reminders
from partnership.outbox.reminders import Rendered

if TYPE_CHECKING:
    from partnership.outbox.models import Message


def load_talks(messages: Sequence[Message], viewer: Viewer) -> Mapping[uuid.UUID, object]:
    found = talks_told(viewer, {uuid.UUID(message.facts["subject"]) for message in messages})
    pairs = ((message.pk, found.get(uuid.UUID(message.facts["subject"]))) for message in messages)
    return {pk: talk for pk, talk in pairs if talk is not None}


def is_offered(message: Message, viewer: Viewer) -> bool:
    talk = message.about
    return talk is not None and talk.state == TalkState.ASKED and talk.waits_for(viewer.user_id)


def is_answered(message: Message, viewer: Viewer) -> bool:
    talk = message.about
    answered = (TalkState.AGREED, TalkState.DECLINED)
    return talk is not None and talk.state in answered and not talk.waits_for(viewer.user_id)


def word_talk(message: Message, viewer: Viewer) -> Rendered:
    """Of people alone: the child stands with the SENCO."""
    talk = message.about
    other, starts = talk.other_than(viewer.user_id).name, timezone.localtime(talk.starts_at)
    at = f"{day_words(starts.date(), today=timezone.localdate())}, {starts:%H:%M}, at “{talk.session.name}”."
    if message.kind == OFFERED:
        subject = f"{other} offers you ten minutes at CPD"
        line = f"{at} You two share a child; your SENCO knows which."
    elif talk.state == TalkState.AGREED:
        subject, line = f"{other} says yes to ten minutes at CPD", at
    else:
        subject, line = f"{other} cannot talk at CPD this time", at
    return Rendered(
        subject=subject,
        line=line,
        url=reverse("cpd:session", args=[talk.session_id]),
        action="Open the session",
    )


reminders.register(OFFERED, render=word_talk, still_true=is_offered, load=load_talks)
reminders.register(ANSWERED, render=word_talk, still_true=is_answered, load=load_talks)
