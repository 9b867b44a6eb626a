"""What a school's tenant says is believed once it is proved: by its own key, for us, for this browser, now.

Allauth leaves the signature out for a token that it fetched itself over HTTPS, as OpenID Connect allows. ASVS does not, so
every token is looked at here, whichever way it came."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from typing import Any

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

ALGORITHMS = ["RS256"]
"""By which Microsoft and Google sign; what a token's own head names is compared with it, never followed."""
CLOCKS_DIFFER = timedelta(seconds=30)
NEEDED = ["iss", "aud", "sub", "iat", "exp", "nonce"]
ENDPOINTS = ["authorization_endpoint", "token_endpoint", "jwks_uri"]


def nonce_of(verifier: str) -> str:
    """What the token must bring back: made from the secret of PKCE, which lies in the session that asked, for once."""
    digest = hashlib.sha256(b"nonce:" + verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


class TenantTokens(OpenIDConnectOAuth2Adapter):
    """Raises OAuth2Error for metadata or a token that are not to be believed."""

    nonce = ""

    @property
    def openid_config(self) -> dict[str, Any]:
        """The tenant's metadata, if they are of the issuer expected and lead nowhere unencrypted."""
        found: dict[str, Any] = super().openid_config
        issuer = str(self.get_provider().app.settings["server_url"])
        scheme = issuer.partition("://")[0]
        if found.get("issuer") != issuer:
            raise OAuth2Error("The metadata are of another issuer.")
        if not all(str(found.get(name)).startswith(f"{scheme}://") for name in ENDPOINTS):
            raise OAuth2Error("The metadata lack an address.")
        return found

    def get_access_token_data(
        self, request: HttpRequest, app: SocialApp, client: OAuth2Client, pkce_code_verifier: str = ""
    ) -> Any:
        self.nonce = nonce_of(pkce_code_verifier)
        return super().get_access_token_data(request, app, client, pkce_code_verifier)

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any
    ) -> SocialLogin:
        claims = self.proved(app, str(kwargs["response"].get("id_token")))
        return self.get_provider().sociallogin_from_response(request, {"id_token": claims})

    def proved(self, app: SocialApp, token: str) -> dict[str, Any]:
        """What the token claims, once signature, issuer, audience, time and nonce are right."""
        try:
            key = jwt.PyJWKSet.from_dict(self.keys())[str(jwt.get_unverified_header(token).get("kid"))]
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=ALGORITHMS,
                issuer=self.openid_config["issuer"],
                audience=app.client_id,
                leeway=CLOCKS_DIFFER,
                options={"require": NEEDED, "strict_aud": True, "enforce_minimum_key_length": True},
            )
        except (jwt.PyJWTError, LookupError, ValueError) as fault:
            raise OAuth2Error("The token is not to be believed.") from fault
        if not constant_time_compare(str(claims["nonce"]), self.nonce):
            raise OAuth2Error("The token answers another sign-in.")
        return claims

    def keys(self) -> dict[str, Any]:
        """Asked each time, so that a key which the tenant has withdrawn opens nothing from then on."""
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
            found = answer.json()
        return found if isinstance(found, dict) else {}


class TenantProvider(OpenIDConnectProvider):
    """As allauth's, with our look at the token, and a nonce for it."""

    oauth2_adapter_class = TenantTokens

    def get_pkce_params(self) -> dict[str, Any]:
        params: dict[str, Any] = super().get_pkce_params()
        return {**params, "nonce": nonce_of(params["code_verifier"])}
