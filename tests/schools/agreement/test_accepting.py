"""The sharing agreement: published once for all, accepted for each controller by somebody with authority (practice P1)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from partnership.access import rls
from partnership.accounts.models import User
from partnership.audit.models import Event
from schools.models import Acceptance, Agreement, Controller, Organisation
from schools.queries.agreements import standings, why_not
from tests.cast import Cast, SignIn
from tests.factories.schools import SchoolFactory, accepted, agreement

pytestmark = pytest.mark.django_db

NAMED = {
    "kind": "governing_body",
    "name": "The Governing Body of Millbrook Junior School",
    "ico_number": "Z1234567",
    "dpo_name": "Judith Baptiste",
    "dpo_email": "dpo@elsewhere.example",
    "dpo_telephone": "",
}


@pytest.fixture
def waiting(cast: Cast) -> Organisation:
    """Millbrook Junior, whose controller has not accepted."""
    Acceptance.objects.filter(organisation=cast.junior).delete()
    return cast.junior


def covered(organisation: Organisation, on: date | None = None) -> bool:
    return standings([organisation.pk], on=on or timezone.localdate())[organisation.pk].covered


def test_a_head_names_the_controller_and_accepts(cast: Cast, waiting: Organisation, sign_in: SignIn) -> None:
    head = sign_in(cast.head)
    page = reverse("schools:accept_agreement", args=[waiting.pk])
    assert head.get(page)["Location"] == reverse("schools:controller", args=[waiting.pk]), "named first"
    assert head.post(reverse("schools:controller", args=[waiting.pk]), NAMED)["Location"] == page
    shown = head.get(page).content.decode()
    assert "The Governing Body of Millbrook Junior School" in shown
    assert "Dpo" in shown, "who holds the post comes before the one who is named"
    assert head.post(page, {"version": 1}).status_code == 200, "not without the word of authority"
    assert not covered(waiting)
    head.post(page, {"version": 1, "authority": "on"})
    given = Acceptance.objects.get(organisation=waiting)
    assert (given.version, given.by, given.name, given.role) == (1, cast.head, "Head", "head")
    assert given.controller_name == NAMED["name"]
    assert covered(waiting)
    head.post(page, {"version": 1, "authority": "on"})
    assert Acceptance.objects.filter(organisation=waiting).count() == 1
    assert Event.objects.filter(kind="agreement.accepted", organisation_id=waiting.pk).count() == 1


def test_a_governor_may_and_neither_deputy_nor_officer(
    cast: Cast, waiting: Organisation, sign_in: SignIn
) -> None:
    Controller.objects.create(organisation=waiting, at=timezone.now(), **NAMED)
    page = reverse("schools:accept_agreement", args=[waiting.pk])
    for who in ("deputy_head", "senco", "dpo", "coordinator", "superuser"):
        assert sign_in(cast.people[who]).post(page, {"version": 1, "authority": "on"}).status_code == 403, who
    for who in ("other_head", "stranger_governor", "trust_leader"):
        assert sign_in(cast.people[who]).post(page, {"version": 1, "authority": "on"}).status_code == 404, who
    assert not Acceptance.objects.filter(organisation=waiting).exists()
    sign_in(cast.governor).post(page, {"version": 1, "authority": "on"})
    assert Acceptance.objects.get(organisation=waiting).role == "governor"


def test_a_trust_accepts_for_all_its_schools(cast: Cast, sign_in: SignIn) -> None:
    Acceptance.objects.filter(organisation__in=[cast.secondary, cast.trust]).delete()
    assert not covered(cast.secondary)
    leader = sign_in(cast.trust_leader)
    leader.post(
        reverse("schools:controller", args=[cast.trust.pk]), {**NAMED, "kind": "trust", "name": "Orchard"}
    )
    leader.post(reverse("schools:accept_agreement", args=[cast.trust.pk]), {"version": 1, "authority": "on"})
    assert covered(cast.secondary)
    assert "for all schools of the trust" in sign_in(cast.next_senco).get(
        reverse("schools:agreement")
    ).content.decode().replace("\n", " ")


def test_a_newer_version_asks_again_with_a_period_of_grace(cast: Cast, sign_in: SignIn) -> None:
    today = timezone.localdate()
    agreement(2, effective_from=today, binding_from=today + timedelta(days=30))
    last = today + timedelta(days=29)
    assert covered(cast.junior, last)
    assert not covered(cast.junior, last + timedelta(days=1))
    assert "the new version of the sharing agreement" in why_not(
        [cast.junior.pk], on=last + timedelta(days=1)
    )
    home = sign_in(cast.head).get(reverse("home")).content.decode()
    assert "Accept the sharing agreement" in home
    assert "Accept the sharing agreement" not in sign_in(cast.senco).get(reverse("home")).content.decode()
    Controller.objects.create(organisation=cast.junior, at=timezone.now(), **NAMED)
    page = reverse("schools:accept_agreement", args=[cast.junior.pk])
    answer = sign_in(cast.head).post(page, {"version": 1, "authority": "on"}, follow=True)
    assert "A newer version was published" in answer.content.decode(), "only what was read is accepted"
    sign_in(cast.head).post(page, {"version": 2, "authority": "on"})
    assert covered(cast.junior, last + timedelta(days=1))


def test_without_a_published_agreement_nobody_is_covered(db: None) -> None:
    school = SchoolFactory(name="Lonely School", agreed=False)
    Acceptance.objects.all().delete()
    Agreement.objects.all().delete()
    assert why_not([school.pk], on=timezone.localdate()).startswith("No sharing agreement is published yet")


def test_whom_to_ask(cast: Cast, waiting: Organisation, sign_in: SignIn) -> None:
    today = timezone.localdate()
    assert "ask Head, its head" in why_not([waiting.pk], on=today)
    own = why_not([waiting.pk], on=today, asker=cast.head.pk)
    assert "you can accept it, as its head" in own
    assert "ask" not in own, "nobody is sent to themselves"
    page = sign_in(cast.senco).get(reverse("schools:agreement")).content.decode()
    assert "Not accepted yet" in page
    assert "Ask Head, its head." in page
    assert "Check and accept" not in page
    cast.head.posts.update(ends_on=today - timedelta(days=1))
    Controller.objects.create(organisation=waiting, at=timezone.now(), **NAMED)
    assert "ask Judith Baptiste, its data protection officer" in why_not([waiting.pk], on=today)


class TestDesk:
    def test_the_county_publishes_and_the_text_stays(self, cast: Cast, sign_in: SignIn) -> None:
        new = {"effective_from": "01/12/2026", "binding_from": "31/12/2026", "text": "## 1. New\n\nWords."}
        add = reverse("admin:schools_agreement_add")
        assert sign_in(cast.coordinator).post(add, new).status_code == 403
        county = sign_in(cast.county_coordinator)
        assert "Who agrees" in county.get(add).content.decode(), "begins with the version before"
        assert county.post(add, new).status_code == 302
        made = Agreement.objects.get(version=2)
        assert (made.published_by, made.paragraphs) == (
            cast.county_coordinator,
            [(True, "1. New"), (False, "Words.")],
        )
        change = reverse("admin:schools_agreement_change", args=[made.pk])
        assert county.post(change, {**new, "text": "Other"}).status_code == 403

    def test_who_has_not_accepted(self, cast: Cast, waiting: Organisation, sign_in: SignIn) -> None:
        rows = reverse("admin:schools_organisation_changelist")
        page = sign_in(cast.coordinator).get(rows, {"agreement": "waiting"}).content.decode()
        assert "Millbrook Junior School" in page
        assert "Ashgrove Primary School" not in page
        others = sign_in(cast.coordinator).get(rows, {"agreement": "accepted"}).content.decode()
        assert "Millbrook Junior School" not in others
        assert "Ashgrove Primary School" in others
        given = sign_in(cast.coordinator).get(reverse("admin:schools_acceptance_changelist")).content.decode()
        assert "The governing body of Ashgrove Primary School" in given
        assert "Farlow" not in given


class TestTheDatabase:
    """With every Python net cut, as the serving role."""

    def as_(self, who: User, statement: str, *values: Any) -> int:
        with rls.acting_as(who.pk), connection.cursor() as cursor, transaction.atomic():
            cursor.execute(statement, values)
            return int(cursor.rowcount)

    INSERT = (
        "INSERT INTO schools_acceptance (id, organisation_id, agreement_id, version, controller_name, name, role, by_id, at)"
        " VALUES (gen_random_uuid(), %s, %s, 1, '', '', 'head', %s, now())"
    )

    def test_nobody_accepts_for_others_or_in_anothers_name(self, cast: Cast, waiting: Organisation) -> None:
        row = agreement().pk
        for by, name in (
            (cast.senco, cast.senco),
            (cast.other_head, cast.other_head),
            (cast.head, cast.senco),
        ):
            with pytest.raises(ProgrammingError, match="row-level security"):
                self.as_(by, self.INSERT, waiting.pk, row, name.pk)
        assert self.as_(cast.head, self.INSERT, waiting.pk, row, cast.head.pk) == 1

    def test_what_was_accepted_and_published_stays(self, cast: Cast) -> None:
        for statement in (
            "UPDATE schools_acceptance SET version = 9",
            "DELETE FROM schools_acceptance",
            "UPDATE schools_agreement SET text = 'Other'",
            "DELETE FROM schools_agreement",
        ):
            with pytest.raises(ProgrammingError, match="permission denied"):
                self.as_(cast.head, statement)

    def test_no_child_of_a_school_that_waits(self, cast: Cast, waiting: Organisation) -> None:
        child = (
            "INSERT INTO schools_pupil (id, school_id, upn, surname, forename, known_as, name_key, born_on, sex,"
            " sen_provision, sen_history, needs, language, care_authority, attendance, schools_attended, added_because)"
            " SELECT gen_random_uuid(), %s, '', 'Marsh', 'Ada', '', 'marsh ada', '2016-03-14', '', 'N', '[]', '[]', '', '',"
            " '[]', '[]', 'by_hand' FROM generate_series(1, 3)"
        )
        with pytest.raises(ProgrammingError, match="has not accepted the sharing agreement"):
            self.as_(cast.senco, child, waiting.pk)
        accepted(waiting)
        assert self.as_(cast.senco, child, waiting.pk) == 3
