"""A file through the pages, as the people who bring it in, and as those who may not."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from partnership.accounts.models import User
from partnership.outbox.work import work
from schools.actions.imports import delete_outdated
from schools.enums import ImportState
from schools.models import Import, ImportFile, ImportRow, Organisation, Post, Pupil
from tests.cast import Cast, Road, SignIn, make_road
from tests.factories.schools import PupilFactory
from tests.schools.imports.test_gias import gias, row
from tests.transitions.imports.helpers import child, ctf, file_name, upn
from tests.transitions.imports.test_lists import PUPILS, lines
from transitions.models import NO_SCHOOL, Transition

pytestmark = pytest.mark.django_db


def send(
    client: Client, kind: str, content: bytes, school: Organisation, *, name: str = "", **more: Any
) -> Import:
    """Upload through the form, and let the worker read it."""
    key = more.pop("key", uuid.uuid4())
    name = name or ("list.xml" if kind == "ctf" else "list.csv")
    data = {"key": key, "organisation": school.pk, "file": SimpleUploadedFile(name, content), **more}
    response = client.post(reverse("imports:upload", args=[kind]), data)
    assert response.status_code == 302, response.context["form"].errors
    work()
    return Import.objects.get(pk=key)


@pytest.fixture
def office(cast: Cast, sign_in: SignIn) -> Client:
    return sign_in(cast.school_office)


def text(client: Client, importing: Import, query: str = "") -> str:
    return client.get(reverse("imports:import", args=[importing.pk]) + query).content.decode()


def test_a_ctf_from_upload_to_result(cast: Cast, office: Client) -> None:
    content = ctf(cast.junior, cast.secondary, child(), child(2, year_group="3"))
    importing = send(office, "ctf", content, cast.junior, name=file_name(cast.junior, cast.secondary))
    assert importing.state == ImportState.READY
    page = text(office, importing)
    assert "Ada Marsh" in page
    assert "1 child in other years was counted and dropped" in page
    confirm = office.get(reverse("imports:apply", args=[importing.pk])).content.decode()
    assert "Apply 1 row" in confirm
    office.post(reverse("imports:apply", args=[importing.pk]))
    assert "Applied on" in text(office, importing)
    assert Pupil.objects.get().forename == "Ada"
    assert Transition.objects.get().to_school == cast.secondary
    assert not ImportFile.objects.exists()
    assert not ImportRow.objects.exclude(outcome__in=["refused", "undecided"]).exists()


def test_pressing_twice_does_it_once(cast: Cast, office: Client) -> None:
    key = uuid.uuid4()
    importing = send(office, "ctf", ctf(cast.junior, None, child()), cast.junior, key=key)
    send(office, "ctf", ctf(cast.junior, None, child()), cast.junior, key=key)
    for _ in range(3):
        assert office.post(reverse("imports:apply", args=[importing.pk])).status_code == 302
    assert (Import.objects.count(), Pupil.objects.count()) == (1, 1)


def test_nothing_is_done_until_applied_and_discard_forgets(cast: Cast, office: Client) -> None:
    importing = send(office, "ctf", ctf(cast.junior, None, child()), cast.junior)
    assert not Pupil.objects.exists()
    office.post(reverse("imports:discard", args=[importing.pk]))
    assert not ImportRow.objects.exists()
    assert not ImportFile.objects.exists()
    office.post(reverse("imports:apply", args=[importing.pk]))
    assert not Pupil.objects.exists()


def test_the_progress_page_before_the_worker_comes(cast: Cast, office: Client) -> None:
    key = uuid.uuid4()
    file = SimpleUploadedFile("list.xml", ctf(cast.junior, None, child()))
    office.post(
        reverse("imports:upload", args=["ctf"]), {"key": key, "organisation": cast.junior.pk, "file": file}
    )
    importing = Import.objects.get(pk=key)
    page = text(office, importing)
    assert "hx-get" in page
    assert 'http-equiv="refresh"' in page
    work()
    answer = office.get(reverse("imports:import", args=[key]), headers={"HX-Request": "true"})
    assert answer.headers["HX-Refresh"] == "true"


def test_changed_rows_show_before_and_after(cast: Cast, office: Client) -> None:
    PupilFactory(school=cast.junior, forename="Ada", surname="Reed", upn=upn(1))
    importing = send(office, "ctf", ctf(cast.junior, None, child()), cast.junior)
    page = text(office, importing, "?show=changed")
    assert "<del>Reed</del>" in page
    assert "<ins>Marsh</ins>" in page


def test_refused_rows_can_be_downloaded_without_formulae(cast: Cast, office: Client) -> None:
    content = lines(
        PUPILS, '=HYPERLINK("x"),Marsh,Ada,,14/03/2016,6,,,,', f"{upn(2)},Reed,Ben,,14/03/2016,6,,,,"
    )
    importing = send(office, "pupils", content, cast.junior)
    assert "What is wrong" in text(office, importing, "?show=refused")
    body = office.get(reverse("imports:refused", args=[importing.pk])).content.decode("utf-8-sig")
    assert "\n2,UPN,'=" in body.replace("\r", "").replace('"', "")


def test_a_decision_through_the_page(cast: Cast, office: Client) -> None:
    importing = send(office, "ctf", ctf(cast.junior, None, child(), child(1, surname="Reed")), cast.junior)
    page = text(office, importing)
    assert "Use this line" in page
    second = importing.rows.get(line=2)
    office.post(reverse("imports:decide", args=[importing.pk, second.pk]), {"choice": "use"})
    office.post(reverse("imports:decide", args=[importing.pk, second.pk]), {"choice": "nonsense"})
    office.post(reverse("imports:apply", args=[importing.pk]))
    assert Pupil.objects.get().surname == "Reed"


def test_a_refused_file_says_why_in_one_sentence(cast: Cast, office: Client) -> None:
    importing = send(office, "ctf", b"<!DOCTYPE x [<!ENTITY a 'b'>]><CTfile/>", cast.junior)
    assert importing.state == ImportState.REFUSED
    assert importing.reason.split(":")[0] in text(office, importing)
    assert not ImportFile.objects.exists()


def test_others_files_do_not_exist(cast: Cast, office: Client, sign_in: SignIn) -> None:
    importing = send(office, "ctf", ctf(cast.junior, cast.secondary, child()), cast.junior)
    names = ["import", "apply", "refused"]
    for user in (cast.next_school_office, cast.stranger_head, cast.coordinator):
        client = sign_in(user)
        for name in names:
            assert client.get(reverse(f"imports:{name}", args=[importing.pk])).status_code == 404
        assert client.post(reverse("imports:discard", args=[importing.pk])).status_code == 404
        assert client.post(reverse("imports:apply", args=[importing.pk])).status_code == 404
        assert "Marsh" not in client.get(reverse("imports:list")).content.decode()
    for user in (cast.class_teacher, cast.dsl, cast.la_officer):
        assert sign_in(user).get(reverse("imports:list")).status_code == 403
    importing.refresh_from_db()
    assert importing.state == ImportState.READY


def test_nobody_uploads_for_another_school(cast: Cast, office: Client) -> None:
    data = {
        "key": uuid.uuid4(),
        "organisation": cast.secondary.pk,
        "file": SimpleUploadedFile("list.xml", ctf(cast.junior, cast.secondary, child())),
    }
    assert office.post(reverse("imports:upload", args=["ctf"]), data).status_code == 200
    assert not Import.objects.exists()


@pytest.mark.parametrize(
    ("person", "kind"), [("school_office", "gias"), ("coordinator", "ctf"), ("senco", "staff")]
)
def test_each_kind_has_its_people(cast: Cast, sign_in: SignIn, person: str, kind: str) -> None:
    user: User = getattr(cast, person)
    assert sign_in(user).get(reverse("imports:upload", args=[kind])).status_code == 404


def test_a_second_factor_is_asked_for(cast: Cast, sign_in: SignIn) -> None:
    response = sign_in(cast.school_office, mfa=False).get(reverse("imports:list"))
    assert response.status_code == 302
    assert "2fa" in response.headers["Location"]


def test_a_coordinator_brings_in_schools_and_confirms_a_shorter_file(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.coordinator)
    importing = send(client, "gias", gias(row(900001)), cast.cluster)
    url = reverse("imports:apply", args=[importing.pk])
    assert "are not in this file" in client.get(url).content.decode()
    assert client.post(url).status_code == 200
    assert client.post(url, {"confirmed": "on"}).status_code == 302
    assert Organisation.objects.filter(urn=900001).exists()


def test_a_head_brings_in_staff(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.head)
    content = b"Name,E-mail,Role\r\nJo Hale,jo@millbrook.example,SENCO"
    importing = send(client, "staff", content, cast.junior)
    client.post(reverse("imports:apply", args=[importing.pk]))
    assert Post.objects.filter(user__name="Jo Hale").exists()
    assert "1 invitation has been sent" in text(client, importing)


def test_templates_hold_headings_and_no_example(cast: Cast, office: Client) -> None:
    for kind in ("pupils", "offers"):
        body = office.get(reverse("imports:template", args=[kind])).content.decode("utf-8-sig")
        assert body.startswith("UPN,")
        assert body.count("\n") == 1
    assert office.get(reverse("imports:template", args=["ctf"])).status_code == 404


def test_files_and_rows_are_gone_after_a_day(cast: Cast, office: Client) -> None:
    ready = send(office, "ctf", ctf(cast.junior, None, child()), cast.junior)
    refused = send(office, "pupils", lines(PUPILS, "A1,Marsh,Ada,,14/03/2016,6,,,,"), cast.junior)
    office.post(reverse("imports:apply", args=[refused.pk]))
    assert ImportRow.objects.filter(of=refused).exists()
    delete_outdated(at=ready.at + timedelta(hours=25))
    assert not ImportRow.objects.exists()
    assert not ImportFile.objects.exists()
    ready.refresh_from_db()
    assert ready.state == ImportState.DISCARDED
    assert "24 hours" in text(office, ready)


@pytest.mark.parametrize(
    ("name", "taken"), [("list.csv", True), ("LIST.CSV", True), ("list.csv.exe", False), ("list", False)]
)
def test_the_name_must_not_say_that_it_is_something_else(
    cast: Cast, office: Client, name: str, taken: bool
) -> None:
    file = SimpleUploadedFile(name, b"Surname,Forename\r\nMarsh,Ada")
    data = {"key": uuid.uuid4(), "organisation": cast.junior.pk, "file": file}
    response = office.post(reverse("imports:upload", args=["pupils"]), data)
    assert (response.status_code == 302) is taken
    assert Import.objects.exists() is taken
    if not taken:
        assert "name ends in .csv" in response.content.decode()


def test_a_large_file_is_refused_at_the_door(cast: Cast, office: Client) -> None:
    file = SimpleUploadedFile("list.csv", b"x" * (10 * 1024 * 1024 + 1))
    data = {"key": uuid.uuid4(), "organisation": cast.junior.pk, "file": file}
    response = office.post(reverse("imports:upload", args=["pupils"]), data)
    assert "larger than 10 MB" in response.content.decode()


def test_a_receivers_office_fills_its_list_as_the_serving_role(cast: Cast, sign_in: SignIn) -> None:
    """The rows and the handover's policies hold for the app's role: here everything runs as it."""
    client = sign_in(cast.next_school_office)
    known = make_road(cast.junior, cast.secondary, forename="Ada", surname="Marsh")
    Transition.objects.filter(pk=known.move.pk).update(destination_state="expected", seen_by=NO_SCHOOL)
    content = ctf(cast.junior, cast.secondary, child(upn=""), child(2))
    importing = send(client, "ctf", content, cast.secondary, name=file_name(cast.junior, cast.secondary))
    client.post(reverse("imports:apply", args=[importing.pk]))
    assert set(Transition.objects.values_list("destination_state", "seen_by")) == {
        ("offered", cast.secondary.pk)
    }
    importing.refresh_from_db()
    assert importing.facts["done"] == {"left_out": 0, "children": 2}


def test_the_senders_office_closes_the_former_schools_access(
    cast: Cast, office: Client, shared_road: Road
) -> None:
    Pupil.objects.filter(pk=shared_road.pupil.pk).update(upn=upn(1))
    content = ctf(cast.junior, cast.far_secondary, child())
    importing = send(office, "ctf", content, cast.junior, accepted="on")
    office.post(reverse("imports:apply", args=[importing.pk]))
    shared_road.handover.refresh_from_db()
    assert (shared_road.handover.state, shared_road.handover.seen_by) == ("withdrawn", cast.far_secondary.pk)
    assert shared_road.handover.steps.get().by == cast.school_office
