"""The bench's own servers, in a folder of its own that is kept between runs; pages served as in production."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

RUN_DIR = Path(
    os.environ.setdefault(
        "PARTNERSHIP_BENCH_DIR", str(Path(tempfile.gettempdir()) / f"partnership-bench-{os.geteuid()}")
    )
)
os.environ["PARTNERSHIP_TEST_RUN_DIR"] = str(RUN_DIR)
os.environ.setdefault("TEST_DATABASE_NAME", "county_1")

from partnership.settings.test import *  # noqa: E402, F403

ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
WHITENOISE_AUTOREFRESH = False
REMEMBER_SECONDS = 60
PERSON_LIMITS = dict.fromkeys(PERSON_LIMITS, "1000000000/d/user")  # noqa: F405  (counted, never met)
DATABASES["default"] = env.database(  # noqa: F405
    localservices.as_role(  # noqa: F405
        SERVICES.database_url("owner"),  # noqa: F405
        DATABASE_ROLE,  # noqa: F405
        name=os.environ["TEST_DATABASE_NAME"],
    ),
    pool=env.number("BENCH_POOL", 0),  # noqa: F405
)
LOGGING["root"]["level"] = "WARNING"  # noqa: F405
