"""The context of one request never reaches the next, whatever becomes of either (walls §2)."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from django.conf import settings

from tests.cast import Cast, Road
from tests.conftest import process_environment
from tests.meta.conftest import TRIED

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]

SEED = 20261125


@pytest.fixture
def people(cast: Cast, shared_road: Road, far_road: Road) -> str:
    """Who takes part, and whose handovers each sees."""
    home, far = [str(shared_road.handover.pk)], [str(far_road.handover.pk)]
    sees = {
        "senco": home, "next_senco": home, "class_teacher": home, "coordinator": home, "stranger_senco": far,
        "other_senco": [], "la_officer": [], "superuser": [],
    }  # fmt: skip
    known = [{"user": str(cast.people[name].pk), "sees": found} for name, found in sees.items()]
    return json.dumps([*known, {"user": "", "sees": []}])


def mixed(people: str, number: int, *more: str) -> dict[str, int]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.mixed", str(number), str(SEED), *more],
        cwd=settings.BASE_DIR,
        env=process_environment("app") | {"TEST_DATABASE_POOL": "2"},
        input=people,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, int] = json.loads(done.stdout)
    return found


def test_each_request_sees_its_own(people: str) -> None:
    found = mixed(people, 1000)
    assert (found["requests"], found["wrong"]) == (1000, 0)
    assert len(found) == 9, "every fate was met, and two counts"


def test_a_context_of_the_session_would_be_found_out(people: str) -> None:
    """The control: with settings that outlive their transaction the same count is not nought."""
    assert mixed(people, 200, "leaky")["wrong"] > 20


@pytest.mark.walls
@pytest.mark.timeout(1800)
def test_a_hundred_thousand_requests_see_their_own(people: str) -> None:
    found = mixed(people, 100_000)
    TRIED["mixed requests over a pool of two"] = found["requests"]
    assert (found["requests"], found["wrong"]) == (100_000, 0)
