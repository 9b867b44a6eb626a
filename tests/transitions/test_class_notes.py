"""Notes on the children of a class, and on those whom no file has put into one (practice P7)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from schools.models import Post
from tests.cast import CANARY, Cast, Road, SignIn
from tests.factories.schools import ClassGroupFactory, ClassPlaceFactory, PupilFactory
from tests.factories.transitions import NOW, TransitionFactory
from transitions.models import Handover, Section, Transition

pytestmark = pytest.mark.django_db
NOTE = {
    "version": 0, "friends": "Sits with Cara.", "learning": "Steady.", "attendance": "97 %", "family": "",
}  # fmt: skip


@pytest.fixture(autouse=True)
def on_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def classless(cast: Cast) -> Transition:
    """Nell, in no class of the junior school; and a stranger in none of another school."""
    stranger = PupilFactory(school=cast.far_junior, forename="Canary", surname=CANARY)
    TransitionFactory(pupil=stranger, to_school=cast.far_secondary)
    nell = PupilFactory(school=cast.junior, forename="Nell", surname="Noclass")
    move: Transition = TransitionFactory(pupil=nell, to_school=cast.secondary)
    return move


def test_a_child_in_no_class_is_the_sencos_to_write_about(
    cast: Cast, road: Road, classless: Transition, sign_in: SignIn
) -> None:
    senco, page = sign_in(cast.senco), reverse("transitions:class_grid", args=[cast.junior.pk])
    assert (
        "Without a class, Millbrook Junior School"
        in senco.get(reverse("transitions:class_notes")).content.decode()
    )
    html = senco.get(page).content.decode()
    assert "Nell Noclass" in html
    assert "Robin Marsh" not in html, "who is in a class stands in its grid"
    assert CANARY not in html
    assert page in senco.get(reverse("transitions:child", args=[classless.pk])).content.decode()
    senco.post(reverse("transitions:class_note", args=[classless.pk]), NOTE)
    assert Handover.objects.get(transition=classless).kind == "class"
    assert sign_in(cast.class_teacher).get(page).status_code == 404
    assert sign_in(cast.other_senco).get(page).status_code == 404


def test_the_board_says_whose_move_such_a_note_is(
    cast: Cast, road: Road, classless: Transition, sign_in: SignIn
) -> None:
    group = ClassGroupFactory(school=cast.junior, name="6B")
    taught = PupilFactory(school=cast.junior, forename="Tess", surname="Taught")
    ClassPlaceFactory(class_group=group, pupil=taught)
    TransitionFactory(pupil=taught, to_school=cast.secondary)
    page = sign_in(cast.head).get(reverse("transitions:leaving"))
    who = {row.name: row.who for each in page.context["groups"] for row in each.rows}
    assert who["Nell Noclass"] == "Your SENCO"
    assert who["Tess Taught"] == "Your class teacher"
    there = sign_in(cast.next_senco).get(reverse("transitions:joining"))
    who = {row.name: row.who for each in there.context["groups"] for row in each.rows}
    assert who["Tess Taught"] == "Class teacher, Millbrook Junior School", (
        "the next school knows no classes here"
    )


def test_it_waits_on_the_senco_and_on_the_head_where_there_is_none(
    cast: Cast, classless: Transition, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2027, 5, 4, 9, tzinfo=UTC))

    def waits(who: str) -> bool:
        card = sign_in(getattr(cast, who)).get(reverse("home")).context["waiting"]
        return any(row.title == "Nell Noclass" for row in card.rows)

    assert (waits("senco"), waits("head"), waits("class_teacher")) == (True, False, False)
    Post.objects.filter(user=cast.senco).delete()
    assert waits("head")


def test_one_button_saves_every_row_and_two_writers_lose_nothing(
    cast: Cast, road: Road, sign_in: SignIn
) -> None:
    """Where scripts do not run."""
    Handover.objects.all().delete()
    moves: list[Transition] = []
    for name in ("Ann", "Ben"):
        pupil = PupilFactory(school=cast.junior, forename=name, surname="Grid")
        ClassPlaceFactory(class_group=road.class_group, pupil=pupil)
        moves.append(TransitionFactory(pupil=pupil, to_school=cast.secondary))
    teacher, page = sign_in(cast.class_teacher), reverse("transitions:class_grid", args=[road.class_group.pk])
    rows = [*moves, road.move]
    data: dict[str, object] = {f"{move.pk}-version": 0 for move in rows}
    data |= {
        f"{moves[0].pk}-friends": "Ann's.",
        f"{moves[1].pk}-learning": "Ben's.",
        "save": str(moves[1].pk),
    }
    assert teacher.post(page, data)["Location"] == f"{page}#{moves[1].pk}"
    kept = dict(Section.objects.exclude(text="").values_list("pupil__forename", "text"))
    assert kept == {"Ann": "Ann's.", "Ben": "Ben's."}
    assert not Handover.objects.filter(transition=road.move).exists(), "nothing was said of Robin"
    late = sign_in(cast.senco).post(
        page, {**data, f"{moves[0].pk}-friends": "Mine.", f"{road.move.pk}-family": "New."}
    )
    assert late.status_code == 409
    assert "Ann&#x27;s." in late.content.decode()
    assert "Mine." in late.content.decode()
    assert Section.objects.get(pupil=road.pupil, kind="family").text == "New."
    assert Section.objects.get(pupil=moves[0].pupil, kind="friends").text == "Ann's."


def test_notes_are_checked_before_they_are_shared(cast: Cast, road: Road, sign_in: SignIn) -> None:
    Handover.objects.all().delete()
    group, senco = road.class_group, sign_in(cast.senco)
    for name, to in (("Ann", cast.secondary), ("Ben", None)):
        pupil = PupilFactory(school=cast.junior, forename=name, surname="Grid")
        ClassPlaceFactory(class_group=group, pupil=pupil)
        move = TransitionFactory(pupil=pupil, to_school=to)
        senco.post(reverse("transitions:class_note", args=[move.pk]), NOTE)
    page = reverse("transitions:class_share", args=[group.pk])
    shown = senco.get(page)
    assert [note.move.pupil.forename for note in shown.context["new"]] == ["Ann"]
    assert [note.move.pupil.forename for note in shown.context["held_back"]] == ["Ben"]
    assert shown.context["unwritten"] == 1
    assert "There is no next school yet" in shown.content.decode()
    assert "Share 1 note</button>" in shown.content.decode()
    assert set(Handover.objects.values_list("state", flat=True)) == {"draft"}, "looking shares nothing"
    senco.post(page)
    assert Handover.objects.filter(state="shared").count() == 1
    again = senco.get(page)
    assert (again.context["new"], again.context["unchanged"]) == ([], 1)
