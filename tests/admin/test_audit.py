"""One event a save, its rows beneath included; none where nothing changed; no value and no second log."""

from __future__ import annotations

from django.contrib.admin.models import LogEntry
from django.utils import timezone

from partnership.audit.models import Event, record
from schools.models import Closure, Membership
from tests.admin.test_choices import rows_beneath
from tests.cast import Cast, SignIn
from tests.factories.schools import SchoolFactory


def test_a_save_with_rows_beneath_is_one_event_without_values(cast: Cast, sign_in: SignIn) -> None:
    client, url = sign_in(cast.coordinator), f"/admin/schools/organisation/{cast.junior.pk}/change/"
    data = {"mailbox": "office@millbrook.example", "telephone": "", "website": ""}
    row = Membership.objects.get(organisation=cast.junior)
    beneath = rows_beneath("memberships", initial=1) | {
        "memberships-0-id": row.pk,
        "memberships-0-organisation": cast.junior.pk,
        "memberships-0-partnership": cast.cluster.pk,
        "memberships-0-starts_on": "2020-09-01",
        "memberships-0-ends_on": "2040-08-31",
    }
    assert client.post(url, {**data, **beneath}).status_code == 302
    event = Event.objects.get(kind__startswith="schools.organisation.")
    assert (event.kind, event.actor_id, event.subject_id) == (
        "schools.organisation.changed",
        cast.coordinator.pk,
        cast.junior.pk,
    )
    assert event.organisation_id == cast.junior.pk
    assert event.facts == {
        "fields": ["mailbox"],
        "beneath": [
            {"kind": "schools.membership", "id": str(row.pk), "was": "changed", "fields": ["ends_on"]}
        ],
    }
    assert client.post(url, {**data, **beneath}).status_code == 302
    assert Event.objects.filter(kind__startswith="schools.organisation.").count() == 1, (
        "nothing changed the second time"
    )
    assert not LogEntry.objects.exists()
    history = client.get(f"/admin/schools/organisation/{cast.junior.pk}/history/").content.decode()
    assert "mailbox" in history
    assert "Coordinator" in history


def test_the_list_reads_as_words(cast: Cast, sign_in: SignIn) -> None:
    record("section.withheld", by=cast.senco.pk, organisation=cast.junior.pk, at=timezone.now())
    html = sign_in(cast.coordinator).get("/admin/audit/event/").content.decode()
    assert "Section of a handover taken out" in html
    assert "section.withheld" not in html


def test_adding_and_removing_are_events(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.coordinator)
    data = {"organisation": cast.junior.pk, "on": "2027-01-04", "reason": "INSET day"}
    client.post("/admin/schools/closure/add/", data)
    made = Closure.objects.get(organisation=cast.junior)
    client.post(f"/admin/schools/closure/{made.pk}/delete/", {"post": "yes"})
    kinds = list(
        Event.objects.filter(kind__startswith="schools.closure.")
        .order_by("at")
        .values_list("kind", flat=True)
    )
    assert kinds == ["schools.closure.added", "schools.closure.removed"]
    assert not LogEntry.objects.exists()


def test_a_row_keyed_by_a_day_has_its_history_too(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.superuser)
    client.post(
        "/admin/schools/bankholiday/add/", {"on": "2029-01-01", "title": "New Year’s Day", "source": "gov.uk"}
    )
    body = client.get("/admin/schools/bankholiday/2029-01-01/history/").content.decode()
    assert "Bank holiday added" in body


def test_a_refused_save_leaves_no_event(cast: Cast, sign_in: SignIn) -> None:
    far = {"organisation": cast.far_junior.pk, "on": "2027-01-04", "reason": "INSET day"}
    sign_in(cast.coordinator).post("/admin/schools/closure/add/", far)
    assert not Event.objects.filter(kind__startswith="schools.closure").exists()


def test_the_log_names_who_is_seen_and_tells_codes_only(cast: Cast, sign_in: SignIn) -> None:
    at = timezone.now()
    facts = {"role": "senco", "count": 3, "note": "Ada Lovelace", "days": ["2026-09-01", "Grace H"]}
    for who in (cast.senco, cast.stranger_senco):
        record(
            "handover.shared",
            by=who.pk,
            subject=cast.senco.posts.get(),
            organisation=cast.junior.pk,
            at=at,
            facts=facts,
        )
    client = sign_in(cast.coordinator)
    response = client.get("/admin/audit/event/")
    body = response.content.decode()
    assert "Somebody outside your partnership" in body
    assert ">Senco<" in body
    event = Event.objects.filter(actor_id=cast.senco.pk).get()
    page = client.get(f"/admin/audit/event/{event.pk}/change/").content.decode()
    assert "senco" in page
    assert "Lovelace" not in page
    assert "Grace" not in page


def test_the_log_cannot_be_written_here(cast: Cast, sign_in: SignIn) -> None:
    event = record("x", by=None, organisation=cast.junior.pk, at=timezone.now())
    client = sign_in(cast.superuser)
    for tail in ("change/", "delete/"):
        assert client.post(f"/admin/audit/event/{event.pk}/{tail}", {"post": "yes"}).status_code == 403
    assert client.get("/admin/audit/event/add/").status_code == 403


def test_schools_of_the_partnership_alone_are_counted(cast: Cast, sign_in: SignIn) -> None:
    SchoolFactory(name="Unattached School")
    body = sign_in(cast.coordinator).get("/admin/schools/organisation/").content.decode()
    assert "Unattached School" not in body
