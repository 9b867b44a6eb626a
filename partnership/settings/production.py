"""A real deployment: everything from the environment, and a sentence for each thing that is missing."""

from __future__ import annotations

from pathlib import Path

from csp.constants import SELF

from partnership.settings import env
from partnership.settings.base import *  # noqa: F403
from partnership.settings.base import CONTENT_SECURITY_POLICY

DEMO = False
DEBUG = False
SECRET_KEY = env.required(
    "SECRET_KEY", "a long random text that signs sessions. Make one with: openssl rand -base64 48"
)
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
PUBLIC_URL = env.required(
    "PUBLIC_URL", "the address people use, such as https://partnership.example.org"
).rstrip("/")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS") or [PUBLIC_URL.split("://")[-1].split("/")[0].split(":")[0]]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

# DATABASE_URL is this process's own role: the app's for web, the worker's for Celery. The owner's address is read
# only by commands that change tables (manage.py sets DATABASE_ROLE for them).
DATABASE_ROLE = env.value("DATABASE_ROLE", "app")
if DATABASE_ROLE == "owner":
    _url = env.required(
        "DATABASE_OWNER_URL", "the address of the database as partnership_owner, who migrates"
    )
else:
    _url = env.required(
        "DATABASE_URL", "the address of the database as partnership_app (web) or partnership_worker"
    )
DATABASES = {"default": env.database(_url, pool=env.number("DATABASE_POOL_SIZE", 0))}
DATABASES["beside"] = env.beside(DATABASES["default"])
REDIS_URL = env.required("REDIS_URL", "the broker's address, such as redis://redis:6379/0")
CELERY_BROKER_URL = REDIS_URL

EMAIL_HOST = env.required("EMAIL_HOST", "the server that sends mail, such as smtp.example.org")
EMAIL_PORT = env.number("EMAIL_PORT", 587)
EMAIL_HOST_USER = env.value("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.value("EMAIL_HOST_PASSWORD")
EMAIL_USE_SSL = env.flag("EMAIL_USE_SSL", default=False)  # TLS from the first byte, as on port 465
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", default=not EMAIL_USE_SSL)
DEFAULT_FROM_EMAIL = env.required(
    "DEFAULT_FROM_EMAIL", "the sender of mail, such as Partnership <partnership@example.org>"
)
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# Behind a proxy that ends TLS. TRUSTED_PROXIES counts the proxies that add to X-Forwarded-For.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
ALLAUTH_TRUSTED_PROXY_COUNT = env.number("TRUSTED_PROXIES", 1)
SECURE_SSL_REDIRECT = env.flag("SECURE_SSL_REDIRECT", default=True)
SECURE_HSTS_SECONDS = env.number("SECURE_HSTS_SECONDS", 365 * 24 * 60 * 60)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.flag("SECURE_HSTS_INCLUDE_SUBDOMAINS", default=True)
SECURE_HSTS_PRELOAD = env.flag("SECURE_HSTS_PRELOAD", default=True)
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrf"
CONTENT_SECURITY_POLICY["DIRECTIVES"]["upgrade-insecure-requests"] = True

EXPORTS_AN_HOUR = env.number("EXPORTS_AN_HOUR", EXPORTS_AN_HOUR)  # noqa: F405

# The map asks another host only when one is named here; its address then joins what pictures may be loaded from.
MAP_BOUNDARY_FILE = env.value("MAP_BOUNDARY_FILE")
MAP_TILE_URL = env.value("MAP_TILE_URL")
MAP_TILE_ATTRIBUTION = env.value("MAP_TILE_ATTRIBUTION")
if MAP_TILE_URL:
    _tiles = "/".join(MAP_TILE_URL.split("/")[:3]).replace("{s}", "*")
    CONTENT_SECURITY_POLICY["DIRECTIVES"]["img-src"] = [SELF, "data:", _tiles]

MEDIA_ROOT = Path(env.value("MEDIA_ROOT", str(BASE_DIR / "media")))  # noqa: F405
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
