"""A common transfer file, uploaded by its sender or its receiver."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from schools.actions.imports import ImportRefused, apply_import, decide_row
from schools.enums import ImportKind, ImportState, RowOutcome
from schools.formats.upn import ALPHABET, check_letter
from schools.models import HalfTerm, Import, Organisation, Pupil
from tests.cast import CANARY, Cast, Road, make_road
from tests.factories.schools import PupilFactory, accepted
from tests.factories.transitions import TransitionFactory
from tests.schools.imports.helpers import NOW, put_in, read_in, shared_file, viewer_of
from tests.transitions.imports.helpers import child, ctf, file_name, upn
from transitions.enums import DestinationState
from transitions.formats.ctf import SenProvision
from transitions.models import DestinationChange, Transition

pytestmark = pytest.mark.django_db


def sent(
    cast: Cast, *pupils: Any, put: bool = True, receiver: Organisation | None = None, **options: Any
) -> Import:
    """The junior's office uploads."""
    to = receiver or cast.secondary
    act = put_in if put else read_in
    return act(
        ImportKind.CTF,
        ctf(cast.junior, to, *pupils),
        organisation=cast.junior,
        by=cast.school_office,
        file_name=file_name(cast.junior, to),
        **options,
    )


def received(cast: Cast, *pupils: Any, put: bool = True) -> Import:
    """The secondary's office uploads the same file."""
    act = put_in if put else read_in
    return act(
        ImportKind.CTF,
        ctf(cast.junior, cast.secondary, *pupils),
        organisation=cast.secondary,
        by=cast.next_school_office,
        file_name=file_name(cast.junior, cast.secondary),
    )


def test_the_senders_file_keeps_every_need_and_names_the_place_as_expected(cast: Cast) -> None:
    sent(cast, child())
    pupil = Pupil.objects.get()
    assert (pupil.school, pupil.upn, pupil.year_group, pupil.sen_provision) == (cast.junior, upn(1), 6, "K")
    assert [need["code"] for need in pupil.needs] == ["SLCN", "SEMH"]
    assert [step["code"] for step in pupil.sen_history] == ["N", "K"]
    move = Transition.objects.get()
    first_day = HalfTerm.objects.get(organisation=cast.la, year=2027, number=1).starts_on
    assert (move.boundary, move.entry_year, move.moves_on) == ("primary_secondary", 2027, first_day)
    assert (move.destination_state, move.to_school) == (DestinationState.EXPECTED, cast.secondary)
    assert move.seen_by != cast.secondary.pk
    assert DestinationChange.objects.get().source == "ctf"


def test_accepted_only_where_the_sender_says_so(cast: Cast) -> None:
    sent(cast, child(), accepted=True)
    move = Transition.objects.get()
    assert (move.destination_state, move.seen_by) == (DestinationState.ACCEPTED, cast.secondary.pk)


def test_other_years_are_counted_and_nothing_of_them_is_kept(cast: Cast) -> None:
    importing = sent(cast, child(), child(2, year_group="4", surname="Zzdropped"), put=False)
    assert (importing.counts["new"], importing.counts["dropped"]) == (1, 1)
    assert any("1 child in other years was counted and dropped" in each for each in importing.warnings)
    assert "Zzdropped" not in str(list(importing.rows.values()))


def test_in_year_keeps_them_all(cast: Cast) -> None:
    sent(cast, child(year_group="4"), in_year=True)
    sent(cast, child(2), in_year=True)
    assert set(Transition.objects.values_list("boundary", "entry_year")) == {("in_year", 2026)}


def test_a_second_file_updates_and_the_same_file_changes_nothing(cast: Cast) -> None:
    sent(cast, child())
    again = sent(cast, child(), put=False)
    assert again.counts["unchanged"] == 1
    changed = sent(cast, child(surname="Marsh-Reed", sen_history=(SenProvision("E"),)), put=False)
    row = changed.rows.get()
    assert row.changes["Surname"] == ["Marsh", "Marsh-Reed"]
    assert row.changes["SEN provision"] == ["SEN support", "EHC plan"]
    apply_import(import_id=changed.pk, by=viewer_of(cast.school_office), at=NOW)
    assert (Pupil.objects.get().surname, Transition.objects.count()) == ("Marsh-Reed", 1)


def test_no_upn_is_normal_and_it_joins_later(cast: Cast) -> None:
    sent(cast, child(upn=""))
    sent(cast, child())
    assert Pupil.objects.get().upn == upn(1)


def test_a_temporary_upn_gives_way_and_never_comes_back(cast: Cast) -> None:
    rest = "89900012601"
    temporary = next(f"{letter}{rest}A" for letter in ALPHABET if check_letter(f"{rest}A") == letter)
    sent(cast, child(upn=temporary))
    sent(cast, child())
    sent(cast, child(upn=temporary))
    assert Pupil.objects.get().upn == upn(1)


def test_a_near_name_is_asked_about(cast: Cast) -> None:
    known = PupilFactory(school=cast.junior, forename="Ada", surname="Reed", born_on=date(2016, 3, 14))
    importing = sent(cast, child(upn=""), put=False)
    row = importing.rows.get()
    assert row.outcome == RowOutcome.UNDECIDED
    by = viewer_of(cast.school_office)
    decide_row(import_id=importing.pk, row_id=row.pk, choice=str(known.pk), by=by, at=NOW)
    apply_import(import_id=importing.pk, by=by, at=NOW)
    known.refresh_from_db()
    assert (known.surname, Pupil.objects.count()) == ("Marsh", 1)


def test_twins_are_not_asked_about_where_both_stand_in_the_file(cast: Cast) -> None:
    sent(cast, child(upn="", forename="Maria"))
    importing = sent(cast, child(upn="", forename="Maria"), child(upn="", forename="Marla"), put=False)
    assert {key: n for key, n in importing.counts.items() if n} == {"unchanged": 1, "new": 1}


def test_or_is_another_child(cast: Cast) -> None:
    PupilFactory(school=cast.junior, forename="Ada", surname="Reed", born_on=date(2016, 3, 14))
    importing = sent(cast, child(upn=""), put=False)
    by = viewer_of(cast.school_office)
    decide_row(import_id=importing.pk, row_id=importing.rows.get().pk, choice="new_child", by=by, at=NOW)
    apply_import(import_id=importing.pk, by=by, at=NOW)
    assert Pupil.objects.count() == 2


def test_the_same_child_twice_with_different_facts_must_be_decided(cast: Cast) -> None:
    importing = sent(cast, child(), child(1, surname="Reed"), child(3), put=False)
    assert importing.counts["undecided"] == 2
    first, second = importing.rows.filter(outcome=RowOutcome.UNDECIDED).order_by("line")
    by = viewer_of(cast.school_office)
    decide_row(import_id=importing.pk, row_id=second.pk, choice="use", by=by, at=NOW)
    first.refresh_from_db()
    assert first.outcome == RowOutcome.DROPPED
    done = apply_import(import_id=importing.pk, by=by, at=NOW)
    assert done.facts["done"] == {"left_out": 0, "children": 2}
    assert Pupil.objects.get(upn=upn(1)).surname == "Reed"


def test_undecided_rows_are_left_out(cast: Cast) -> None:
    put = sent(cast, child(), child(1, surname="Reed"), child(3))
    assert Pupil.objects.count() == 1
    assert put.counts["undecided"] == 2


def test_a_place_is_never_made_less_sure(cast: Cast, road: Road) -> None:
    Pupil.objects.filter(pk=road.pupil.pk).update(upn=upn(1), forename="Ada", surname="Marsh")
    sent(cast, child())
    road.move.refresh_from_db()
    assert road.move.destination_state == DestinationState.ACCEPTED


def test_an_expected_other_place_leaves_the_accepted_one(cast: Cast, road: Road) -> None:
    Pupil.objects.filter(pk=road.pupil.pk).update(upn=upn(1))
    importing = sent(cast, child(), receiver=cast.far_secondary)
    road.move.refresh_from_db()
    assert road.move.to_school == cast.secondary
    assert any("another accepted place" in each for each in importing.warnings)


def test_accepted_elsewhere_closes_the_former_schools_access(cast: Cast, shared_road: Road) -> None:
    Pupil.objects.filter(pk=shared_road.pupil.pk).update(upn=upn(1))
    importing = sent(cast, child(), receiver=cast.far_secondary, put=False, accepted=True)
    assert importing.rows.get().changes["Next school"] == [
        "Northfield School (accepted)",
        "Farlow School (accepted)",
    ]
    apply_import(import_id=importing.pk, by=viewer_of(cast.senco), at=NOW)
    shared_road.handover.refresh_from_db()
    assert (shared_road.handover.state, shared_road.handover.seen_by) == ("withdrawn", cast.far_secondary.pk)


# the next school's file ------------------------------------------------------------------------------------------


def test_a_receivers_file_fills_its_joining_list(cast: Cast) -> None:
    received(cast, child())
    move = Transition.objects.get()
    assert (move.school, move.destination_state, move.seen_by) == (
        cast.junior,
        DestinationState.OFFERED,
        cast.secondary.pk,
    )
    assert Pupil.objects.get().added_because == "joining_list"


def test_it_changes_and_shows_nothing_of_a_child_the_sender_keeps(cast: Cast) -> None:
    pupil = PupilFactory(school=cast.junior, forename="Ada", surname="Marsh", upn=upn(1), sen_provision="E",
                         known_as=CANARY, in_care=True)  # fmt: skip
    importing = received(cast, child(sen_now="N", sen_history=(), needs=()), put=False)
    row = importing.rows.get()
    kept = (
        str(row.data) + str(row.changes) + str(row.problems) + str(importing.warnings) + str(importing.facts)
    )
    assert CANARY not in kept
    assert "EHC" not in kept
    assert (row.outcome, row.changes) == (RowOutcome.NEW, {})
    apply_import(import_id=importing.pk, by=viewer_of(cast.next_school_office), at=NOW)
    pupil.refresh_from_db()
    assert (pupil.sen_provision, pupil.known_as, pupil.in_care) == ("E", CANARY, True)
    assert Transition.objects.get().seen_by == cast.secondary.pk


def test_known_and_unknown_children_look_the_same_to_a_receiver(cast: Cast) -> None:
    PupilFactory(school=cast.junior, forename="Ada", surname="Marsh", upn=upn(1))
    importing = received(cast, child(), child(2), put=False)
    one, two = importing.rows.order_by("line")
    assert (one.outcome, one.changes, one.problems) == (two.outcome, two.changes, two.problems)
    assert one.data.keys() == two.data.keys()


def test_a_place_accepted_elsewhere_is_not_taken(cast: Cast) -> None:
    made = make_road(cast.junior, cast.far_secondary, forename="Ada", surname="Marsh")
    importing = received(cast, child(upn=""), put=False)
    row = importing.rows.get()
    assert row.outcome == RowOutcome.REFUSED
    assert "ask the present school" in row.problems[0]["reason"]
    assert "Farlow" not in str(row.problems) + str(row.data)
    assert made.move.to_school == cast.far_secondary


def test_a_guessed_upn_brings_no_child(cast: Cast) -> None:
    PupilFactory(school=cast.junior, forename="Canary", surname=CANARY, upn=upn(1), born_on=date(2016, 1, 1))
    importing = received(cast, child(), put=False)
    row = importing.rows.get()
    assert row.outcome == RowOutcome.REFUSED
    assert CANARY not in str(row.problems) + str(row.data)


def test_a_upn_at_another_school_is_refused_without_saying_where(cast: Cast) -> None:
    PupilFactory(school=cast.far_junior, forename="Canary", surname=CANARY, upn=upn(1))
    row = sent(cast, child(), put=False).rows.get()
    assert row.outcome == RowOutcome.REFUSED
    assert "Farlow" not in str(row.problems)
    assert CANARY not in str(row.problems)


def test_a_child_who_has_arrived_moves_on_with_the_same_upn(cast: Cast) -> None:
    pupil = PupilFactory(school=cast.infant, forename="Ada", surname="Marsh", upn=upn(1), year_group=2)
    TransitionFactory(pupil=pupil, to_school=cast.junior, boundary="infant_junior", entry_year=2023,
                      moves_on=date(2023, 9, 4))  # fmt: skip
    sent(cast, child())
    pupil.refresh_from_db()
    assert (pupil.school, pupil.year_group) == (cast.junior, 6)


def test_neither_sender_nor_receiver_is_refused_whole(cast: Cast) -> None:
    importing = read_in(
        ImportKind.CTF,
        ctf(cast.junior, cast.secondary, child()),
        organisation=cast.far_secondary,
        by=cast.stranger_next_school_office,
    )
    assert importing.state == ImportState.REFUSED
    assert "neither's file" in importing.reason
    assert importing.rows.count() == 0


def test_a_reused_dfe_number_leads_to_the_open_school(cast: Cast) -> None:
    Organisation.objects.filter(pk=cast.far_junior.pk).update(
        la_code=cast.junior.la_code,
        establishment_number=cast.junior.establishment_number,
        status="closed",
        urn=None,
    )
    sent(cast, child())
    assert Pupil.objects.get().school == cast.junior


def test_an_unknown_next_school_is_a_warning(cast: Cast) -> None:
    content = ctf(
        cast.junior, Organisation(la_code="899", establishment_number="9999", name="Elsewhere"), child()
    )
    importing = put_in(ImportKind.CTF, content, organisation=cast.junior, by=cast.school_office)
    assert any("Elsewhere (899/9999)" in each for each in importing.warnings)
    assert Transition.objects.get().destination_state == DestinationState.NONE


def test_the_sample_comes_in_from_the_command_line() -> None:
    put_in(ImportKind.GIAS, shared_file("gias/edubaseallstatefunded_334_solihull.csv"))
    accepted(Organisation.objects.get(la_code="334", establishment_number="2019"))
    content = shared_file("ctf/3342019_CTF_3344015_001.xml")
    importing = put_in(ImportKind.CTF, content, file_name="3342019_CTF_3344015_001.xml")
    assert (importing.counts["new"], importing.counts["refused"]) == (8, 0)
    assert set(Transition.objects.values_list("boundary", "entry_year", "destination_state")) == {
        ("primary_secondary", 2026, "expected")
    }
    assert Pupil.objects.exclude(attendance=[]).count() == 8


def test_the_sample_is_read_where_no_school_is_known_and_not_applied() -> None:
    content = shared_file("ctf/3342019_CTF_3344015_001.xml")
    importing = read_in(ImportKind.CTF, content, file_name="3342019_CTF_3344015_001.xml", lenient=True)
    assert importing.counts["new"] == 8
    assert any("is not on the list" in each for each in importing.warnings)
    with pytest.raises(ImportRefused, match="is not on the list"):
        apply_import(import_id=importing.pk, by=viewer_of(None), at=NOW)
    assert not Pupil.objects.exists()
