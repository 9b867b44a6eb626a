"""What ends here when something ends elsewhere."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from cpd.actions.feeds import end_feed
from partnership.accounts.entrance import account_closed
from partnership.accounts.models import User


@receiver(account_closed)
def calendar_ends_with_the_account(user: User, **unused: Any) -> None:
    end_feed(user.pk)
