"""A stand-in for a school's Microsoft or Google tenant, on this machine: it answers as an OpenID provider does."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from django.conf import settings
from django.test import Client, override_settings
from django.urls import reverse


@dataclass
class Tenant:
    """What it says of the person who signs in next; `asked` keeps what it was asked for."""

    address: str = ""
    client_id: str = "our-client"
    claims: dict[str, Any] = field(default_factory=dict)
    asked: list[dict[str, list[str]]] = field(default_factory=list)

    def token(self) -> str:
        now = int(time.time())
        facts = {"iss": self.address, "aud": self.client_id, "iat": now, "exp": now + 300, **self.claims}
        return jwt.encode(facts, "a-key-of-the-tenant-long-enough-for-it", algorithm="HS256")

    def answer(self, path: str) -> dict[str, Any]:
        if path.endswith("/.well-known/openid-configuration"):
            return {
                "issuer": self.address,
                "authorization_endpoint": f"{self.address}/authorize",
                "token_endpoint": f"{self.address}/token",
                "jwks_uri": f"{self.address}/keys",
                "userinfo_endpoint": f"{self.address}/userinfo",
            }
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
            body = json.dumps(tenant.answer(self.path)).encode()
            self.send_response(200)
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
