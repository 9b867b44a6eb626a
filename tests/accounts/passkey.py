"""A passkey made of software: it signs as a device does, and can lie as one could."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from django.test import Client
from django.urls import reverse
from fido2 import cbor
from fido2.cose import ES256, RS256
from fido2.utils import websafe_encode

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class Passkey:
    """One key for one person at one host."""

    host: str = "testserver"
    verifies: bool = True
    """Whether it asks for its PIN, finger or face."""
    key: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    kind: Any = ES256
    id: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    owner: str = ""

    def add_to(self, client: Client) -> Any:
        """Make it on the page, as a signed-in person does."""
        page = client.get(reverse("mfa_add_webauthn"))
        assert page.status_code == 200, page
        options = json.loads(json.dumps(page.context["js_data"]["creation_options"], default=dict))[
            "publicKey"
        ]
        assert options["authenticatorSelection"]["userVerification"] == "required"
        self.owner = options["user"]["id"]
        response = {
            "clientDataJSON": websafe_encode(self.client_data("webauthn.create", options["challenge"])),
            "attestationObject": websafe_encode(self.made()),
        }
        return client.post(
            reverse("mfa_add_webauthn"), {"name": "Laptop", "credential": self.answer(response)}
        )

    def made(self) -> bytes:
        """What tells of the new key."""
        public = cbor.encode(dict(self.kind.from_cryptography_key(self.key.public_key())))
        body = self.facts(ATTESTED) + bytes(16) + len(self.id).to_bytes(2, "big") + self.id + public
        return cbor.encode({"fmt": "none", "attStmt": {}, "authData": body})

    def sign_in(self, client: Client, **data: str) -> Any:
        return client.post(reverse("mfa_login_webauthn"), {"credential": self.asked_by(client), **data})

    def asked_by(self, client: Client) -> str:
        """The answer to the sign-in page's question."""
        page = client.get(reverse("mfa_login_webauthn"), headers={"accept": "application/json"})
        return self.signed(page.json()["request_options"]["publicKey"]["challenge"])

    def signed(self, challenge: str) -> str:
        told = self.client_data("webauthn.get", challenge)
        facts = self.facts()
        how = [padding.PKCS1v15(), hashes.SHA256()] if self.kind is RS256 else [ec.ECDSA(hashes.SHA256())]
        signature = self.key.sign(facts + hashlib.sha256(told).digest(), *how)
        response = {
            "clientDataJSON": websafe_encode(told),
            "authenticatorData": websafe_encode(facts),
            "signature": websafe_encode(signature),
            "userHandle": self.owner,
        }
        return self.answer(response)

    def answer(self, response: dict[str, str]) -> str:
        name = websafe_encode(self.id)
        return json.dumps(
            {
                "id": name,
                "rawId": name,
                "type": "public-key",
                "clientExtensionResults": {},
                "response": response,
            }
        )

    def facts(self, more: int = 0) -> bytes:
        flags = PRESENT | (VERIFIED if self.verifies else 0) | more
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + bytes(4)

    def client_data(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": f"https://{self.host}"}).encode()
