"""What was shown is what is written, as long as what it rests on stays; else each row is planned anew."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partnership.audit.models import Event
from schools.actions.imports import apply_import
from schools.enums import ImportKind
from schools.models import Import, ImportRow, Pupil
from tests.cast import Cast
from tests.factories.schools import PupilFactory
from tests.factories.transitions import TransitionFactory
from tests.schools.imports.helpers import NOW, read_in, viewer_of
from tests.transitions.imports.helpers import upn
from transitions.actions.imports import writing, writing_sql
from transitions.models import Transition

pytestmark = pytest.mark.django_db

HEAD = "UPN,Legal surname,Legal forename,Date of birth,Year group,Class,SEN,Going to"


def ready(cast: Cast, *rows: str) -> Import:
    content = "\r\n".join([HEAD, *rows]).encode()
    return read_in(ImportKind.PUPILS, content, organisation=cast.junior, by=cast.school_office)


def done(cast: Cast, importing: Import) -> dict[str, int]:
    put = apply_import(import_id=importing.pk, by=viewer_of(cast.school_office), at=NOW)
    told: dict[str, int] = put.facts["done"]
    return told


def row(serial: int, **over: Any) -> str:
    said = {"surname": f"Marsh{serial}", "born": "14/03/2016", "year": "6", "to": "", "upn": upn(serial)}
    said |= over
    return f"{said['upn']},{said['surname']},Ada,{said['born']},{said['year']},6A,K,{said['to']}"


def test_a_child_added_meanwhile_is_not_added_again(cast: Cast) -> None:
    importing = ready(cast, row(1), row(2))
    meanwhile = PupilFactory(school=cast.junior, forename="Ada", surname="Marsh1", upn=upn(1))
    assert done(cast, importing) == {"left_out": 0, "children": 2}
    assert Pupil.objects.count() == 2
    meanwhile.refresh_from_db()
    assert (meanwhile.sen_provision, meanwhile.transitions.count()) == ("K", 1)


def test_a_child_who_came_up_at_another_school_meanwhile_is_left_out(cast: Cast) -> None:
    importing = ready(cast, row(1), row(2))
    PupilFactory(school=cast.far_junior, forename="Ada", surname="Marsh1", upn=upn(1))
    assert done(cast, importing) == {"left_out": 1, "children": 1}
    assert list(Pupil.objects.filter(school=cast.junior).values_list("upn", flat=True)) == [upn(2)]


def test_a_place_accepted_meanwhile_stays(cast: Cast) -> None:
    known = PupilFactory(school=cast.junior, forename="Ada", surname="Marsh1", upn=upn(1), sen_provision="N")
    move = TransitionFactory(pupil=known, to_school=None, destination_state="none", entry_year=2027)
    importing = ready(cast, row(1, to="Northfield School"))
    Transition.objects.filter(pk=move.pk).update(
        to_school=cast.far_secondary, seen_by=cast.far_secondary.pk, destination_state="accepted"
    )
    assert done(cast, importing)["children"] == 1
    move.refresh_from_db()
    known.refresh_from_db()
    assert move.to_school_id == cast.far_secondary.pk
    assert move.destination_state == "accepted"
    assert known.sen_provision == "K"


@pytest.mark.parametrize("meanwhile", [False, True])
def test_a_near_name_goes_in_where_the_other_stands_unchanged_in_the_file(
    cast: Cast, meanwhile: bool
) -> None:
    done(cast, ready(cast, row(1, upn="", surname="Marsh")))
    importing = ready(cast, row(1, upn="", surname="Marsh"), row(2, upn="", surname="Reed"))
    if meanwhile:
        Pupil.objects.filter(surname="Marsh").update(language="ENG")
    assert done(cast, importing) == {"left_out": 0, "children": 1}
    assert set(Pupil.objects.values_list("surname", flat=True)) == {"Marsh", "Reed"}


def test_of_two_rows_about_one_child_the_first_goes_in(cast: Cast) -> None:
    known = PupilFactory(school=cast.junior, forename="Ada", surname="Marsh", upn=upn(1), language="")
    importing = ready(cast, row(1, surname="Marsh"), row(1, upn="", surname="Marsh", year="5"))
    assert importing.counts["dropped"] + importing.counts["changed"] == 2
    told = done(cast, importing)
    assert told["children"] == 1
    known.refresh_from_db()
    assert known.year_group == 6


def test_an_unchanged_file_writes_no_row(cast: Cast) -> None:
    rows = [row(n, to="Northfield School") for n in range(1, 6)]
    assert done(cast, ready(cast, *rows))["children"] == 5
    before = versions()
    again = ready(cast, *rows)
    assert (again.counts["unchanged"], ImportRow.objects.filter(of=again).count()) == (5, 0)
    assert done(cast, again) == {"left_out": 0, "children": 0}
    assert versions() == before


def versions() -> list[tuple[Any, ...]]:
    """Of every row about a child, what changes with any writing of it."""
    found = []
    with connection.cursor() as cursor:
        for table in ("schools_pupil", "transitions_transition", "schools_classplace"):
            cursor.execute(f"SELECT '{table}', id, xmin::text, ctid::text FROM {table} ORDER BY id")
            found += cursor.fetchall()
    return found


@pytest.mark.parametrize("which", ["new", "changed"])
def test_as_many_statements_for_three_children_as_for_forty(cast: Cast, which: str) -> None:
    done(cast, ready(cast, row(100)))
    counts = []
    for first, number in ((1, 3), (101, 40)):
        serials = range(first, first + number)
        if which == "changed":
            done(cast, ready(cast, *(row(n) for n in serials)))
        importing = ready(cast, *(row(n, year="6", surname=f"Reed{n}") for n in serials))
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert done(cast, importing) == {"left_out": 0, "children": number}
        counts.append(len(asked))
    assert counts[0] == counts[1] < 60


def test_each_child_and_each_move_stands_in_the_audit(cast: Cast) -> None:
    done(cast, ready(cast, row(1, to="Northfield School"), row(2)))
    kinds = ["pupil.imported", "move.begun", "destination.set"]
    told = Event.objects.filter(kind__in=kinds).values_list(
        "kind", "subject_kind", "organisation_id", "actor_id"
    )
    here = (cast.junior.pk, cast.school_office.pk)
    assert sorted(told) == sorted(
        [("pupil.imported", "schools.pupil", *here)] * 2
        + [("move.begun", "transitions.transition", *here)] * 2
        + [("destination.set", "transitions.transition", *here)]
    )
    ids = set(Event.objects.filter(kind="move.begun").values_list("subject_id", flat=True))
    assert ids == set(Transition.objects.values_list("pk", flat=True))


def test_a_reference_that_another_move_has_is_drawn_anew(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of sixteen references twelve children cannot but draw some twice."""
    monkeypatch.setattr(writing_sql, "REFERENCE", "'T-' || mod(get_byte(drawn, 0), 16)")
    monkeypatch.setattr(writing, "TRIES", 500)
    assert done(cast, ready(cast, *(row(n) for n in range(1, 13))))["children"] == 12
    assert len(set(Transition.objects.values_list("reference", flat=True))) == 12
