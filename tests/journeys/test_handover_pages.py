"""The pages of a handover as pictures, at both widths, each clean to axe, the console and the network."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from partnership.home.world.words import FACTS, TEXTS
from schools.models import Pupil
from tests.cast import Cast, Road, make_road
from tests.factories.schools import ClassGroupFactory
from tests.factories.transitions import shared
from tests.journeys.conftest import Visitor
from transitions.models import Handover, Section

pytestmark = pytest.mark.django_db(transaction=True)

Visit = Callable[..., Visitor]


@pytest.fixture
def written(cast: Cast, road: Road) -> Road:
    """Robin's handover, written as people write."""
    Pupil.objects.filter(pk=road.pupil.pk).update(
        known_as="Robin Featherstonehaugh-Wolstenholme of the Upper Marshes Road"
    )
    for section in Section.objects.filter(handover=road.handover):
        facts = FACTS.get(section.kind, ({},))[0]
        Section.objects.filter(pk=section.pk).update(
            text=TEXTS[section.kind][0], facts=facts, updated_by=cast.senco
        )
    return road


def path(name: str, road: Road, *args: object) -> str:
    return reverse(f"transitions:{name}", args=[road.move.pk, *args])


def look(visitor: Visitor, address: str, name: str) -> None:
    visitor.goto(address)
    visitor.screens(name)
    assert visitor.axe() == []


def test_the_senders_pages(cast: Cast, written: Road, visit: Visit) -> None:
    senco = visit(cast.senco)
    look(senco, path("child", written), "child-sender-draft")
    look(senco, path("write", written, "about_me"), "write-about-me")
    look(senco, path("write", written, "health"), "write-health")
    look(senco, path("write_all", written), "write-all")
    look(senco, path("share", written), "share")
    look(senco, path("destination", written), "destination")
    look(senco, reverse("transitions:add_pupil"), "add-pupil")
    empty = make_road(cast.junior, cast.secondary, forename="Noor", surname="Ahmed")
    Handover.objects.filter(pk=empty.handover.pk).delete()
    look(senco, path("child", empty), "child-not-begun")


def test_the_receivers_pages(cast: Cast, written: Road, visit: Visit) -> None:
    body: list[dict[str, object]] = [
        {"kind": s.kind, "text": s.text, "facts": s.facts, "nothing": False}
        for s in Section.objects.filter(handover=written.handover)
    ]
    shared(written.handover, by=cast.senco, body=body)
    ClassGroupFactory(school=cast.secondary, name="7C")
    receiver = visit(cast.next_senco)
    look(receiver, path("child", written), "child-receiver")
    receiver.page.get_by_role("button", name="I have read it").click()
    receiver.screens("child-received")
    assert receiver.axe() == []
    look(receiver, path("talk", written), "conversation-form")
    office = visit(cast.next_school_office)
    look(office, path("child", written), "child-office")
    senco = visit(cast.senco)
    look(senco, path("withdraw", written), "withdraw")


def test_everything_on_one_page_is_saved_with_and_without_scripts(
    cast: Cast, written: Road, visit: Visit
) -> None:
    senco = visit(cast.senco)
    page = senco.goto(path("write_all", written))
    page.get_by_label("How to connect").fill("Say hello by name.")
    page.locator("#connect").get_by_text("Saved just now").wait_for()
    assert Section.objects.get(handover=written.handover, kind="connect").text == "Say hello by name."
    page.get_by_label("Strengths").fill("Reads maps.")
    page.locator("#strengths").get_by_role("button").click()
    page.wait_for_url("**/write/#strengths")
    assert Section.objects.get(handover=written.handover, kind="strengths").text == "Reads maps."

    plain = visit(cast.senco, scripts=False)
    page = plain.goto(path("write_all", written))
    page.get_by_label("How to connect").fill("Ask about the dog.")
    page.get_by_label("What helps").fill("A quiet corner.")
    page.locator("#helps").get_by_role("button").click()
    texts = dict(Section.objects.filter(handover=written.handover).values_list("kind", "text"))
    assert (texts["connect"], texts["helps"]) == ("Ask about the dog.", "A quiet corner.")


def test_the_pages_that_ask_once_more(cast: Cast, written: Road, visit: Visit) -> None:
    senco = visit(cast.senco)
    Section.objects.filter(handover=written.handover, kind="about_me").update(text="", facts={})
    look(senco, path("share", written), "share-doubts")
    page = senco.goto(path("destination", written))
    page.get_by_label("Not known yet").check()
    page.get_by_role("button", name="Record the destination").click()
    page.get_by_role("heading", name="Check the change of destination").wait_for()
    senco.screens("destination-check")
    assert senco.axe() == []
    page.get_by_role("button", name="Go back to the form").click()
    expect(page.get_by_label("Not known yet")).to_be_checked()
    noted = make_road(cast.junior, cast.secondary, forename="Ann", surname="Grid", sen="N")
    Handover.objects.filter(pk=noted.handover.pk).update(kind="class")
    Section.objects.filter(handover=noted.handover, kind="friends").update(version=9)
    look(senco, reverse("transitions:class_share", args=[noted.class_group.pk]), "class-share")


def test_the_class_grid(cast: Cast, visit: Visit) -> None:
    roads = [
        make_road(cast.junior, cast.secondary, forename=name, surname="Grid", sen="N")
        for name in ("Ann", "Ben", "Cara")
    ]
    Handover.objects.all().delete()
    cast.class_teacher.posts.get().classes.add(roads[0].class_group)
    teacher = visit(cast.class_teacher)
    look(teacher, reverse("transitions:class_notes"), "class-grid")
    teacher.page.get_by_label("Friends").first.fill("Sits with Cara and Ben.")
    teacher.page.get_by_text("Saved just now").first.wait_for()
    assert Section.objects.filter(kind="friends", text="Sits with Cara and Ben.").exists()


def test_saved_as_one_writes_and_two_texts_shown(cast: Cast, written: Road, visit: Visit) -> None:
    senco, teacher = visit(cast.senco), visit(cast.class_teacher)
    for each in (senco, teacher):
        each.goto(path("write", written, "connect"))
    box = senco.page.get_by_label("How to connect")
    box.fill("The SENCO's words.")
    senco.page.get_by_text("Saved just now").wait_for()
    box.fill("The SENCO's second thought.")
    senco.page.get_by_text("Saved just now").wait_for()
    teacher.watch.allow("409")
    teacher.page.get_by_label("How to connect").fill("The teacher's words.")
    teacher.page.locator("[data-conflict]").wait_for()
    teacher.screens("write-conflict")
    assert teacher.axe() == []
    expect(teacher.page.locator("[data-conflict]")).to_contain_text("The SENCO's second thought.")
    expect(teacher.page.get_by_label("How to connect")).to_have_value("The teacher's words.")
    section = Section.objects.get(handover=written.handover, kind="connect")
    assert section.text == "The SENCO's second thought."
