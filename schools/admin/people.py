"""People, posts and invitations: read here, and changed by named buttons that lead to the staff pages and their actions."""

from __future__ import annotations

import uuid
from typing import Any, TypedDict

from django.contrib import admin
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from partnership.access.viewer import Viewer
from partnership.accounts.models import User
from partnership.ui.admin import AdminViewer, Tool, ViewerAdmin, viewer_of
from partnership.ui.admin_filters import AT_MOST, AsSeenFilter
from schools import rules
from schools.admin import reach
from schools.enums import Role
from schools.models import Invitation, Organisation, Post


class Place(TypedDict):
    """Where a post is, as the rules ask it."""

    organisation_id: uuid.UUID
    kind: str


class InForce(admin.SimpleListFilter):
    """Posts by whether they hold today."""

    title = "when"
    parameter_name = "when"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("now", "Today"), ("coming", "To come"), ("ended", "Ended")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        today = timezone.localdate()
        match self.value():
            case "now":
                return queryset.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=today), starts_on__lte=today)
            case "coming":
                return queryset.filter(starts_on__gt=today)
            case "ended":
                return queryset.filter(ends_on__lt=today)
        return queryset


class RoleHere(admin.SimpleListFilter):
    """People by a role they hold at one of the viewer's organisations; what they do elsewhere does not count."""

    title = "role"
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(role.value, str(role.label)) for role in Role]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        posts = reach.within(Post.objects.current(on=timezone.localdate()), viewer_of(request))
        return queryset.filter(pk__in=posts.filter(role=self.value()).values("user"))


class PlaceHere(admin.SimpleListFilter):
    """People by one of the viewer's organisations at which they hold a post."""

    title = "organisation"
    parameter_name = "place"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        places = reach.within(
            Organisation.objects.filter(posts__isnull=False), viewer_of(request), "pk"
        ).distinct()
        return [
            (str(pk), name)
            for pk, name in places.order_by("name_key", "pk").values_list("pk", "name")[:AT_MOST]
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        place = self.value()
        if place is None or place not in {key for key, _ in self.lookup_choices}:
            return queryset
        posts = reach.within(Post.objects.current(on=timezone.localdate()), viewer_of(request))
        return queryset.filter(pk__in=posts.filter(organisation=uuid.UUID(place)).values("user"))


@admin.register(User)
class PersonAdmin(ViewerAdmin):
    """People with a post, now or once, at an organisation of the viewer's; with the posts held there alone."""

    desk = ("People and schools", 10)
    intro = "Everyone who works or worked in your partnership. A person’s record stays; their posts end."
    list_display = ("name", "email", "posts_here", "signs_in", "last_login")
    list_filter = (RoleHere, PlaceHere)
    search_fields = ("name", "name_key", "email")
    ordering = ("name_key", "pk")
    fields = ("name", "email", "posts_here", "signs_in", "last_login", "date_joined")
    readonly_fields = fields

    def rows_for(self, viewer: AdminViewer) -> QuerySet[User]:
        posts = reach.within(Post.objects.all(), viewer)
        here = posts.select_related("organisation").order_by("starts_on", "pk")
        rows = User.objects.prefetch_related(Prefetch("posts", here, to_attr="seen_posts"))
        if viewer.is_superuser:
            return rows
        return rows.filter(Q(pk__in=posts.values("user")) | Q(pk=viewer.user_id))

    @admin.display(description="posts")
    def posts_here(self, person: Any) -> str:
        today = timezone.localdate()
        held = [post for post in person.seen_posts if post.ends_on is None or post.ends_on >= today]
        return (
            "; ".join(f"{post.get_role_display()}, {post.organisation}" for post in held) or "None any more"
        )

    @admin.display(description="signs in")
    def signs_in(self, person: User) -> str:
        return "Yes" if person.is_active and person.has_usable_password() else "Not yet"

    def tools(self, viewer: AdminViewer, row: Any) -> list[Tool]:
        held = [post for post in row.seen_posts if post.organisation_id in reach.coordinated(viewer)]
        if not held:
            return []
        asked = {"school": held[-1].organisation_id, "person": row.pk}
        return [Tool("Give another post", f"{reverse('schools:appoint')}?{urlencode(asked)}")]


@admin.register(Post)
class PostAdmin(ViewerAdmin):
    """Who works where, in which role, from when to when."""

    desk = ("People and schools", 11)
    intro = "Posts begin by appointing and end by their last day. Access follows the post, the same day."
    list_display = ("user", "role", "organisation", "service", "starts_on", "ends_on")
    list_filter = (InForce, "role", ("organisation", AsSeenFilter))
    search_fields = ("user__name", "user__name_key", "organisation__name")
    list_select_related = ("user", "organisation")
    date_hierarchy = "starts_on"
    ordering = ("organisation__name_key", "role", "user__name_key", "pk")
    fields = ("user", "role", "organisation", "service", "starts_on", "ends_on", "covers")
    change_list_template = "admin/schools/post/change_list.html"

    def rows_for(self, viewer: AdminViewer) -> QuerySet[Post]:
        return reach.within(Post.objects.all(), viewer)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        appoints = bool(reach.coordinated(viewer_of(request)))
        return super().changelist_view(request, {"appoints": appoints, **(extra_context or {})})

    def tools(self, viewer: AdminViewer, row: Post) -> list[Tool]:
        """Only what the rules allow this viewer, by the same predicates the actions ask."""
        assert isinstance(viewer, Viewer)
        place = Place(organisation_id=row.organisation_id, kind=row.organisation.kind)
        over = row.ends_on is not None and row.ends_on < timezone.localdate()
        found = []
        if not over and rules.may_end(viewer, row.role, user_id=row.user_id, **place):
            found.append(Tool("End this post", reverse("schools:end_post", args=[row.pk])))
        if not over and not row.user.has_usable_password() and rules.may_appoint(viewer, row.role, **place):
            found.append(Tool("Invite", reverse("schools:invite", args=[row.pk])))
        return found


@admin.register(Invitation)
class InvitationAdmin(ViewerAdmin):
    """Ways in that were sent. Neither link nor code can be read here: they are stored hashed."""

    desk = ("People and schools", 12)
    intro = "Invitations last ten school days. Send one again and the earlier link stops working."
    list_display = ("person", "role", "organisation", "email", "stands", "created_at", "expires_at")
    list_filter = (("post__organisation", AsSeenFilter),)
    list_select_related = ("post__user", "post__organisation")
    search_fields = ("email", "post__user__name", "post__organisation__name")
    date_hierarchy = "created_at"
    ordering = ("-created_at", "pk")
    fields = ("person", "role", "organisation", "email", "stands", "created_at", "expires_at")
    readonly_fields = fields

    def rows_for(self, viewer: AdminViewer) -> QuerySet[Invitation]:
        return reach.within(Invitation.objects.all(), viewer, "post__organisation")

    def organisation_of(self, row: Invitation) -> uuid.UUID:
        return row.post.organisation_id

    @admin.display(description="person", ordering="post__user__name_key")
    def person(self, row: Invitation) -> str:
        return row.post.user.name

    @admin.display(description="role", ordering="post__role")
    def role(self, row: Invitation) -> str:
        return str(Role(row.post.role).label)

    @admin.display(description="organisation", ordering="post__organisation__name_key")
    def organisation(self, row: Invitation) -> str:
        return row.post.organisation.name

    @admin.display(description="state")
    def stands(self, row: Invitation) -> str:
        if row.used_at:
            return "Taken up"
        if row.withdrawn_at:
            return "Withdrawn or replaced"
        return "Waiting" if row.expires_at > timezone.now() else "Run out"

    def tools(self, viewer: AdminViewer, row: Invitation) -> list[Tool]:
        assert isinstance(viewer, Viewer)
        place = Place(organisation_id=row.post.organisation_id, kind=row.post.organisation.kind)
        if row.post.user.has_usable_password() or not rules.may_appoint(viewer, row.post.role, **place):
            return []
        found = [Tool("Send again", reverse("schools:resend_invitation", args=[row.pk]))]
        if row.used_at is None and row.withdrawn_at is None:
            found.append(Tool("Withdraw", reverse("schools:withdraw_invitation", args=[row.pk])))
        return found
