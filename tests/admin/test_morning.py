"""The first page: what asks for an act, in one's own partnership, without a child."""

from __future__ import annotations

from datetime import UTC, date, datetime

from django.test import Client
from django.utils import timezone

from partnership.outbox.models import Delivery
from partnership.ui.morning import Matter, matters_for
from schools.models import Invitation
from schools.queries.viewers import viewer_for
from tests.cast import Cast, SignIn
from transitions.models import Handover


def matters(cast: Cast, who: str, at: datetime | None = None) -> dict[str, Matter]:
    viewer = viewer_for(user_id=cast.people[who].pk, mfa=True)
    return {matter.title: matter for matter in matters_for(viewer, at or timezone.now())}


def texts(matter: Matter) -> list[str]:
    return [line.text for line in matter.lines]


def test_late_moves_are_counted_by_pair_of_schools(world: Cast) -> None:
    Handover.objects.update(shared_at=datetime(2026, 10, 5, 9, tzinfo=UTC), received_at=None)
    today = datetime(2026, 11, 20, 8, tzinfo=UTC)
    late = matters(world, "coordinator", today)["Late between schools"]
    assert texts(late) == ["Millbrook Junior School to Northfield School"]
    assert late.lines[0].status_text == "1 late"
    assert texts(matters(world, "far_coordinator", today)["Late between schools"]) == [
        "Farlow Primary School to Farlow School"
    ]


def test_an_empty_key_post_is_named_with_its_school(cast: Cast) -> None:
    cast.senco.posts.update(ends_on=date(2020, 9, 2))
    empty = matters(cast, "coordinator")["Empty key posts"]
    found = {line.text: line.detail for line in empty.lines}
    assert found["Millbrook Junior School"] == "Nobody is SENCO"
    assert "Farlow Primary School" not in found
    assert "Northfield School" not in found


def test_parked_mails_refused_files_and_ending_invitations_are_ones_own(world: Cast) -> None:
    found = matters(world, "coordinator")
    assert texts(found["Mails that did not go out"]) == ["Senco", "senco@millbrook.example"]
    assert texts(found["Files that were refused"]) == ["Common transfer file, Millbrook Junior School"]
    assert texts(found["Invitations running out"]) == ["Senco, SENCO"]


def test_what_is_well_is_said(cast: Cast, sign_in: SignIn) -> None:
    body = sign_in(cast.coordinator).get("/admin/").content.decode()
    for said in ("Nothing is late between your schools.", "Every mail went out.", "No file was refused"):
        assert said in body


def test_an_invitation_that_was_taken_up_is_off_the_list(world: Cast) -> None:
    Invitation.objects.update(used_at=timezone.now())
    assert not matters(world, "coordinator")["Invitations running out"].lines


def test_a_parked_mail_can_be_sent_again_by_its_own_coordinator(world: Cast, sign_in: SignIn) -> None:
    mail = Delivery.objects.get(recipient=world.senco)
    url = f"/admin/outbox/delivery/{mail.pk}/again/"
    assert sign_in(world.far_coordinator).post(url).status_code == 404
    client: Client = sign_in(world.coordinator)
    assert client.get(url).status_code == 405
    assert client.post(url).status_code == 302
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == ("waiting", 0)
