"""The offer list of the LA or of the next school, uploaded by either school's office (practice P2, P3)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from schools.actions.imports.base import Applying, Guide, Staging, Tick, problem, refused, stored
from schools.enums import ImportKind
from schools.formats.errors import Parsed
from schools.formats.refs import SchoolRef
from schools.models import Import, Organisation, Pupil
from schools.queries.finding import Finder, Found
from transitions.actions.imports import facts as said
from transitions.actions.imports.ctf import IN_YEAR, detail_of
from transitions.actions.imports.matching import agrees
from transitions.actions.imports.planning import JOINING, OWN
from transitions.actions.imports.reach import reading
from transitions.actions.imports.staged import Incoming, stage_all
from transitions.actions.imports.writing import write_children
from transitions.actions.imports.years import Moves, school_year, year_from_birth
from transitions.enums import DestinationSource
from transitions.formats.offers_csv import TEMPLATE, OfferRecord, read_offers

LA_LIST = "la_list"
STILL_TO_COME = "This day is still to come: enter the day on which the offer was made"


class OffersImporter:
    """Each row is one place. The present school's office reads its own children from it, the next school's its own list."""

    kind = ImportKind.OFFERS
    guide = Guide(
        title="Offer list",
        hint="Who is offered a place where: the local authority's list, or the next school's. Rows are matched by UPN, "
        "else by name, birth date and present school.",
        template=TEMPLATE,
        after=(
            ("transitions:leaving", "Look at who is leaving"),
            ("transitions:joining", "Look at who is joining"),
        ),
        ticks=(
            Tick(
                LA_LIST,
                "This is the local authority's list",
                "Without the tick it is taken as the next school's own.",
            ),
            Tick(
                IN_YEAR,
                "These children move during the school year",
                "Without the tick only children in a leaving year are kept.",
            ),
        ),
    )

    def stage(self, staging: Staging) -> None:
        file = read_offers(staging.content())
        rows = list(file)
        reading = OfferReading(staging, rows)
        incoming, dropped = [], 0
        for parsed in rows:
            row = reading.incoming(parsed)
            dropped += row is None
            if row is not None:
                incoming.append(row)
        staging.warn(*file.warnings)
        if reading.strangers:
            dropped -= reading.strangers
            staging.count_dropped(reading.strangers)
            staging.warn(
                f"Rows neither from your school nor to it were counted and dropped: {reading.strangers:,}."
            )
        stage_all(staging, incoming, dropped=dropped)

    def apply(self, applying: Applying) -> dict[str, int]:
        return write_children(applying)


class OfferReading:
    """Turns the offers of one list into rows to plan."""

    def __init__(self, staging: Staging, rows: Iterable[Parsed[OfferRecord]]) -> None:
        self._staging = staging
        self._own = staging.organisation
        self._trusted = staging.importing.by_id is None
        self._today = timezone.localtime(staging.at).date()
        self._year = school_year(self._today)
        self._moves = Moves(of_year=self._year, today=self._today)
        self._finder = Finder()
        self._known = children_of(staging.importing, (row.record.upn for row in rows if row.record))
        self.strangers = 0
        """Rows of other schools' children: of a county's list nothing but their number is kept (practice P4)."""

    def incoming(self, parsed: Parsed[OfferRecord]) -> Incoming | None:
        """None for a child who is not kept."""
        record, line = parsed.record, parsed.line
        if record is None:
            return Incoming(line, None, refused(line, *stored(parsed.problems)))
        name = f"{record.forename} {record.surname}".strip() or "By UPN"
        offered = self._finder.find(record.offered_school)
        if offered.organisation is None:
            return self._refuse(line, name, "Offered school", shown(record.offered_school), offered)
        mode = JOINING if self._own is not None and offered.organisation.pk == self._own.pk else OWN
        present = self._present(record, mode)
        if present.organisation is None:
            said_school = shown(record.present_school) if record.present_school else ""
            return self._refuse(line, name, "Present school", said_school, present)
        if mode == OWN and self._own is not None and present.organisation.pk != self._own.pk:
            self.strangers += 1
            return None
        if present.organisation.pk == offered.organisation.pk:
            return None
        return self._row(parsed, record, name, mode, present.organisation, offered.organisation)

    def _row(
        self,
        parsed: Parsed[OfferRecord],
        record: OfferRecord,
        name: str,
        mode: str,
        sender: Organisation,
        receiver: Organisation,
    ) -> Incoming | None:
        facts = facts_of(record)
        year = self._year_of(record, mode, sender)
        if year is not None and record.born_on:
            facts["year_group"] = year
        asked = bool(self._staging.options.get(IN_YEAR))
        leaving = self._moves.leaving(year, sender, receiver, in_year=asked)
        in_year = leaving.in_year
        if in_year and year is not None and not asked:
            return None
        on = record.dated_on or self._today
        if on > self._today:
            late = problem(parsed.line, "Date", f"{on:%d/%m/%Y}", STILL_TO_COME)
            return Incoming(parsed.line, None, refused(parsed.line, late, shown={"title": name}))
        data: dict[str, Any] = {
            "show": {
                "title": name,
                "detail": ", ".join(
                    part
                    for part in (
                        detail_of(facts, record.born_on),
                        f"from {sender.name}" if mode == JOINING else f"to {receiver.name}",
                        record.state,
                    )
                    if part
                ),
            },
            "mode": mode,
            "only_new": True,
            "school": str(sender.pk),
            "facts": facts,
            "move": leaving.data,
            "to": {
                "school": str(receiver.pk),
                "name": receiver.name,
                "state": record.state,
                "source": self._source(mode, record.state),
                "on": on.isoformat(),
            },
            "to_column": "Offered school",
            "because": "joining_list" if mode == JOINING else "in_year" if in_year else "leaving_year",
        }
        return Incoming(parsed.line, data, None, repeated=stored(parsed.problems))

    def _present(self, record: OfferRecord, mode: str) -> Found:
        """The present school: as the row says, else the uploader's own, else, where a UPN may be trusted, the child's."""
        if record.present_school is not None:
            return self._finder.find(record.present_school)
        if mode == OWN and self._own is not None:
            return Found(self._own)
        known = self._known.get(record.upn)
        if known is not None and (self._trusted or known_to(record, known)):
            return Found(known.school)
        return Found(reason="The row does not say which school the child is at")

    def _year_of(self, record: OfferRecord, mode: str, sender: Organisation) -> int | None:
        """From the birth date; for the school's own child known by UPN alone, from what is kept."""
        if record.born_on:
            return year_from_birth(record.born_on, self._year)
        if mode == OWN or self._trusted:
            known = self._known.get(record.upn)
            return known.year_group if known and known.school_id == sender.pk else None
        return None

    def _source(self, mode: str, state: str) -> str:
        if state == "named":
            return DestinationSource.EHC_PLAN.value
        if self._own is None or self._staging.options.get(LA_LIST):
            return DestinationSource.LA_LIST.value
        return DestinationSource.NEXT_SCHOOL.value

    def _refuse(self, line: int, name: str, column: str, value: str, found: Found) -> Incoming:
        if found.unknown and self._staging.lenient:
            self._staging.warn(f"A school in line {line} is not on the list, so its row is left out.")
        return Incoming(
            line, None, refused(line, problem(line, column, value, found.reason), shown={"title": name})
        )


def children_of(importing: Import, upns: Iterable[str]) -> dict[str, Pupil]:
    """The children whose UPNs stand in the list, with their schools."""
    named = {upn for upn in upns if upn}
    if not named:
        return {}
    with reading(importing, [{"facts": {"upn": upn}} for upn in named]):
        return {pupil.upn: pupil for pupil in Pupil.objects.filter(upn__in=named).select_related("school")}


def shown(ref: SchoolRef) -> str:
    """A school as the list wrote it."""
    return ref.name or ref.dfe_number or str(ref.urn)


def facts_of(record: OfferRecord) -> said.Facts:
    """What the list says of the child: no more than to find them by, or to begin with."""
    facts: said.Facts = {"upn": record.upn} if record.upn else {}
    if record.surname and record.forename and record.born_on:
        facts |= {
            "surname": record.surname,
            "forename": record.forename,
            "born_on": record.born_on.isoformat(),
        }
    return facts


def known_to(record: OfferRecord, pupil: Pupil) -> bool:
    """Whether a next school's row shows that it knows the child whose UPN it gives."""
    return agrees(pupil, facts_of(record))
