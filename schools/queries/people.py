"""Who works where, as a viewer may see it; and the state of an invitation."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.db.models import Prefetch, Q
from django.utils import timezone

from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from partnership.accounts.models import User
from schools import rules
from schools.enums import OrganisationKind, Role
from schools.models import Invitation, Membership, Organisation, Post
from schools.models.people import InvitationQuerySet
from schools.queries.codes import reasons_against


class InvitationState(StrEnum):
    OPEN = "open"
    USED = "used"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"
    EXPIRED = "expired"


@dataclass(frozen=True)
class PostLine:
    """One post as the staff page shows it, with what this viewer may do about it."""

    post: Post
    invitation: Invitation | None
    invitation_state: InvitationState | None
    may_end: bool
    may_cover: bool
    may_invite: bool
    may_print_slip: bool
    may_start_afresh: bool
    may_print_sheet: bool

    @property
    def until(self) -> date | None:
        """The last day of the invitation."""
        return last_day_of(self.invitation) if self.invitation else None

    @property
    def covered_by(self) -> list[Post]:
        return list(self.post.covered_by.all())


@dataclass(frozen=True)
class PersonLine:
    """A person with their posts at one organisation."""

    user: User
    posts: list[PostLine] = field(default_factory=list)
    why_no_code: str | None = None
    """'' where the viewer may let them in by a code; None where that is not the viewer's to say."""

    @property
    def may_be_given_code(self) -> bool:
        return self.why_no_code == ""

    @property
    def has_account(self) -> bool:
        return self.user.has_usable_password()


@dataclass(frozen=True)
class EmptyPost:
    """A key post that nobody holds today."""

    role: Role
    may_appoint: bool


def workplaces(viewer: Viewer) -> list[Organisation]:
    """The organisations whose staff the viewer may see, one's own first."""
    ids = viewer.reach(Permission.SEE_STAFF) | viewer.reach(Permission.COORDINATE)
    own = {post.organisation_id for post in viewer.posts}
    found = Organisation.objects.filter(pk__in=ids).by_name()
    return sorted(found, key=lambda organisation: organisation.pk not in own)


def staff_of(viewer: Viewer, organisation: Organisation, *, at: datetime) -> list[PersonLine]:
    """Everyone with a post there today or later, by name, with the state of their invitation."""
    today = timezone.localtime(at).date()
    posts = (
        Post.objects.visible_to(viewer)
        .filter(organisation=organisation)
        .filter(Q(ends_on__isnull=True) | Q(ends_on__gte=today))
        .select_related("user", "organisation", "covers__user")
        .prefetch_related(
            Prefetch(
                "covered_by",
                Post.objects.filter(ends_on__gte=today).select_related("user").order_by("starts_on"),
            ),
            Prefetch("invitations", Invitation.objects.visible_to(viewer).order_by("created_at")),
        )
        .by_person()
    )
    users = list({post.user_id: post.user for post in posts}.values())
    gives = viewer.may(Permission.GIVE_CODES, organisation.pk)
    against = reasons_against(users, organisation.pk, on=today) if gives else {}
    people: dict[uuid.UUID, PersonLine] = {}
    for post in posts:
        line = people.setdefault(post.user_id, PersonLine(post.user, why_no_code=against.get(post.user_id)))
        line.posts.append(line_of(viewer, post, at=at))
    return list(people.values())


def line_of(viewer: Viewer, post: Post, *, at: datetime) -> PostLine:
    """What may be done about a post; the actions ask the same rules again."""
    place_id, kind = post.organisation_id, post.organisation.kind
    appoints = rules.may_appoint(viewer, post.role, organisation_id=place_id, kind=kind)
    without_account = not post.user.has_usable_password()
    may_help = appoints and not without_account and post.user_id != viewer.user_id
    invitation = next(reversed(post.invitations.all()), None) if without_account else None
    state = state_of(invitation, at=at) if invitation else None
    return PostLine(
        post=post,
        invitation=invitation,
        invitation_state=state,
        may_end=rules.may_end(viewer, post.role, user_id=post.user_id, organisation_id=place_id, kind=kind),
        may_cover=(appoints or post.user_id == viewer.user_id) and post.covers_id is None,
        may_invite=appoints and without_account,
        may_print_slip=state is InvitationState.OPEN
        and rules.may_print_slip(viewer, post.role, organisation_id=place_id),
        may_start_afresh=may_help,
        may_print_sheet=may_help and rules.may_print_sheet(viewer, organisation_id=place_id),
    )


def empty_key_posts(viewer: Viewer, organisation: Organisation, *, on: date) -> list[EmptyPost]:
    """The key posts of a school that nobody holds (practice P12); nothing for other organisations."""
    if organisation.kind != OrganisationKind.SCHOOL:
        return []
    held = set(Post.objects.current(on=on).filter(organisation=organisation).values_list("role", flat=True))
    return [
        EmptyPost(role, may_appoint(viewer, role, organisation))
        for role in rules.KEY_ROLES
        if role not in held
    ]


def may_appoint(viewer: Viewer, role: str, organisation: Organisation) -> bool:
    """The rule, asked of a whole organisation."""
    return rules.may_appoint(viewer, role, organisation_id=organisation.pk, kind=organisation.kind)


def appointable(viewer: Viewer, organisation: Organisation) -> list[Role]:
    """The roles the viewer may give there."""
    return [role for role in Role if may_appoint(viewer, role, organisation)]


def places_to_appoint(viewer: Viewer) -> list[Organisation]:
    """The organisations where the viewer may give posts."""
    reach = viewer.reach(Permission.APPOINT) | viewer.reach(Permission.COORDINATE)
    return list(Organisation.objects.filter(pk__in=reach).by_name())


def colleagues(viewer: Viewer, organisation_id: uuid.UUID, *, on: date, but: uuid.UUID) -> list[User]:
    """Who else works there that day: those who can take on a cover."""
    posts = Post.objects.visible_to(viewer).current(on=on).filter(organisation=organisation_id)
    return list(User.objects.filter(pk__in=posts.values("user")).exclude(pk=but).order_by("name_key", "pk"))


def post_of(viewer: Viewer, pk: uuid.UUID) -> Post | None:
    """One post, if the viewer may see it."""
    return Post.objects.visible_to(viewer).select_related("user", "organisation").filter(pk=pk).first()


def invitation_of(viewer: Viewer, pk: uuid.UUID) -> Invitation | None:
    """One invitation, if the viewer may see it."""
    found = Invitation.objects.visible_to(viewer).select_related(
        "post__user", "post__organisation", "created_by"
    )
    return found.filter(pk=pk).first()


def person_of(viewer: Viewer, pk: uuid.UUID) -> User | None:
    """A person with a post the viewer may see."""
    return User.objects.filter(pk=pk, pk__in=Post.objects.visible_to(viewer).values("user")).first()


def posts_by_id(viewer: Viewer, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Post]:
    """Posts a message speaks of, as far as the viewer may see them."""
    found = Post.objects.visible_to(viewer).select_related("user", "organisation").filter(pk__in=ids)
    return {post.pk: post for post in found}


def names_by_id(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Names of people a message speaks of, to whom it is for."""
    return dict(User.objects.filter(pk__in=ids).values_list("pk", "name"))


def own_posts(viewer: Viewer, *, on: date) -> list[Post]:
    """One's own posts, today's and coming ones."""
    posts = Post.objects.filter(user=viewer.user_id).filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on))
    return list(posts.select_related("organisation", "covers__user").order_by("starts_on", "pk"))


def reach_covers(viewer: Viewer, user: User, *, on: date) -> bool:
    """Whether the viewer could give every post this person holds or will hold, and the person keeps nothing else that
    opens doors: whoever takes over an account takes over all of it, a head's post at a deputy's school too."""
    if user.is_staff or user.is_superuser:
        return False
    posts = Post.objects.filter(user=user).filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on))
    return all(
        may_appoint(viewer, post.role, post.organisation) for post in posts.select_related("organisation")
    )


def invitation_with(*, token: str) -> Invitation | None:
    """The invitation a link belongs to, in whatever state."""
    return _invitations().filter(token_hash=hashlib.sha256(token.encode()).hexdigest()).first()


def invitation_with_id(pk: uuid.UUID) -> Invitation | None:
    """For whoever has shown the link or the code in this session."""
    return _invitations().filter(pk=pk).first()


def _invitations() -> InvitationQuerySet:
    return Invitation.objects.select_related("post__user", "post__organisation", "created_by")


def state_of(invitation: Invitation, *, at: datetime) -> InvitationState:
    """Whether an invitation can be taken up, and if not, why."""
    if invitation.used_at:
        return InvitationState.USED
    if invitation.withdrawn_at:
        newer = Invitation.objects.filter(post=invitation.post_id, created_at__gt=invitation.created_at)
        return InvitationState.REPLACED if newer.exists() else InvitationState.WITHDRAWN
    return InvitationState.EXPIRED if invitation.expires_at <= at else InvitationState.OPEN


def last_day_of(invitation: Invitation) -> date:
    """The last day it can be used: it runs out with the midnight after."""
    return timezone.localtime(invitation.expires_at - timedelta(seconds=1)).date()


def who_can_help(organisation: Organisation, *, on: date) -> Sequence[str]:
    """The names of those who can invite again: the school's heads, else the coordinators of its partnerships."""
    current = Post.objects.current(on=on).select_related("user")
    heads = current.filter(organisation=organisation, role=Role.HEAD)
    return names(heads) or names(
        current.filter(role=Role.COORDINATOR, organisation__in=partnerships(organisation, on=on))
    )


def partnerships(organisation: Organisation, *, on: date) -> list[uuid.UUID]:
    """The partnerships an organisation belongs to, itself if it is one, and those these belong to."""
    current = Membership.objects.current(on=on)
    near = {
        organisation.pk,
        *current.filter(organisation=organisation).values_list("partnership_id", flat=True),
    }
    return [*near, *current.filter(organisation__in=near).values_list("partnership_id", flat=True)]


def names(posts: Iterable[Post]) -> list[str]:
    """Each person once, in order of name."""
    return list(
        {post.user_id: post.user.name for post in sorted(posts, key=lambda post: post.user.name_key)}.values()
    )
