import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pytest

from partnership.access.viewer import Viewer
from partnership.accounts.models import User
from partnership.outbox import reminders
from partnership.outbox.models import Message
from partnership.outbox.notices import Notice, enqueue
from partnership.outbox.reminders import Rendered
from partnership.outbox.wording import word
from tests.outbox.conftest import FRIDAY, Bench

Make = Callable[..., Notice]
pytestmark = pytest.mark.django_db
KIND = "tests.loaded"


@pytest.fixture
def loads() -> Iterator[list[int]]:
    """A kind that fetches what its messages are about in one go; how many were asked for each time."""
    asked: list[int] = []

    def load(messages: Sequence[Message], viewer: Viewer) -> Mapping[uuid.UUID, object]:
        asked.append(len(messages))
        return {message.pk: f"about {message.key}" for message in messages if message.key != "gone"}

    def still_true(message: Message, viewer: Viewer) -> bool:
        return message.about is not None

    def render(message: Message, viewer: Viewer) -> Rendered:
        if message.key == "bad":
            raise RuntimeError
        return Rendered(str(message.about), "", "/", "Open")

    reminders.register(KIND, load=load, still_true=still_true, render=render)
    yield asked
    reminders.unregister(KIND)


def told(user: User, *keys: str) -> list[Message]:
    enqueue(*(Notice(key, KIND, user.pk, FRIDAY) for key in keys))
    return list(Message.objects.order_by("key"))


def test_what_messages_are_about_is_fetched_once(
    loads: list[int], user: User, django_assert_num_queries: Any
) -> None:
    messages = told(user, "a", "b", "gone")
    with django_assert_num_queries(2):  # the savepoint around the kind
        worded = word(messages, Viewer(user_id=user.pk))
    assert loads == [3]
    assert [each.rendered.subject if each.rendered else each.over for each in worded] == [
        "about a",
        "about b",
        True,
    ]


def test_a_faulty_one_is_told_apart_and_the_rest_keep_their_words(loads: list[int], user: User) -> None:
    worded = {each.message.key: each for each in word(told(user, "a", "bad", "c"), Viewer(user_id=user.pk))}
    assert isinstance(worded["bad"].error, RuntimeError)
    assert not worded["bad"].over
    assert [key for key, each in worded.items() if each.rendered] == ["a", "c"]


def test_a_kind_no_feature_words_is_an_error_not_an_end(bench: Bench, notice: Make, user: User) -> None:
    enqueue(Notice("old", "tests.forgotten", user.pk, FRIDAY))
    [worded] = word(list(Message.objects.all()), Viewer(user_id=user.pk))
    assert isinstance(worded.error, reminders.UnknownKind)


@pytest.mark.parametrize("name", ["nodot", "two.dots.here"])
def test_kinds_are_named_by_app_and_notice(name: str, bench: Bench) -> None:
    with pytest.raises(ValueError, match=r"<app>\.<notice>"):
        reminders.register(name, render=bench.render)


def test_a_kind_registered_twice_is_a_fault(bench: Bench) -> None:
    with pytest.raises(ValueError, match="twice"):
        reminders.register("tests.waiting", render=bench.render)
