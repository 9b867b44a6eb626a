"""The whole road of a child in browsers: files in, written, shared, received, talked over, accepted, settled.

Two schools, five people, a worker in a process of its own; the reminders that come due are mailed and seen."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from partnership.home.world.children import Child, Offer, offers_file
from partnership.home.world.places import Place
from tests.cast import Cast
from tests.conftest import process_environment
from tests.faults.smtp import Sink
from tests.journeys.conftest import Visitor
from tests.transitions.imports.helpers import child, ctf, file_name
from transitions.enums import HandoverState
from transitions.models import Handover, Transition

pytestmark = pytest.mark.django_db(transaction=True)

Visit = Callable[..., Visitor]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as sink:
        yield sink


def run_worker(sink: Sink, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.journeys.worker", str(sink.port), *arguments],
        cwd=ROOT,
        env=process_environment("worker"),
    )


@pytest.fixture
def worker(transactional_db: None, sink: Sink) -> Iterator[None]:
    """Somebody who reads the files that come in."""
    process = run_worker(sink)
    yield
    process.kill()
    process.wait()


def tick(sink: Sink) -> None:
    """One tick of the clock, in the worker's own process."""
    assert run_worker(sink, "--clock").wait(60) == 0


def upload(visitor: Visitor, title: str, name: str, content: bytes, *, screens: str) -> None:
    """Upload a file, look at it, apply it."""
    page = visitor.goto("/imports/")
    page.get_by_role("listitem").filter(has_text=title).get_by_role("button", name="Upload").first.click()
    page.get_by_label("File", exact=True).set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )
    page.get_by_role("button", name="Upload and look").click()
    page.get_by_role("heading", name="Look before you apply").wait_for(timeout=30_000)
    visitor.screens(screens)
    assert visitor.axe() == []
    page.get_by_role("button", name="Apply").click()
    page.get_by_role("button", name="Apply").click()


def test_a_child_moves(cast: Cast, visit: Visit, sink: Sink, worker: None) -> None:
    office, head, senco = visit(cast.school_office), visit(cast.head), visit(cast.senco)
    receiver = visit(cast.next_senco, width="phone")
    robin = child(1, surname="Marsh", forename="Robin", medical_flag=True)
    others = [child(serial, surname="Marsh", sen_now="N", sen_history=(), needs=()) for serial in (2, 3)]
    junior = cast.junior
    name = file_name(junior, None)
    upload(office, "Common transfer file", name, ctf(junior, None, robin, *others), screens="import-preview")
    office.screens("import-applied")

    page = head.goto("/leaving/")
    expect(page.get_by_role("link", name="Robin Marsh")).to_be_visible()
    head.screens("leaving-without-destinations")
    assert head.axe() == []

    places = {
        each: Place(each.urn or 0, each.establishment_number, each.name, 0, 0, 0, 0, 0)
        for each in (junior, cast.secondary)
    }
    offers = [
        Offer(Child(pupil, places[junior], "6A"), places[cast.secondary], "accepted", date.today())  # noqa: DTZ011
        for pupil in (robin, *others)
    ]
    upload(office, "Offer list", "offers.csv", offers_file(offers), screens="offers-preview")
    move = Transition.objects.get(pupil__forename="Robin")
    assert move.to_school == cast.secondary

    page = senco.goto("/leaving/")
    page.get_by_role("link", name="Robin Marsh").click()
    page.get_by_role("button", name="Begin the handover").click()
    expect(page.get_by_text("Speech, language and communication")).to_be_visible()
    page.get_by_role("link", name="Write Strengths").click()
    page.get_by_label("Strengths").fill("Remembers every story.")
    page.get_by_text("Saved just now").wait_for()
    page.get_by_role("button", name="Save and go on").click()
    page = senco.goto(f"/moves/{move.pk}/write/health/")
    page.get_by_label("Anything else").fill("")
    page.get_by_label("Medicines").fill("Blue inhaler, in the office.")
    page.get_by_role("button", name="Save and go on").click()
    page = senco.goto(f"/moves/{move.pk}/")
    page.get_by_role("button", name="Check and share").click()
    page.get_by_role("button", name="Share with Northfield School").click()
    expect(page.get_by_text("Shared with Northfield School")).to_be_visible()

    Handover.objects.filter(transition=move).update(shared_at=timezone.now() - timedelta(days=60))
    tick(sink)
    mails = [mail for mail in sink.received if mail["To"] and cast.next_senco.email in mail["To"]]
    assert mails, "the receiving SENCO is told and reminded by mail"
    assert not [mail for mail in sink.received if "Marsh" in mail.as_string() or "Robin" in mail.as_string()]
    page = receiver.goto("/inbox/")
    expect(page.get_by_text("Robin Marsh").first).to_be_visible()
    receiver.screens("inbox-reminded")
    assert receiver.axe() == []

    page = receiver.goto("/joining/")
    page.get_by_role("link", name="Robin Marsh").click()
    expect(page.get_by_text("Blue inhaler, in the office.")).to_be_visible()
    page.get_by_role("button", name="I have read it").click()
    expect(page.get_by_text("Marked as read")).to_be_visible()
    page.get_by_role("button", name="Record or plan the conversation").click()
    page.get_by_label("Yes, we have met").check()
    page.get_by_label(f"{cast.senco.name}, SENCO", exact=True).check()
    page.get_by_label(f"{cast.next_senco.name}, SENCO", exact=True).check()
    page.get_by_label("What was said about Robin").fill("A quiet start and a visit in June.")
    page.get_by_role("button", name="Save the conversation").click()
    expect(page.get_by_text("Recorded: you have met")).to_be_visible()
    page = receiver.goto(f"/moves/{move.pk}/")
    page.get_by_role("button", name="Accept").click()
    receiver.screens("child-accepted")
    assert receiver.axe() == []
    Transition.objects.filter(pk=move.pk).update(moves_on=timezone.localdate())
    receiver.goto(f"/moves/{move.pk}/").get_by_role("button", name="Mark as settled").click()
    page.get_by_label("One friendly line").fill("The sticky notes help every day.")
    page.get_by_role("button", name="Mark as settled").click()
    assert Handover.objects.get(transition=move).state == HandoverState.SETTLED

    page = senco.goto(f"/moves/{move.pk}/")
    expect(page.get_by_text("The sticky notes help every day.")).to_be_visible()
    senco.screens("child-settled")
    assert senco.axe() == []
