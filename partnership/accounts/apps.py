"""The accounts app: who a person is and how they get in."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People, sign-in, second factors, and the admin's own door."""

    name = "partnership.accounts"
    label = "accounts"

    def ready(self) -> None:
        from partnership.accounts import second_factor, sessions  # noqa: F401 - they connect receivers
