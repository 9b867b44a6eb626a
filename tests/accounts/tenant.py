"""A stand-in for a school's Microsoft or Google tenant, on this machine: it answers as an OpenID provider does, and can
lie as one could."""

from __future__ import annotations

import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from django.conf import settings
from django.test import Client, override_settings
from django.urls import reverse
from jwt.algorithms import RSAAlgorithm
from jwt.utils import base64url_encode


@cache
def key_named(name: str) -> rsa.RSAPrivateKey:
    """A signing key; each name has its own."""
    return rsa.generate_private_key(public_exponent=65537, key_size=1024 if name == "short" else 2048)


def pem_of(name: str) -> bytes:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key_named(name).public_key().public_bytes(serialization.Encoding.PEM, form)


def public_half(name: str) -> dict[str, Any]:
    found: dict[str, Any] = RSAAlgorithm.to_jwk(key_named(name).public_key(), as_dict=True)
    return {**found, "kid": "the-tenants", "use": "sig"}


@dataclass
class Tenant:
    """What it says of the person who signs in next; `asked` keeps what it was asked for."""

    address: str = ""
    client_id: str = "our-client"
    claims: dict[str, Any] = field(default_factory=dict)
    asked: list[dict[str, list[str]]] = field(default_factory=list)
    signs_with: str = "its own"
    shows: str = "its own"
    header: dict[str, Any] = field(default_factory=lambda: {"kid": "the-tenants"})
    metadata: dict[str, Any] = field(default_factory=dict)
    """What its metadata say otherwise than they should."""
    broken: str = ""
    """The path, or the end of one, at which it answers with a fault."""
    moved: str = ""
    """The same, where it leads on to `/elsewhere` and what follows."""
    paths: list[str] = field(default_factory=list)

    def token(self) -> str:
        now = int(time.time())
        nonce = self.asked[-1]["nonce"][0] if self.asked else ""
        facts = {"iss": self.address, "aud": self.client_id, "iat": now, "exp": now + 300, "nonce": nonce}
        said = {name: value for name, value in {**facts, **self.claims}.items() if value is not None}
        return self.signed(said)

    def signed(self, said: dict[str, Any]) -> str:
        """By hand, since the library would not sign as a liar does."""
        how = {"nothing": "none", "the public half": "HS256"}.get(self.signs_with, "RS256")
        parts = [json.dumps({"alg": how, "typ": "JWT", **self.header}), json.dumps(said)]
        text = ".".join(base64url_encode(part.encode()).decode() for part in parts)
        match how:
            case "none":
                signature = b""
            case "HS256":  # as if what everybody sees were a secret that both know
                signature = hmac.digest(pem_of(self.shows), text.encode(), "sha256")
            case _:
                key = key_named(self.signs_with)
                signature = key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{text}.{base64url_encode(signature).decode()}"

    def answer(self, path: str) -> dict[str, Any]:
        if path.endswith("/.well-known/openid-configuration"):
            said = {
                "issuer": self.address,
                "authorization_endpoint": f"{self.address}/authorize",
                "token_endpoint": f"{self.address}/token",
                "jwks_uri": f"{self.address}/keys",
                "userinfo_endpoint": f"{self.address}/userinfo",
            }
            return said | self.metadata
        if path.endswith("/keys"):
            return {"keys": [public_half(self.shows)]}
        return {"access_token": "unused", "token_type": "Bearer", "expires_in": 300, "id_token": self.token()}

    def signs_in(self, client: Client, method: str, **claims: Any) -> Any:
        """There and back, as a browser goes."""
        self.claims = claims
        out = client.post(reverse("openid_connect_login", args=[method]))
        assert out.status_code == 302, out
        asked = parse_qs(urlsplit(out["Location"]).query)
        self.asked.append(asked)
        back = {"code": "a-code", "state": asked["state"][0]}
        return client.get(reverse("openid_connect_callback", args=[method]), back)


@contextmanager
def running() -> Iterator[Tenant]:
    tenant = Tenant()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.command == "POST":
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
            tenant.paths.append(self.path)
            body = json.dumps(tenant.answer(self.path)).encode()
            broken = tenant.broken and self.path.endswith(tenant.broken)
            moved = tenant.moved and self.path.endswith(tenant.moved) and "elsewhere" not in self.path
            self.send_response(500 if broken else 307 if moved else 200)
            if moved:
                self.send_header("Location", f"{tenant.address}/elsewhere{self.path}")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, *unused: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    tenant.address = f"http://127.0.0.1:{server.server_port}"
    here = dict.fromkeys(settings.WORK_SIGN_IN_ISSUERS, tenant.address)
    try:
        with override_settings(WORK_SIGN_IN_ISSUERS=here):
            yield tenant
    finally:
        server.shutdown()
        server.server_close()
