"""Laying the demo world out: through the importers and the same acts the pages call, as the people who would do them."""

from __future__ import annotations

import csv
import io
import tempfile
import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from partnership.access import rls
from partnership.accounts.models import User
from partnership.home.world import places
from partnership.home.world.afterwards import lay_afterwards
from partnership.home.world.agreement import WAITS, accept_all
from partnership.home.world.children import Child, Offer, children_of, offers_file, transfer_file
from partnership.home.world.inset import lay_inset
from partnership.home.world.offer import lay_offer
from partnership.home.world.people import staff_file
from partnership.home.world.places import (
    CLUSTER,
    COUNTY,
    INFANTS,
    JUNIORS,
    LA_CODE,
    MILLBROOK,
    NORTHFIELD,
    Place,
    gias_file,
)
from partnership.home.world.story import PLOTS, Plot, Teller, destinations, holder, moves_of
from partnership.home.world.terms import half_terms
from partnership.home.world.together import lay_together
from partnership.lib.dates import academic_year_of
from partnership.outbox.models import Delivery
from schools.enums import OrganisationKind, Role
from schools.models import (
    AcademicYear,
    ClassGroup,
    Closure,
    HalfTerm,
    Invitation,
    Membership,
    Organisation,
    Post,
)
from schools.queries.calendars import calendar_for
from transitions.actions.destinations import set_destination
from transitions.actions.moves import add_pupil
from transitions.enums import Boundary, DestinationSource, DestinationState, Elsewhere
from transitions.models import DestinationChange, Transition

Say = Callable[[str], None]
OFFERED = timedelta(days=60)
"""How long ago the offer list was read in."""
BEFORE = 6
"""So many school days before it is shared the place of a child added by hand is recorded; the handover is begun after."""
PASSWORD = "calm-river-41"  # noqa: S105 - of people who do not exist, in a demo that listens on loopback alone


def is_built() -> bool:
    """Whether the demo world stands already."""
    return Organisation.objects.filter(kind=OrganisationKind.PARTNERSHIP, name=CLUSTER).exists()


def build(*, now: datetime, say: Say) -> None:
    """The whole world, in one go; seconds, not minutes. Told as it happens."""
    today = timezone.localdate(now)
    say("schools from a GIAS file")
    import_file("import_gias", "edubasealldata.csv", gias_file())
    lay_partnerships()
    lay_terms(today)
    say("staff from a staff list")
    import_file("import_staff", "staff.csv", staff_file())
    let_people_in(now)
    say("the sharing agreement, accepted by all schools but one")
    accept_all(now=now)
    classes: dict[Place, list[Child]] = {}
    for place in (*JUNIORS, *INFANTS):
        if place is WAITS:
            continue
        say(f"children of {place.name} from a transfer file")
        classes[place] = bring_in(place, now=now)
    say("places from an offer list")
    bring_offers(classes, today=today)
    say("what has happened to them so far")
    with transaction.atomic():
        tell_story(classes, now=now)
    say("professional development: a half-term behind, one under way, one ahead")
    with transaction.atomic():
        lay_offer(now=now)
        lay_inset(now=now)
        lay_together(now=now)
    say("what came of the last session: register, feedback, certificates, passports")
    with transaction.atomic():
        lay_afterwards(now=now)


def import_file(command: str, name: str, content: bytes, *arguments: str) -> None:
    """Run one of the product's import commands on a file; it must apply."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        call_command(command, str(path), "--apply", *arguments, stdout=io.StringIO())


def lay_partnerships() -> None:
    """The county, the cluster inside it, and who belongs: what a coordinator enters once in the admin."""
    since = date(2021, 9, 1)
    county = Organisation.objects.create(kind=OrganisationKind.PARTNERSHIP, name=COUNTY, is_county=True)
    cluster = Organisation.objects.create(kind=OrganisationKind.PARTNERSHIP, name=CLUSTER)
    schools = {school.urn: school for school in Organisation.objects.schools().filter(la_code=LA_CODE)}
    rows = [Membership(partnership=county, organisation=cluster, starts_on=since)]
    for place in places.PLACES:
        if place.closed:
            continue
        home = cluster if place.cluster else county
        rows.append(Membership(partnership=home, organisation=schools[place.urn], starts_on=since))
    Membership.objects.bulk_create(rows)
    for place in places.CLUSTER_PLACES:
        Organisation.objects.filter(urn=place.urn).update(mailbox=f"office@{place.slug}.example")


def lay_terms(today: date) -> None:
    """The LA's half-terms of last year, this one and the next two, and an INSET day for the two schools one meets first."""
    authority = Organisation.objects.get(kind=OrganisationKind.LOCAL_AUTHORITY, la_code=LA_CODE)
    this = academic_year_of(today)
    for year in (this - 1, this, this + 1, this + 2):
        AcademicYear.objects.get_or_create(starts_in=year)
        HalfTerm.objects.bulk_create(
            HalfTerm(
                organisation=authority,
                year_id=year,
                number=number,
                starts_on=start,
                ends_on=end,
                source="Fictional",
            )
            for number, (start, end) in enumerate(half_terms(year), 1)
        )
    first = half_terms(this)[0][0]
    for place in (NORTHFIELD, MILLBROOK):
        Closure.objects.create(organisation=Organisation.objects.get(urn=place.urn), on=first)


def let_people_in(now: datetime) -> None:
    """As if everybody but a few had taken up their invitation long ago."""
    waiting = {"Val Embry", "Polly Sweet"}
    arrived = User.objects.filter(email__isnull=False).exclude(name__in=waiting)
    arrived.update(password=make_password(PASSWORD))
    Invitation.objects.filter(post__user__in=arrived).update(used_at=now)
    Delivery.objects.all().delete()


def bring_in(place: Place, *, now: datetime) -> list[Child]:
    """A school's office uploads its transfer file, then a list that says who is in which class."""
    infant = place in INFANTS
    count = 24 if infant else 29
    children = children_of(
        place,
        today=timezone.localdate(now),
        count=count,
        with_sen=5 if infant else 8,
        with_plan=1 if infant else 2,
    )
    office = holder(Organisation.objects.get(urn=place.urn), Role.SCHOOL_OFFICE)
    as_office = ("--school", str(place.urn), "--as", str(office.email))
    import_file("import_ctf", *transfer_file(place, children, now=now), *as_office)
    import_file("import_pupils", "classes.csv", class_list(children), *as_office)
    for post in Post.objects.filter(organisation__urn=place.urn, role=Role.CLASS_TEACHER):
        post.classes.set(ClassGroup.objects.filter(school=post.organisation))
    return children


def class_list(children: list[Child]) -> bytes:
    """UPN, name, birth date, year and class: a list as a MIS exports it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["UPN", "Legal surname", "Legal forename", "Date of birth", "Year group", "Class"])
    for child in children:
        record = child.record
        writer.writerow(
            [
                record.upn,
                record.surname,
                record.forename,
                f"{record.born_on:%d/%m/%Y}",
                record.year_group,
                child.class_name,
            ]
        )
    return out.getvalue().encode()


def bring_offers(classes: dict[Place, list[Child]], *, today: date) -> None:
    """The LA's list of places; two children are not on it."""
    offers = []
    for children in classes.values():
        for index, child in enumerate(children):
            to, state = destinations(child, index)
            if to is not None:
                offers.append(Offer(child, to, state, today - OFFERED))
    import_file("import_offers", "offers.csv", offers_file(offers))
    # The list was read in on its day: the story of each child begins after it.
    DestinationChange.objects.update(at=F("at") - OFFERED)
    Transition.objects.update(created_at=F("created_at") - OFFERED)


def tell_story(classes: dict[Place, list[Child]], *, now: datetime) -> None:
    """Handovers at every step, among them the last cohort's, a class half written, and one child on the move in-year."""
    authority = Organisation.objects.get(kind=OrganisationKind.LOCAL_AUTHORITY, la_code=LA_CODE)
    teller = Teller(now=now, calendar=calendar_for(authority.pk))
    number = 0
    for place in (MILLBROOK, places.OAKFIELD, places.ASHGROVE, places.HARROW, places.MILLBROOK_INFANT):
        with_sen = [child for child in classes[place] if child.record.sen_now != "N"]
        told = with_sen[:7] if place is MILLBROOK else with_sen[:4]
        for move in moves_of(told):
            if move.may_share_now:
                teller.play(move, PLOTS[number % len(PLOTS)], voice=number)
                number += 1
    for move, plot in last_cohort(teller):
        teller.play(move, plot, voice=number)
        number += 1
    millbrook = Organisation.objects.get(urn=MILLBROOK.urn)
    group = ClassGroup.objects.get(school=millbrook)
    teller.write_class(group, teacher=holder(millbrook, Role.CLASS_TEACHER), rows=9)
    in_year(teller)
    goes_elsewhere(teller)


def last_cohort(teller: Teller) -> list[tuple[Transition, Plot]]:
    """Three children who joined Northfield this September: one settled, two of whom nobody has said so yet."""
    year = academic_year_of(timezone.localdate(teller.now))
    made = []
    for forename, surname, born, plot in (
        ("Leila", "Haddad", date(year - 11, 2, 11), Plot("settled", shared=70, received=66, met=60)),
        ("Connor", "Pryce", date(year - 11, 6, 30), Plot("accepted", shared=72, received=70, met=64)),
        ("Nadine", "Osborne", date(year - 12, 11, 3), Plot("accepted", shared=68, received=65, met=61)),
    ):
        move = by_hand(
            MILLBROOK, forename, surname, born, boundary=Boundary.PRIMARY_SECONDARY, entry_year=year,
            moves_on=half_terms(year)[0][0], said=teller.ago(plot.shared + BEFORE),
        )  # fmt: skip
        made.append((move, plot))
    return made


def in_year(teller: Teller) -> None:
    """A family that moves house: Brindle to Northfield's neighbour school within the year, handover shared yesterday."""
    day = teller.calendar.add_school_days(teller.calendar.on_or_before(teller.now.date()), 12)
    move = by_hand(
        places.BRINDLE, "Tobias", "Lark", date(day.year - 10, 5, 6), boundary=Boundary.IN_YEAR,
        entry_year=academic_year_of(day), moves_on=day, said=teller.ago(1 + BEFORE), to=places.OAKFIELD, year_group=5,
    )  # fmt: skip
    teller.play(move, Plot("shared", shared=1), voice=2)


def goes_elsewhere(teller: Teller) -> None:
    """A handover shared with Northfield, whose family then moves abroad: copies to destroy there, a letter to write here."""
    year = academic_year_of(timezone.localdate(teller.now)) + 1
    move = by_hand(
        MILLBROOK, "Mira", "Castell", date(year - 12, 12, 9), boundary=Boundary.PRIMARY_SECONDARY, entry_year=year,
        moves_on=half_terms(year)[0][0], said=teller.ago(8 + BEFORE),
    )  # fmt: skip
    teller.play(move, Plot("shared", shared=8), voice=1)
    with rls.acting_as(holder(move.school, Role.SCHOOL_OFFICE).pk) as viewer:
        day = teller.ago(2)
        set_destination(
            move, state=DestinationState.ACCEPTED, to_school_id=None, elsewhere=Elsewhere.OUTSIDE_ENGLAND,
            source=DestinationSource.FAMILY, on=day.date(), by=viewer, at=day,
        )  # fmt: skip


def by_hand(
    place: Place,
    forename: str,
    surname: str,
    born_on: date,
    *,
    boundary: str,
    entry_year: int,
    moves_on: date,
    said: datetime,
    to: Place = NORTHFIELD,
    year_group: int = 6,
) -> Transition:
    """A child whom the office adds by hand, with an accepted place, as the family said that day."""
    school = Organisation.objects.get(urn=place.urn)
    with rls.acting_as(holder(school, Role.SCHOOL_OFFICE).pk) as viewer:
        move = add_pupil(
            id=uuid.uuid4(), school_id=school.pk, forename=forename, surname=surname, known_as="", born_on=born_on,
            year_group=year_group, sen_provision="K", class_group=None, boundary=boundary, entry_year=entry_year,
            moves_on=moves_on, by=viewer, at=said,
        )  # fmt: skip
        set_destination(
            move, state=DestinationState.ACCEPTED, to_school_id=Organisation.objects.get(urn=to.urn).pk,
            source=DestinationSource.FAMILY, on=said.date(), by=viewer, at=said,
        )  # fmt: skip
    return Transition.objects.select_related("pupil", "school", "to_school").get(pk=move.pk)
