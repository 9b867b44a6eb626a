"""The demo on one machine: its own PostgreSQL and Valkey by socket, loopback only, never real data.

This file computes addresses; `make demo` starts what stands behind them. The persona sign-in exists only here."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured

from partnership import localservices
from partnership.settings import env
from partnership.settings.base import *  # noqa: F403

for _name in ("SECRET_KEY", "DATABASE_URL", "DATABASE_OWNER_URL"):
    if env.value(_name):
        raise ImproperlyConfigured(
            f"{_name} is set, so this machine has real settings: the demo does not run beside them. "
            "Unset it, or use DJANGO_SETTINGS_MODULE=partnership.settings.production."
        )

MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # http on this machine alone
DEMO = True
DEBUG = env.flag("DEBUG")
SECRET_KEY = "demo-only-and-known-to-everyone-who-reads-this-file-" + "0" * 20
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
INTERNAL_IPS = ["127.0.0.1"]

RUN_DIR = localservices.run_dir(BASE_DIR)  # noqa: F405
SERVICES = localservices.Addresses(RUN_DIR)
DATABASE_ROLE = env.value("DATABASE_ROLE", "app")
DATABASES = {
    "default": env.database(SERVICES.database_url(DATABASE_ROLE), pool=8 if env.flag("DATABASE_POOL") else 0)
}
DATABASES["beside"] = env.beside(DATABASES["default"])
REDIS_URL = SERVICES.redis_url
CELERY_BROKER_URL = SERVICES.broker_url

_url = RUN_DIR / "url"  # written by the launcher, which knows the port
PUBLIC_URL = _url.read_text().strip() if _url.exists() else "http://127.0.0.1:8000"
MEDIA_ROOT = RUN_DIR / "media"
EMAIL_BACKEND = "partnership.outbox.demo_mail.FolderBackend"  # RUN_DIR/mail, read at /demo/mail/
OUTBOX_MAIL_HOURS = "always"  # the demo is looked at on any day, at any hour

# No collectstatic: WhiteNoise serves what the finders find.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True  # a file that is built again meanwhile is served at its own length
WHITENOISE_MAX_AGE = 0
