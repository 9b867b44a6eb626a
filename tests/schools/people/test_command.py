"""The first coordinator of a new installation."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from schools.models import Organisation, Post

pytestmark = pytest.mark.django_db


def run(**options: str) -> str:
    out = StringIO()
    call_command("invite_coordinator", stdout=out, **options)
    return out.getvalue()


def test_the_link_lets_the_coordinator_in_once(client: Client) -> None:
    said = run(name="Cleo Marsh", email="Cleo@Wendlebury.example", partnership="Wendlebury County")
    path = re.search(r"/invitation/\S+/", said)
    assert path
    post = Post.objects.get()
    assert (post.role, post.organisation.name, post.user.email) == (
        "coordinator", "Wendlebury County", "cleo@wendlebury.example",
    )  # fmt: skip
    client.post(path[0])
    done = client.post(
        "/invitation/accept/", {"password1": "harbour-lantern-52", "password2": "harbour-lantern-52"}
    )
    assert done["Location"].startswith("/accounts/2fa/totp/activate/")
    assert Client().get(path[0]).status_code == 410


def test_run_twice_it_makes_one_post_and_a_fresh_link() -> None:
    facts = {"name": "Cleo Marsh", "email": "cleo@wendlebury.example", "partnership": "Wendlebury County"}
    first, second = run(**facts), run(**facts)
    assert Post.objects.count() == Organisation.objects.count() == 1
    assert first.splitlines()[-1] != second.splitlines()[-1]
    assert "already coordinator" in second


def test_a_wrong_address_is_said() -> None:
    with pytest.raises(CommandError, match="is not an e-mail address"):
        run(name="Cleo Marsh", email="cleo", partnership="Wendlebury County")
