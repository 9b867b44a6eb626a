import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from partnership.access.viewer import Viewer
from partnership.accounts.models import User
from partnership.outbox import jobs, queries
from partnership.outbox.enums import JobState
from partnership.outbox.jobs import JobLost, JobRefused, JobRun, start_job
from partnership.outbox.models import Job
from partnership.outbox.release import JOB_TRIES, STOPPED, release
from partnership.outbox.work import OUR_FAULT, claim, run_one, work
from tests.factories.schools import UserFactory
from tests.outbox.conftest import FRIDAY

pytestmark = pytest.mark.django_db
KIND = "tests.count"
Register = Callable[[Callable[[JobRun], dict[str, Any]]], None]


@pytest.fixture
def does() -> Iterator[Register]:
    """Register what the job of the test does."""

    def register(function: Callable[[JobRun], dict[str, Any]]) -> None:
        jobs.unregister(KIND)
        jobs.register(KIND, function)

    register(lambda run: {})
    yield register
    jobs.unregister(KIND)


def start(user: User) -> Job:
    return start_job(KIND, by=user.pk, input={"file": str(uuid.uuid4())})


def test_a_job_runs_and_leaves_its_result(does: Register, user: User) -> None:
    def count(run: JobRun) -> dict[str, Any]:
        for done in range(1, 4):
            run.progress(done, 3)
        return {"rows": 3, "file": run.input["file"]}

    does(count)
    job = start(user)
    assert work(clock=lambda: FRIDAY) == 1
    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.percent, job.finished_at) == (
        JobState.DONE,
        3,
        3,
        100,
        FRIDAY,
    )
    assert job.result == {"rows": 3, "file": job.input["file"]}
    assert job.finished


def test_oldest_first(does: Register, user: User) -> None:
    order: list[uuid.UUID] = []

    def note(run: JobRun) -> dict[str, Any]:
        order.append(run.id)
        return {}

    does(note)
    made = [start(user) for _ in range(3)]
    for number, job in enumerate(made):
        Job.objects.filter(pk=job.pk).update(created_at=FRIDAY - timedelta(minutes=number))
    assert work() == 3
    assert order == [job.pk for job in reversed(made)]


def test_a_refusal_keeps_its_sentence(does: Register, user: User) -> None:
    def refuse(run: JobRun) -> dict[str, Any]:
        raise JobRefused("The file has no URN column.")

    does(refuse)
    job = start(user)
    work()
    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.FAILED, "The file has no URN column.")


def test_any_other_error_is_told_without_its_text(does: Register, user: User) -> None:
    def break_down(run: JobRun) -> dict[str, Any]:
        raise RuntimeError("Ada Littlewood, line 3")

    does(break_down)
    job = start(user)
    work()
    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.FAILED, OUR_FAULT)


def test_a_job_acts_with_the_reach_of_the_person_who_began_it(does: Register, user: User) -> None:
    seen: list[tuple[Viewer, str]] = []

    def look(run: JobRun) -> dict[str, Any]:
        with run.acting() as viewer, connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            seen.append((viewer, cursor.fetchone()[0]))
        return {}

    does(look)
    start(user)
    work()
    [(viewer, role)] = seen
    assert (viewer.user_id, role) == (user.pk, "partnership_app")


def test_a_job_of_nobody_sees_nothing(does: Register) -> None:
    def look(run: JobRun) -> dict[str, Any]:
        with run.acting():
            return {}

    does(look)
    job = start_job(KIND, by=None, input={})
    work()
    job.refresh_from_db()
    assert job.error == "Nobody stands behind this work, so it may not see anything."


def test_a_crashed_worker_s_job_is_resumed(does: Register, user: User) -> None:
    attempts: list[int] = []

    def count(run: JobRun) -> dict[str, Any]:
        attempts.append(run.attempt)
        return {}

    does(count)
    job = start(user)
    assert claim(at=FRIDAY) is not None  # and then the worker was killed
    assert claim(at=FRIDAY) is None
    assert release(at=FRIDAY + timedelta(seconds=30)) == 0
    assert release(at=FRIDAY + timedelta(seconds=61)) == 1
    work()
    job.refresh_from_db()
    assert (job.state, attempts) == (JobState.DONE, [2])


def test_a_job_that_kills_every_worker_fails_with_a_sentence(does: Register, user: User) -> None:
    job = start(user)
    at = FRIDAY
    for _ in range(JOB_TRIES):
        assert claim(at=at) is not None
        at += timedelta(seconds=61)
        release(at=at)
    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.FAILED, STOPPED)


def test_a_worker_that_lost_its_lease_writes_nothing(does: Register, user: User) -> None:
    def too_slow(run: JobRun) -> dict[str, Any]:
        release(at=FRIDAY + timedelta(days=1))
        assert claim(at=FRIDAY + timedelta(days=1)) is not None
        with pytest.raises(JobLost):
            run.progress(1, 2)
        return {"rows": 1}

    does(too_slow)
    job = start(user)
    run = claim(at=FRIDAY)
    assert run is not None
    run_one(run)
    job.refresh_from_db()
    assert (job.state, job.result, job.done) == (JobState.RUNNING, {}, 0)


def test_an_unknown_kind_is_a_fault_of_the_code(user: User) -> None:
    with pytest.raises(LookupError):
        start_job("tests.nothing", by=user.pk, input={})


def test_a_job_whose_feature_is_gone_fails_with_a_sentence(does: Register, user: User) -> None:
    job = start(user)
    jobs.unregister(KIND)
    work()
    job.refresh_from_db()
    assert job.error == "This kind of work is not known here any more."


def test_people_see_their_own_jobs_alone(does: Register, user: User) -> None:
    job = start(user)
    assert queries.job(Viewer(user_id=user.pk), job.pk) == job
    assert queries.job(Viewer(user_id=UserFactory.create().pk), job.pk) is None
    assert queries.job(Viewer(), job.pk) is None
    assert list(queries.jobs(Viewer(user_id=user.pk))) == [job]
