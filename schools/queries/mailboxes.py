"""Role mailboxes: addresses that outlive their holders, receive notices, and are nobody's sign-in (practice P11)."""

from __future__ import annotations

from schools.models import Organisation


def is_role_mailbox(address: str | None) -> bool:
    """Whether some organisation shares this address among its people. The door asks it of everybody who comes in."""
    return bool(address) and Organisation.objects.filter(mailbox__iexact=address).exists()
