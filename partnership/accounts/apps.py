"""The accounts app: who a person is and how they get in."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People, sign-in, second factors, and the admin's own door."""

    name = "partnership.accounts"
    label = "accounts"

    def ready(self) -> None:
        from partnership.accounts import (
            second_factor,  # noqa: F401 - connects its receiver
            sessions,  # noqa: F401 - connects its receivers
            watch,  # noqa: F401 - connects its receivers
        )
