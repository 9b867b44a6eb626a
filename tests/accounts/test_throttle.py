"""Guesses are counted for each account and each address, behind a proxy, and whatever becomes of the request."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.db import connections
from django.test import Client, override_settings
from django.urls import reverse

from tests.accounts.door import PASSWORD
from tests.cast import Cast

LOGIN = reverse("account_login")


def guess(client: Client, email: str | None, password: str = "wrong-wrong-1", **headers: str) -> str:
    page: Any = client.post(LOGIN, {"login": email, "password": password}, headers=headers)
    return "" if page.status_code == 302 else page.content.decode()


@pytest.mark.django_db
class TestByAccountAndAddress:
    def test_five_for_one_account_wherever_they_come_from(self, cast: Cast) -> None:
        with override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=1):
            for number in range(5):
                guess(Client(), cast.head.email, **{"x-forwarded-for": f"198.51.100.{number}"})
            late = guess(Client(), cast.head.email, PASSWORD, **{"x-forwarded-for": "203.0.113.9"})
            assert "too many tries" in late
            other = guess(Client(), cast.senco.email, PASSWORD, **{"x-forwarded-for": "203.0.113.9"})
            assert other == "", "another person is not held up"

    def test_an_unknown_account_is_stopped_alike(self, cast: Cast) -> None:
        pages = [guess(Client(), "who@nowhere.example") for _ in range(6)]
        assert "too many tries" not in pages[4]
        assert "too many tries" in pages[5]

    def test_many_accounts_from_one_address_are_stopped_there_alone(self, cast: Cast) -> None:
        """What the client says of itself to the left of the proxy's own entry changes nothing."""
        with override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=1):
            for number in range(60):
                said = {"x-forwarded-for": f"10.0.0.{number}, 198.51.100.7"}
                assert "too many" not in guess(Client(), f"a{number}@nowhere.example", **said)
            assert "too many" in guess(
                Client(), cast.head.email, PASSWORD, **{"x-forwarded-for": "10.9.9.9, 198.51.100.7"}
            )
            assert guess(Client(), cast.head.email, PASSWORD, **{"x-forwarded-for": "198.51.100.8"}) == ""


@pytest.mark.django_db(transaction=True, databases=["default", "beside"])
@pytest.mark.urls("tests.accounts.failing_urls")
@pytest.mark.parametrize(("by", "kept"), [("beside", True), ("default", False)])
def test_a_try_stays_counted_when_the_request_is_undone(by: str, kept: bool) -> None:
    """By the request's own connection, the control, it would be undone with it and guessing be free."""
    with override_settings(COUNTERS_BY=by):
        client = Client(raise_request_exception=False)
        assert client.post("/counts-and-fails/").status_code == 500
        with connections["beside"].cursor() as cursor:
            cursor.execute("SELECT count(*) FROM cache WHERE cache_key LIKE '%login_failed%'")
            assert bool(cursor.fetchone()[0]) is kept
        cache.clear()
    connections["beside"].close()
