"""The inbox: a person's own messages, worded now, as they may know them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import groupby

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from partnership.access.guards import signed_in, viewer_of
from partnership.access.viewer import Viewer
from partnership.lib.dates import day_words
from partnership.outbox import actions, queries
from partnership.outbox.models import Message
from partnership.outbox.reminders import Rendered
from partnership.outbox.wording import word

PAGE = 25
FAULTY = Rendered(
    subject="A message that cannot be shown",
    line="This message cannot be shown at the moment. It is kept, and your coordinator is told.",
    url="/inbox/",
    action="Back to the inbox",
)


@dataclass(frozen=True)
class Entry:
    """One message in words, as the row component draws it."""

    id: uuid.UUID
    unread: bool
    due_at: datetime
    rendered: Rendered

    @property
    def day(self) -> date:
        return timezone.localdate(self.due_at)

    @property
    def title(self) -> str:
        return self.rendered.subject

    @property
    def why(self) -> str:
        return self.rendered.line

    @property
    def due_text(self) -> str:
        """The hour, while it is still today's; what comes due with the day has none."""
        at = timezone.localtime(self.due_at)
        today = self.day == timezone.localdate() and at.time() != time.min
        return f"{at:%H:%M}" if today and (at.hour or at.minute) else ""

    @property
    def href(self) -> str:
        return reverse("inbox:open", args=[self.id])

    @property
    def action(self) -> str:
        return self.rendered.action


@dataclass(frozen=True)
class Group:
    """The entries of one day, unread apart from read. `opens` where the read ones begin, or the unread."""

    unread: bool
    opens: bool
    heading: str
    entries: list[Entry]


@signed_in
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """The viewer's messages by day, unread first. What is no longer so leaves the inbox on the way."""
    viewer, now = viewer_of(request), timezone.now()
    page = Paginator(queries.inbox(viewer, at=now), PAGE).get_page(request.GET.get("page"))
    entries = _entries(list(page.object_list), viewer)
    context = {
        "page": page,
        "groups": _groups(entries, today=timezone.localdate(now)),
        "any_unread": any(entry.unread for entry in entries),
    }
    return render(request, "outbox/inbox.html", context)


@signed_in
@require_GET
def open_message(request: HttpRequest, message_id: uuid.UUID) -> HttpResponse:
    """Mark it read and lead to what it is about; someone else's is not found."""
    viewer, now = viewer_of(request), timezone.now()
    message = queries.message(viewer, message_id, at=now)
    if message is None:
        raise Http404
    worded = word([message], viewer)[0]
    if worded.over:
        actions.drop([message_id], by=viewer)
        messages.info(request, "That is no longer so: it has been done, or is no longer yours.")
    if worded.rendered is None:
        return redirect("inbox:list")
    actions.mark_read(message_id, by=viewer, at=now)
    return redirect(worded.rendered.url)


@signed_in
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark all read."""
    actions.mark_all_read(by=viewer_of(request), at=timezone.now())
    return redirect("inbox:list")


def _entries(rows: list[Message], viewer: Viewer) -> list[Entry]:
    entries: list[Entry] = []
    over: list[uuid.UUID] = []
    for worded in word(rows, viewer):
        message = worded.message
        if worded.over:
            over.append(message.pk)
            continue
        entries.append(Entry(message.pk, message.read_at is None, message.due_at, worded.rendered or FAULTY))
    if over:
        actions.drop(over, by=viewer)
    return entries


def _groups(entries: list[Entry], *, today: date) -> list[Group]:
    ordered = sorted(entries, key=lambda entry: (not entry.unread, -entry.due_at.timestamp()))
    groups: list[Group] = []
    for (unread, day), group in groupby(ordered, key=lambda entry: (entry.unread, entry.day)):
        opens = not groups or groups[-1].unread != unread
        groups.append(Group(unread, opens, _heading(day, today), list(group)))
    return groups


def _heading(day: date, today: date) -> str:
    if day == today:
        return f"Today, {day_words(day)}"
    return day_words(day, today=today)
