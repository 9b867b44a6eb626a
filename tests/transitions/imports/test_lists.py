"""Pupil lists and offer lists."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from partnership.outbox.models import Message
from schools.actions.imports import apply_import
from schools.actions.imports.deciding import decide_row
from schools.enums import ImportKind, ImportState, RowOutcome
from schools.models import ClassPlace, Import, Organisation, Pupil
from tests.cast import CANARY, Cast, Road, SignIn, make_road
from tests.factories.schools import PupilFactory
from tests.factories.transitions import TransitionFactory
from tests.schools.imports.helpers import NOW, put_in, read_in, viewer_of
from tests.transitions.imports.helpers import upn
from transitions.enums import DestinationState
from transitions.models import Transition

pytestmark = pytest.mark.django_db

PUPILS = "UPN,Legal surname,Legal forename,Known as,Date of birth,Year group,Class,SEN,Needs,Going to"
OFFERS = "UPN,Legal surname,Legal forename,Date of birth,Present school,Offered school,State,Date"


def lines(*rows: str) -> bytes:
    return "\r\n".join(rows).encode()


def pupils(cast: Cast, *rows: str, put: bool = True, **options: Any) -> Import:
    act = put_in if put else read_in
    return act(
        ImportKind.PUPILS, lines(PUPILS, *rows), organisation=cast.junior, by=cast.school_office, **options
    )


def offers(
    cast: Cast, *rows: str, to: Organisation | None = None, put: bool = True, **options: Any
) -> Import:
    """The next school's office uploads, or with `to` the present one's."""
    act = put_in if put else read_in
    own = to or cast.secondary
    by = cast.school_office if to == cast.junior else cast.next_school_office
    return act(ImportKind.OFFERS, lines(OFFERS, *rows), organisation=own, by=by, **options)


def test_a_pupil_list_brings_children_classes_and_destinations(cast: Cast) -> None:
    row = f"{upn(1)},Marsh,Ada,Addy,14/03/2016,Year 6,6A,K,SLCN; SEMH,Northfield School"
    pupils(cast, row)
    pupil = Pupil.objects.get()
    assert (pupil.known_as, pupil.year_group, pupil.sen_provision) == ("Addy Marsh", 6, "K")
    assert [need["code"] for need in pupil.needs] == ["SLCN", "SEMH"]
    assert ClassPlace.objects.get().class_group.name == "6A"
    assert Transition.objects.get().destination_state == DestinationState.EXPECTED
    assert pupils(cast, row, put=False).counts["unchanged"] == 1


def test_a_new_class_takes_the_place_of_the_old_one(cast: Cast) -> None:
    pupils(cast, f"{upn(1)},Marsh,Ada,,14/03/2016,6,6A,,,")
    pupils(cast, f"{upn(1)},Marsh,Ada,,14/03/2016,6,6B,,,")
    assert ClassPlace.objects.get().class_group.name == "6B"


def test_other_years_are_dropped_and_bad_rows_refused(cast: Cast) -> None:
    importing = pupils(
        cast,
        f"{upn(1)},Marsh,Ada,,14/03/2016,6,,,,",
        f"{upn(2)},Reed,Ben,,14/03/2018,4,,,,",
        "A899000126003,Wells,Cat,,14/03/2016,6,,,,",
        "8.99E+11,Wells,Dan,,14/03/2016,6,,,,",
        f"{upn(5)},Wells,Eve,,14/03/2016,6,,,,Nowhere School",
        put=False,
    )
    assert {key: importing.counts[key] for key in ("new", "dropped", "refused")} == {
        "new": 1,
        "dropped": 1,
        "refused": 3,
    }
    reasons = [
        problem["reason"] for row in importing.rows.filter(outcome="refused") for problem in row.problems
    ]
    assert any("check letter" in reason for reason in reasons)
    assert any("spreadsheet" in reason for reason in reasons)
    assert any("on the list of schools" in reason for reason in reasons)


def test_the_next_schools_list_offers_places(cast: Cast) -> None:
    known = PupilFactory(school=cast.junior, forename="Ada", surname="Marsh", upn=upn(1))
    offers(cast, f"{upn(1)},Marsh,Ada,14/03/2016,Millbrook Junior School,Northfield School,,")
    states = Transition.objects.values_list("destination_state", "destination_source", "seen_by")
    assert set(states) == {("offered", "next_school", cast.secondary.pk)}
    assert Transition.objects.filter(pupil=known).count() == 1


def test_a_child_the_present_school_does_not_know_is_asked_about(cast: Cast) -> None:
    """A mistyped name would otherwise make a second child at somebody else's school."""
    row = ",Reed,Ben,01/04/2016,Millbrook Junior School,Northfield School,accepted,"
    put = offers(cast, row)
    assert not Pupil.objects.filter(surname="Reed").exists()
    assert "mistyped" in put.rows.get().problems[0]["reason"]
    asked = offers(cast, row, put=False)
    by = viewer_of(cast.next_school_office)
    decide_row(import_id=asked.pk, row_id=asked.rows.get().pk, choice="new_child", by=by, at=NOW)
    apply_import(import_id=asked.pk, by=by, at=NOW)
    assert Pupil.objects.get(surname="Reed").school == cast.junior


def test_the_present_school_is_told_what_the_next_ones_list_changed(cast: Cast, sign_in: SignIn) -> None:
    known = PupilFactory(school=cast.junior, forename="Ada", surname="Marsh")
    other = PupilFactory(school=cast.other_junior, forename="Canary", surname=CANARY)
    for pupil in (known, other):
        TransitionFactory(pupil=pupil, to_school=cast.secondary, destination_state="expected")
    offers(
        cast,
        ",Marsh,Ada,14/03/2016,Millbrook Junior School,Northfield School,accepted,",
        f",{CANARY},Canary,14/03/2016,Ashgrove Primary School,Northfield School,accepted,",
    )
    assert set(Transition.objects.values_list("destination_state", flat=True)) == {"accepted"}
    told = Message.objects.filter(kind="transitions.places_listed")
    here, there = (cast.school_office, cast.senco), (cast.other_school_office, cast.other_senco)
    assert {message.recipient for message in told} >= {*here, *there}
    assert cast.next_school_office not in {message.recipient for message in told}
    mine = told.get(recipient=cast.school_office)
    assert (mine.facts["children"], mine.facts["added"]) == (1, 0)
    assert "A file of Northfield School" in sign_in(cast.school_office).get("/inbox/").content.decode()


def test_the_present_schools_own_list_tells_nobody(cast: Cast) -> None:
    row = ",Marsh,Ada,14/03/2016,Millbrook Junior School,Northfield School,accepted,"
    offers(cast, row, to=cast.junior)
    assert Transition.objects.get().destination_state == "accepted"
    assert not Message.objects.filter(kind="transitions.places_listed").exists()


def test_an_offer_of_a_day_to_come_is_refused_beside_its_date(cast: Cast) -> None:
    row = ",Marsh,Ada,14/03/2016,Millbrook Junior School,Northfield School,offered,21/11/2026"
    refused = offers(cast, row, to=cast.junior, put=False).rows.get()
    assert refused.outcome == RowOutcome.REFUSED
    fault = refused.problems[0]
    assert (fault["column"], fault["value"]) == ("Date", "21/11/2026")
    assert "still to come" in fault["reason"]
    today = row.replace("21/11", "20/11")
    assert offers(cast, today, to=cast.junior, put=False).counts["new"] == 1


def test_a_list_is_the_local_authoritys_only_where_its_reader_says_so(cast: Cast) -> None:
    row = ",Marsh,Ada,14/03/2016,Millbrook Junior School,Northfield School,accepted,"
    offers(cast, row, to=cast.junior)
    assert Transition.objects.get().destination_source == "next_school"
    Transition.objects.all().delete()
    offers(cast, row, to=cast.junior, la_list=True)
    assert Transition.objects.get().destination_source == "la_list"


def test_the_present_schools_office_reads_its_own_rows_from_the_lists(cast: Cast) -> None:
    known = PupilFactory(school=cast.junior, forename="Ada", surname="Marsh")
    importing = offers(
        cast,
        f"{upn(1)},Marsh,Ada,14/03/2016,Millbrook Junior School,Northfield School,accepted,02/03/2026",
        f"{upn(2)},{CANARY},Cat,14/03/2016,Ashgrove Primary School,Northfield School,,",
        to=cast.junior,
    )
    assert (importing.counts["refused"], importing.counts["dropped"]) == (0, 1)
    assert CANARY not in str(list(importing.rows.values()))
    move = Transition.objects.get()
    known.refresh_from_db()
    assert (move.pupil, move.destination_state, move.destination_source) == (known, "accepted", "next_school")
    assert move.destination_on == date(2026, 3, 2)
    assert known.upn == upn(1)


def test_an_offer_leaves_the_facts_of_a_known_child_alone(cast: Cast) -> None:
    known = PupilFactory(school=cast.junior, forename="Ada", surname="Marsh", upn=upn(1), sen_provision="E")
    offers(
        cast, f"{upn(1)},Marsch,Ada,14/03/2016,Millbrook Junior School,Northfield School,,", to=cast.junior
    )
    known.refresh_from_db()
    assert (known.surname, known.sen_provision) == ("Marsh", "E")


def test_a_receiver_takes_no_child_from_another_school(cast: Cast) -> None:
    made = make_road(cast.junior, cast.far_secondary, forename="Ada", surname="Marsh")
    Transition.objects.filter(pk=made.move.pk).update(destination_state="offered")
    row = offers(
        cast, ",Marsh,Ada,14/03/2016,Millbrook Junior School,Northfield School,,", put=False
    ).rows.get()  # fmt: skip
    assert row.outcome == RowOutcome.REFUSED
    assert "ask the present school" in row.problems[0]["reason"]
    assert "Farlow" not in str(row.problems)


def test_a_upn_alone_is_enough_for_the_present_school_and_not_for_the_next(cast: Cast) -> None:
    PupilFactory(school=cast.junior, forename="Canary", surname=CANARY, upn=upn(1))
    bare = f"{upn(1)},,,,Millbrook Junior School,Northfield School,,"
    theirs = offers(cast, bare, put=False).rows.get()
    assert theirs.outcome == RowOutcome.REFUSED
    assert CANARY not in str(theirs.data) + str(theirs.problems)
    assert offers(cast, bare, to=cast.junior, put=False).counts["changed"] == 1


def test_a_place_settled_stays_and_the_list_never_replaces_an_accepted_one(cast: Cast, road: Road) -> None:
    row = offers(
        cast, ",Marsh,Robin,14/03/2016,Millbrook Junior School,Farlow School,,", to=cast.junior, put=False
    ).rows.get()
    assert row.outcome == RowOutcome.REFUSED
    assert "change it on the child's page" in row.problems[0]["reason"]


def test_the_same_child_with_two_offers_must_be_decided(cast: Cast) -> None:
    importing = offers(
        cast,
        f"{upn(1)},Marsh,Ada,14/03/2016,,Northfield School,,",
        f"{upn(1)},Marsh,Ada,14/03/2016,,Farlow School,,",
        to=cast.junior,
        put=False,
    )
    assert importing.counts["undecided"] == 2


def test_a_list_that_is_none_is_refused_whole(cast: Cast) -> None:
    importing = read_in(
        ImportKind.OFFERS, b"Colour,Size\r\nred,2", organisation=cast.junior, by=cast.school_office
    )
    assert importing.state == ImportState.REFUSED


def test_the_las_list_from_the_command_line_serves_every_school(cast: Cast) -> None:
    ada = PupilFactory(school=cast.junior, forename="Ada", surname="Marsh", upn=upn(1))
    ben = PupilFactory(school=cast.far_junior, forename="Ben", surname="Reed", upn=upn(2))
    TransitionFactory(pupil=ben, to_school=cast.secondary, destination_state="offered")
    content = lines(
        OFFERS,
        f"{upn(1)},,,,,Northfield School,offered,",
        f"{upn(2)},,,,,Farlow School,offered,",
        ",Wells,Cat,14/03/2016,Nowhere School,Farlow School,offered,",
    )
    importing = put_in(ImportKind.OFFERS, content, lenient=True)
    assert importing.counts["refused"] == 1
    assert ada.transitions.get().to_school == cast.secondary
    assert ben.transitions.get().to_school == cast.far_secondary


def test_a_name_longer_than_may_be_is_refused_and_the_rest_goes_in(cast: Cast) -> None:
    done = pupils(
        cast,
        f"{upn(1)},{'Marsh' * 21},Ada,,14/03/2016,Year 6,6A,N,,",
        f"{upn(2)},Marsh,Cy,,16/03/2016,Year 6,6A,N,,",
    )
    assert list(Pupil.objects.values_list("forename", flat=True)) == ["Cy"]
    told = [fault for each in done.rows.filter(outcome="refused") for fault in each.problems]
    assert [(fault["column"], fault["reason"]) for fault in told] == [
        ("Surname", "This is longer than 100 letters")
    ]
