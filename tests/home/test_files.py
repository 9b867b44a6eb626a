"""A file that waits on the home page: to be applied, or to be mended where no row of it can go in."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from schools.enums import ImportKind, ImportState
from schools.models import Import
from schools.queries.due import all_refused
from tests.cast import Cast, SignIn


@pytest.mark.parametrize(
    ("counts", "due"),
    [
        ({"refused": 3}, "no row can go in"),
        ({"refused": 3, "dropped": 2}, "no row can go in"),
        ({"refused": 3, "new": 1}, "ready"),
        ({"refused": 3, "undecided": 1}, "ready"),
        ({"unchanged": 4}, "ready"),
    ],
)
def test_a_file_says_whether_it_can_go_in(
    cast: Cast, sign_in: SignIn, counts: dict[str, int], due: str
) -> None:
    Import.objects.create(
        kind=ImportKind.PUPILS,
        state=ImportState.READY,
        organisation=cast.junior,
        by=cast.school_office,
        at=timezone.now(),
        file_name="leavers.csv",
        counts=counts,
    )
    office = sign_in(cast.school_office)
    rows = office.get(reverse("home")).context["waiting"].rows
    (row,) = [row for row in rows if row.due_text == due]
    assert row.status == "amber"
    assert row.title.endswith("to mend" if all_refused(counts) else "to apply")
    listed = office.get(reverse("imports:list")).content.decode()
    assert ("no row can go in" in listed) == all_refused(counts)
