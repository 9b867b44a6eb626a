"""A key post left empty is shown to the head; a school without a head to its coordinators (practice P12)."""

from __future__ import annotations

from datetime import UTC, date, datetime

from partnership.access import rls
from partnership.access.viewer import build_viewer
from partnership.accounts.models import User
from partnership.outbox.collect import collect
from partnership.outbox.models import Delivery, Message
from partnership.outbox.notices import enqueue
from partnership.outbox.wording import word
from schools.queries.due import empty_posts
from schools.reminders import due_empty_posts
from tests.cast import Cast, Road

TODAY = date(2026, 11, 20)


def told(day: date = TODAY) -> dict[str, set[object]]:
    with rls.as_worker():
        return {post.role: set(post.told) for post in empty_posts(today=day)}


def end(user: User) -> None:
    user.posts.update(ends_on=date(2026, 11, 19))


def test_nothing_is_empty(cast: Cast) -> None:
    assert told() == {}


def test_an_empty_post_concerns_the_head(cast: Cast) -> None:
    end(cast.senco)
    assert told() == {"senco": {cast.head.pk}}
    assert told(date(2026, 11, 19)) == {}, "the last day counts"


def test_no_head_goes_to_the_deputy_then_to_the_coordinator(cast: Cast) -> None:
    end(cast.head)
    assert told() == {"head": {cast.deputy_head.pk}}
    end(cast.deputy_head)
    assert told() == {"head": {cast.coordinator.pk}}


def test_the_words_and_their_end(cast: Cast) -> None:
    end(cast.senco)
    enqueue(*due_empty_posts(today=date.today()))  # noqa: DTZ011 - the words ask the real day
    message = Message.objects.get(recipient=cast.head)
    viewer = build_viewer(user_id=cast.head.pk, mfa=True)
    (found,) = word([message], viewer)
    assert found.rendered is not None
    assert found.rendered.subject == "Nobody is in post as SENCO at Millbrook Junior School"
    cast.senco.posts.update(ends_on=None)
    (found,) = word([message], viewer)
    assert found.over


def test_the_schools_mailbox_is_told_once_and_of_no_child(cast: Cast, road: Road) -> None:
    cast.junior.mailbox = "office@millbrook.example"
    cast.junior.save()
    end(cast.head)
    end(cast.deputy_head)
    end(cast.other_senco)  # whose school has no mailbox
    for hour in (6, 9):
        collect(at=datetime(2026, 11, 20, hour, tzinfo=UTC))
    (delivery,) = Delivery.objects.exclude(letter=None)
    assert delivery.letter["to"] == "office@millbrook.example"
    assert "Nobody is in post as head teacher at Millbrook Junior School" in delivery.letter["subject"]
    for name in ("Robin", "Marsh", cast.head.name, cast.coordinator.name):
        assert name not in delivery.letter["text"] + delivery.letter["html"]
    assert delivery.due_at.hour == 7, "not at night"
    Delivery.objects.update(state="sent", sent_at=delivery.due_at, letter=None)
    collect(at=datetime(2026, 11, 21, 9, tzinfo=UTC))
    assert Delivery.objects.filter(pk=delivery.pk, state="sent").exists()
    assert not Delivery.objects.exclude(letter=None).exists(), "sent once, whatever the day"
