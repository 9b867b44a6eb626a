import uuid
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.db import transaction

from partnership.outbox import notices
from partnership.outbox.models import Message
from partnership.outbox.notices import Notice, enqueue
from tests.outbox.conftest import FRIDAY, KIND

Make = Callable[..., Notice]
pytestmark = pytest.mark.django_db


def test_a_fact_told_twice_is_one_message(notice: Make) -> None:
    enqueue(notice("handover:1"), notice("handover:2"))
    enqueue(notice("handover:1"))
    assert Message.objects.count() == 2


def test_a_message_exists_exactly_when_its_cause_does(notice: Make) -> None:
    def change() -> None:
        with transaction.atomic():
            enqueue(notice())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        change()
    assert not Message.objects.exists()


def test_telling_again_leaves_a_read_message_read(notice: Make) -> None:
    enqueue(notice("handover:1"))
    Message.objects.update(read_at=FRIDAY)
    enqueue(notice("handover:1"))
    assert Message.objects.get().read_at == FRIDAY


def test_the_worker_is_nudged_once_for_each_commit(
    notice: Make,
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        enqueue(notice())
        enqueue(notice(), notice())
        enqueue()
    assert len(callbacks) == 1


@pytest.mark.parametrize(
    ("fact", "stored"),
    [
        (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (date(2026, 11, 20), "2026-11-20"),
        (FRIDAY, "2026-11-20T10:00:00+00:00"),
        ("y6_y7", "y6_y7"),
        (3, 3),
        (True, True),
        (None, None),
    ],
)
def test_facts_are_ids_dates_numbers_and_codes(fact: object, stored: object) -> None:
    made = Notice(key="k", kind=KIND, recipient_id=uuid.uuid4(), due_at=FRIDAY, facts={"it": fact})
    assert made.facts["it"] == stored


@pytest.mark.parametrize("fact", ["Ann Other", "Ann", "she likes horses", ["a"], {"name": "x"}, 1.5])
def test_names_and_sentences_are_no_facts(fact: object) -> None:
    with pytest.raises(ValueError, match="an id, a date, a number or a code"):
        Notice(key="k", kind=KIND, recipient_id=uuid.uuid4(), due_at=FRIDAY, facts={"it": fact})


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        Notice(key="k", kind=KIND, recipient_id=uuid.uuid4(), due_at=datetime(2026, 1, 1))  # noqa: DTZ001


def test_many_notices_are_written_in_few_statements(
    notice: Make, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    with django_assert_max_num_queries(8):
        notices.store([notice() for _ in range(1500)])
    assert Message.objects.count() == 1500
