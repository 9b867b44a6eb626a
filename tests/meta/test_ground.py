"""The ground everything stands on: roles, grants, settings, health."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client

pytestmark = pytest.mark.django_db


def one(sql: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


@pytest.mark.services
def test_the_run_connects_as_owner() -> None:
    assert one("SELECT current_user") == "partnership_owner"


@pytest.mark.services
def test_a_request_is_served_as_app(client: Client) -> None:
    assert client.get("/livez").status_code == 200
