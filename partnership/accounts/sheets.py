"""A printed sheet of codes for somebody who carries no phone (practice P10): recovery codes, made by somebody else."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.utils import is_mfa_enabled
from django.db import transaction

from partnership.accounts.models import User
from partnership.accounts.sessions import end_sessions

OWN_STEPS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def has_own_step(user: User) -> bool:
    """Whether they have an app or a passkey: then their codes are theirs alone to see."""
    enabled: bool = is_mfa_enabled(user, OWN_STEPS)
    return enabled


@transaction.atomic
def new_sheet(user: User) -> list[str]:
    """Fresh codes; the sheet before stops working and what was opened with it ends. Its owner is told by mail.

    Only for somebody without a second step of their own: the caller asks `has_own_step` first."""
    locked = User.objects.select_for_update().get(pk=user.pk)  # two sheets at once: the later one holds
    Authenticator.objects.filter(user=locked, type=Authenticator.Type.RECOVERY_CODES).delete()
    codes: list[str] = RecoveryCodes.activate(locked).generate_codes()
    end_sessions(locked.pk)
    get_adapter().send_notification_mail("mfa/email/recovery_codes_generated", locked)
    return codes
