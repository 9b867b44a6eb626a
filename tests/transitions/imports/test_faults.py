"""Kills and races: a file goes in whole or not at all, and once."""

from __future__ import annotations

import subprocess
import sys
import threading
import uuid

import pytest
from django.conf import settings
from django.db import connection

from partnership.outbox.work import work
from schools.actions.imports import NotReady, apply_import, receive_file, stage_import
from schools.enums import ImportKind, ImportState
from schools.models import Import, ImportFile, ImportRow, Pupil
from tests.cast import Cast
from tests.conftest import process_environment
from tests.schools.imports.helpers import NOW, read_in, viewer_of
from tests.transitions.imports.helpers import child, ctf
from transitions.models import Transition

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]

KILLED = """
import os, sys, django
django.setup()
import {module} as module
before = getattr(module, "{step}")
calls = []
def killed(*args, **kwargs):
    calls.append(1)
    if len(calls) == {at}:
        os.kill(os.getpid(), 9)
    return before(*args, **kwargs)
module.{step} = killed
{act}
"""
APPLY = """
from datetime import datetime, timezone
from schools.actions.imports import apply_import
from partnership.access import rls
with rls.acting_as("{by}") as viewer:
    apply_import(import_id="{pk}", by=viewer, at=datetime.now(timezone.utc))
"""
STAGE = """
from datetime import datetime, timezone
from schools.actions.imports import stage_import
stage_import(import_id="{pk}", at=datetime.now(timezone.utc), progress=lambda done, total: None)
"""


def killed(*, module: str, step: str, act: str, at: int = 1) -> int:
    """Run `act` in a process of its own that is killed at the n-th call of `step`."""
    code = KILLED.format(module=module, step=step, act=act, at=at)
    ended = subprocess.run(
        [sys.executable, "-c", code],
        cwd=settings.BASE_DIR,
        env=process_environment("worker"),
        check=False,
        capture_output=True,
        timeout=60,
    )
    assert ended.returncode in (0, -9), ended.stderr.decode()
    return ended.returncode


def ready(cast: Cast, count: int = 3) -> Import:
    content = ctf(cast.junior, cast.secondary, *(child(n) for n in range(1, count + 1)))
    return read_in(ImportKind.CTF, content, organisation=cast.junior, by=cast.school_office)


@pytest.mark.parametrize("step", ["save_moves", "save_classes"])
def test_a_kill_while_applying_leaves_nothing_half_done(cast: Cast, step: str) -> None:
    importing = ready(cast)
    act = APPLY.format(pk=importing.pk, by=cast.school_office.pk)
    assert killed(module="transitions.actions.imports.writing", step=step, act=act) == -9
    importing.refresh_from_db()
    assert importing.state == ImportState.READY
    assert not Pupil.objects.exists()
    assert not Transition.objects.exists()
    apply_import(import_id=importing.pk, by=viewer_of(cast.school_office), at=NOW)
    assert (Pupil.objects.count(), Transition.objects.count()) == (3, 3)


def test_a_kill_while_reading_is_begun_again_from_nothing(cast: Cast) -> None:
    pupils = [child(n) for n in range(1, 26)]
    importing = receive_file(
        id=uuid.uuid4(),
        kind=ImportKind.CTF,
        organisation_id=cast.junior.pk,
        file_name="list.xml",
        content=ctf(cast.junior, None, *pupils),
        options={},
        by=cast.school_office.pk,
        at=NOW,
    )
    act = "import schools.actions.imports.base as base\nbase.ROWS_AT_ONCE = 10\n" + STAGE.format(
        pk=importing.pk
    )
    assert killed(module="schools.actions.imports.rows", step="keep", act=act, at=2) == -9
    assert ImportRow.objects.count() == 10
    assert ImportFile.objects.filter(of=importing).exists()
    work()
    importing.refresh_from_db()
    assert (importing.state, importing.counts["new"]) == (ImportState.READY, 25)
    assert ImportRow.objects.count() == 25


def test_a_discarded_file_is_not_brought_back_by_its_reader(cast: Cast) -> None:
    importing = ready(cast)
    Import.objects.filter(pk=importing.pk).update(state=ImportState.DISCARDED)
    assert stage_import(import_id=importing.pk, at=NOW, progress=lambda done, total: None) is None


def test_of_two_who_press_at_once_one_applies(cast: Cast) -> None:
    importing = ready(cast)
    by = viewer_of(cast.school_office)
    began = threading.Barrier(4)
    ends: list[str] = []

    def press() -> None:
        try:
            began.wait(10)
            apply_import(import_id=importing.pk, by=by, at=NOW)
            ends.append("applied")
        except NotReady:
            ends.append("too late")
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(ends) == ["applied", "too late", "too late", "too late"]
    assert Pupil.objects.count() == 3


def test_two_files_with_the_same_child_make_one_child(cast: Cast) -> None:
    """The control is the lock: without it both find nobody of that UPN, and one breaks."""
    files = [ready(cast), ready(cast)]
    by = viewer_of(cast.school_office)
    began = threading.Barrier(2)
    faults: list[Exception] = []

    def press(importing: Import) -> None:
        try:
            began.wait(10)
            apply_import(import_id=importing.pk, by=by, at=NOW)
        except Exception as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=[each]) for each in files]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not faults
    assert (Pupil.objects.count(), Transition.objects.count()) == (3, 3)
