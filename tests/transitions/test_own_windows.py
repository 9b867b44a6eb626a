"""One person who writes in two windows reads that it was they who saved meanwhile."""

from __future__ import annotations

from django.urls import reverse

from tests.cast import Cast, Road, SignIn
from transitions.models import Section


def test_ones_own_text_from_another_window_is_called_ones_own(
    cast: Cast, road: Road, sign_in: SignIn
) -> None:
    section = Section.objects.get(handover=road.handover, kind="connect")
    url = reverse("transitions:write", args=[road.move.pk, "connect"])
    senco = sign_in(cast.senco)
    senco.post(url, {"version": section.version, "text": "In the first window."})
    stale = {"version": section.version, "text": "In the second window."}
    html = senco.post(url, stale).content.decode()
    assert "You saved this in another window at" in html
    assert "data-own" in html
    assert "Leave it as it is" in html
    html = sign_in(cast.class_teacher).post(url, stale).content.decode()
    assert f"{cast.senco.name} saved this at" in html
    assert "data-own" not in html
