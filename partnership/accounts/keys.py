"""Which keys of passkeys are good enough. A device chooses among what we offer; what it brings is looked at again."""

from __future__ import annotations

from typing import Any

from allauth.mfa.webauthn.internal.auth import parse_registration_response
from fido2.cose import ES256, ES384, ES512, RS256, CoseKey, EdDSA

GOOD = (ES256, ES384, ES512, EdDSA, RS256)
"""RS256 for the sake of school laptops: many a Windows device signs by nothing else."""
ALGORITHMS = [kind.ALGORITHM for kind in GOOD]
MODULUS, CURVE = -1, -1  # where a key says which number, or which curve, it is made of
RSA_BITS = 2048
CURVES = {ES256: 1, ES384: 2, ES512: 3, EdDSA: 6}
"""P-256, P-384, P-521, Ed25519, by their numbers in COSE."""


def good_enough(key: CoseKey) -> bool:
    """Whether a key is of one of these kinds, on its own curve, or of RSA and long enough."""
    kind = type(key)
    if kind is RS256:
        return int.from_bytes(key[MODULUS], "big").bit_length() >= RSA_BITS
    return kind in CURVES and key.get(CURVE) == CURVES[kind]


def key_of(credential: dict[str, Any]) -> CoseKey:
    """The public key that a device brought when the passkey was made."""
    key: CoseKey = parse_registration_response(
        credential
    ).response.attestation_object.auth_data.credential_data.public_key
    return key
