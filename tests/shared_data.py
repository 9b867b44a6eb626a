"""The real public files that stand beside the repository where it is developed. Elsewhere their tests say so."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[1].parent / "shared" / "data"


def shared(name: str) -> bytes:
    """The bytes of one file, or a skipped test that names it."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"the real file {name} is not beside this repository")
    return path.read_bytes()
