"""Finding the organisation that a list means: by URN, by DfE number, by name."""

from __future__ import annotations

from dataclasses import dataclass

from partnership.lib.names import fold
from schools.enums import SchoolStatus
from schools.formats.refs import SchoolRef
from schools.models import Organisation, SchoolLink

OPEN = (SchoolStatus.OPEN, SchoolStatus.PROPOSED_TO_CLOSE, SchoolStatus.PROPOSED_TO_OPEN, "")


@dataclass(frozen=True, slots=True)
class Found:
    """The organisation, or why there is none; `unknown` where nobody of that number or name is on the list."""

    organisation: Organisation | None = None
    reason: str = ""
    unknown: bool = False


class Finder:
    """Looks up what a file names and remembers it. A closed school leads to the one that came after it (data.md 0.1)."""

    def __init__(self, *, any_kind: bool = False) -> None:
        self._any_kind = any_kind
        self._known: dict[SchoolRef, Found] = {}

    def find(self, ref: SchoolRef) -> Found:
        """One organisation, never a guess between two."""
        if ref not in self._known:
            self._known[ref] = self._look_up(ref)
        return self._known[ref]

    def by_dfe_number(self, la_code: str, establishment_number: str, urn: int | None = None) -> Found:
        """As a CTF names a school; the URN, where it is given and known, comes first."""
        if urn is not None:
            found = self.find(SchoolRef(urn=urn))
            if found.organisation is not None:
                return found
        return self.find(SchoolRef(la_code=la_code, establishment_number=establishment_number))

    def _look_up(self, ref: SchoolRef) -> Found:
        if ref.urn is not None:
            return self._chosen(list(Organisation.objects.filter(urn=ref.urn)), "URN")
        if ref.la_code:
            schools = Organisation.objects.schools().filter(
                la_code=ref.la_code, establishment_number=ref.establishment_number
            )
            return self._chosen(list(schools.order_by("pk")[:10]), "DfE number")
        named = Organisation.objects.filter(name_key=fold(ref.name)[:220])
        if not self._any_kind:
            named = named.schools()
        return self._chosen(list(named.order_by("pk")[:20]), "name")

    def _chosen(self, candidates: list[Organisation], by: str) -> Found:
        if not candidates:
            return Found(reason=f"No school of this {by} is on the list of schools", unknown=True)
        standing = [each for each in candidates if each.status in OPEN]
        if len(standing) == 1:
            return Found(standing[0])
        if len(standing) > 1:
            return Found(reason=f"Several schools have this {by}: give the URN")
        later = successors_of(candidates)
        if len(later) == 1:
            return Found(later[0])
        if by == "URN" or len(candidates) == 1:
            return Found(
                reason="This school is closed, and no one school came after it: give the URN of the open one"
            )
        return Found(reason=f"The schools of this {by} are closed: give the URN of the open one")


def successors_of(closed: list[Organisation]) -> list[Organisation]:
    """The open schools that GIAS links as successors of these, followed at most three steps."""
    urns = {each.urn for each in closed if each.urn}
    seen = set(urns)
    for _step in range(3):
        links = SchoolLink.objects.filter(organisation__urn__in=urns, link_type__istartswith="successor")
        urns = set(links.values_list("other_urn", flat=True)) - seen
        seen |= urns
        schools = list(Organisation.objects.schools().filter(urn__in=urns).order_by("urn"))
        standing = [each for each in schools if each.status in OPEN]
        if standing or not schools:
            return standing
    return []
