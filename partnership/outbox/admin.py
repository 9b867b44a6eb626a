"""What stayed behind in the outbox: parked mails, the messages in them, and jobs that failed. No texts, no facts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from partnership.outbox.actions import send_again
from partnership.outbox.enums import JobState
from partnership.outbox.models import Delivery, Job, Message
from partnership.ui.admin import AdminViewer, ViewerAdmin
from partnership.ui.morning import AT_MOST, Line, Matter, register


class OutboxAdmin(ViewerAdmin):
    """Read only, and only what concerns people the viewer sees."""

    def people(self, viewer: AdminViewer) -> QuerySet[Any]:
        """The people of the viewer's partnership, as the people's own page decides."""
        related = self.admin_site._registry.get(get_user_model())
        if not isinstance(related, ViewerAdmin):
            return get_user_model()._default_manager.none()
        return related.rows_for(viewer).prefetch_related(None)


@admin.register(Delivery)
class DeliveryAdmin(OutboxAdmin):
    """Mails that were tried often enough: somebody looks, mends the address or the server, and sends them again."""

    desk = ("What went wrong", 40)
    noun = "mails that did not go out"
    intro = "Mails that did not go out after several tries. The message itself stands in the person’s inbox all the same."
    list_display = ("to", "created_at", "attempts", "last_error")
    list_select_related = ("recipient",)
    search_fields = ("recipient__name", "recipient__name_key", "recipient__email")
    date_hierarchy = "created_at"
    ordering = ("created_at", "pk")
    fields = ("to", "created_at", "due_at", "attempts", "last_error")
    readonly_fields = fields
    change_form_template = "admin/outbox/delivery/change_form.html"

    def rows_for(self, viewer: AdminViewer) -> QuerySet[Delivery]:
        """Parked ones to these people, and letters (an invitation, a new password) to their addresses."""
        people = self.people(viewer)
        letters = Q(recipient__isnull=True, letter_to__in=people.exclude(email=None).values("email"))
        rows = Delivery.objects.parked().defer("letter", "lease")
        return rows if viewer.is_superuser else rows.filter(Q(recipient__in=people.values("pk")) | letters)

    @admin.display(description="to", ordering="recipient__name_key")
    def to(self, row: Any) -> str:
        return row.recipient.name if row.recipient else str(row.letter_to or "")

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [path("<uuid:pk>/again/", wrap(self.again), name="outbox_delivery_again"), *super().get_urls()]

    def again(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """Fresh tries for one parked mail; recorded."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        row = self.get_queryset(request).filter(pk=pk).first()
        if row is None:
            raise Http404
        send_again([row.pk], at=timezone.now())
        self.audit(request, "sent_again", row, {})
        messages.info(request, "The mail is tried again now.")
        return HttpResponseRedirect(reverse("admin:outbox_delivery_changelist"))


@admin.register(Message)
class MessageAdmin(OutboxAdmin):
    """Messages whose mail is parked: of which kind and for whom, not what they say."""

    desk = ("What went wrong", 41)
    noun = "messages in them"
    intro = "Messages whose mail is parked. They stand in the inbox; only the mail is missing."
    list_display = ("kind", "recipient", "due_at", "read_at")
    list_select_related = ("recipient",)
    search_fields = ("kind", "recipient__name", "recipient__name_key")
    date_hierarchy = "due_at"
    ordering = ("-due_at", "pk")
    fields = ("kind", "recipient", "due_at", "read_at", "delivery")

    def rows_for(self, viewer: AdminViewer) -> QuerySet[Message]:
        rows = Message.objects.filter(delivery__in=Delivery.objects.parked())
        rows = rows.select_related("delivery").defer("facts", "delivery__letter", "delivery__lease")
        return rows if viewer.is_superuser else rows.filter(recipient__in=self.people(viewer).values("pk"))


@admin.register(Job)
class JobAdmin(OutboxAdmin):
    """Long work that failed, or has not been finished."""

    desk = ("What went wrong", 42)
    noun = "unfinished jobs"
    intro = "Long work under way or failed. Its reason stands on the page of whoever began it."
    list_display = ("kind", "by", "state", "done", "total", "created_at")
    list_select_related = ("by",)
    search_fields = ("kind", "by__name", "by__name_key")
    list_filter = ("state",)
    date_hierarchy = "created_at"
    ordering = ("-created_at", "pk")
    fields = ("kind", "by", "state", "done", "total", "attempts", "created_at", "finished_at")

    def rows_for(self, viewer: AdminViewer) -> QuerySet[Job]:
        rows = Job.objects.exclude(state=JobState.DONE).defer("input", "result", "error")
        return rows if viewer.is_superuser else rows.filter(by__in=self.people(viewer).values("pk"))


@register
def parked_mails(viewer: AdminViewer, now: datetime) -> Matter:
    """Mails that somebody must look at."""
    page = admin.site._registry[Delivery]
    assert isinstance(page, DeliveryAdmin)
    found = list(page.rows_for(viewer).select_related("recipient").order_by("created_at")[: AT_MOST + 1])
    lines = [
        Line(
            page.to(row),
            reverse("admin:outbox_delivery_change", args=[row.pk]),
            row.last_error,
            "red",
            f"{row.attempts} tries",
        )
        for row in found[:AT_MOST]
    ]
    return Matter(
        "Mails that did not go out", lines, "Every mail went out.", order=30,
        href=reverse("admin:outbox_delivery_changelist"), more=len(found) - len(lines),
    )  # fmt: skip
