"""Zip, XML and text bombs against every importer: each is refused, and none makes the process grow by 100 MB."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from schools.actions.imports import importers
from tests.badinput.conftest import MEASURED
from tests.badinput.importers import READERS

ROOT = Path(__file__).resolve().parents[2]


def test_every_importer_is_tried() -> None:
    assert set(READERS) == {str(each.kind) for each in importers()}


@pytest.mark.parametrize("kind", sorted(READERS))
def test_bombs_are_refused(kind: str) -> None:
    """In a process of its own, whose memory the system bounds; it may take five minutes on the slowest machine."""
    run = subprocess.run(
        [sys.executable, "-m", "tests.badinput.bombs", kind],
        cwd=ROOT, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    told = [json.loads(line) for line in run.stdout.splitlines()]
    assert len(told) > 30
    assert [each for each in told if not each["outcome"].startswith("refused: ")] == []
    assert [each for each in told if each["megabytes"] > 100] == []
    MEASURED.extend(told)
