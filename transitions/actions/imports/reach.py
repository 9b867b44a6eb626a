"""The children that a file names are in reach while it is read and while it is applied, and no others."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from partnership.access import rls
from schools.actions.imports.reach import acting_for
from schools.models import Import


def named_in(rows: Iterable[Mapping[str, Any]]) -> AbstractContextManager[None]:
    """While the block runs: whom these rows name by UPN, or by present school and birth date."""
    rows = list(rows)
    births = {
        f"{row['school']}{row['facts']['born_on']}"
        for row in rows
        if row.get("school") and row["facts"].get("born_on")
    }
    return rls.widened(
        file_upns=rls.text_array({row["facts"]["upn"] for row in rows if row["facts"].get("upn")}),
        file_births=rls.text_array(births),
        file_schools=rls.uuid_array(schools_of(rows)),
    )


@contextmanager
def reading(importing: Import, rows: Iterable[Mapping[str, Any]]) -> Iterator[None]:
    """The same while a file is staged, as the person whose file it is."""
    rows = list(rows)
    with acting_for(importing.by_id, schools_of(rows)), named_in(rows):
        yield


def schools_of(rows: Iterable[Mapping[str, Any]]) -> set[uuid.UUID]:
    """The present schools of these rows."""
    return {uuid.UUID(each) for each in {row.get("school") for row in rows} if each}
