"""A place given up and given again: what was sent the first time stays closed until it is shared again (practice P3)."""

from __future__ import annotations

import pytest

from partnership.access import rls
from tests.cast import Cast, Road, SignIn
from tests.factories.transitions import NOW
from transitions.actions.destinations import set_destination
from transitions.models import Version


def moved_to(cast: Cast, road: Road, who: str, school: object, state: str) -> None:
    with rls.acting_as(cast.people[who].pk) as viewer:
        set_destination(
            road.move,
            state=state,
            to_school_id=getattr(school, "pk", None),
            source="present_school",
            on=NOW.date(),
            by=viewer,
            at=NOW,
        )


@pytest.mark.parametrize("who", ["senco", "school_office"])
@pytest.mark.parametrize("again", ["offered", "accepted"])
def test_what_was_sent_does_not_open_again_with_the_place(
    cast: Cast, shared_road: Road, sign_in: SignIn, who: str, again: str
) -> None:
    page = f"/moves/{shared_road.move.pk}/"
    assert "What was sent." in sign_in(cast.next_senco).get(page).content.decode(), "it is there to leak"
    moved_to(cast, shared_road, who, cast.other_junior, "accepted")
    moved_to(cast, shared_road, who, cast.secondary, again)
    answer = sign_in(cast.next_senco).get(page)
    assert answer.status_code == 200
    assert "What was sent." not in answer.content.decode()
    with rls.acting_as(cast.next_senco.pk):
        assert not Version.objects.exists(), "the wall holds without the filter"
    sign_in(cast.next_senco).post(f"{page}read/", {"version": "1"})
    shared_road.handover.refresh_from_db()
    assert shared_road.handover.received_at is None
