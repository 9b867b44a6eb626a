"""What the tests of files share: an import read and applied as the commands and the pages do it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from partnership.access.permissions import Permission
from partnership.access.viewer import NOBODY, Viewer, build_viewer
from partnership.accounts.models import User
from schools.actions.imports import apply_import, stage_import
from schools.enums import ImportKind, ImportState
from schools.models import Import, Organisation

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
DATA = next(
    (p / "shared" / "data" for p in Path(__file__).resolve().parents if (p / "shared" / "data").is_dir()),
    None,
)


def shared_file(path: str) -> bytes:
    """A real public file; the test is skipped where the collection is not on this machine."""
    if DATA is None or not (DATA / path).exists():
        pytest.skip(f"the public file {path} is not on this machine")
    return (DATA / path).read_bytes()


def read_in(
    kind: str,
    content: bytes,
    *,
    organisation: Organisation | None = None,
    by: User | None = None,
    file_name: str = "list.csv",
    at: datetime = NOW,
    lenient: bool = False,
    **options: Any,
) -> Import:
    """A file staged, in the state it ends in."""
    importing = Import.objects.create(
        id=uuid.uuid4(),
        kind=kind,
        organisation=organisation,
        by=by,
        at=at,
        file_name=file_name,
        options=options,
    )
    staged = stage_import(
        import_id=importing.pk,
        at=at,
        progress=lambda done, total: None,
        source=BytesIO(content),
        lenient=lenient,
    )
    assert staged is not None
    return staged


def viewer_of(user: User | None) -> Viewer:
    """Who presses the button."""
    return build_viewer(user_id=user.pk, mfa=True) if user else NOBODY


def put_in(kind: str, content: bytes, *, by: User | None = None, **rest: Any) -> Import:
    """A file staged and applied."""
    importing = read_in(kind, content, by=by, **rest)
    assert importing.state == ImportState.READY, importing.reason
    return apply_import(import_id=importing.pk, by=viewer_of(by), at=rest.get("at", NOW))


ReadIn = Callable[..., Import]
__all__ = ["NOW", "ImportKind", "Permission", "put_in", "read_in", "shared_file", "viewer_of"]
