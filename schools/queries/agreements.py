"""Who has accepted the sharing and processing agreement, and what to say where nobody has (practice P1)."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Max, Q

from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from schools.enums import Role
from schools.models import Acceptance, Agreement, Controller, Organisation
from schools.queries.due import coordinators_of
from schools.queries.holding import Holder, post_book
from schools.rules import is_covered


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an organisation stands: the version accepted for it, by itself or its trust, and the one that binds."""

    organisation_id: uuid.UUID
    name: str
    accepted: int | None
    binding: int | None

    @property
    def covered(self) -> bool:
        return is_covered(accepted=self.accepted, binding=self.binding)


def binding_version(*, on: date) -> int:
    """The version that must have been accepted by this day; 0 where none binds yet."""
    return Agreement.objects.binding(on=on).values_list("version", flat=True).first() or 0


def standings(organisation_ids: Iterable[uuid.UUID], *, on: date) -> Mapping[uuid.UUID, Standing]:
    """Of each organisation that exists. A trust accepts once for all its schools."""
    newest = binding_version(on=on) or None
    rows = Organisation.objects.filter(pk__in=set(organisation_ids))
    found = rows.annotate(own=Max("acceptances__version"), by_trust=Max("trust__acceptances__version"))
    return {
        pk: Standing(pk, name, max(filter(None, (own, by_trust)), default=None), newest)
        for pk, name, own, by_trust in found.values_list("pk", "name", "own", "by_trust")
    }


def uncovered(organisation_ids: Iterable[uuid.UUID], *, on: date) -> list[Standing]:
    """Those for which nothing may be brought in or shared; an organisation nobody knows has accepted nothing."""
    return [each for each in standings(organisation_ids, on=on).values() if not each.covered]


def why_not(organisation_ids: Iterable[uuid.UUID], *, on: date, asker: uuid.UUID | None = None) -> str:
    """One sentence for each organisation that has not accepted, with whom to ask; '' where all have. `asker` reads it, and
    is not sent to themselves."""
    waiting = uncovered(organisation_ids, on=on)
    if not waiting:
        return ""
    ids = [each.organisation_id for each in waiting]
    ask, posts = whom_to_ask(ids, on=on), post_book(ids, on=on)
    heads = {pk for pk in ids if asker in {each.user_id for each in posts.holders(pk, Role.HEAD)}}
    return " ".join(
        sentence(
            each,
            ask.get(each.organisation_id, "your coordinator"),
            head=each.organisation_id in heads,
        )
        for each in waiting
    )


def sentence(standing: Standing, ask: str, *, head: bool = False) -> str:
    """Why nothing about this organisation's pupils moves, and who can change that: its `head` may who reads it."""
    if standing.binding is None and head:
        return "No sharing agreement is published yet, so nothing can be brought in or shared: ask your coordinator."
    if standing.binding is None:
        return f"No sharing agreement is published yet, so nothing can be brought in or shared: ask {ask}."
    newer = " the new version of" if standing.accepted else ""
    return (
        f"{standing.name} has not accepted{newer} the sharing agreement yet, so nothing about its pupils can be brought "
        f"in or shared: {'you can accept it, as its head' if head else f'ask {ask}'}."
    )


def whom_to_ask(organisation_ids: Collection[uuid.UUID], *, on: date) -> dict[uuid.UUID, str]:
    """Who can see to it: the head by name, else the data protection officer, else the coordinators."""
    posts = post_book(organisation_ids, on=on)
    coordinators = coordinators_of(organisation_ids, today=on)
    officers = dict(
        Controller.objects.filter(organisation__in=organisation_ids)
        .exclude(dpo_name="")
        .values_list("organisation_id", "dpo_name")
    )
    found = {}
    for pk in organisation_ids:
        if heads := posts.holders(pk, Role.HEAD):
            found[pk] = f"{heads[0].name}, its head"
        elif pk in officers:
            found[pk] = f"{officers[pk]}, its data protection officer"
        elif coordinators.get(pk):
            found[pk] = "your coordinator, since it has no head here"
    return found


def agreement_to_read(*, on: date) -> Agreement | None:
    """The newest version that is in effect: the one to accept."""
    return Agreement.objects.filter(effective_from__lte=on).order_by("-version").first()


@dataclass(frozen=True, slots=True)
class Party:
    """One of the viewer's organisations as the agreement's page shows it."""

    organisation: Organisation
    standing: Standing
    controller: Controller | None
    officers: tuple[Holder, ...]
    acceptance: Acceptance | None
    may_act: bool
    ask: str

    @property
    def officer(self) -> str:
        """The data protection officer: whoever holds the post, else the one named."""
        if self.officers:
            return self.officers[0].name
        return self.controller.dpo_name if self.controller else ""

    @property
    def complete(self) -> bool:
        """Whether controller and officer are named, as accepting requires."""
        return self.controller is not None and bool(self.officer)

    @property
    def by_trust(self) -> bool:
        """Whether it is covered by what its trust accepted."""
        return self.acceptance is not None and self.acceptance.organisation_id != self.organisation.pk

    def wants(self, agreement: Agreement | None) -> bool:
        """Whether this version still waits to be accepted for it."""
        return agreement is not None and (self.standing.accepted or 0) < agreement.version


def parties(viewer: Viewer, *, on: date) -> list[Party]:
    """The schools and trusts at which the viewer holds a post, those they answer for first."""
    ids = [post.organisation_id for post in viewer.posts if post.organisation_kind in ("school", "trust")]
    found = [party for pk in dict.fromkeys(ids) if (party := party_of(viewer, pk, on=on)) is not None]
    return sorted(found, key=lambda party: not party.may_act)


def party_of(viewer: Viewer, organisation_id: uuid.UUID, *, on: date) -> Party | None:
    """One organisation at which the viewer holds a post; None for any other."""
    if organisation_id not in {post.organisation_id for post in viewer.posts}:
        return None
    organisation = Organisation.objects.select_related("controller", "trust").get(pk=organisation_id)
    accepted = Acceptance.objects.filter(
        Q(organisation=organisation) | Q(organisation=organisation.trust_id or organisation.pk)
    )
    return Party(
        organisation=organisation,
        standing=standings([organisation_id], on=on)[organisation_id],
        controller=getattr(organisation, "controller", None),
        officers=post_book([organisation_id], on=on).holders(organisation_id, Role.DPO),
        acceptance=accepted.order_by("-version", "at").first(),
        may_act=viewer.may(Permission.ACT_AS_CONTROLLER, organisation_id),
        ask=whom_to_ask([organisation_id], on=on).get(organisation_id, "your coordinator"),
    )
