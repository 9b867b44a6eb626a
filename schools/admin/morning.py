"""The schools' part of a coordinator's morning: empty key posts, files that failed, invitations about to run out."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import urlencode

from partnership.access import rls
from partnership.outbox.enums import JobState
from partnership.outbox.models import Job
from partnership.ui.admin import AdminViewer
from partnership.ui.morning import AT_MOST, Line, Matter, register
from schools.admin import reach
from schools.enums import ImportState, Role
from schools.models import Import, Invitation, Organisation, Post
from schools.rules import ABOUT_PUPILS, KEY_ROLES

SOON = timedelta(days=3)
LATELY = timedelta(days=14)


@register
def empty_key_posts(viewer: AdminViewer, now: datetime) -> Matter:
    """Open schools without a head, SENCO or DSL today (practice P12)."""
    today = timezone.localtime(now).date()
    schools = Organisation.objects.schools().open().filter(pk__in=reach.coordinated(viewer)).by_name()
    held = set(
        Post.objects.current(on=today)
        .filter(organisation__in=reach.coordinated(viewer), role__in=KEY_ROLES)
        .values_list("organisation_id", "role")
    )
    lines = []
    for pk, name in schools.values_list("pk", "name"):
        missing = [str(Role(role).label) for role in KEY_ROLES if (pk, role) not in held]
        if missing:
            href = f"{reverse('schools:appoint')}?{urlencode({'school': str(pk)})}"
            lines.append(Line(name, href, "Nobody is " + " or ".join(missing), "amber", "empty"))
    well = (
        "Every school has a head, a SENCO and a DSL."
        if reach.coordinated(viewer)
        else "You coordinate no schools."
    )
    return Matter(
        "Empty key posts", lines[:AT_MOST], well, order=20,
        href=reverse("admin:schools_post_changelist"), more=max(0, len(lines) - AT_MOST),
    )  # fmt: skip


@register
def failed_imports(viewer: AdminViewer, now: datetime) -> Matter:
    """Files refused in the last two weeks, and jobs that broke: by school and kind, without a reason that could name."""
    rows = reach.within(Import.objects.filter(at__gte=now - LATELY), viewer)
    broken = Job.objects.filter(state=JobState.FAILED).values("pk")
    failed = rows.filter(Q(state=ImportState.REFUSED) | Q(state=ImportState.READING, job_id__in=broken))
    with rls.widened(standing="on"):
        found = list(failed.select_related("organisation", "by").order_by("-at")[: AT_MOST + 1])
    lines = []
    for row in found[:AT_MOST]:
        where = row.organisation.name if row.organisation else "Everywhere"
        who = f", brought by {row.by.name}" if row.by else ""
        why = "" if row.kind in ABOUT_PUPILS or not row.reason else f" {row.reason}"
        when = date_format(timezone.localtime(row.at), "l j F")
        href = reverse("admin:schools_import_change", args=[row.pk])
        lines.append(Line(f"{row.get_kind_display()}, {where}", href, f"{when}{who}.{why}", "red", "refused"))
    return Matter(
        "Files that were refused", lines, "No file was refused in the last two weeks.", order=40,
        href=reverse("admin:schools_import_changelist") + "?state__exact=refused", more=len(found) - len(lines),
    )  # fmt: skip


@register
def expiring_invitations(viewer: AdminViewer, now: datetime) -> Matter:
    """Invitations that run out within three days, or did within the last two weeks and were not renewed."""
    rows = reach.within(Invitation.objects.all(), viewer, "post__organisation").filter(
        used_at__isnull=True,
        withdrawn_at__isnull=True,
        expires_at__gt=now - LATELY,
        expires_at__lte=now + SOON,
    )
    found = list(
        rows.select_related("post__user", "post__organisation").order_by("expires_at")[: AT_MOST + 1]
    )
    lines = [
        Line(
            f"{row.post.user.name}, {row.post.get_role_display()}",
            reverse("admin:schools_invitation_change", args=[row.pk]),
            f"{row.post.organisation.name}. Until {date_format(timezone.localtime(row.expires_at), 'l j F')}",
            "amber" if row.expires_at > now else "red",
            "runs out" if row.expires_at > now else "has run out",
        )
        for row in found[:AT_MOST]
    ]
    return Matter(
        "Invitations running out", lines, "No invitation runs out in the next three days.", order=50,
        href=reverse("admin:schools_invitation_changelist"), more=len(found) - len(lines),
    )  # fmt: skip
