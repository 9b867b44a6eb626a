"""Which boundary a child of a school crosses, and the first day of the school year beyond it."""

from __future__ import annotations

from datetime import date

from schools.enums import Stage
from schools.models import HalfTerm, Organisation
from transitions.enums import Boundary
from transitions.rules import Ages, boundary_between


def ages_of(school: Organisation) -> Ages:
    """A school's ages as the rules of boundaries take them."""
    return Ages(low=school.low_age, high=school.high_age, nursery=school.stage == Stage.NURSERY)


def boundary_for(
    school: Organisation, year_group: int | None, receiver: Organisation | None = None
) -> Boundary:
    """The boundary a child in this year group crosses when leaving this school."""
    return boundary_between(
        year_group=year_group, sender=ages_of(school), receiver=ages_of(receiver) if receiver else None
    )


def first_day_of(school: Organisation, year: int) -> date:
    """The first day of a school year: from the school's or its LA's terms, else 1 September, which the law takes as its
    beginning (Education Act 1996 s.579)."""
    terms = HalfTerm.objects.filter(
        organisation__in=[pk for pk in (school.pk, school.local_authority_id) if pk], year=year, number=1
    )
    by_owner = dict(terms.values_list("organisation_id", "starts_on"))
    owners = [pk for pk in (school.pk, school.local_authority_id) if pk in by_owner]
    return by_owner[owners[0]] if owners else date(year, 9, 1)
