"""No child comes in and nothing is shared without the agreement of both schools' controllers (practice P1)."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from django.db import ProgrammingError, connection
from django.urls import reverse
from django.utils import timezone

from partnership.access import rls
from partnership.access.viewer import build_viewer
from schools.actions.imports import ImportRefused, apply_import
from schools.enums import ImportKind, ImportState
from schools.models import Acceptance, ImportFile, ImportRow, Organisation, Pupil
from tests.cast import Cast, Road, SignIn
from tests.factories.schools import accepted, agreement
from tests.factories.transitions import HandoverFactory
from tests.schools.imports.helpers import NOW, read_in, viewer_of
from tests.schools.imports.test_commands import run
from tests.transitions.imports.helpers import child, ctf, upn
from tests.transitions.imports.test_lists import OFFERS, PUPILS, lines
from transitions.actions.applying import Refused
from transitions.actions.moves import add_pupil
from transitions.actions.sharing import amend, share
from transitions.enums import HandoverKind, HandoverState
from transitions.models import Handover, Section, Transition, Version

pytestmark = pytest.mark.django_db
NOT_YET = "has not accepted the sharing agreement yet"


def lapse(*schools: Organisation) -> None:
    trusts = [school.trust_id for school in schools if school.trust_id]
    Acceptance.objects.filter(organisation__in=[*(school.pk for school in schools), *trusts]).delete()


def test_a_school_that_never_accepted_sees_no_name(cast: Cast, shared_road: Road, sign_in: SignIn) -> None:
    pages = [reverse("home"), reverse("inbox:list"), reverse("transitions:joining")]
    child_page = reverse("transitions:child", args=[shared_road.move.pk])

    def seen() -> str:
        return " ".join(sign_in(cast.next_senco).get(page).content.decode() for page in pages)

    assert "Robin" in seen()
    lapse(cast.secondary)
    assert "Robin" not in seen()
    assert sign_in(cast.next_senco).get(child_page).status_code == 403
    with rls.acting_as(cast.next_senco.pk):
        assert not Version.objects.exists(), "the database's own settings follow"
    accepted(cast.trust)
    assert "Robin" in seen()


@pytest.mark.parametrize("side", ["junior", "secondary"])
def test_nothing_is_shared_until_both_have_accepted(
    cast: Cast, road: Road, sign_in: SignIn, side: str
) -> None:
    """The sender's own lapses by a new version, so that it still sees its children."""
    school: Organisation = getattr(cast, side)
    if side == "junior":
        agreement(2)
        accepted(cast.secondary, 2)
    else:
        lapse(school)
    page = reverse("transitions:share", args=[road.move.pk])
    shown = sign_in(cast.senco).get(page).content.decode()
    assert f"{school.name} has not accepted" in shown
    assert ("ask Head, its head" if side == "junior" else "ask Next Head, its head") in shown
    assert "has not accepted" in sign_in(cast.senco).post(page, follow=True).content.decode()
    assert not Version.objects.exists()
    accepted(school, 2 if side == "junior" else 1)
    sign_in(cast.senco).post(page)
    assert Version.objects.get().reader == cast.secondary


def test_neither_amended_nor_shared_again(cast: Cast, shared_road: Road) -> None:
    lapse(cast.secondary)
    by = build_viewer(user_id=cast.senco.pk, mfa=True)
    Section.objects.filter(handover=shared_road.handover).update(text="Changed.")
    with pytest.raises(Refused, match=NOT_YET):
        amend(shared_road.handover, reason="", by=by, at=timezone.now())
    Handover.objects.filter(pk=shared_road.handover.pk).update(state=HandoverState.WITHDRAWN)
    shared_road.handover.refresh_from_db()
    with pytest.raises(Refused, match=NOT_YET):
        share(shared_road.handover, by=by, at=timezone.now())
    assert Version.objects.count() == 1


def test_a_class_is_held_back_with_the_reason(cast: Cast, road: Road, sign_in: SignIn) -> None:
    Pupil.objects.filter(pk=road.pupil.pk).update(sen_provision="N")
    road.handover.delete()
    note = HandoverFactory(transition=road.move, kind=HandoverKind.CLASS)
    Section.objects.filter(handover=note).update(version=2)
    lapse(cast.secondary)
    page = sign_in(cast.senco).post(
        reverse("transitions:class_share", args=[road.class_group.pk]), follow=True
    )
    assert NOT_YET in page.content.decode()
    assert not Version.objects.exists()


def test_no_child_is_added_by_hand(cast: Cast, sign_in: SignIn) -> None:
    lapse(cast.junior)
    page = sign_in(cast.school_office).get(reverse("transitions:add_pupil")).content.decode()
    assert "This waits for the sharing agreement" in page
    assert 'name="forename"' not in page
    facts = {
        "forename": "Ada", "surname": "Marsh", "known_as": "", "born_on": NOW.date(), "year_group": 6,
        "sen_provision": "N", "class_group": None, "boundary": "in_year", "entry_year": 2026, "moves_on": NOW.date(),
    }  # fmt: skip
    with pytest.raises(Refused, match=NOT_YET):
        add_pupil(
            id=uuid.uuid4(),
            school_id=cast.junior.pk,
            by=build_viewer(user_id=cast.school_office.pk, mfa=True),
            at=timezone.now(),
            **facts,  # type: ignore[arg-type]
        )
    assert not Pupil.objects.exists()


class TestFiles:
    def test_the_upload_page_takes_no_file(self, cast: Cast, sign_in: SignIn) -> None:
        lapse(cast.junior)
        office = sign_in(cast.school_office)
        for kind in ("ctf", "pupils", "offers"):
            page = office.get(reverse("imports:upload", args=[kind])).content.decode()
            assert "This waits for the sharing agreement" in page
            assert 'type="file"' not in page
        assert (
            'type="file"'
            in sign_in(cast.head).get(reverse("imports:upload", args=["staff"])).content.decode()
        )

    @pytest.mark.parametrize("side", ["junior", "secondary"])
    def test_a_file_is_refused_whole_and_nothing_of_it_kept(self, cast: Cast, side: str) -> None:
        """By the sender's office without its own agreement; by the receiver's without its own, or without the sender's."""
        lapse(getattr(cast, side))
        for place, by in ((cast.junior, cast.school_office), (cast.secondary, cast.next_school_office)):
            importing = read_in(
                ImportKind.CTF, ctf(cast.junior, cast.secondary, child()), organisation=place, by=by
            )
            if side == "secondary" and place == cast.junior:
                assert importing.state == ImportState.READY, "the sender's children are the sender's"
                continue
            assert importing.state == ImportState.REFUSED
            assert NOT_YET in importing.reason
            assert not ImportRow.objects.filter(of=importing).exists()
            assert not ImportFile.objects.filter(of=importing).exists()

    def test_of_many_senders_those_rows_alone_are_refused(self, cast: Cast) -> None:
        lapse(cast.other_junior)
        offers = [
            f"{upn(n)},{name},Ada,14/03/2016,{school.name},Northfield School,offered,"
            for n, name, school in ((1, "Marsh", cast.junior), (2, "Reed", cast.other_junior))
        ]
        importing = read_in(
            ImportKind.OFFERS,
            lines(OFFERS, *offers),
            organisation=cast.secondary,
            by=cast.next_school_office,
        )
        assert importing.counts["refused"] == 1, (importing.reason, importing.warnings)
        refused = ImportRow.objects.get(of=importing, outcome="refused")
        assert "Ashgrove Primary School has not accepted" in refused.problems[0]["reason"]

    def test_lapsed_between_reading_and_applying(self, cast: Cast) -> None:
        importing = read_in(
            ImportKind.CTF,
            ctf(cast.junior, None, child()),
            organisation=cast.junior,
            by=cast.school_office,
        )
        lapse(cast.junior)
        with pytest.raises(ImportRefused, match=NOT_YET):
            apply_import(import_id=importing.pk, by=viewer_of(cast.school_office), at=NOW)
        assert not Pupil.objects.exists()

    def test_the_commands_ask_too(self, cast: Cast, tmp_path: Path) -> None:
        """The preview keeps nothing, so it tells what the file says; applying is refused whole."""
        lapse(cast.junior)
        path = tmp_path / "pupils.csv"
        path.write_bytes(lines(PUPILS, f"{upn(1)},Marsh,Ada,,14/03/2016,6,,,,"))
        code, told = run("import_pupils", path, "--school", str(cast.junior.urn))
        assert (code, told["outcome"], told["new"]) == (0, "ready", 1)
        assert any(NOT_YET in each for each in told["warnings"])
        code, told = run("import_pupils", path, "--school", str(cast.junior.urn), "--apply")
        assert (code, told["outcome"]) == (1, "refused")
        assert NOT_YET in told["reason"]
        assert not Pupil.objects.exists()
        assert not Transition.objects.exists()


def test_the_database_refuses_a_version_too(cast: Cast, road: Road) -> None:
    """With every Python net cut: an INSERT of the serving role in the SENCO's reach."""
    lapse(cast.secondary)
    insert = (
        "INSERT INTO transitions_version (id, handover_id, pupil_id, school_id, seen_by, reader_id, number, body, reason,"
        " shared_by_id, shared_at) VALUES (gen_random_uuid(), %s, %s, %s, %s, %s, 1, '[]', '', %s, now())"
    )
    row = road.handover
    values = [row.pk, row.pupil_id, row.school_id, row.seen_by, row.seen_by, cast.senco.pk]
    with pytest.raises(ProgrammingError, match="has not accepted"):  # noqa: SIM117
        with rls.acting_as(cast.senco.pk), connection.cursor() as cursor:
            cursor.execute(insert, values)
    accepted(cast.secondary)
    with rls.acting_as(cast.senco.pk), connection.cursor() as cursor:
        cursor.execute(insert, values)
    assert Version.objects.count() == 1
