"""As little as a signed-in page needs. It connects as owner, since nobody's reach stands behind it.

It imports nothing of the partnership, so that its memory is that of Django alone."""

from __future__ import annotations

import os
from pathlib import Path

SECRET_KEY = os.environ["BENCH_SECRET_KEY"]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": os.environ["TEST_DATABASE_NAME"],
        "USER": "partnership_owner",
        "HOST": os.environ["BENCH_SOCKET"],
        "OPTIONS": {"pool": {"min_size": 2, "max_size": 8, "timeout": 10}},
    }
}
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "bench.floor.urls"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "bench.floor.apps.FloorConfig",
]
AUTH_USER_MODEL = "floor.Person"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "templates"],
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]
LANGUAGE_CODE, TIME_ZONE, USE_TZ = "en-gb", "Europe/London", True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
