"""Sessions: planned as drafts, offered together, copied, called off on a page of its own."""

from __future__ import annotations

import uuid
from datetime import time, timedelta
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import urlencode

from cpd.actions import keeping
from cpd.admin.seen import seen
from cpd.enums import SessionState
from cpd.forms.keeping import HalfTermForm, SessionForm
from cpd.models import Booking, Session
from cpd.models.days import on_day
from cpd.queries import copying
from cpd.queries.messages import messages_about
from cpd.queries.queue import seen_in
from cpd.queries.terms import against, calendar_at, terms_kept
from partnership.lib.dates import day_words
from partnership.ui.admin import AdminViewer, Tool, ViewerAdmin, viewer_of
from schools.admin import reach

WHEN_AND_WHERE = frozenset({"starts_at", "ends_at", "venue", "room", "online_at"})
"""What is in people's calendars: a change of it is told."""


class Filled(ChangeList):
    """The list, each row with how many have a place and how many wait: in two queries for the page."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows: list[Any] = list(self.result_list)
        offered = Booking.objects.in_offer_of(seen(viewer_of(request)))
        found = seen_in(rows, offered, None, today=timezone.localdate())
        for row in rows:
            row.filled = found[row.pk]
        self.result_list = rows


def counted(number: int, noun: str) -> str:
    """ "1 session is", "3 sessions are"."""
    return f"1 {noun} is" if number == 1 else f"{number} {noun}s are"


@admin.register(Session)
class SessionAdmin(ViewerAdmin):
    """When and where; how many, and who first."""

    desk = ("CPD", 41)
    intro = "Plan as drafts, offer them together. Whoever is booked is told at once when a session moves or is called off."
    list_display = ("name", "starts_at", "venue", "room", "leader", "places", "state")
    list_filter = ("state", "programme")
    list_select_related = ("programme", "venue", "facilitator")
    search_fields = ("title", "programme__title", "venue__name")
    date_hierarchy = "starts_at"
    ordering = ("-starts_at", "pk")
    autocomplete_fields = ("venue", "facilitator")
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    form = SessionForm
    change_list_template = "admin/cpd/session/change_list.html"
    actions = ("offer_them", "copy_a_week", "copy_two_weeks")
    fieldsets = (
        (None, {"fields": ("programme", "title", "state", "starts_at", "ends_at", "any_day")}),
        ("Where", {"fields": ("venue", "room", "online_at", "access")}),
        ("Who leads it", {"fields": ("facilitator", "led_by", "bring", "materials")}),
        ("Places", {"fields": ("capacity", "share_cap", "share_until", "minimum", "decide_on")}),
        ("Booking", {"fields": ("opens_at", "closes_at", "cancel_days")}),
    )

    def get_form(
        self, request: HttpRequest, obj: Session | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """The state is shown and changes by buttons. It stays a field, since the constraints on clashes ask for it."""
        form = super().get_form(request, obj, change=change, **kwargs)
        if "state" in form.base_fields:
            form.base_fields["state"].disabled = True
        return form

    def rows_for(self, viewer: AdminViewer) -> QuerySet[Session]:
        return Session.objects.kept_by(seen(viewer))

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return Filled

    def may_add(self, viewer: AdminViewer) -> bool:
        return bool(reach.coordinated(viewer))

    def may_change(self, viewer: AdminViewer, row: Session | None) -> bool:
        return row is None or (
            row.partnership_id in reach.coordinated(viewer) and row.state != SessionState.CALLED_OFF
        )

    def organisation_of(self, row: Session) -> uuid.UUID:
        return row.partnership_id

    @admin.display(description="places", ordering="capacity")
    def places(self, row: Any) -> str:
        waiting = f", {row.filled.waiting} waiting" if row.filled.waiting else ""
        return f"{row.filled.taken} of {row.capacity}{waiting}"

    def save_model(self, request: HttpRequest, obj: Session, form: Any, change: bool) -> None:
        moved = change and obj.state == SessionState.OFFERED and WHEN_AND_WHERE & set(form.changed_data)
        if moved:
            obj.revision += 1
        super().save_model(request, obj, form, change)
        if moved:
            keeping.tell_moved(obj, at=timezone.now())
            self.message_user(request, "Everybody who is booked is told of the new time or place.")

    def tools(self, viewer: AdminViewer, row: Session) -> list[Tool]:
        found = [
            Tool("Its page", reverse("cpd:session", args=[row.pk])),
            Tool("Messages about it", reverse("admin:cpd_session_messages", args=[row.pk])),
        ]
        if row.state == SessionState.OFFERED:
            found.append(Tool("Its register", reverse("cpd:register", args=[row.pk])))
        if row.state == SessionState.OFFERED and row.ends_at > timezone.now():
            found.append(Tool("Call it off", reverse("cpd:call_off", args=[row.pk])))
            if row.minimum:
                found.append(Tool("Go or no go", reverse("cpd:decide", args=[row.pk])))
        return found

    @admin.action(description="Offer the chosen drafts")
    def offer_them(self, request: HttpRequest, queryset: QuerySet[Session]) -> None:
        done = keeping.offer(
            queryset.select_related("programme", "venue"), by=seen(viewer_of(request)), at=timezone.now()
        )
        self.say_offered(request, done)

    def say_offered(self, request: HttpRequest, done: keeping.Offering) -> None:
        """How many are offered, which were kept back and why, and which lie on a day that schools are closed."""
        self.message_user(request, f"{counted(len(done.offered), 'session')} offered now.")
        for session, reason in done.kept_back:
            said = (
                f"Not offered: “{session.name}”, {day_words(timezone.localdate(session.starts_at))}. {reason}"
            )
            self.message_user(request, said, level=messages.ERROR)
        today = timezone.localdate()
        for session in done.offered:
            calendar = calendar_at(session.partnership_id, session.venue_id, today=today)
            day = timezone.localdate(session.starts_at)
            if fault := against(day, calendar, venue_id=session.venue_id):
                self.message_user(request, f"Look again at “{session.name}”: {fault}", level=messages.WARNING)

    @admin.action(description="Repeat a week on, as drafts")
    def copy_a_week(self, request: HttpRequest, queryset: QuerySet[Session]) -> None:
        self.repeated(request, queryset, weeks=1)

    @admin.action(description="Repeat two weeks on, as drafts")
    def copy_two_weeks(self, request: HttpRequest, queryset: QuerySet[Session]) -> None:
        self.repeated(request, queryset, weeks=2)

    def repeated(self, request: HttpRequest, queryset: QuerySet[Session], *, weeks: int) -> None:
        plan = copying.plan(
            queryset.select_related("programme"),
            lambda day: day + timedelta(weeks=weeks),
            today=timezone.localdate(),
        )
        self.make(request, plan)

    def make(self, request: HttpRequest, plan: list[copying.Copy]) -> None:
        made, left_out = keeping.copy(plan, by=seen(viewer_of(request)), at=timezone.now())
        self.message_user(request, f"{counted(len(made), 'draft')} made. Nothing is offered yet.")
        for each in left_out:
            self.message_user(
                request, f"Not copied: “{each.source.name}”. {each.note}", level=messages.WARNING
            )

    # A whole half-term -------------------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.half_term)
        told = self.admin_site.admin_view(self.messages_view)
        return [
            path("half-term/", page, name="cpd_session_halfterm"),
            path("<uuid:pk>/messages/", told, name="cpd_session_messages"),
            *super().get_urls(),
        ]

    def messages_view(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """What was told to whom about this session."""
        session = self.get_queryset(request).filter(pk=pk).select_related("programme").first()
        if not self.has_view_permission(request) or session is None:
            raise Http404
        context = {
            **self.admin_site.each_context(request),
            "title": "Messages about this session",
            "opts": self.opts,
            "session": session,
            "sent": messages_about(seen(viewer_of(request)), session),
        }
        return TemplateResponse(request, "admin/cpd/session/messages.html", context)

    def half_term(self, request: HttpRequest) -> HttpResponse:
        """What a copy of one half-term to another would make, row by row; pressed, the rows ticked are made as drafts."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        viewer, today = seen(viewer_of(request)), timezone.localdate()
        form = HalfTermForm(request.POST or request.GET, spans=terms_kept(viewer, today=today), today=today)
        plan = []
        if form.is_valid():
            first, other = form.chosen
            plan = copying.plan(
                copying.in_half_term(viewer, first), copying.to_half_term(first, other), today=today
            )
            if request.method == "POST":
                ticked = set(request.POST.getlist("session"))
                self.make(request, [each for each in plan if str(each.source.pk) in ticked])
                drafts = {
                    "state__exact": SessionState.DRAFT.value,
                    "starts_at__gte": str(on_day(other.starts_on, time.min)),
                    "starts_at__lt": str(on_day(other.ends_on + timedelta(days=1), time.min)),
                }
                return HttpResponseRedirect(f"{reverse('admin:cpd_session_changelist')}?{urlencode(drafts)}")
        context = {
            **self.admin_site.each_context(request),
            "title": "Copy a half-term",
            "opts": self.opts,
            "form": form,
            "plan": plan,
            "to_make": sum(not each.left_out for each in plan),
        }
        return TemplateResponse(request, "admin/cpd/session/half_term.html", context)
