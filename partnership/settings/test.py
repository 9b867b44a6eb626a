"""The test run: a real PostgreSQL and a real broker, embedded unless TEST_DATABASE_URL and TEST_REDIS_URL name others.

The connection is the owner's, so factories and assertions see everything; each request sets the app's role itself."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from partnership import localservices
from partnership.settings import env
from partnership.settings.base import *  # noqa: F403

MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # http on this machine alone
DEMO = False
DEBUG = False
SECRET_KEY = "test-" + "0" * 50
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]

# Said in the environment, so that processes which a test starts find the same servers.
RUN_DIR = Path(
    os.environ.setdefault(
        "PARTNERSHIP_TEST_RUN_DIR", str(Path(tempfile.gettempdir()) / f"partnership-test-{os.getpid()}")
    )
)
# Where pytest-xdist shares the tests out among processes, each has servers of its own.
SHARE = os.environ.get("PYTEST_XDIST_WORKER", "")
if SHARE and RUN_DIR.name != SHARE:
    RUN_DIR /= SHARE
    os.environ["PARTNERSHIP_TEST_RUN_DIR"] = str(RUN_DIR)
SERVICES = localservices.Addresses(RUN_DIR)
EMBEDDED_DATABASE = not env.value("TEST_DATABASE_URL")
EMBEDDED_BROKER = not env.value("TEST_REDIS_URL")
DATABASE_ROLE = env.value("DATABASE_ROLE", "owner")
DATABASES = {
    "default": env.database(
        localservices.as_role(
            env.value("TEST_DATABASE_URL") or SERVICES.database_url("owner"),
            DATABASE_ROLE,
            name=env.value("TEST_DATABASE_NAME"),
        ),
        name="TEST_DATABASE_URL",
        pool=env.number("TEST_DATABASE_POOL", 0),
    )
}
DATABASES["beside"] = env.beside(DATABASES["default"])
REMEMBER_SECONDS = 0  # each test lays its own terms; tests/schools/calendar/test_remembered.py remembers
COUNTERS_BY = "default"  # so that a test's counters go with it; tests/accounts/test_throttle.py counts beside
REDIS_URL = env.value("TEST_REDIS_URL") or SERVICES.redis_url
CELERY_BROKER_URL = env.value("TEST_REDIS_URL") or SERVICES.broker_url

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = env.value("TEST_EMAIL_BACKEND", "django.core.mail.backends.locmem.EmailBackend")
MEDIA_ROOT = RUN_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
