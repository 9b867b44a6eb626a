"""Secrets of second steps at rest: encrypted with a key made from SECRET_KEY, so that a copy of the database alone opens
no account. Whoever changes SECRET_KEY keeps the old one in SECRET_KEY_FALLBACKS until all are written anew."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


def vault() -> MultiFernet:
    """Encrypts with the present key, opens with any that is still kept."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(key_of(str(secret))) for secret in secrets])


def key_of(secret: str) -> bytes:
    """A key for this purpose alone."""
    return base64.urlsafe_b64encode(hashlib.sha256(b"second-step:" + secret.encode()).digest())
